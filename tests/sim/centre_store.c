// SPDX-License-Identifier: Apache-2.0
/* centre_store.c - the account: rows that outlive a server, and what the next one is told of them. */
#include <stdio.h>
#include <string.h>

#include "centre.h"

enum { LAST_EXPIRY_S = 3600 * 24 * 30 };

/* ---- Rows ---- */

static void opened(const struct command *command)
{
    struct event event = {.kind = STORE_OPENED, .call = command->call, .leg = command->leg};
    struct text key = command->opened.key;

    for (uint32_t i = 0; key.size && i < centre.account_count; i++)
        if (text_equal(text_of(centre.accounts[i].key), key))
            event.kind = STORE_KNOWN;
    if (event.kind == STORE_OPENED && key.size && centre_closed())
        centre_broken("callback " TEXT_FORMAT " is made while it is closed", TEXT_ARGS(key));
    if (event.kind == STORE_OPENED && key.size) {
        struct account *account = &centre.accounts[centre.account_count++];
        text_copy(account->key, sizeof(account->key), key);
        text_copy(account->ref, sizeof(account->ref), command->opened.ref);
    }
    if (command->call == 0)
        return;
    if (key.size == 0 && !centre_stand_in_opened(command))
        centre_opened(command);
    centre_happen(event, centre_between(1, 5));
}

/* A promise is kept by one call that is answered, whatever crashed meanwhile. */
static void answered(struct text ref)
{
    char first[16], second[16], name[40];
    uint32_t turn, number;

    for (uint32_t i = centre.account_count; i-- > 0;) {
        struct account *account = &centre.accounts[i];
        if (!text_equal(text_of(account->ref), ref))
            continue;
        account->answered = true;
        if (sscanf(account->key, "callback-%15[^-]-%15[^-]-%u-%u-", first, second, &turn,
                   &number) != 4)
            centre_broken("a callback's key is %s", account->key);
        snprintf(name, sizeof(name), "%s-%s", first, second);
        struct task *task = centre_task(text_of(name), turn, number);
        if (!task || task->reached++ > 0)
            centre_broken("callback %s was made twice, or never promised", account->key);
        return;
    }
}

void centre_store(const struct command *command)
{
    if (command->kind == STORE_CALL_OPENED)
        opened(command);
    if (command->kind == STORE_CALL_ANSWERED && !centre_stand_in_answered(command->answered.ref))
        answered(command->answered.ref);
    if (command->kind == STORE_TASK && command->call) {
        struct event noted = {.kind = STORE_NOTED, .call = command->call, .leg = command->leg};
        noted.noted.turn = command->task.turn;
        noted.noted.number = command->task.number;
        centre_may_happen(noted, centre_between(1, 5));
    }
    centre_check_store(command);
}

/* ---- The start ---- */

static void tell_task(const struct task *task)
{
    struct event known = {.kind = STORE_TASK_KNOWN};
    char key[80];

    known.task.ref = text_of(task->ref);
    known.task.turn = task->turn;
    known.task.number = task->number;
    known.task.party = text_of(task->party);
    known.task.queue = text_of(task->queue);
    known.task.agent = text_of(task->agent);
    known.task.promised_ms = task->promised_ms;
    known.task.from_ms = task->from_ms;
    known.task.until_ms = task->until_ms;
    known.task.next_ms = task->next_ms;
    known.task.attempts = task->attempts;
    known.task.place_ms = task->place_ms;
    known.task.priority = task->priority;
    known.task.made = task->attempt[0] != 0;
    known.task.reached = task->answered_ms != 0;
    known.task.calling = task->state == TASK_CALLING;
    snprintf(key, sizeof(key), "callback-%s-%u-%u-%u", task->ref, task->turn, task->number,
             task->attempts);
    for (uint32_t i = 0; i < centre.account_count; i++) {
        if (strcmp(centre.accounts[i].key, key) != 0)
            continue;
        known.task.made = true;
        known.task.reached = centre.accounts[i].answered;
    }
    centre_happen(known, 0);
}

void centre_start(void)
{
    struct event event = {.kind = STORE_PHONE_KNOWN};

    for (uint32_t i = 0; i < centre.plan->user_count && !centre.setup->theory; i++) {
        event.phone.user = centre.plan->users[i].name;
        for (int place = 0; place < (i % 10 == 4 ? 2 : 1); place++) {
            event.phone.contact = place ? TEXT("sip:desk@10.0.0.2") : TEXT("sip:desk@10.0.0.1");
            event.phone.source = TEXT("198.51.100.4:1024");
            event.phone.expires_ms = CENTRE_WALL_MS + LAST_EXPIRY_S * UINT64_C(1000);
            centre_happen(event, 0);
        }
    }
    for (uint32_t i = 0; i < centre.setup->operators && centre.life > 1; i++) {
        struct event known = {.kind = STORE_OPERATOR_KNOWN};
        known.wish.name = text_of(centre_person_name(i));
        known.wish.said = centre.people[i].said;
        known.wish.aside = centre.people[i].aside;
        centre_happen(known, 0);
    }
    for (uint32_t i = 0; i < centre.task_count; i++)
        if (centre.tasks[i].state == TASK_WAITING || centre.tasks[i].state == TASK_CALLING)
            tell_task(&centre.tasks[i]);
    centre_happen((struct event){.kind = STORE_TASKS_TOLD}, 0);
}
