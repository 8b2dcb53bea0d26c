// SPDX-License-Identifier: Apache-2.0
/* replay_main.c - runs a fuzzer over its kept corpus as an ordinary test: replay_main NAME
 * DIRECTORY.
 *
 * Each kept input is given whole, then cut at every length (long ones at 256 of them), so that what
 * ends too early is tried without clang too. A fuzzer without corpus fails: it would test nothing.
 */
#include <dirent.h>
#include <string.h>

#include "check.h"

enum { LONGEST = 1 << 20, CUTS = 256 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* In memory of exactly its size, so that AddressSanitizer sees the first byte read too many. */
static void give(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size > 0 ? size : 1);
    CHECK(copy);
    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void replay(const char *path)
{
    static uint8_t data[LONGEST];
    FILE *file = fopen(path, "rb");
    CHECK(file);
    size_t size = fread(data, 1, sizeof(data), file);
    fclose(file);

    fprintf(stderr, "replaying %s\n", path); /* Shown when it crashes. */
    give(data, size);
    for (size_t cut = 0; cut < size; cut += 1 + size / CUTS)
        give(data, cut);
}

static int is_shown(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
    struct dirent **entries;
    char path[4096];

    CHECK(argc == 3);
    int count = scandir(argv[2], &entries, is_shown, alphasort);
    CHECK(count > 0);
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof(path), "%s/%s", argv[2], entries[i]->d_name);
        replay(path);
        free(entries[i]);
    }
    free(entries);
    printf("ok the_kept_inputs_of_the_%s_fuzzer_do_no_harm\n", argv[1]);
    return 0;
}
