// SPDX-License-Identifier: Apache-2.0
/* appointment_words.c - a table a language. */
#include "core/appointment_words.h"

enum { DAY_MS = 86400000, MINUTE_MS = 60000, NOON = 12, HOURS = 12, MEANT = 4 };

struct tongue {
    struct text name;
    struct text today, tomorrow;
    struct text days[7];         /* From Sunday, as they stand before the hour, */
    struct text names[7];        /* and alone. */
    struct text at, one;         /* Before the hour; before one o'clock, where that is another. */
    struct text hour, minutes;   /* After the hour; between it and minutes. */
    bool noon;                   /* Twelve hours and "AM", "PM". */
    struct text numbers[HOURS];  /* One to twelve. */
    struct text first[MEANT], second[MEANT], soon[MEANT];
};

static const struct tongue tongues[] = {
    {.name = TEXT_INIT("en"),
     .today = TEXT_INIT("today"),
     .tomorrow = TEXT_INIT("tomorrow"),
     .days = {TEXT_INIT("on Sunday"), TEXT_INIT("on Monday"), TEXT_INIT("on Tuesday"),
              TEXT_INIT("on Wednesday"), TEXT_INIT("on Thursday"), TEXT_INIT("on Friday"),
              TEXT_INIT("on Saturday")},
     .names = {TEXT_INIT("sunday"), TEXT_INIT("monday"), TEXT_INIT("tuesday"),
               TEXT_INIT("wednesday"), TEXT_INIT("thursday"), TEXT_INIT("friday"),
               TEXT_INIT("saturday")},
     .at = TEXT_INIT(" at "),
     .one = TEXT_INIT(" at "),
     .minutes = TEXT_INIT(":"),
     .noon = true,
     .numbers = {TEXT_INIT("one"), TEXT_INIT("two"), TEXT_INIT("three"), TEXT_INIT("four"),
                 TEXT_INIT("five"), TEXT_INIT("six"), TEXT_INIT("seven"), TEXT_INIT("eight"),
                 TEXT_INIT("nine"), TEXT_INIT("ten"), TEXT_INIT("eleven"), TEXT_INIT("twelve")},
     .first = {TEXT_INIT("first"), TEXT_INIT("earlier")},
     .second = {TEXT_INIT("second"), TEXT_INIT("later one"), TEXT_INIT("other one")},
     .soon = {TEXT_INIT("soon"), TEXT_INIT("neither"), TEXT_INIT("none"), TEXT_INIT("no")}},
    {.name = TEXT_INIT("de"),
     .today = TEXT_INIT("heute"),
     .tomorrow = TEXT_INIT("morgen"),
     .days = {TEXT_INIT("am Sonntag"), TEXT_INIT("am Montag"), TEXT_INIT("am Dienstag"),
              TEXT_INIT("am Mittwoch"), TEXT_INIT("am Donnerstag"), TEXT_INIT("am Freitag"),
              TEXT_INIT("am Samstag")},
     .names = {TEXT_INIT("sonntag"), TEXT_INIT("montag"), TEXT_INIT("dienstag"),
               TEXT_INIT("mittwoch"), TEXT_INIT("donnerstag"), TEXT_INIT("freitag"),
               TEXT_INIT("samstag")},
     .at = TEXT_INIT(" um "),
     .one = TEXT_INIT(" um "),
     .hour = TEXT_INIT(" Uhr"),
     .minutes = TEXT_INIT(" "),
     .numbers = {TEXT_INIT("eins"), TEXT_INIT("zwei"), TEXT_INIT("drei"), TEXT_INIT("vier"),
                 TEXT_INIT("fünf"), TEXT_INIT("sechs"), TEXT_INIT("sieben"), TEXT_INIT("acht"),
                 TEXT_INIT("neun"), TEXT_INIT("zehn"), TEXT_INIT("elf"), TEXT_INIT("zwölf")},
     .first = {TEXT_INIT("erste"), TEXT_INIT("ersten"), TEXT_INIT("erster")},
     .second = {TEXT_INIT("zweite"), TEXT_INIT("zweiten"), TEXT_INIT("zweiter")},
     .soon = {TEXT_INIT("bald"), TEXT_INIT("schnell"), TEXT_INIT("keine"), TEXT_INIT("nein")}},
    {.name = TEXT_INIT("es"),
     .today = TEXT_INIT("hoy"),
     .tomorrow = TEXT_INIT("mañana"),
     .days = {TEXT_INIT("el domingo"), TEXT_INIT("el lunes"), TEXT_INIT("el martes"),
              TEXT_INIT("el miércoles"), TEXT_INIT("el jueves"), TEXT_INIT("el viernes"),
              TEXT_INIT("el sábado")},
     .names = {TEXT_INIT("domingo"), TEXT_INIT("lunes"), TEXT_INIT("martes"),
               TEXT_INIT("miércoles"), TEXT_INIT("jueves"), TEXT_INIT("viernes"),
               TEXT_INIT("sábado")},
     .at = TEXT_INIT(" a las "),
     .one = TEXT_INIT(" a la "),
     .minutes = TEXT_INIT(" y "),
     .numbers = {TEXT_INIT("una"), TEXT_INIT("dos"), TEXT_INIT("tres"), TEXT_INIT("cuatro"),
                 TEXT_INIT("cinco"), TEXT_INIT("seis"), TEXT_INIT("siete"), TEXT_INIT("ocho"),
                 TEXT_INIT("nueve"), TEXT_INIT("diez"), TEXT_INIT("once"), TEXT_INIT("doce")},
     .first = {TEXT_INIT("primera"), TEXT_INIT("primero")},
     .second = {TEXT_INIT("segunda"), TEXT_INIT("segundo")},
     .soon = {TEXT_INIT("antes posible"), TEXT_INIT("pronto"), TEXT_INIT("ninguna"),
              TEXT_INIT("no")}},
    {.name = TEXT_INIT("fr"),
     .today = TEXT_INIT("aujourd'hui"),
     .tomorrow = TEXT_INIT("demain"),
     .days = {TEXT_INIT("dimanche"), TEXT_INIT("lundi"), TEXT_INIT("mardi"), TEXT_INIT("mercredi"),
              TEXT_INIT("jeudi"), TEXT_INIT("vendredi"), TEXT_INIT("samedi")},
     .names = {TEXT_INIT("dimanche"), TEXT_INIT("lundi"), TEXT_INIT("mardi"),
               TEXT_INIT("mercredi"), TEXT_INIT("jeudi"), TEXT_INIT("vendredi"),
               TEXT_INIT("samedi")},
     .at = TEXT_INIT(" à "),
     .one = TEXT_INIT(" à "),
     .hour = TEXT_INIT(" heures"),
     .minutes = TEXT_INIT(" "),
     .numbers = {TEXT_INIT("une"), TEXT_INIT("deux"), TEXT_INIT("trois"), TEXT_INIT("quatre"),
                 TEXT_INIT("cinq"), TEXT_INIT("six"), TEXT_INIT("sept"), TEXT_INIT("huit"),
                 TEXT_INIT("neuf"), TEXT_INIT("dix"), TEXT_INIT("onze"), TEXT_INIT("douze")},
     .first = {TEXT_INIT("première"), TEXT_INIT("premier")},
     .second = {TEXT_INIT("deuxième"), TEXT_INIT("second"), TEXT_INIT("seconde")},
     .soon = {TEXT_INIT("plus vite"), TEXT_INIT("plus tôt"), TEXT_INIT("aucune"),
              TEXT_INIT("non")}},
};

