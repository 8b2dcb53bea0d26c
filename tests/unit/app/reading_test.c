// SPDX-License-Identifier: Apache-2.0
/* reading_test.c - files, the environment, and reading again what a journal kept. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/nearest.h"
#include "config/reading.h"
#include "config/schema.h"
#include "config/settings.h"
#include "given.h"

static char directory[] = "/tmp/offhook-reading-XXXXXX";

static const char *beside(const char *name)
{
    static char path[256];

    snprintf(path, sizeof(path), "%s/%s", directory, name);
    return path;
}

static void write_file(const char *name, const char *bytes)
{
    FILE *file = fopen(beside(name), "w");

    CHECK(file);
    CHECK(fputs(bytes, file) >= 0);
    CHECK(fclose(file) == 0);
}

static void the_example_passes_its_check(void)
{
    config_free(&result);
    config_read("examples/front-desk", &result);
    print_result();
    expect("");
    CHECK(result.config && result.config->plan.agent_count == 6);
}

static void paths_are_beside_the_file_that_names_them(void)
{
    write_file("offhook.yaml", SERVER "server: {data: calls, control: /run/offhook/control}\n"
                                      "media: {first-port: 16384}\n");
    CHECK(mkdir(beside("agents"), 0700) == 0);
    write_file("agents/desk.md", DESK);
    config_free(&result);
    config_read(directory, &result);
    print_result();
    expect("");
    CHECK(strncmp(result.config->data_dir, directory, strlen(directory)) == 0);
    CHECK(strcmp(result.config->data_dir + strlen(directory), "/calls") == 0);
    CHECK(strcmp(result.config->capture_dir + strlen(directory), "/calls/captures") == 0);
    CHECK(strcmp(result.config->control_socket, "/run/offhook/control") == 0);
}

static void a_journal_reads_again_with_the_values_of_then(void)
{
    static char kept[SOURCE];
    uint32_t size;

    write_file("offhook.yaml", SERVER "server: {max-calls: \"${OFFHOOK_TEST_CALLS}\"}\n");
    CHECK(setenv("OFFHOOK_TEST_CALLS", "7", 1) == 0);
    config_free(&result);
    config_read(beside("offhook.yaml"), &result);
    CHECK(result.config && result.config->plan.max_calls == 7);
    size = result.config->source.size;
    CHECK(size < SOURCE);
    memcpy(kept, result.config->source.data, size);

    CHECK(setenv("OFFHOOK_TEST_CALLS", "8", 1) == 0);
    write_file("agents/desk.md", "gone");
    config_free(&result);
    config_read_source((struct text){.data = kept, .size = size}, &result);
    print_result();
    expect("");
    CHECK(result.config->plan.max_calls == 7 && result.config->plan.agent_count == 1);
    CHECK(result.config->source.size == size &&
          memcmp(result.config->source.data, kept, size) == 0);
}

static void a_file_that_is_not_there_says_so(void)
{
    config_free(&result);
    config_read("/nowhere/offhook", &result);
    print_result();
    expect("/nowhere/offhook:0: cannot be read: No such file or directory; name the directory with "
           "offhook.yaml, or the file itself\n");
}

static void a_file_that_is_too_long_is_refused(void)
{
    static char kilobytes[300 * 1024];

    memset(kilobytes, '#', sizeof(kilobytes) - 1);
    write_file("offhook.yaml", kilobytes);
    config_free(&result);
    config_read(directory, &result);
    CHECK(!result.config && result.problem_count == 1);
    CHECK(strstr(result.problems[0].what, "longer than 256 KB"));
}

static void more_problems_than_fit_are_counted(void)
{
    static char yaml[40000];
    size_t used = (size_t)snprintf(yaml, sizeof(yaml), "%s", SERVER);

    for (int i = 0; i < 900; i++)
        used += (size_t)snprintf(yaml + used, sizeof(yaml) - used, "unknown-%03d: 1\n", i);
    given(yaml, DESK);
    CHECK(!result.config && result.problem_count == CONFIG_PROBLEMS);
    CHECK(strstr(result.problems[CONFIG_PROBLEMS - 1].cure, "and 700 problems more"));
}

static void the_tables_in_the_document_are_those_of_the_program(void)
{
    static char document[200000];
    FILE *file = fopen("docs/configuration.md", "r");
    const struct schema *schemas[] = {&settings_server, &settings_agent};

    CHECK(file);
    document[fread(document, 1, sizeof(document) - 1, file)] = 0;
    CHECK(fclose(file) == 0);
    for (int i = 0; i < 2; i++) {
        char *table = NULL;
        size_t size;
        FILE *out = open_memstream(&table, &size);
        CHECK(out);
        schema_print_markdown(schemas[i], "", out);
        CHECK(fclose(out) == 0);
        CHECK(strstr(document, table)); /* Else: offhook --help config --markdown */
        free(table);
    }
}

