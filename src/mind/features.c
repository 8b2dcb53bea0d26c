// SPDX-License-Identifier: Apache-2.0
/* features.c - the topics are the vocabulary of callers to any business; they let an agent with few
 * examples understand "reimburse" when its examples only say "refund". */
#include "mind/features.h"

#include <stdlib.h>
#include <string.h>

#include "mind/spoken.h"

static const char fillers[] = "um uh uhm erm er ah hmm hm mm well like";

struct topic {
    const char *name, *words;
};

static const struct topic topics[] = {
    {"bill", "bill bills billing invoice invoices statement statements receipt receipts paperwork"},
    {"charge", "charge charges charged charging overcharge overcharged debited withdrawn deducted "
               "billed withdrawal deduction deductions debit transaction transactions"},
    {"pay", "pay paid paying pays payment payments prepay autopay installment installments settle "
            "deposit wire remittance"},
    {"refund",
     "refund refunds refunded reimburse reimbursed reimbursement credited repay chargeback"},
    {"owe", "owe owed owing balance due outstanding overdue unpaid arrears collections"},
    {"card", "card cards visa mastercard amex paypal bank checking checks check cheque iban"},
    {"money",
     "money dollars dollar euros euro pounds bucks cents amount amounts sum total fee fees tax "
     "taxes vat"},
    {"accounting", "accounting accountant accounts bookkeeper bookkeeping payable finance"},
    {"broken",
     "broken broke breaks defective damaged dead faulty crash crashes crashed crashing freeze "
     "freezes frozen froze freezing hang hangs stuck stopped stops fails failing failed "
     "failure error errors glitch glitches bug bugs malfunction down offline blank corrupt "
     "corrupted jammed disconnected disconnects disconnecting lost slow lagging"},
    {"cannot",
     "won't doesn't don't isn't can't cannot couldn't wouldn't aren't didn't not never no"},
    {"device",
     "phone phones telephone handset router modem printer printers laptop laptops computer "
     "computers tablet tv television remote camera cameras headset headsets screen monitor "
     "keyboard mouse speaker speakers microphone cable box device devices battery charger "
     "scanner thermostat sensor doorbell alarm"},
    {"software",
     "app application program software website site page pages portal system update updates "
     "version install installed installing installation download downloads browser windows "
     "mac file files folder database server api report reports export import backup "
     "driver plugin feature"},
    {"network",
     "internet wifi connection connections network signal online connect connects connected "
     "outage vpn ethernet bandwidth wireless broadband"},
    {"login",
     "login password passwords username log logged locked verification authentication sign "
     "signed reset pin"},
    {"buy", "buy buying bought purchase purchasing order orders ordering subscribe acquire"},
    {"price",
     "price prices priced pricing cost costs quote quotes quotation estimate cheaper cheapest "
     "expensive discount discounts deal deals offer offers special specials promotion rate "
     "rates affordable"},
    {"range",
     "plan plans package packages model models product products unit units license licenses "
     "seat seats subscription bundle edition catalog brochure equipment contract trial demo "
     "features stock warranty premium basic enterprise business"},
    {"more", "upgrade upgrades upgrading add additional extra another bigger larger faster expand"},
    {"interest", "interested considering shopping comparing looking thinking wondering curious"},
    {"person",
     "person people human humans representative rep agent operator someone somebody anyone "
     "anybody employee staff colleague individual"},
    {"boss", "supervisor manager managers boss director management owner superior ceo head lead"},
    {"talk", "talk talking speak speaking spoke chat transfer connect put line"},
    {"machine", "robot robots bot bots machine machines computer computers recording automated ai"},
    {"anger",
     "complain complaint complaints complaining unacceptable ridiculous terrible awful useless "
     "lawyer attorney sue furious angry disgusted sick tired fed rude worst joke scam"},
    {"appointment",
     "appointment appointments booking bookings reservation reservations reserve visit slot "
     "schedule scheduled reschedule meeting meetings calendar book booked opening"},
    {"errand", "remind reminder message note tell notify inform forward pass leave callback ring"},
    {"day",
     "monday tuesday wednesday thursday friday saturday sunday tomorrow morning afternoon evening "
     "week weekend noon o'clock tonight today"},
    {"change",
     "change changed changing update move moved moving cancel cancelled canceled postpone push "
     "rename correct switch replace"},
    {"details", "address email e-mail number name surname contact records"},
    {"hours", "open opens opened close closes closed hours holiday holidays"},
    {"place",
     "where located location locations directions parking park building street floor store"},
    {"greeting", "hello hi hey greetings morning thanks thank goodbye bye"},
};