static const struct tongue *tongue_of(struct text language)
{
    for (uint32_t i = 0; i < sizeof(tongues) / sizeof(tongues[0]); i++)
        if (text_starts_nocase(language, tongues[i].name))
            return &tongues[i];
    return &tongues[0];
}

static uint32_t weekday(uint64_t at_ms)
{
    return (uint32_t)((at_ms / DAY_MS + 4) % 7); /* 1970 began on a Thursday. */
}

static uint32_t hour(uint64_t at_ms)
{
    return (uint32_t)(at_ms % DAY_MS / MINUTE_MS / 60);
}

static struct text day_of(const struct tongue *tongue, uint64_t now_ms, uint64_t at_ms)
{
    uint64_t days = at_ms / DAY_MS - now_ms / DAY_MS;

    return days == 0 ? tongue->today : days == 1 ? tongue->tomorrow : tongue->days[weekday(at_ms)];
}

void appointment_words_say(struct text language, uint64_t now_ms, uint64_t at_ms,
                           struct text_buffer *out)
{
    const struct tongue *tongue = tongue_of(language);
    uint32_t of_day = hour(at_ms), minute = (uint32_t)(at_ms / MINUTE_MS % 60);
    uint32_t said = tongue->noon ? (of_day + NOON - 1) % NOON + 1 : of_day;

