// SPDX-License-Identifier: Apache-2.0
/* waiting_words.c - a table a language. */
#include "core/waiting_words.h"

enum { SMALL = 10, HEARD = 6 };

struct tongue {
    struct text name;
    struct text words[QUEUE_WORDS_COUNT];
    struct text unknown, moment;      /* {wait}: not known; under a minute. */
    struct text one, before, after;   /* A minute; before and after a number of minutes. */
    struct text numbers[SMALL + 1];
    struct text hour, hours_after;    /* An hour; after a number of hours. */
    struct text offers[QUEUE_WISHES]; /* '#' is the key. */
    struct text heard[QUEUE_WISHES][HEARD]; /* Any of them, as whole words. */
};

static const struct tongue tongues[] = {
    {.name = TEXT_INIT("en"),
     .words =
         {[QUEUE_WORDS_ENTER] = TEXT_INIT(
              "You are number {position} in line for {queue}. The expected wait is {wait}."),
          [QUEUE_WORDS_UPDATE] = TEXT_INIT("Thank you for waiting. You are now number {position} in "
                                           "line. The expected wait is {wait}."),
          [QUEUE_WORDS_SOON] = TEXT_INIT("Thank you for your patience, you are nearly there: number "
                                         "{position} in line. The expected wait is {wait}."),
          [QUEUE_WORDS_NEXT] = TEXT_INIT("You are next in line. The next person who is free will "
                                         "talk to you. The expected wait is {wait}."),
          [QUEUE_WORDS_OFFER] = TEXT_INIT("[{offers}]"),
          [QUEUE_WORDS_HELP] =
              TEXT_INIT("You keep your place in line, number {position}.[ {offers}]"),
          [QUEUE_WORDS_FULL] =
              TEXT_INIT("I'm sorry, too many callers are waiting for {queue} at the moment."),
          [QUEUE_WORDS_CLOSED] = TEXT_INIT("I'm sorry, {queue} is closed at this time."),
          [QUEUE_WORDS_NOBODY] = TEXT_INIT("I'm sorry, nobody is available for {queue} right now."),
          [QUEUE_WORDS_WAITED] =
              TEXT_INIT("I'm sorry, you have waited for long, and nobody could take your call."),
          [QUEUE_WORDS_BACK] = TEXT_INIT("All right, I'm back with you. How can I help?"),
          [QUEUE_WORDS_GOODBYE] = TEXT_INIT("Please call again later. Good-bye."),
          [QUEUE_WORDS_LOST] =
              TEXT_INIT("I'm sorry, the connection to the person you were talking to was lost."),
          [QUEUE_WORDS_UNREACHED] = TEXT_INIT("I'm sorry, nobody took your call there.")},
     .unknown = TEXT_INIT("not known yet"),
     .moment = TEXT_INIT("less than a minute"),
     .one = TEXT_INIT("about a minute"),
     .before = TEXT_INIT("about "),
     .after = TEXT_INIT(" minutes"),
     .numbers = {TEXT_INIT(""), TEXT_INIT("one"), TEXT_INIT("two"), TEXT_INIT("three"),
                 TEXT_INIT("four"), TEXT_INIT("five"), TEXT_INIT("six"), TEXT_INIT("seven"),
                 TEXT_INIT("eight"), TEXT_INIT("nine"), TEXT_INIT("ten")},
     .hour = TEXT_INIT("about an hour"),
     .hours_after = TEXT_INIT(" hours"),
     .offers = {[WISH_CALLBACK] = TEXT_INIT(
                    "Press # or say callback, and we will call you when it is your turn."),
                [WISH_VOICEMAIL] = TEXT_INIT("Press # or say voicemail to leave a message."),
                [WISH_AGENT] = TEXT_INIT("Press # or say go back to return to me.")},
     .heard = {[WISH_CALLBACK] = {TEXT_INIT("callback"), TEXT_INIT("call back"), TEXT_INIT("call me back"), TEXT_INIT("call me later"), TEXT_INIT("ring me back")},
               [WISH_VOICEMAIL] = {TEXT_INIT("voicemail"), TEXT_INIT("voice mail"), TEXT_INIT("leave a message"), TEXT_INIT("message")},
               [WISH_AGENT] = {TEXT_INIT("go back"), TEXT_INIT("back to you"), TEXT_INIT("take me back"), TEXT_INIT("talk to you"), TEXT_INIT("return")}}},
    {.name = TEXT_INIT("de"),
     .words =
         {[QUEUE_WORDS_ENTER] =
              TEXT_INIT("Sie sind Nummer {position} in der Warteschlange für {queue}. Die "
                        "voraussichtliche Wartezeit ist {wait}."),
          [QUEUE_WORDS_UPDATE] =
              TEXT_INIT("Danke, dass Sie warten. Sie sind jetzt Nummer {position}. Die "
                        "voraussichtliche Wartezeit ist {wait}."),
          [QUEUE_WORDS_SOON] = TEXT_INIT("Danke für Ihre Geduld, Sie sind gleich so weit: Nummer "
                                         "{position}. Die voraussichtliche Wartezeit ist {wait}."),
          [QUEUE_WORDS_NEXT] =
              TEXT_INIT("Sie sind als Nächstes an der Reihe. Wer als Erstes frei wird, spricht mit "
                        "Ihnen. Die voraussichtliche Wartezeit ist {wait}."),
          [QUEUE_WORDS_OFFER] = TEXT_INIT("[{offers}]"),
          [QUEUE_WORDS_HELP] = TEXT_INIT("Sie behalten Ihren Platz, Nummer {position}.[ {offers}]"),
          [QUEUE_WORDS_FULL] = TEXT_INIT(
              "Es tut mir leid, im Moment warten zu viele Anrufer auf {queue}."),
          [QUEUE_WORDS_CLOSED] =
              TEXT_INIT("Es tut mir leid, {queue} ist zurzeit nicht besetzt."),
          [QUEUE_WORDS_NOBODY] =
              TEXT_INIT("Es tut mir leid, für {queue} ist gerade niemand da."),
          [QUEUE_WORDS_WAITED] = TEXT_INIT(
              "Es tut mir leid, Sie haben lange gewartet, und niemand konnte Ihren Anruf annehmen."),
          [QUEUE_WORDS_BACK] = TEXT_INIT("Gut, ich bin wieder bei Ihnen. Was kann ich für Sie tun?"),
          [QUEUE_WORDS_GOODBYE] = TEXT_INIT("Bitte rufen Sie später wieder an. Auf Wiederhören."),
          [QUEUE_WORDS_LOST] =
              TEXT_INIT("Es tut mir leid, die Verbindung zu der Person, mit der Sie gesprochen haben, ist abgebrochen."),
          [QUEUE_WORDS_UNREACHED] = TEXT_INIT("Es tut mir leid, dort hat niemand Ihren Anruf angenommen.")},
     .unknown = TEXT_INIT("noch nicht bekannt"),
     .moment = TEXT_INIT("weniger als eine Minute"),
     .one = TEXT_INIT("etwa eine Minute"),
     .before = TEXT_INIT("etwa "),
     .after = TEXT_INIT(" Minuten"),
     .numbers = {TEXT_INIT(""), TEXT_INIT("eine"), TEXT_INIT("zwei"), TEXT_INIT("drei"),
                 TEXT_INIT("vier"), TEXT_INIT("fünf"), TEXT_INIT("sechs"), TEXT_INIT("sieben"),
                 TEXT_INIT("acht"), TEXT_INIT("neun"), TEXT_INIT("zehn")},
     .hour = TEXT_INIT("etwa eine Stunde"),
     .hours_after = TEXT_INIT(" Stunden"),
     .offers =
         {[WISH_CALLBACK] = TEXT_INIT(
              "Drücken Sie # oder sagen Sie Rückruf, dann rufen wir an, wenn Sie an der Reihe sind."),
          [WISH_VOICEMAIL] = TEXT_INIT(
              "Drücken Sie # oder sagen Sie Nachricht, um eine Nachricht zu hinterlassen."),
          [WISH_AGENT] =
              TEXT_INIT("Drücken Sie # oder sagen Sie zurück, um wieder mit mir zu sprechen.")},
     .heard = {[WISH_CALLBACK] = {TEXT_INIT("rückruf"), TEXT_INIT("zurückrufen"), TEXT_INIT("rufen sie mich"), TEXT_INIT("rufen sie zurück")},
               [WISH_VOICEMAIL] = {TEXT_INIT("nachricht"), TEXT_INIT("mailbox"), TEXT_INIT("anrufbeantworter")},
               [WISH_AGENT] = {TEXT_INIT("zurück"), TEXT_INIT("zurück zu ihnen"), TEXT_INIT("mit ihnen sprechen")}}},
    {.name = TEXT_INIT("es"),
     .words =
         {[QUEUE_WORDS_ENTER] =
              TEXT_INIT("Es usted el número {position} en la cola de {queue}. El tiempo de espera "
                        "previsto es {wait}."),
          [QUEUE_WORDS_UPDATE] =
              TEXT_INIT("Gracias por esperar. Ahora es usted el número {position}. El tiempo de "
                        "espera previsto es {wait}."),
          [QUEUE_WORDS_SOON] =
              TEXT_INIT("Gracias por su paciencia, ya falta poco: es usted el número {position}. El "
                        "tiempo de espera previsto es {wait}."),
          [QUEUE_WORDS_NEXT] =
              TEXT_INIT("Es usted el siguiente. La próxima persona que quede libre le atenderá. El "
                        "tiempo de espera previsto es {wait}."),
          [QUEUE_WORDS_OFFER] = TEXT_INIT("[{offers}]"),
          [QUEUE_WORDS_HELP] =
              TEXT_INIT("Conserva su lugar en la cola, el número {position}.[ {offers}]"),
          [QUEUE_WORDS_FULL] = TEXT_INIT(
              "Lo siento, en este momento hay demasiadas llamadas esperando a {queue}."),
          [QUEUE_WORDS_CLOSED] = TEXT_INIT("Lo siento, {queue} no atiende a esta hora."),
          [QUEUE_WORDS_NOBODY] =
              TEXT_INIT("Lo siento, ahora mismo no hay nadie disponible en {queue}."),
          [QUEUE_WORDS_WAITED] =
              TEXT_INIT("Lo siento, ha esperado mucho y nadie ha podido atender su llamada."),
          [QUEUE_WORDS_BACK] = TEXT_INIT("De acuerdo, vuelvo a estar con usted. ¿En qué puedo ayudarle?"),
          [QUEUE_WORDS_GOODBYE] = TEXT_INIT("Por favor, llame más tarde. Adiós."),
          [QUEUE_WORDS_LOST] =
              TEXT_INIT("Lo siento, se ha cortado la conexión con la persona con la que hablaba."),
          [QUEUE_WORDS_UNREACHED] = TEXT_INIT("Lo siento, allí nadie ha atendido su llamada.")},
     .unknown = TEXT_INIT("todavía desconocido"),
     .moment = TEXT_INIT("de menos de un minuto"),
     .one = TEXT_INIT("de un minuto aproximadamente"),
     .before = TEXT_INIT("de unos "),
     .after = TEXT_INIT(" minutos"),
     .numbers = {TEXT_INIT(""), TEXT_INIT("un"), TEXT_INIT("dos"), TEXT_INIT("tres"),
                 TEXT_INIT("cuatro"), TEXT_INIT("cinco"), TEXT_INIT("seis"), TEXT_INIT("siete"),
                 TEXT_INIT("ocho"), TEXT_INIT("nueve"), TEXT_INIT("diez")},
     .hour = TEXT_INIT("de una hora aproximadamente"),
     .hours_after = TEXT_INIT(" horas"),
     .offers = {[WISH_CALLBACK] =
                    TEXT_INIT("Pulse # o diga devolver la llamada y le llamaremos cuando sea su turno."),
                [WISH_VOICEMAIL] = TEXT_INIT("Pulse # o diga mensaje para dejar un mensaje."),
                [WISH_AGENT] = TEXT_INIT("Pulse # o diga volver para seguir hablando conmigo.")},
     .heard = {[WISH_CALLBACK] = {TEXT_INIT("devolver la llamada"), TEXT_INIT("devuélvame la llamada"), TEXT_INIT("devolución"), TEXT_INIT("llámeme")},
               [WISH_VOICEMAIL] = {TEXT_INIT("mensaje"), TEXT_INIT("buzón")},
               [WISH_AGENT] = {TEXT_INIT("volver"), TEXT_INIT("vuelva"), TEXT_INIT("hablar con usted")}}},
    {.name = TEXT_INIT("fr"),
     .words =
         {[QUEUE_WORDS_ENTER] =
              TEXT_INIT("Vous êtes numéro {position} dans la file d'attente pour {queue}. Le temps "
                        "d'attente prévu est {wait}."),
          [QUEUE_WORDS_UPDATE] =
              TEXT_INIT("Merci de patienter. Vous êtes maintenant numéro {position}. Le temps "
                        "d'attente prévu est {wait}."),
          [QUEUE_WORDS_SOON] =
              TEXT_INIT("Merci de votre patience, c'est bientôt à vous : vous êtes numéro {position}. "
                        "Le temps d'attente prévu est {wait}."),
          [QUEUE_WORDS_NEXT] =
              TEXT_INIT("C'est bientôt à vous : la prochaine personne libre vous répondra. Le temps "
                        "d'attente prévu est {wait}."),
          [QUEUE_WORDS_OFFER] = TEXT_INIT("[{offers}]"),
          [QUEUE_WORDS_HELP] =
              TEXT_INIT("Vous gardez votre place, numéro {position}.[ {offers}]"),
          [QUEUE_WORDS_FULL] =
              TEXT_INIT("Je suis désolée, trop d'appels attendent {queue} en ce moment."),
          [QUEUE_WORDS_CLOSED] = TEXT_INIT("Je suis désolée, {queue} est fermé à cette heure."),
          [QUEUE_WORDS_NOBODY] =
              TEXT_INIT("Je suis désolée, personne n'est disponible pour {queue} en ce moment."),
          [QUEUE_WORDS_WAITED] = TEXT_INIT("Je suis désolée, vous avez attendu longtemps et personne "
                                           "n'a pu prendre votre appel."),
          [QUEUE_WORDS_BACK] =
              TEXT_INIT("D'accord, je suis de nouveau avec vous. Que puis-je faire pour vous ?"),
          [QUEUE_WORDS_GOODBYE] = TEXT_INIT("Veuillez rappeler plus tard. Au revoir."),
          [QUEUE_WORDS_LOST] =
              TEXT_INIT("Je suis désolée, la communication avec la personne à qui vous parliez a été coupée."),
          [QUEUE_WORDS_UNREACHED] = TEXT_INIT("Je suis désolée, personne n'y a pris votre appel.")},
     .unknown = TEXT_INIT("encore inconnu"),
     .moment = TEXT_INIT("de moins d'une minute"),
     .one = TEXT_INIT("d'environ une minute"),
     .before = TEXT_INIT("d'environ "),
     .after = TEXT_INIT(" minutes"),
     .numbers = {TEXT_INIT(""), TEXT_INIT("une"), TEXT_INIT("deux"), TEXT_INIT("trois"),
                 TEXT_INIT("quatre"), TEXT_INIT("cinq"), TEXT_INIT("six"), TEXT_INIT("sept"),
                 TEXT_INIT("huit"), TEXT_INIT("neuf"), TEXT_INIT("dix")},
     .hour = TEXT_INIT("d'environ une heure"),
     .hours_after = TEXT_INIT(" heures"),
     .offers = {[WISH_CALLBACK] = TEXT_INIT(
                    "Appuyez sur # ou dites rappel, et nous vous rappellerons quand ce sera votre tour."),
                [WISH_VOICEMAIL] = TEXT_INIT("Appuyez sur # ou dites message pour laisser un message."),
                [WISH_AGENT] = TEXT_INIT("Appuyez sur # ou dites retour pour revenir avec moi.")},
     .heard = {[WISH_CALLBACK] = {TEXT_INIT("rappel"), TEXT_INIT("rappelez"), TEXT_INIT("me rappeler"), TEXT_INIT("rappeler")},
               [WISH_VOICEMAIL] = {TEXT_INIT("message"), TEXT_INIT("messagerie"), TEXT_INIT("répondeur")},
               [WISH_AGENT] = {TEXT_INIT("retour"), TEXT_INIT("revenir"), TEXT_INIT("vous parler")}}},
};

