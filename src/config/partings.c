// SPDX-License-Identifier: Apache-2.0
/* partings.c - the words for when nobody can come, in the languages that are known. English stands
 * with the options (settings_people.c). */
#include <stddef.h>

#include "config/checks.h"
#include "base/text.h"

struct partings {
    const char *language; /* BCP 47, the first part. */
    const char *words[PARTINGS];
};

static const struct partings known[] = {
    {.language = "de",
     .words =
         {
             [PARTING_NO_AGENT] = "Es tut mir leid, im Moment kann niemand Ihren Anruf annehmen.",
             [PARTING_CAPACITY] =
                 "Es tut mir leid, im Moment sind alle im Gespräch. Drücken Sie die 1 oder sagen "
                 "Sie Rückruf, dann rufen wir Sie zurück. Drücken Sie die 2 oder sagen Sie warten, "
                 "um zu warten.",
             [PARTING_OUTAGE] =
                 "Es tut mir leid, wir haben im Moment technische Schwierigkeiten.",
             [PARTING_INVITE] =
                 "Bitte sprechen Sie Ihre Nachricht nach dem Ton. Am Ende drücken Sie die "
                 "Raute-Taste oder schweigen einen Moment.",
             [PARTING_REVIEW] =
                 "Drücken Sie die 1, um die Nachricht zu senden, oder die 2, um sie neu "
                 "aufzunehmen.",
             [PARTING_SENT] =
                 "Vielen Dank. Ihre Nachricht ist weitergeleitet. Auf Wiederhören.",
             [PARTING_NOTHING] = "Ich habe keine Nachricht gehört. Auf Wiederhören.",
             [PARTING_NOT_KEPT] = "Es tut mir leid, Ihre Nachricht konnte nicht gespeichert werden. "
                                  "Bitte rufen Sie später noch einmal an. Auf Wiederhören.",
             [PARTING_NUMBER] =
                 "Sollen wir Sie unter {number} zurückrufen? Drücken Sie die 1 oder sagen Sie ja. "
                 "Drücken Sie die 2 für eine andere Nummer.",
             [PARTING_ANOTHER] =
                 "Bitte sagen Sie die Nummer, oder geben Sie sie ein und drücken Sie die "
                 "Raute-Taste.",
             [PARTING_READ] =
                 "Ich habe {number} verstanden. Ist das richtig? Drücken Sie die 1 für ja, die 2 "
                 "für nein.",
             [PARTING_PROMISED] = "Vielen Dank. Wir rufen Sie unter {number} so bald wie möglich "
                                  "zurück. Auf Wiederhören.",
             [PARTING_SLOTS] =
                 "Wir können Sie {first}[ oder {second}] anrufen. Was passt Ihnen? Drücken Sie die 1 für "
                 "den ersten Termin[, die 2 für {second}] oder die 3 für so bald wie möglich.",
             [PARTING_PROMISED_AT] =
                 "Vielen Dank. Wir rufen Sie {when} unter {number} zurück. Auf Wiederhören.",
             [PARTING_NOT_CALLED] =
                 "Diese Nummer kann von hier leider nicht angerufen werden. Bitte nennen Sie eine andere, oder geben "
                 "Sie sie ein und drücken Sie die Raute-Taste.",
             [PARTING_ENOUGH] =
                 "Wir haben Ihnen schon einen Rückruf versprochen und halten das ein. Auf Wiederhören.",
             [PARTING_NOT_PROMISED] =
                 "Es tut mir leid, einen Rückruf kann ich Ihnen im Moment nicht versprechen.",
             [PARTING_OWED] =
                 "Ich sehe, dass wir Ihnen einen Rückruf schulden. Schön, dass Sie anrufen.",
             [PARTING_CALLS] =
                 "Guten Tag, hier ist {agent}. Sie hatten um einen Rückruf gebeten[ wegen "
                 "{intent}].",
         }},
    {.language = "es",
     .words =
         {
             [PARTING_NO_AGENT] =
                 "Lo siento, en este momento nadie puede atender su llamada.",
             [PARTING_CAPACITY] =
                 "Lo siento, en este momento todos están ocupados. Pulse 1 o diga llamada y le "
                 "llamaremos. Pulse 2 o diga esperar para esperar.",
             [PARTING_OUTAGE] = "Lo siento, en este momento tenemos dificultades técnicas.",
             [PARTING_INVITE] =
                 "Por favor, deje su mensaje después de la señal. Al terminar, pulse la tecla "
                 "almohadilla o guarde silencio.",
             [PARTING_REVIEW] = "Pulse 1 para enviar su mensaje, o 2 para grabarlo de nuevo.",
             [PARTING_SENT] = "Gracias. Su mensaje ha sido enviado. Adiós.",
             [PARTING_NOTHING] = "No he oído ningún mensaje. Adiós.",
             [PARTING_NOT_KEPT] =
                 "Lo siento, no hemos podido guardar su mensaje. Por favor, llame más tarde. Adiós.",
             [PARTING_NUMBER] =
                 "¿Le llamamos al {number}? Pulse 1 o diga sí. Pulse 2 para otro número.",
             [PARTING_ANOTHER] =
                 "Por favor, diga el número, o márquelo y pulse la tecla almohadilla.",
             [PARTING_READ] =
                 "He entendido {number}. ¿Es correcto? Pulse 1 para sí, 2 para no.",
             [PARTING_PROMISED] =
                 "Gracias. Le llamaremos al {number} lo antes posible. Adiós.",
             [PARTING_SLOTS] =
                 "Podemos llamarle {first}[ o {second}]. ¿Qué le viene mejor? Pulse 1 para la primera hora[, 2 para "
                 "{second}] o 3 para lo antes posible.",
             [PARTING_PROMISED_AT] =
                 "Gracias. Le llamaremos al {number} {when}. Adiós.",
             [PARTING_NOT_CALLED] =
                 "Lo siento, desde aquí no se puede llamar a ese número. Diga otro, o márquelo y pulse almohadilla.",
             [PARTING_ENOUGH] =
                 "Ya le hemos prometido una llamada y la haremos. Adiós.",
             [PARTING_NOT_PROMISED] =
                 "Lo siento, en este momento no puedo prometerle una llamada.",
             [PARTING_OWED] =
                 "Veo que le debemos una llamada. Me alegro de que haya llamado.",
             [PARTING_CALLS] =
                 "Hola, le habla {agent}. Usted pidió que le llamáramos[ sobre {intent}].",
         }},
    {.language = "fr",
     .words =
         {
             [PARTING_NO_AGENT] =
                 "Je suis désolé, personne ne peut prendre votre appel pour le moment.",
             [PARTING_CAPACITY] =
                 "Je suis désolé, tout le monde est occupé pour le moment. Appuyez sur 1 ou dites "
                 "rappel et nous vous rappellerons. Appuyez sur 2 ou dites attendre pour attendre.",
             [PARTING_OUTAGE] =
                 "Je suis désolé, nous avons des difficultés techniques en ce moment.",
             [PARTING_INVITE] =
                 "Veuillez laisser votre message après le signal. À la fin, appuyez sur la touche "
                 "dièse ou restez silencieux.",
             [PARTING_REVIEW] =
                 "Appuyez sur 1 pour envoyer votre message, ou sur 2 pour le refaire.",
             [PARTING_SENT] = "Merci. Votre message est transmis. Au revoir.",
             [PARTING_NOTHING] = "Je n'ai entendu aucun message. Au revoir.",
             [PARTING_NOT_KEPT] =
                 "Je suis désolé, votre message n'a pas pu être enregistré. Veuillez rappeler plus "
                 "tard. Au revoir.",
             [PARTING_NUMBER] =
                 "Pouvons-nous vous rappeler au {number} ? Appuyez sur 1 ou dites oui. Appuyez sur "
                 "2 pour un autre numéro.",
             [PARTING_ANOTHER] =
                 "Veuillez dire le numéro, ou le composer et appuyer sur la touche dièse.",
             [PARTING_READ] =
                 "J'ai compris {number}. Est-ce exact ? Appuyez sur 1 pour oui, 2 pour non.",
             [PARTING_PROMISED] =
                 "Merci. Nous vous rappellerons au {number} dès que possible. Au revoir.",
             [PARTING_SLOTS] =
                 "Nous pouvons vous rappeler {first}[ ou {second}]. Qu'est-ce qui vous convient ? Tapez 1 pour le "
                 "premier horaire[, 2 pour {second}] ou 3 pour le plus tôt possible.",
             [PARTING_PROMISED_AT] =
                 "Merci. Nous vous rappellerons au {number} {when}. Au revoir.",
             [PARTING_NOT_CALLED] =
                 "Désolée, ce numéro ne peut pas être appelé d'ici. Dites-en un autre, ou composez-le puis tapez dièse.",
             [PARTING_ENOUGH] =
                 "Nous vous avons déjà promis de vous rappeler, et nous le ferons. Au revoir.",
             [PARTING_NOT_PROMISED] =
                 "Je suis désolé, je ne peux pas vous promettre un rappel pour le moment.",
             [PARTING_OWED] =
                 "Je vois que nous vous devons un appel. Je suis content de vous entendre.",
             [PARTING_CALLS] =
                 "Bonjour, ici {agent}. Vous nous avez demandé de vous rappeler[ au sujet de "
                 "{intent}].",
         }},
};

static const struct partings *of(struct text language)
{
    struct text first = text_next(&language, '-');

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (text_equal_nocase(first, text_of(known[i].language)))
            return &known[i];
    return NULL;
}

bool partings_known(struct text language)
{
    struct text rest = language;

    return text_equal_nocase(text_next(&rest, '-'), TEXT("en")) || of(language);
}

void partings_fill(const struct agent_settings *settings, struct text out[PARTINGS])
{
    const struct partings *own = of(settings->language.text);

    for (int i = 0; i < PARTINGS; i++)
        out[i] = own && !settings->partings[i].given ? text_of(own->words[i])
                                                     : settings->partings[i].text;
}
