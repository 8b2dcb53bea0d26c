// SPDX-License-Identifier: Apache-2.0
/* phrase_words.c - words, by language: English, German, Spanish, French. */
#include "core/phrase_words.h"

#include <stddef.h>

#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

const struct phrase_language phrase_everywhere = {
    .tag = "",
    .lists =
        {
            [LIST_LISTENING] = LIST("mm", "hm", "hmm", "mhm", "mmh", "mm-hm", "uh", "uh-huh", "um",
                                    "äh", "ähm", "euh", "eh", "ah", "oh", "aha", "okay", "ok"),
            [LIST_COURTESY] = LIST("uh", "um", "äh", "ähm", "euh", "eh", "hm"),
            [LIST_LEADING] = LIST("uh", "um", "äh", "ähm", "euh", "eh"),
            [LIST_MAIL] = LIST("email", "e-mail", "mail"),
        },
    .asks_about = "",
    .last_of_many = ", ",
    .key_means = ": ",
    .unhappy = "",
    .frustrated = "",
};

const char *const phrase_address_ends[] = {"com", "org", "net", "edu", "gov", "info", "io", "co",
                                           "uk",  "us",  "de",  "eu",  "biz", "ch",   "es", "mx",
                                           "ar",  "fr",  "be",  "ca",  "it",  "nl",   NULL};

