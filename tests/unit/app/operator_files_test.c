// SPDX-License-Identifier: Apache-2.0
/* operator_files_test.c - operators in files of their own: read beside the others, written anew. */
#include "config/operator_files.h"
#include "given.h"

#define PEOPLE                                   \
    SERVER                                       \
    "users:\n"                                   \
    "  - {name: anna, password: \"${A:-x}\"}\n"  \
    "  - {name: carla, password: \"${C:-x}\"}\n" \
    "operators: {anna: {}}\n"

static void people(const char *path, const char *yaml)
{
    config_free(&result);
    source[0] = 0;
    add_file("offhook.yaml", PEOPLE);
    add_file("agents/desk.md", DESK);
    add_file(path, yaml);
    config_read_source(text_of(source), &result);
    print_result();
}

static void an_operator_in_a_file_is_one_like_the_others(void)
{
    people("operators/carla.yaml", "label: Carla Roth\nskills: {billing: 3}\nwrap-up: 20s\n");
    expect("");
    CHECK(result.config->plan.operator_count == 2);
    const struct plan_operator *carla = &result.config->plan.operators[1];
    CHECK(text_equal(carla->name, TEXT("carla")) && text_equal(carla->label, TEXT("Carla Roth")));
    CHECK(text_equal(carla->places[0], TEXT("carla")) && carla->wrap_up_ms == 20000);
    CHECK(carla->levels[0] == 3);
    people("operators/deep/carla.yaml", "{}\n");
    CHECK(result.config->plan.operator_count == 1);
}

static void what_is_wrong_with_a_file_is_said_with_its_name(void)
{
    people("operators/anna.yaml", "{}\n");
    expect("operators/anna.yaml:1: another operator is called 'anna'; keep this one, or that of "
           "offhook.yaml\n");
    people("operators/clara.yaml", "{}\n");
    expect("operators/clara.yaml:1: 'clara' is none of `users`, nor a number, nor sip:; did you "
           "mean 'carla'?\n");
    people("operators/carla.yaml", "label: Carla\nskill: {x: 1}\n");
    expect("operators/carla.yaml:2: unknown option 'skill' in operators; did you mean 'skills'?\n");
}

static const char *printed_with(const char *old, const struct operator_change *changes,
                                uint32_t count)
{
    static char room[512];
    struct config_result problems;
    struct reading reading;
    struct text_buffer out;

    CHECK(reading_init(&reading, &problems));
    text_buffer_init(&out, room, sizeof(room) - 1);
    operator_files_print(old ? tree_read(&reading, "x", text_of(old), 1) : NULL, changes, count,
                         &out);
    room[out.size] = 0;
    config_free(&problems);
    return room;
}

static void what_is_not_changed_stays_as_it_was_written(void)
{
    const struct operator_change changes[] = {
        {.key = "label", .value = "Carla \"C\" \\ Roth"},
        {.key = "answers-at", .value = "carla,  +41446681801 ", .form = CHANGE_LIST},
        {.key = "skills", .value = "billing 3, german 5", .form = CHANGE_MAP},
        {.key = "queues", .form = CHANGE_LIST},
    };

    CHECK(strcmp(printed_with(NULL, changes, 4), "label: \"Carla \\\"C\\\" \\\\ Roth\"\n"
                                                 "answers-at: [\"carla\", \"+41446681801\"]\n"
                                                 "skills: {\"billing\": 3, \"german\": 5}\n") == 0);
    CHECK(strcmp(printed_with("queues: [a, b]\nlabel: X\nwrap-up: 5s\nskills:\n  one: 1\n", changes, 2),
                 "queues: [a, b]\nwrap-up: 5s\nskills: {\"one\": 1}\n"
                 "label: \"Carla \\\"C\\\" \\\\ Roth\"\n"
                 "answers-at: [\"carla\", \"+41446681801\"]\n") == 0);
}

int main(void)
{
    RUN(an_operator_in_a_file_is_one_like_the_others);
    RUN(what_is_wrong_with_a_file_is_said_with_its_name);
    RUN(what_is_not_changed_stays_as_it_was_written);
    config_free(&result);
    return 0;
}
