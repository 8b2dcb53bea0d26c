// SPDX-License-Identifier: Apache-2.0
/* record_test.c - what is packed comes back, and nothing else does. */
#include "base/record.h"

#include <string.h>

#include "check.h"

enum fruit { APPLE, PEAR, PLUM };
static const char *const fruit_names[] = {"apple", "pear", "plum"};

struct basket {
    bool ripe;
    char mark;
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    int32_t i32;
    enum fruit fruit;
    struct text label;
};

static const struct field fields[] = {
    RECORD_FIELD(struct basket, "ripe", ripe),
    RECORD_FIELD(struct basket, "mark", mark),
    RECORD_FIELD(struct basket, "u8", u8),
    RECORD_FIELD(struct basket, "u16", u16),
    RECORD_FIELD(struct basket, "u32", u32),
    RECORD_FIELD(struct basket, "u64", u64),
    RECORD_FIELD(struct basket, "i32", i32),
    RECORD_ENUM(struct basket, "fruit", fruit, fruit_names),
    RECORD_FIELD(struct basket, "label", label),
};
static const struct shape shape = RECORD_SHAPE("basket", fields);

static uint8_t packed[256];

static void the_extremes_of_every_type_come_back(void)
{
    struct basket full = {.ripe = true,
                          .mark = '#',
                          .u8 = 255,
                          .u16 = 65535,
                          .u32 = UINT32_MAX,
                          .u64 = UINT64_MAX,
                          .i32 = INT32_MIN,
                          .fruit = PLUM,
                          .label = TEXT("a b")};
    struct basket empty = {.label = {.data = NULL, .size = 0}}, came;
    size_t size = record_pack(&shape, &full, packed, sizeof(packed));

    CHECK(size == 1 + 2 - 1 + 2 + 3 + 5 + 10 + 5 + 1 + 4);
    CHECK(record_unpack(&shape, packed, size, &came) && record_equal(&shape, &full, &came));
    CHECK(came.i32 == INT32_MIN && came.u64 == UINT64_MAX && came.mark == '#');

    full.i32 = INT32_MAX;
    size = record_pack(&shape, &full, packed, sizeof(packed));
    CHECK(record_unpack(&shape, packed, size, &came) && came.i32 == INT32_MAX);

    size = record_pack(&shape, &empty, packed, sizeof(packed));
    CHECK(size == shape.count);
    CHECK(record_unpack(&shape, packed, size, &came) && record_equal(&shape, &empty, &came));
}

static void a_record_that_does_not_fit_is_refused_at_every_size(void)
{
    struct basket full = {.u64 = UINT64_MAX, .label = TEXT("twelve bytes")};
    size_t size = record_pack(&shape, &full, packed, sizeof(packed));

    CHECK(size > 0);
    for (size_t room = 0; room < size; room++)
        CHECK(record_pack(&shape, &full, packed, room) == 0);
    CHECK(record_pack(&shape, &full, packed, size) == size);
}

/* Nine fields; each case has one byte, or run of bytes, that cannot be. */
static void bytes_that_disagree_with_the_shape_do_not_unpack(void)
{
    static const struct {
        const char *bytes;
        size_t size;
    } bad[] = {
        {"\x02\0\0\0\0\0\0\0\0", 9},                                      /* A bool of 2. */
        {"\0\0\x80\x02\0\0\0\0\0\0", 10},                                 /* A u8 of 256. */
        {"\0\0\0\x80\x80\x04\0\0\0\0\0", 11},                             /* A u16 of 65,536. */
        {"\0\0\0\0\x80\x80\x80\x80\x10\0\0\0\0", 13},                     /* A u32 of 2^32. */
        {"\0\0\0\0\0\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02\0\0\0", 18}, /* Over 64 bits. */
        {"\0\0\0\0\0\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\0\0\0", 18}, /* Without end. */
        {"\0\0\0\0\0\0\0\x03\0", 9},                                      /* No such fruit. */
        {"\0\0\0\0\0\0\0\0\x01", 9}, /* Text longer than what is left. */
        {"\0\0\0\0\0\0\0\0\xFF\xFF\xFF\xFF\x0F", 13},
        {"\0\0\0\0\x80\0\0\0\0\0", 10}, /* Overlong 0. */
        {"\0\0\0\0\0\0\0\0", 8},        /* A field is missing. */
        {"\0\0\0\0\0\0\0\0\0\0", 10},   /* A byte too many. */
    };
    struct basket basket;

    CHECK(record_unpack(&shape, (const uint8_t *)"\0\0\0\0\0\0\0\0\0", 9, &basket));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        CHECK(!record_unpack(&shape, (const uint8_t *)bad[i].bytes, bad[i].size, &basket));
}

static void printing_is_one_line_that_text_cannot_forge(void)
{
    char storage[128];
    struct text_buffer line;
    struct basket basket = {
        .ripe = true, .mark = '*', .i32 = -5, .fruit = PEAR, .label = TEXT("a\" u8=1\nb\\\x01")};

    text_buffer_init(&line, storage, sizeof(storage));
    record_print(&shape, &basket, &line);
    CHECK(text_equal(text_view(&line), TEXT("basket ripe=1 mark=* i32=-5 fruit=pear "
                                            "label=\"a\\\" u8=1\\nb\\\\\\x01\"")));
    text_buffer_init(&line, storage, 10);
    record_print(&shape, &basket, &line);
    CHECK(line.cut && text_equal(text_view(&line), TEXT("basket rip")));
}

static void equality_looks_at_the_bytes_of_texts(void)
{
    char one[] = "same", two[] = "same";
    struct basket a = {.label = text_of(one)}, b = {.label = text_of(two)};

    CHECK(record_equal(&shape, &a, &b));
    two[3] = 'x';
    CHECK(!record_equal(&shape, &a, &b));
    b = a;
    b.ripe = true;
    CHECK(!record_equal(&shape, &a, &b));
}

static void the_digest_changes_with_names_types_words_and_order(void)
{
    struct field changed[sizeof(fields) / sizeof(fields[0])];
    static const char *const other_names[] = {"apple", "pear", "prune"};
    struct shape other = {.name = "basket", .fields = changed, .count = shape.count};
    uint64_t digest = record_digest(&shape, 1);

    memcpy(changed, fields, sizeof(fields));
    CHECK(record_digest(&other, 1) == digest);
    changed[2].name = "u9";
    CHECK(record_digest(&other, 1) != digest);
    memcpy(changed, fields, sizeof(fields));
    changed[2].type = FIELD_BOOL;
    CHECK(record_digest(&other, 1) != digest);
    memcpy(changed, fields, sizeof(fields));
    changed[7].names = other_names;
    CHECK(record_digest(&other, 1) != digest);
    memcpy(changed, fields, sizeof(fields));
    changed[2] = fields[3];
    changed[3] = fields[2];
    CHECK(record_digest(&other, 1) != digest);
}

int main(void)
{
    RUN(the_extremes_of_every_type_come_back);
    RUN(a_record_that_does_not_fit_is_refused_at_every_size);
    RUN(bytes_that_disagree_with_the_shape_do_not_unpack);
    RUN(printing_is_one_line_that_text_cannot_forge);
    RUN(equality_looks_at_the_bytes_of_texts);
    RUN(the_digest_changes_with_names_types_words_and_order);
    return 0;
}