struct secrets {
    struct setting token;
};

static void a_secret_comes_from_a_file_or_the_environment_and_is_kept_nowhere(void)
{
    static const struct schema_row rows[] = {
        {.key = "token", .type = SCHEMA_SECRET, .help = "a token"}};
    static const struct schema schema = {"secrets", rows, 1, sizeof(struct secrets)};
    struct secrets secrets = {0};
    struct reading reading;
    const char *yaml = "token: file:token\n";

    write_file("token", "open sesame\n");
    config_free(&result);
    CHECK(reading_init(&reading, &result));
    const struct tree_node *root = tree_read(&reading, beside("x.yaml"), text_of(yaml), 1);
    CHECK(root);
    schema_read(&reading, beside("x.yaml"), &schema, root, &secrets);
    CHECK(result.problem_count == 0 && text_equal(secrets.token.text, TEXT("open sesame")));

    CHECK(setenv("OFFHOOK_TEST_TOKEN", "swordfish", 1) == 0);
    root = tree_read(&reading, "x.yaml", TEXT("token: ${OFFHOOK_TEST_TOKEN}\n"), 1);
    CHECK(root);
    schema_read(&reading, "x.yaml", &schema, root, &secrets);
    CHECK(text_equal(secrets.token.text, TEXT("swordfish")) && reading.source_size == 0);

    CHECK(setenv("OFFHOOK_TEST_TOKEN", "", 1) == 0);
    root = tree_read(&reading, "w.yaml", TEXT("token: ${OFFHOOK_TEST_TOKEN}\n"), 1);
    CHECK(root);
    schema_read(&reading, "w.yaml", &schema, root, &secrets);
    print_result();
    CHECK(strstr(printed, "w.yaml:1: the environment variable OFFHOOK_TEST_TOKEN is empty; "));

    root = tree_read(&reading, "x.yaml", TEXT("token: file:/nowhere/token\n"), 1);
    CHECK(root);
    schema_read(&reading, "x.yaml", &schema, root, &secrets);
    print_result();
    CHECK(strstr(printed, "x.yaml:1: cannot read the secret in /nowhere/token: No such file or "
                          "directory; make the file readable for the server, and for nobody else\n"));

    root = tree_read(&reading, "y.yaml", TEXT("token: swordfish\n"), 1);
    CHECK(root);
    schema_read(&reading, "y.yaml", &schema, root, &secrets);
    print_result();
    CHECK(strstr(printed, "y.yaml:1: 'token' is written into the file; "));
}

static struct text found(const char *word)
{
    static const char *const known[] = {"max-calls", "max-calls-per-second", "data", "control"};
    struct nearest nearest;

    nearest_init(&nearest, text_of(word));
    for (int i = 0; i < 4; i++)
        nearest_offer(&nearest, text_of(known[i]));
    return nearest_found(&nearest);
}

static void a_slip_finds_the_name_that_was_meant_and_noise_finds_none(void)
{
    CHECK(text_equal(found("max-call"), TEXT("max-calls")));
    CHECK(text_equal(found("maxcalls"), TEXT("max-calls")));
    CHECK(text_equal(found("Data"), TEXT("data")));
    CHECK(text_equal(found("contorl"), TEXT("control")));
    CHECK(text_empty(found("agents")));
    CHECK(text_empty(found("x")));
}

static void remove_directory(void)
{
    char command[64];

    snprintf(command, sizeof(command), "rm -r %s", directory);
    (void)!system(command);
}

int main(void)
{
    CHECK(mkdtemp(directory));
    atexit(remove_directory); /* Also when a check does not hold. */
    RUN(the_example_passes_its_check);
    RUN(paths_are_beside_the_file_that_names_them);
    RUN(a_journal_reads_again_with_the_values_of_then);
    RUN(a_file_that_is_not_there_says_so);
    RUN(a_file_that_is_too_long_is_refused);
    RUN(more_problems_than_fit_are_counted);
    RUN(the_tables_in_the_document_are_those_of_the_program);
    RUN(a_secret_comes_from_a_file_or_the_environment_and_is_kept_nowhere);
    RUN(a_slip_finds_the_name_that_was_meant_and_noise_finds_none);
    config_free(&result);
    return 0;
}
