// SPDX-License-Identifier: Apache-2.0
/* sdp_golden.c - real and hostile session descriptions, what we read in them, and what we answer.
 *
 * sdp_golden FOLDER compares each NAME.sdp with NAME.expected; sdp_golden FOLDER --write makes the
 * expectations anew, to be read by a person before they are kept. */
#include "wire/sdp.h"

#include <dirent.h>
#include <string.h>

#include "check.h"

enum { BODY = 16384 };

static const char *const direction_words[] = {"sendrecv", "sendonly", "recvonly", "inactive"};

static uint32_t load(const char *folder, const char *name, char out[BODY])
{
    char path[1024];
    FILE *file;
    size_t size;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    file = fopen(path, "rb");
    if (!file) {
        fprintf(stderr, "%s: cannot be read\n", path);
        exit(1);
    }
    size = fread(out, 1, BODY, file);
    fclose(file);
    return (uint32_t)size;
}

static void print_media(const struct sdp_media *media, FILE *out)
{
    fprintf(out, TEXT_FORMAT " " TEXT_FORMAT " at [" TEXT_FORMAT "]:%u %s %s ptime %u rtcp %u\n",
            TEXT_ARGS(media->kind), TEXT_ARGS(media->protocol), TEXT_ARGS(media->address),
            media->port, media->ipv6 ? "ipv6" : "ipv4", direction_words[media->direction],
            media->ptime_ms, media->rtcp_port);
    for (uint32_t i = 0; i < media->format_count; i++) {
        const struct sdp_format *format = &media->formats[i];
        fprintf(out, "    %u [" TEXT_FORMAT "]/%u", format->payload_type,
                TEXT_ARGS(format->encoding), format->clock_rate);
        if (format->channels > 1)
            fprintf(out, "/%u", format->channels);
        fprintf(out, " [" TEXT_FORMAT "]\n", TEXT_ARGS(format->fmtp));
    }
}

/* Takes what a telephone server would: G.711 in the first audio line, and its keys. */
static bool choose(const struct sdp *offer, uint8_t *audio, struct sdp_local *local)
{
    for (*audio = 0; *audio < offer->media_count; (*audio)++) {
        const struct sdp_media *media = &offer->media[*audio];
        uint8_t keys = 0;
        if (!text_equal_nocase(media->kind, TEXT("audio")) || media->port == 0)
            continue;
        for (uint32_t i = 0; i < media->format_count; i++) {
            const struct sdp_format *format = &media->formats[i];
            bool codec = text_equal_nocase(format->encoding, TEXT("PCMU")) ||
                         text_equal_nocase(format->encoding, TEXT("PCMA"));
            if (format->clock_rate != 8000)
                continue;
            if (text_equal_nocase(format->encoding, TEXT("telephone-event")))
                keys = format->payload_type;
            if (codec && local->format_count < 4)
                local->formats[local->format_count++] = *format;
        }
        bool found = local->format_count > 0;
        if (keys)
            sdp_add_format(local, keys, "telephone-event", 8000, 1, "0-15");
        return found;
    }
    return false;
}

static void print_answer(const struct sdp *offer, FILE *out)
{
    struct sdp_local local = {
        .address = TEXT("192.0.2.1"), .port = 6000, .session_id = 11, .version = 12};
    char storage[4096];
    struct text_buffer buffer;
    uint8_t audio;

    if (!choose(offer, &audio, &local)) {
        fprintf(out, "nothing to answer\n");
        return;
    }
    text_buffer_init(&buffer, storage, sizeof storage);
    sdp_write_answer(offer, audio, &local, &buffer);
    CHECK(!buffer.cut);
    fprintf(out, "answer:\n" TEXT_FORMAT, TEXT_ARGS(text_view(&buffer)));

    struct sdp again;
    CHECK(sdp_read(text_view(&buffer), &again) && again.media_count == offer->media_count);
    for (uint32_t i = 0; i < again.media_count; i++)
        CHECK((again.media[i].port == 0) == (i != audio));
}

static uint32_t describe(struct text body, char out[BODY])
{
    struct sdp sdp;
    FILE *file = fmemopen(out, BODY, "w");
    long size;

    if (!sdp_read(body, &sdp)) {
        fprintf(file, "not a session description\n");
    } else {
        fprintf(file, "origin [" TEXT_FORMAT "] version %llu\n", TEXT_ARGS(sdp.origin),
                (unsigned long long)sdp.version);
        for (uint32_t i = 0; i < sdp.media_count; i++)
            print_media(&sdp.media[i], file);
        print_answer(&sdp, file);
    }
    fflush(file);
    size = ftell(file);
    fclose(file);
    return (uint32_t)size;
}

/* The body is given in memory of exactly its size, so that sanitizers see a read beyond it. */
static bool run(const char *folder, const char *name, bool write)
{
    static char body[BODY], actual[BODY], expected[BODY];
    char expected_name[512];
    uint32_t body_size = load(folder, name, body), actual_size, expected_size;
    char *exact = malloc(body_size ? body_size : 1);

    memcpy(exact, body, body_size);
    actual_size = describe((struct text){exact, body_size}, actual);
    free(exact);
    snprintf(expected_name, sizeof expected_name, "%.*s.expected", (int)strlen(name) - 4, name);
    if (write) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", folder, expected_name);
        FILE *file = fopen(path, "wb");
        CHECK(file && fwrite(actual, 1, actual_size, file) == actual_size && fclose(file) == 0);
        return true;
    }
    expected_size = load(folder, expected_name, expected);
    if (actual_size == expected_size && memcmp(actual, expected, actual_size) == 0) {
        printf("ok %s\n", name);
        return true;
    }
    fprintf(stderr, "%s: read\n%.*sexpected\n%.*s\n", name, (int)actual_size, actual,
            (int)expected_size, expected);
    return false;
}

int main(int argc, char **argv)
{
    struct dirent **names;
    int count, failed = 0, seen = 0;

    CHECK(argc >= 2);
    count = scandir(argv[1], &names, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        size_t size = strlen(names[i]->d_name);
        if (size > 4 && strcmp(names[i]->d_name + size - 4, ".sdp") == 0) {
            seen++;
            failed += !run(argv[1], names[i]->d_name, argc > 2 && strcmp(argv[2], "--write") == 0);
        }
        free(names[i]);
    }
    free(names);
    CHECK(seen > 0 && failed == 0);
    return 0;
}
