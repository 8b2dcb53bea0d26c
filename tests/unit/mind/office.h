// SPDX-License-Identifier: Apache-2.0
/* office.h - a small agent for tests: billing, technical, sales, a person, and everything else. */
#ifndef TEST_MIND_OFFICE_H
#define TEST_MIND_OFFICE_H

#include "core/plan.h"

/* TEXT as a constant initialiser. */
#define SAID(literal)                                      \
    {                                                      \
        .data = "" literal, .size = sizeof("" literal) - 1 \
    }

enum {
    OFFICE_BILLING,
    OFFICE_TECHNICAL,
    OFFICE_SALES,
    OFFICE_PERSON,
    OFFICE_GENERAL,
    OFFICE_INTENTS
};

static const struct text office_billing[] = {SAID("i have a question about my bill"),
                                             SAID("i have a billing problem"),
                                             SAID("i was charged twice"),
                                             SAID("my invoice is wrong"),
                                             SAID("i want a refund"),
                                             SAID("can i pay my bill"),
                                             SAID("billing please"),
                                             SAID("there is a charge that i don't know"),
                                             SAID("how much do i owe you")};
static const struct text office_technical[] = {SAID("my internet is down"),
                                               SAID("it doesn't work"),
                                               SAID("i can't log in"),
                                               SAID("the screen is black"),
                                               SAID("i get an error message"),
                                               SAID("the printer is broken"),
                                               SAID("i need technical support"),
                                               SAID("nothing works since the update"),
                                               SAID("i have a technical problem")};
static const struct text office_sales[] = {
    SAID("i want to buy a phone"),         SAID("how much does it cost"),
    SAID("can i talk to sales"),           SAID("i need a quote"),
    SAID("i want to upgrade my plan"),     SAID("what plans do you have"),
    SAID("i want to order five licenses"), SAID("sales please"),
    SAID("do you have any offers")};
static const struct text office_person[] = {SAID("i want to talk to a person"),
                                            SAID("representative"),
                                            SAID("let me speak to a human"),
                                            SAID("get me your manager"),
                                            SAID("i don't want to talk to a machine"),
                                            SAID("operator please"),
                                            SAID("i want to complain"),
                                            SAID("is there a real person")};
static const struct text office_general[] = {
    SAID("when are you open"), SAID("where are you"), SAID("hello"),
    SAID("i have a question"), SAID("who is this"),   SAID("can you help me"),
    SAID("i don't know"),      SAID("how are you")};

#define OFFICE_EXAMPLES(list) .examples = (list), .example_count = sizeof(list) / sizeof *(list)

static const struct plan_intent office_intents[OFFICE_INTENTS] = {
    [OFFICE_BILLING] = {.name = SAID("billing"), OFFICE_EXAMPLES(office_billing)},
    [OFFICE_TECHNICAL] = {.name = SAID("technical"), OFFICE_EXAMPLES(office_technical)},
    [OFFICE_SALES] = {.name = SAID("sales"), OFFICE_EXAMPLES(office_sales)},
    [OFFICE_PERSON] = {.name = SAID("escalation"),
                       .escalation = true,
                       OFFICE_EXAMPLES(office_person)},
    [OFFICE_GENERAL] = {.name = SAID("general"), OFFICE_EXAMPLES(office_general)}};

static const struct plan_agent office_agent = {.name = SAID("desk"),
                                               .intents = office_intents,
                                               .intent_count = OFFICE_INTENTS,
                                               .general = OFFICE_GENERAL};

#endif