static const struct tongue *tongue_of(struct text language)
{
    for (uint32_t i = 0; i < sizeof(tongues) / sizeof(tongues[0]); i++)
        if (text_starts_nocase(language, tongues[i].name) &&
            (language.size == 2 || language.data[2] == '-'))
            return &tongues[i];
    return &tongues[0];
}

struct text waiting_words(struct text language, enum queue_words words)
{
    return tongue_of(language)->words[words];
}

static bool is_letter(const struct text *t, int64_t at)
{
    char c = at >= 0 && at < t->size ? t->data[at] : ' ';

    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c > 127;
}

static bool stands_in(struct text words, struct text part)
{
    uint32_t at = 0;

    while (part.size && at < words.size) {
        int32_t found = text_find_nocase(text_part(words, at, words.size), part);
        if (found < 0)
            return false;
        at += (uint32_t)found;
        if (!is_letter(&words, (int64_t)at - 1) && !is_letter(&words, (int64_t)at + part.size))
            return true;
        at++;
    }
    return false;
}

enum queue_wish waiting_words_wish(struct text language, struct text words)
{
    const struct tongue *tongue = tongue_of(language);

    for (enum queue_wish wish = WISH_CALLBACK; wish < QUEUE_WISHES; wish++)
        for (uint32_t i = 0; i < HEARD && tongue->heard[wish][i].size; i++)
            if (stands_in(words, tongue->heard[wish][i]))
                return wish;
    return WISH_NONE;
}