const struct phrase_language
    phrase_languages[] =
        {
            {
                .digits = {{"zero", "oh", "o"}, {"one"}, {"two"}, {"three"}, {"four"}, {"five"}, {"six"}, {"seven"}, {"eight"}, {"nine"}},
                .twice = "double",
                .plus = "plus",
                .tag = "en",
                .lists =
                    {
                        [LIST_REPEAT] =
                            LIST("repeat that", "repeat", "say that again", "say again",
                                 "say it again", "come again", "what did you say", "one more time",
                                 "didn't catch that", "didn't hear you", "pardon"),
                        [LIST_START_OVER] =
                            LIST("start over", "start again", "begin again", "from the beginning",
                                 "from the start", "main menu", "go back to the start"),
                        [LIST_GOODBYE] = LIST("goodbye", "good bye", "bye bye", "bye", "hang up",
                                              "end the call", "that's all", "that is all",
                                              "that will be all", "that'll be all", "nothing else"),
                        [LIST_YES] =
                            LIST("yes", "yeah", "yep", "yup", "sure", "correct", "exactly", "right",
                                 "okay", "ok", "absolutely", "of course", "no problem", "why not"),
                        [LIST_NO] = LIST("no", "nope", "nah", "not", "wrong", "incorrect", "don't"),
                        [LIST_LISTENING] = LIST("yeah", "yes", "right", "sure", "alright", "all",
                                                "i", "see", "got", "it", "a", "huh"),
                        [LIST_UNSURE] = LIST("i don't know", "don't know", "not sure", "no idea"),
                        [LIST_COURTESY] =
                            LIST("please", "okay", "ok", "well", "can", "you",
                                 "could", "would", "i", "to", "thanks",
                                 "thank", "just", "the", "no", "so", "alright", "all", "right"),
                        [LIST_LEADING] =
                            LIST(
                                "and",
                                "but", "or", "because", "so",
                                "the", "a", "an", "my", "your", "to", "with", "is", "was", "of",
                                "for", "at", "dot", "that", "if", "when", "from", "about",
                                "like", "i", "i'm", "we", "it's", "underscore", "dash", "in",
                                "number", "on", "then", "also", "are", "would", "could",
                                "can", "want", "need"),
                        [LIST_DIGIT] =
                            LIST("zero", "oh", "one", "two", "three", "four", "five", "six",
                                 "seven", "eight", "nine", "ten", "twenty", "thirty", "forty",
                                 "fifty", "sixty", "seventy", "eighty", "ninety", "hundred",
                                 "eleven", "twelve", "*teen", "double", "triple"),
                        [LIST_SIGN] = LIST("dot", "underscore", "dash", "hyphen"),
                        [LIST_AT] = LIST("at"),
                        [LIST_AS] = LIST("as", "in", "for", "like"),
                        [LIST_MONTH] =
                            LIST("january", "february", "april", "june", "july", "august",
                                 "october", "september", "march", "november", "december"),
                        [LIST_MONTH_OF] = LIST("of"),
                        [LIST_CALLBACK] = LIST("callback", "call back", "call me back", "call me", "ring me", "ring me back", "back call", "phone me"),
                        [LIST_HOLD] = LIST("hold", "wait", "waiting", "keep waiting", "stay on the line", "i'll stay"),
                        [LIST_VOICEMAIL] = LIST("voicemail", "voice mail", "leave a message", "a message", "message"),
                        [LIST_ANOTHER] = LIST("another number", "other number", "different number", "new number"),
                        [LIST_GRAMMAR] = LIST(
                            "i", "you", "he", "she", "it", "we", "they", "me", "him", "her", "us",
                            "them", "my", "your", "his", "its", "our", "their", "this", "that",
                            "these", "those", "there", "a", "an", "the", "am", "is", "are", "was",
                            "were", "be", "been", "have", "has", "had", "do", "does", "did", "will",
                            "would", "can", "could", "should", "shall", "may", "might", "must",
                            "i'm", "you're", "he's", "she's", "it's", "we're", "they're", "that's",
                            "there's", "i've", "you've", "we've", "they've", "i'd", "you'd", "he'd",
                            "she'd", "we'd", "they'd", "that'd", "it'd", "i'll", "you'll", "he'll",
                            "she'll", "we'll", "they'll", "that'll", "of", "for", "in", "on", "at",
                            "to", "with", "from", "by", "about", "above", "over", "under", "up",
                            "out", "off", "into", "and", "or", "but", "so", "then", "than", "if",
                            "as", "because"),
                        [LIST_STOP] = LIST("stop", "wait", "hold on", "hang on", "enough",
                                           "excuse me", "hello"),
                    },
                .asks_about = "The caller asks about ",
                .last_of_many = ", or ",
                .key_means = " for ",
                .unhappy = "unhappy",
                .frustrated = "frustrated",
            },
            {
                .digits = {{"null"}, {"eins", "ein"}, {"zwei", "zwo"}, {"drei"}, {"vier"}, {"fünf"}, {"sechs"}, {"sieben"}, {"acht"}, {"neun"}},
                .twice = "doppel",
                .plus = "plus",
                .tag = "de",
                .lists =
                    {
                        [LIST_REPEAT] =
                            LIST("wiederholen sie", "wiederholen sie das", "bitte wiederholen",
                                 "das wiederholen", "was haben sie gesagt",
                                 "sagen sie das noch mal", "sagen sie das nochmal",
                                 "sagen sie das noch einmal", "sie nicht verstanden",
                                 "habe das nicht verstanden", "akustisch nicht verstanden",
                                 "=nicht verstanden", "=wie bitte", "=noch mal", "=nochmal",
                                 "=noch einmal", "=wiederholen"),
                        [LIST_START_OVER] =
                            LIST("noch mal von vorne", "nochmal von vorne", "noch einmal von vorne",
                                 "von vorne anfangen", "von vorn anfangen", "von vorne beginnen",
                                 "neu anfangen", "fangen wir von vorne an", "zurück zum anfang",
                                 "hauptmenü", "=von vorne", "=von vorn", "=von anfang an"),
                        [LIST_GOODBYE] =
                            LIST("auf wiederhören", "auf wiedersehen", "wiederhören", "tschüss",
                                 "tschüs", "tschau", "ciao", "schönen tag noch", "gespräch beenden",
                                 "=auflegen", "=das war's", "=das wars", "=das war es",
                                 "=das war alles", "=das ist alles", "=mehr nicht", "=sonst nichts",
                                 "=nichts mehr"),
                        [LIST_YES] =
                            LIST("ja", "jawohl", "jep", "jo", "genau", "richtig", "stimmt",
                                 "korrekt", "klar", "natürlich", "okay", "ok", "gern",
                                 "gerne", "passt", "sicher", "selbstverständlich", "einverstanden",
                                 "kein problem", "warum nicht"),
                        [LIST_NO] = LIST("nein", "nee", "nö", "ne", "nicht", "falsch", "kein",
                                         "keinesfalls", "niemals"),
                        [LIST_LISTENING] =
                            LIST("ja", "jaja", "jo", "ne", "genau", "verstehe", "ich verstehe",
                                 "ach", "ach so", "achso", "so", "gut", "na gut", "klar",
                                 "alles klar", "stimmt", "richtig", "doch"),
                        [LIST_UNSURE] = LIST("weiß nicht", "weiß ich nicht",
                                             "weiß es nicht", "nicht sicher", "keine ahnung"),
                        [LIST_COURTESY] =
                            LIST("bitte", "also", "okay", "ok", "gut", "ja", "nein",
                                 "danke", "dankeschön", "vielen", "dank", "ich", "sie", "können",
                                 "könnten", "kann", "würden", "mal", "doch", "das", "möchte",
                                 "will", "ach", "so", "entschuldigung", "dann"),
                        [LIST_LEADING] =
                            LIST("und", "aber", "oder", "weil", "dass", "der", "die", "das", "dem",
                                 "den", "ein",
                                 "eine", "einen", "einem", "einer", "mein", "meine", "meinen",
                                 "meiner", "ihr", "ihre", "ihren", "zu", "zum", "zur", "mit", "ist",
                                 "von", "vom", "bei", "beim", "für", "im", "in", "am", "wenn",
                                 "wie", "als", "ich", "wir", "nummer", "lautet", "dann",
                                 "beziehungsweise", "ersten", "zweiten", "dritten", "vierten",
                                 "fünften", "sechsten", "siebten", "achten", "neunten", "zehnten",
                                 "elften", "zwölften", "*zehnten", "*zigsten"),
                        [LIST_DIGIT] =
                            LIST("null", "eins", "zwei", "zwo", "drei", "vier", "fünf",
                                 "sechs", "sieben", "acht", "neun", "zehn", "elf",
                                 "zwölf", "doppel", "*zehn", "*zig", "*ßig", "*hundert"),
                        [LIST_SIGN] = LIST("punkt", "unterstrich", "bindestrich", "minus"),
                        [LIST_AT] = LIST("at", "ät"),
                        [LIST_AS] = LIST("wie"),
                        [LIST_NO_SIGN] =
                            LIST("der", "den", "dem", "des", "ein", "einen", "einem", "dieser",
                                 "diesen", "diesem", "jeder", "jeden", "jedem"),
                        [LIST_CALLBACK] = LIST("rückruf", "zurückrufen", "rufen sie mich zurück", "rufen sie zurück", "rufen sie mich an", "ruft mich zurück"),
                        [LIST_HOLD] = LIST("warten", "warte", "bleibe dran", "dranbleiben", "in der leitung"),
                        [LIST_VOICEMAIL] = LIST("nachricht", "mailbox", "sprachnachricht", "anrufbeantworter", "etwas ausrichten"),
                        [LIST_ANOTHER] = LIST("andere nummer", "anderen nummer", "andere rufnummer", "neue nummer"),
                        [LIST_GRAMMAR] = LIST(
                            "ich", "du", "er", "sie", "es", "wir", "ihr", "mich", "dich", "ihn",
                            "uns", "euch", "mir", "dir", "ihm", "ihnen", "mein", "dein", "sein",
                            "unser", "der", "die", "das", "den", "dem", "des", "ein", "eine",
                            "einen", "einem", "einer", "dies", "diese", "bin", "bist", "ist",
                            "sind", "war", "waren", "habe", "hast", "hat", "haben", "hatte", "wird",
                            "werde", "werden", "kann", "können", "von", "für", "in", "an", "am",
                            "im", "auf", "zu", "zum", "zur", "mit", "aus", "bei", "über", "unter",
                            "um", "ab", "und", "oder", "aber", "so", "dann", "als", "wenn", "weil",
                            "da"),
                        [LIST_STOP] = LIST("halt", "stopp", "stop", "moment", "warte", "warten sie",
                                           "genug", "entschuldigung", "hallo"),
                    },
                .asks_about = "Es geht um ",
                .last_of_many = " oder ",
                .key_means = " für ",
                .unhappy = "unzufrieden",
                .frustrated = "verärgert",
            },
            {
                .digits = {{"cero"}, {"uno", "un"}, {"dos"}, {"tres"}, {"cuatro"}, {"cinco"}, {"seis"}, {"siete"}, {"ocho"}, {"nueve"}},
                .twice = "doble",
                .plus = "más",
                .tag = "es",
                .lists =
                    {
                        [LIST_REPEAT] =
                            LIST("repita", "repítalo", "repetir", "repetirlo", "repítame", "repite",
                                 "dígalo otra vez", "qué ha dicho", "qué dijo", "cómo ha dicho",
                                 "cómo dijo", "no le he oído", "no le he entendido",
                                 "no le entendí", "no le escuché", "=cómo dice", "=cómo", "=perdón",
                                 "=otra vez", "=de nuevo", "=no entendí", "=no he entendido"),
                        [LIST_START_OVER] =
                            LIST("empezar de nuevo", "empezar otra vez", "comenzar de nuevo",
                                 "volver a empezar", "volver al principio", "volver al inicio",
                                 "empezar desde el principio", "menú principal",
                                 "=desde el principio", "=desde el inicio"),
                        [LIST_GOODBYE] =
                            LIST("adiós", "adios", "hasta luego", "hasta pronto", "chao", "chau",
                                 "terminar la llamada", "que tenga buen día", "=eso es todo",
                                 "=es todo", "=nada más", "=colgar"),
                        [LIST_YES] =
                            LIST("sí", "si", "claro", "vale", "correcto", "exacto", "exactamente",
                                 "efectivamente", "perfecto", "cierto", "dale", "eso es", "así es",
                                 "de acuerdo", "por supuesto", "no hay problema", "sin problema",
                                 "cómo no", "por qué no", "okay", "ok"),
                        [LIST_NO] = LIST("no", "incorrecto", "tampoco", "negativo", "falso",
                                         "para nada", "nunca"),
                        [LIST_LISTENING] =
                            LIST("sí", "si", "ya", "ya veo", "ajá", "aja", "vale",
                                 "claro", "bueno", "bien", "muy bien", "entiendo", "comprendo",
                                 "de acuerdo", "cierto", "exacto"),
                        [LIST_UNSURE] = LIST("no sé", "no se", "no lo sé", "no estoy seguro",
                                             "no estoy segura", "ni idea"),
                        [LIST_COURTESY] =
                            LIST("por", "favor", "gracias", "muchas", "pues", "bueno", "vale", "ok",
                                 "okay", "no", "sí", "puede", "podría", "me", "le", "lo",
                                 "yo", "quiero", "quisiera", "muy", "bien", "disculpe"),
                        [LIST_LEADING] =
                            LIST("y", "e", "o", "u", "pero", "porque", "que", "el", "la", "los",
                                 "las", "un", "una", "unos", "unas", "mi", "mis", "su", "sus", "tu",
                                 "de", "del", "a", "al", "con", "es", "era", "son", "para", "por",
                                 "sin", "en", "sobre", "cuando", "como", "este", "entonces", "me",
                                 "se", "lo", "le", "número", "arroba", "quiero",
                                 "quisiera", "puedo", "necesito"),
                        [LIST_DIGIT] =
                            LIST("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis",
                                 "siete", "ocho", "nueve", "diez", "once", "doce",
                                 "trece", "catorce", "quince", "dieciséis", "diecisiete",
                                 "dieciocho", "diecinueve", "veinte", "veintiuno", "veintidós",
                                 "veintitrés", "veinticuatro", "veinticinco", "veintiséis",
                                 "veintisiete", "veintiocho", "veintinueve", "treinta", "cuarenta",
                                 "cincuenta", "sesenta", "setenta", "ochenta", "noventa", "cien",
                                 "ciento", "doble", "*cientos"),
                        [LIST_SIGN] = LIST("punto", "guion", "guión", "arroba"),
                        [LIST_AS] = LIST("de", "como"),
                        [LIST_NO_SIGN] =
                            LIST("un", "el", "este", "ese", "al", "del", "en", "cada", "su", "mi"),
                        [LIST_CALLBACK] = LIST("llamada", "llámeme", "llámenme", "me llamen", "me llame", "devolver la llamada", "devuélvame la llamada"),
                        [LIST_HOLD] = LIST("esperar", "espero", "espere", "sigo en línea", "mantenerme"),
                        [LIST_VOICEMAIL] = LIST("mensaje", "buzón", "recado", "dejar un mensaje"),
                        [LIST_ANOTHER] = LIST("otro número", "número distinto", "número diferente"),
                        [LIST_GRAMMAR] = LIST(
                            "yo", "tú", "tu", "él", "ella", "usted", "nosotros", "ellos", "me",
                            "te", "se", "nos", "lo", "la", "le", "los", "las", "les", "mi", "su",
                            "el", "un", "una", "unos", "este", "esta", "esto", "ese", "esa", "eso",
                            "es", "son", "soy", "está", "están", "era", "ha", "han", "he", "hay",
                            "de", "del", "a", "al", "en", "con", "por", "sobre", "y", "o",
                            "pero", "que", "si", "como", "entonces", "porque"),
                        [LIST_STOP] = LIST("para", "pare", "espera", "espere", "basta", "alto",
                                           "momento", "perdón", "perdone", "oiga", "hola"),
                    },
                .asks_about = "La persona pregunta por ",
                .last_of_many = " o ",
                .key_means = " para ",
                .unhappy = "descontento",
                .frustrated = "enfadado",
            },
            {
                .digits = {{"zéro"}, {"un"}, {"deux"}, {"trois"}, {"quatre"}, {"cinq"}, {"six"}, {"sept"}, {"huit"}, {"neuf"}},
                .twice = "double",
                .plus = "plus",
                .tag = "fr",
                .lists =
                    {
                        [LIST_REPEAT] =
                            LIST("répétez", "répéter", "redites", "qu'avez-vous dit",
                                 "qu'est-ce que vous avez dit", "vous avez dit quoi",
                                 "je ne vous ai pas compris", "je ne vous ai pas entendu",
                                 "pas entendu ce que vous", "=pardon", "=comment",
                                 "=encore une fois", "=je n'ai pas compris", "=j'ai pas compris",
                                 "=pas compris"),
                        [LIST_START_OVER] =
                            LIST("recommencer", "recommençons", "recommencez",
                                 "reprendre depuis le début", "reprenez depuis le début",
                                 "reprendre au début", "retour au début", "tout reprendre",
                                 "menu principal", "=depuis le début", "=du début"),
                        [LIST_GOODBYE] =
                            LIST("au revoir", "bonne journée", "bonne soirée", "à bientôt",
                                 "raccrocher", "terminer l'appel", "ce sera tout", "rien d'autre",
                                 "=c'est tout", "=c'est tout pour moi"),
                        [LIST_YES] =
                            LIST("oui", "ouais", "ok", "okay", "d'accord", "exact", "exactement",
                                 "correct", "volontiers", "absolument", "tout à fait", "bien sûr",
                                 "c'est ça", "c'est cela", "pas de problème", "pas de souci",
                                 "pourquoi pas"),
                        [LIST_NO] =
                            LIST("non", "nan", "pas", "faux", "incorrect", "aucun", "jamais"),
                        [LIST_LISTENING] =
                            LIST("oui", "ouais", "d'accord", "je vois", "je comprends", "bon",
                                 "bien", "bah", "ben", "voilà", "ah bon", "très bien", "c'est ça",
                                 "hein", "exact"),
                        [LIST_UNSURE] = LIST("je ne sais pas", "je sais pas", "j'sais pas",
                                             "sais pas", "pas sûr", "pas sûre", "aucune idée"),
                        [LIST_COURTESY] =
                            LIST("s'il", "vous", "te", "plaît", "merci", "beaucoup", "bah", "ben",
                                 "alors", "donc", "oui", "non", "ok", "okay", "d'accord", "bon",
                                 "je", "pouvez", "pourriez", "peux", "voudrais", "veux", "me", "le",
                                 "la", "excusez", "excusez-moi"),
                        [LIST_LEADING] =
                            LIST("et", "ou", "mais", "parce", "car", "le", "la", "les", "un", "une",
                                 "des", "mon", "ma", "mes", "votre", "vos", "de", "du", "à", "au",
                                 "aux", "avec", "est", "c'est", "était", "sont", "pour", "par",
                                 "sans", "dans", "en", "sur", "quand", "comme", "ben", "donc", "je",
                                 "j'ai", "qui", "que", "ne", "numéro", "arobase", "voudrais",
                                 "veux"),
                        [LIST_DIGIT] =
                            LIST("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept",
                                 "huit", "neuf", "dix", "onze", "douze", "treize", "quatorze",
                                 "quinze", "seize", "vingt", "vingts", "trente", "quarante",
                                 "cinquante", "soixante", "cent", "cents", "double"),
                        [LIST_SIGN] = LIST("point", "tiret", "underscore", "arobase"),
                        [LIST_AS] = LIST("comme"),
                        [LIST_NO_SIGN] =
                            LIST("un", "le", "ce", "du", "au", "chaque", "mon", "quel", "à"),
                        [LIST_CALLBACK] = LIST("rappel", "rappelez", "rappeler", "me rappelle", "rappelez-moi"),
                        [LIST_HOLD] = LIST("attendre", "attends", "patienter", "patiente", "rester en ligne", "je reste"),
                        [LIST_VOICEMAIL] = LIST("message", "messagerie", "répondeur"),
                        [LIST_ANOTHER] = LIST("autre numéro", "numéro différent", "nouveau numéro"),
                        [LIST_GRAMMAR] = LIST(
                            "je", "tu", "il", "elle", "on", "nous", "vous", "ils", "elles", "me",
                            "te", "se", "le", "la", "les", "lui", "leur", "mon", "ma", "mes",
                            "votre", "un", "une", "des", "du", "de", "ce", "cet", "cette", "ces",
                            "ça", "c'est", "j'ai", "suis", "est", "sont", "était", "ai", "a", "ont",
                            "à", "au", "aux", "en", "dans", "avec", "par", "pour", "sur", "et",
                            "ou", "mais", "que", "si", "comme", "alors", "donc"),
                        [LIST_STOP] = LIST("stop", "arrêtez", "arrête", "attendez", "attends",
                                           "assez", "pardon", "excusez-moi", "allô", "moment"),
                    },
                .asks_about = "L’appel concerne ",
                .last_of_many = " ou ",
                .key_means = " pour ",
                .unhappy = "mécontent",
                .frustrated = "énervé",
            },
};

const uint32_t phrase_language_count = sizeof(phrase_languages) / sizeof(phrase_languages[0]);
