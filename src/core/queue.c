// SPDX-License-Identifier: Apache-2.0
/* queue.c - a treap in the owner's entries. */
#include "core/queue.h"

#include <assert.h>

#define OFFERED_BIT (UINT64_C(1) << QUEUE_SKILLS)
#define NEVER_AGES_MS (INT64_C(1) << 50) /* Over any time waited: a step of priority outweighs it. */

static struct queue_entry *at(struct queue_entry *entries, uint32_t link)
{
    return &entries[link - 1];
}

static const struct queue_entry *of(const struct queue_entry *entries, uint32_t link)
{
    return &entries[link - 1];
}

static int64_t step_ms(const struct queue *queue)
{
    return queue->ageing_ms ? (int64_t)queue->ageing_ms : NEVER_AGES_MS;
}

static bool before(const struct queue_entry *a, const struct queue_entry *b)
{
    return a->due != b->due ? a->due < b->due : (int32_t)(a->serial - b->serial) < 0;
}

static uint64_t needs(const struct queue_entry *entry)
{
    return entry->skills | (entry->offered ? OFFERED_BIT : 0);
}

/* The parent's is higher. */
static uint32_t height(const struct queue_entry *entry)
{
    uint32_t h = entry->serial * 0x9e3779b1u;

    h = (h ^ h >> 16) * 0x85ebca6bu;
    h = (h ^ h >> 13) * 0xc2b2ae35u;
    return h ^ h >> 16;
}

static void sum_up(struct queue_entry *entries, uint32_t link)
{
    struct queue_entry *e = at(entries, link);

    e->size = 1 + (e->left ? at(entries, e->left)->size : 0) +
              (e->right ? at(entries, e->right)->size : 0);
    e->open = !e->offered + (e->left ? at(entries, e->left)->open : 0) +
              (e->right ? at(entries, e->right)->open : 0);
    e->all_need = needs(e) & (e->left ? at(entries, e->left)->all_need : UINT64_MAX) &
                  (e->right ? at(entries, e->right)->all_need : UINT64_MAX);
    e->earliest_ms = e->joined_ms;
    if (e->left && at(entries, e->left)->earliest_ms < e->earliest_ms)
        e->earliest_ms = at(entries, e->left)->earliest_ms;
    if (e->right && at(entries, e->right)->earliest_ms < e->earliest_ms)
        e->earliest_ms = at(entries, e->right)->earliest_ms;
}

/* Recursion below is as deep as the tree: 40 at 10,000. */

static void split(struct queue_entry *entries, uint32_t root, const struct queue_entry *by,
                  uint32_t *left, uint32_t *right)
{
    if (!root) {
        *left = *right = 0;
        return;
    }
    struct queue_entry *e = at(entries, root);
    if (before(e, by)) {
        split(entries, e->right, by, &e->right, right);
        *left = root;
    } else {
        split(entries, e->left, by, left, &e->left);
        *right = root;
    }
    sum_up(entries, root);
}

static uint32_t merge(struct queue_entry *entries, uint32_t left, uint32_t right)
{
    if (!left || !right)
        return left ? left : right;
    if (height(at(entries, left)) > height(at(entries, right))) {
        at(entries, left)->right = merge(entries, at(entries, left)->right, right);
        sum_up(entries, left);
        return left;
    }
    at(entries, right)->left = merge(entries, left, at(entries, right)->left);
    sum_up(entries, right);
    return right;
}

static uint32_t put(struct queue_entry *entries, uint32_t root, uint32_t link)
{
    struct queue_entry *e = at(entries, link), *top;

    if (!root || height(e) > height(at(entries, root))) {
        split(entries, root, e, &e->left, &e->right);
        sum_up(entries, link);
        return link;
    }
    top = at(entries, root);
    if (before(e, top))
        top->left = put(entries, top->left, link);
    else
        top->right = put(entries, top->right, link);
    sum_up(entries, root);
    return root;
}

static uint32_t cut(struct queue_entry *entries, uint32_t root, uint32_t link)
{
    struct queue_entry *top;

    assert(root); /* It is in this queue. */
    top = at(entries, root);
    if (root == link)
        return merge(entries, top->left, top->right);
    if (before(at(entries, link), top))
        top->left = cut(entries, top->left, link);
    else
        top->right = cut(entries, top->right, link);
    sum_up(entries, root);
    return root;
}

static void insert(struct queue *queue, struct queue_entry *entries, uint32_t place)
{
    struct queue_entry *e = &entries[place];

    e->due = e->joined_ms - e->priority * step_ms(queue);
    e->left = e->right = 0;
    queue->root = put(entries, queue->root, place + 1);
}

void queue_join(struct queue *queue, struct queue_entry *entries, uint32_t place)
{
    struct queue_entry *e = &entries[place];

    assert(e->who && e->priority <= QUEUE_TOP_PRIORITY && !(e->skills & OFFERED_BIT));
    e->offered = false;
    e->serial = ++queue->serial;
    insert(queue, entries, place);
}

void queue_leave(struct queue *queue, struct queue_entry *entries, uint32_t place)
{
    queue->root = cut(entries, queue->root, place + 1);
    entries[place] = (struct queue_entry){.who = 0};
}

void queue_set_priority(struct queue *queue, struct queue_entry *entries, uint32_t place,
                        uint8_t priority)
{
    assert(priority <= QUEUE_TOP_PRIORITY);
    queue->root = cut(entries, queue->root, place + 1);
    entries[place].priority = priority;
    insert(queue, entries, place);
}

void queue_set_offered(struct queue *queue, struct queue_entry *entries, uint32_t place,
                       bool offered)
{
    if (entries[place].offered == offered)
        return;
    queue->root = cut(entries, queue->root, place + 1);
    entries[place].offered = offered;
    insert(queue, entries, place);
}