static void append_number(const struct tongue *tongue, uint32_t number, struct text_buffer *out)
{
    if (number <= SMALL)
        text_append(out, tongue->numbers[number]);
    else
        text_append_number(out, number);
}

/* Upward: to minutes, above ten to five, above 55 to hours. Under a minute only when it is likely to
 * be: three quarters of a minute. */
void waiting_words_wait(struct text language, const struct forecast *forecast,
                        struct text_buffer *out)
{
    const struct tongue *tongue = tongue_of(language);
    uint32_t minutes = (forecast->p50_ms + 59999) / 60000;

    if (!forecast->known) {
        text_append(out, tongue->unknown);
    } else if (forecast->p50_ms < 45000) {
        text_append(out, tongue->moment);
    } else if (minutes == 1) {
        text_append(out, tongue->one);
    } else if (minutes <= 55) {
        text_append(out, tongue->before);
        append_number(tongue, minutes <= SMALL ? minutes : (minutes + 4) / 5 * 5, out);
        text_append(out, tongue->after);
    } else if (minutes <= 60) {
        text_append(out, tongue->hour);
    } else {
        text_append(out, tongue->before);
        append_number(tongue, (minutes + 59) / 60, out);
        text_append(out, tongue->hours_after);
    }
}

void waiting_words_offers(struct text language, const char keys[QUEUE_WISHES],
                          const bool granted[QUEUE_WISHES], struct text_buffer *out)
{
    const struct tongue *tongue = tongue_of(language);

    for (uint32_t wish = 0; wish < QUEUE_WISHES; wish++) {
        struct text words = tongue->offers[wish];
        if (!granted[wish] || !keys[wish])
            continue;
        if (out->size)
            text_append_char(out, ' ');
        text_append(out, text_next(&words, '#'));
        text_append_char(out, keys[wish]);
        text_append(out, words);
    }
}