static uint64_t hash(uint64_t seed, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        seed = (seed ^ (unsigned char)bytes[i]) * 0x100000001B3ULL;
    return seed;
}

static const uint64_t seeds[] = {0xCBF29CE484222325ULL, 0x9AE16A3B2F90404FULL,
                                 0xC3A5C85C97CB3127ULL, 0xB492B66FBE98F273ULL,
                                 0xDEADBEEFCAFEF00DULL};
enum { SEED_WORD, SEED_PAIR, SEED_PIECE, SEED_TOPIC, SEED_STEM };

struct maker {
    struct feature *out;
    uint32_t count;
};

static void add(struct maker *m, enum feature_group group, uint64_t key)
{
    if (m->count < MAX_FEATURES)
        m->out[m->count++] = (struct feature){key, group};
}

/* The word as the classifier sees it: numbers are all alike. */
static struct text seen(const struct tokens *tokens, uint32_t i)
{
    if (spoken_is_number(tokens->words[i]))
        return TEXT("#");
    return tokens->words[i];
}

/* Plurals, -ing, -ed and -'s off; at least three letters stay. */
static struct text stem(struct text word)
{
    static const char *const endings[] = {"'s", "ing", "ed", "es", "s", "e"};

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        uint32_t size = (uint32_t)strlen(endings[i]);

        if (word.size >= size + 3 && memcmp(word.data + word.size - size, endings[i], size) == 0) {
            word.size -= size;
            break;
        }
    }
    return word;
}

static void add_words(struct maker *m, const struct tokens *tokens, uint32_t from, uint32_t to)
{
    struct text before = TEXT("^");

    for (uint32_t i = from; i < to; i++) {
        struct text word = seen(tokens, i), root = stem(word);
        uint64_t pair;

        if (tokens_in(tokens, i, fillers))
            continue;
        pair = hash(hash(seeds[SEED_PAIR], before.data, before.size), " ", 1);
        add(m, FEATURE_WORDS, hash(seeds[SEED_WORD], word.data, word.size));
        add(m, FEATURE_WORDS, hash(pair, word.data, word.size));
        add(m, FEATURE_WORDS, hash(seeds[SEED_STEM], root.data, root.size));
        before = word;
    }
}

/* Three to five bytes in a row of each word with a space at both its ends. */
static void add_pieces(struct maker *m, const struct tokens *tokens, uint32_t from, uint32_t to)
{
    char padded[MAX_UTTERANCE + 2];

    for (uint32_t i = from; i < to; i++) {
        struct text word = seen(tokens, i);
        uint32_t size = word.size + 2;

        if (tokens_in(tokens, i, fillers))
            continue;
        padded[0] = padded[size - 1] = ' ';
        memcpy(padded + 1, word.data, word.size);
        for (uint32_t length = 3; length <= 5; length++)
            for (uint32_t at = 0; at + length <= size; at++)
                add(m, FEATURE_PIECES, hash(seeds[SEED_PIECE] + length, padded + at, length));
    }
}

static void add_topics(struct maker *m, const struct tokens *tokens, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        for (size_t t = 0; t < sizeof topics / sizeof *topics; t++)
            if (tokens_in(tokens, i, topics[t].words))
                add(m, FEATURE_TOPICS,
                    hash(seeds[SEED_TOPIC], topics[t].name, strlen(topics[t].name)));
}

static int by_key(const void *a, const void *b)
{
    uint64_t x = ((const struct feature *)a)->key, y = ((const struct feature *)b)->key;

    return x < y ? -1 : x > y;
}

uint32_t features_of(const struct tokens *tokens, uint32_t from, uint32_t to,
                     struct feature out[MAX_FEATURES])
{
    struct maker m = {.out = out};
    uint32_t kept = 0;

    add_words(&m, tokens, from, to);
    add_pieces(&m, tokens, from, to);
    add_topics(&m, tokens, from, to);
    qsort(out, m.count, sizeof *out, by_key);
    for (uint32_t i = 0; i < m.count; i++)
        if (kept == 0 || out[kept - 1].key != out[i].key)
            out[kept++] = out[i];
    return kept;
}

bool features_word(const struct tokens *tokens, uint32_t i, uint64_t *key)
{
    struct text word = seen(tokens, i);

    if (tokens_in(tokens, i, fillers))
        return false;
    *key = hash(seeds[SEED_WORD], word.data, word.size);
    return true;
}