void queue_set_ageing(struct queue *queue, struct queue_entry *entries, uint64_t ageing_ms)
{
    uint32_t old = queue->root, link;

    if (queue->ageing_ms == ageing_ms)
        return;
    queue->ageing_ms = ageing_ms;
    queue->root = 0;
    while (old) { /* The leftmost of the old tree, into the new one. */
        uint32_t *from = &old;
        while (at(entries, *from)->left)
            from = &at(entries, *from)->left;
        link = *from;
        *from = at(entries, link)->right;
        insert(queue, entries, link - 1);
    }
}

uint32_t queue_count(const struct queue *queue, const struct queue_entry *entries)
{
    return queue->root ? of(entries, queue->root)->size : 0;
}

int64_t queue_earliest(const struct queue *queue, const struct queue_entry *entries)
{
    return of(entries, queue->root)->earliest_ms;
}

static uint32_t size_of(const struct queue_entry *entries, uint32_t link)
{
    return link ? of(entries, link)->size : 0;
}

uint32_t queue_position(const struct queue *queue, const struct queue_entry *entries,
                        uint32_t place)
{
    const struct queue_entry *e = &entries[place];
    uint32_t root = queue->root, position = 1;

    while (root != place + 1) {
        assert(root);
        if (before(e, of(entries, root))) {
            root = of(entries, root)->left;
        } else {
            position += 1 + size_of(entries, of(entries, root)->left);
            root = of(entries, root)->right;
        }
    }
    return position + size_of(entries, e->left);
}

static uint32_t open_of(const struct queue_entry *entries, uint32_t link)
{
    return link ? of(entries, link)->open : 0;
}

uint32_t queue_open(const struct queue *queue, const struct queue_entry *entries)
{
    return open_of(entries, queue->root);
}

uint32_t queue_open_before(const struct queue *queue, const struct queue_entry *entries,
                           uint32_t place)
{
    const struct queue_entry *e = &entries[place];
    uint32_t root = queue->root, open = 0;

    while (root != place + 1) {
        const struct queue_entry *top = of(entries, root);
        assert(root);
        if (!before(e, top))
            open += !top->offered + open_of(entries, top->left);
        root = before(e, top) ? top->left : top->right;
    }
    return open + open_of(entries, e->left);
}

uint32_t queue_at(const struct queue *queue, const struct queue_entry *entries, uint32_t position)
{
    uint32_t root = queue->root;

    if (position < 1 || position > size_of(entries, root))
        return QUEUE_NONE;
    for (;;) {
        uint32_t left = size_of(entries, of(entries, root)->left);
        if (position == left + 1)
            return root - 1;
        if (position <= left) {
            root = of(entries, root)->left;
        } else {
            position -= left + 1;
            root = of(entries, root)->right;
        }
    }
}

/* Of a branch, or 0. What everyone of it needs and is not there, nobody of it can do without. */
static uint32_t next_in(const struct queue_entry *entries, uint32_t root, uint64_t lacking)
{
    uint32_t found;

    while (root && !(of(entries, root)->all_need & lacking)) {
        found = next_in(entries, of(entries, root)->left, lacking);
        if (found)
            return found;
        if (!(needs(of(entries, root)) & lacking))
            return root;
        root = of(entries, root)->right;
    }
    return 0;
}

uint32_t queue_next(const struct queue *queue, const struct queue_entry *entries, uint64_t skills)
{
    uint32_t found = next_in(entries, queue->root, ~(skills & ~OFFERED_BIT));

    return found ? found - 1 : QUEUE_NONE;
}

/* In thousandths: as fine as needed, and far from overflow. */
static int64_t effective(const struct queue_entry *e, uint64_t ageing_ms, int64_t now_ms)
{
    int64_t waited = now_ms > e->joined_ms ? now_ms - e->joined_ms : 0;

    return e->priority * INT64_C(1000) + (ageing_ms ? waited * 1000 / (int64_t)ageing_ms : 0);
}

bool queue_before(const struct queue_entry *a, uint64_t a_ageing_ms, const struct queue_entry *b,
                  uint64_t b_ageing_ms, int64_t now_ms)
{
    int64_t one = effective(a, a_ageing_ms, now_ms), other = effective(b, b_ageing_ms, now_ms);

    return one != other ? one > other : a->joined_ms < b->joined_ms;
}

static bool check_in(const struct queue_entry *entries, uint32_t places, uint32_t root,
                     uint32_t *size, uint32_t *open, uint64_t *all_need)
{
    uint32_t sizes[2] = {0}, opens[2] = {0};
    uint64_t need[2] = {UINT64_MAX, UINT64_MAX};

    *size = *open = 0;
    *all_need = UINT64_MAX;
    if (!root)
        return true;
    if (root > places || !of(entries, root)->who)
        return false;
    const struct queue_entry *e = of(entries, root);
    if ((e->left && !before(of(entries, e->left), e)) ||
        (e->right && !before(e, of(entries, e->right))) ||
        !check_in(entries, places, e->left, &sizes[0], &opens[0], &need[0]) ||
        !check_in(entries, places, e->right, &sizes[1], &opens[1], &need[1]))
        return false;
    *size = 1 + sizes[0] + sizes[1];
    *open = !e->offered + opens[0] + opens[1];
    *all_need = needs(e) & need[0] & need[1];
    return e->size == *size && e->open == *open && e->all_need == *all_need;
}

bool queue_check(const struct queue *queue, const struct queue_entry *entries, uint32_t places)
{
    uint32_t size, open;
    uint64_t all_need;

    return check_in(entries, places, queue->root, &size, &open, &all_need);
}
