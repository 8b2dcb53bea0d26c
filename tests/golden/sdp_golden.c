// SPDX-License-Identifier: Apache-2.0
/* sdp_golden.c - real and hostile session descriptions, what we read in them, and what we answer.
 *
 * sdp_golden FOLDER compares each NAME.sdp with NAME.expected; sdp_golden FOLDER --write makes the
 * expectations anew, to be read by a person before they are kept. */
#include "wire/sdp.h"

#include <dirent.h>
#include <string.h>

#include "check.h"
#include "core/command.h"
#include "core/offer.h"

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

/* What the core decides, in the caller's order, and the answer that it gives. */
static void print_answer(struct text body, const struct sdp *offer, FILE *out)
{
    static const char *const ways[] = {"both", "send", "receive", "none"};
    struct leg leg = {.sdp_id = 11, .sdp_version = 11, .local = "192.0.2.1", .comfort_noise = true};
    char storage[4096];
    struct text_buffer buffer;
    struct sdp again;

    text_buffer_init(&buffer, storage, sizeof storage);
    if (offer_accept(&leg, body, 6000, &buffer) != OFFER_AGREED) {
        fprintf(out, "nothing to answer\n");
        return;
    }
    fprintf(out, "agreed: %s as %u, keys as %u/%u, noise as %u, to %s, way %s",
            codec_names[leg.codec], leg.payload_type, leg.event_type, leg.event_rate,
            leg.noise_type, leg.remote, ways[leg.way]);
    if (leg.codec == CODEC_OPUS)
        fprintf(out, ", %u bit/s%s%s%s", leg.bitrate, leg.fec ? " fec" : "", leg.cbr ? " cbr" : "",
                leg.dtx ? " dtx" : "");
    CHECK(!buffer.cut);
    fprintf(out, "\nanswer:\n" TEXT_FORMAT, TEXT_ARGS(text_view(&buffer)));
    CHECK(sdp_read(text_view(&buffer), &again) && again.media_count == offer->media_count);
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
        print_answer(body, &sdp, file);
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