    text_append(out, day_of(tongue, now_ms, at_ms));
    text_append(out, said == 1 ? tongue->one : tongue->at);
    text_append_number(out, said);
    text_append(out, tongue->hour);
    if (minute) {
        text_append(out, tongue->minutes);
        text_append(out, minute < 10 && tongue->noon ? TEXT("0") : TEXT_EMPTY);
        text_append_number(out, minute);
    }
    if (tongue->noon)
        text_append(out, of_day < NOON ? TEXT(" AM") : TEXT(" PM"));
}

/* ---- Understood ---- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80;
}

/* As whole words. */
static bool has(struct text words, struct text wanted)
{
    for (uint32_t i = 0; wanted.size && i + wanted.size <= words.size; i++) {
        uint32_t end = i + wanted.size;
        if (text_equal_nocase(text_part(words, i, wanted.size), wanted) &&
            (i == 0 || !is_letter(words.data[i - 1])) &&
            (end == words.size || !is_letter(words.data[end])))
            return true;
    }
    return false;
}

static bool has_any(struct text words, const struct text wanted[MEANT])
{
    for (int i = 0; i < MEANT; i++)
        if (has(words, wanted[i]))
            return true;
    return false;
}

static bool has_number(struct text words, uint32_t number)
{
    char digits[12];
    struct text_buffer written;

    text_buffer_init(&written, digits, sizeof(digits));
    text_append_number(&written, number);
    return has(words, text_view(&written));
}

static bool names_hour(const struct tongue *tongue, struct text words, uint64_t at_ms)
{
    uint32_t short_hour = (hour(at_ms) + NOON - 1) % NOON + 1;

    return has(words, tongue->numbers[short_hour - 1]) || has_number(words, short_hour) ||
           has_number(words, hour(at_ms));
}

static bool names_day(const struct tongue *tongue, struct text words, uint64_t now_ms,
                      uint64_t at_ms)
{
    return has(words, day_of(tongue, now_ms, at_ms)) || has(words, tongue->names[weekday(at_ms)]);
}

enum appointment_choice appointment_words_choice(struct text language, struct text words,
                                                 uint64_t now_ms, const uint64_t *times_ms,
                                                 uint32_t count)
{
    const struct tongue *tongue = tongue_of(language);
    bool hours[2] = {false, false}, days[2] = {false, false};

    if (has_any(words, tongue->first))
        return APPOINTMENT_FIRST;
    if (count > 1 && has_any(words, tongue->second))
        return APPOINTMENT_SECOND;
    if (has_any(words, tongue->soon))
        return APPOINTMENT_SOON;
    for (uint32_t i = 0; i < count && i < 2; i++) {
        hours[i] = names_hour(tongue, words, times_ms[i]);
        days[i] = names_day(tongue, words, now_ms, times_ms[i]);
    }
    if (hours[0] != hours[1])
        return hours[0] ? APPOINTMENT_FIRST : APPOINTMENT_SECOND;
    if (days[0] != days[1])
        return days[0] ? APPOINTMENT_FIRST : APPOINTMENT_SECOND;
    return APPOINTMENT_UNCLEAR;
}
