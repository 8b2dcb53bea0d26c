// SPDX-License-Identifier: Apache-2.0
/* tape.c - a second of sound at a time, from the raw file through one of two writers. */
#include "media/tape.h"

#include <errno.h>
#include <fcntl.h>
#include <opus/opusenc.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/g711.h"
#include "wire/au.h"
#include "wire/wav.h"

enum { PATH = 4096, CHUNK = 8000, SAMPLES = CHUNK, BITRATE = 32000, COMPLEXITY = 5 };

/* One file under way. */
struct work {
    struct tape *tape;
    char raw[PATH], part[PATH], whole[PATH];
    FILE *in, *out;
    struct au au;
    uint64_t frames, done; /* One sample of each channel. */
    OggOpusEnc *encoder;
    uint8_t bytes[CHUNK];
    int16_t samples[SAMPLES];
};

static void make_paths(struct work *work)
{
    const struct tape *tape = work->tape;

    snprintf(work->tape->file, TAPE_FILE, "%.*s.%s", MAX_NAME, tape->name,
             tape->format == CAPTURE_OPUS ? "opus" : "wav");
    snprintf(work->raw, PATH, "%s/%s.au", tape->directory, tape->name);
    snprintf(work->part, PATH, "%s/.%s.part", tape->directory, tape->file);
    snprintf(work->whole, PATH, "%s/%s", tape->directory, tape->file);
}

/* A file that was cut in mid-frame ends with the last whole one. */
static bool open_raw(struct work *work)
{
    uint8_t head[AU_HEADER];
    struct stat status;

    work->in = fopen(work->raw, "re");
    if (!work->in || fstat(fileno(work->in), &status) != 0)
        return false;
    if (fread(head, 1, sizeof head, work->in) != sizeof head ||
        !au_read_header(head, sizeof head, &work->au) || work->au.channels != 2 ||
        fseek(work->in, (long)work->au.offset, SEEK_SET) != 0)
        return false;
    uint32_t frame = work->au.channels * (work->au.encoding == AU_LINEAR16 ? 2 : 1);
    work->frames =
        status.st_size > work->au.offset ? ((uint64_t)status.st_size - work->au.offset) / frame : 0;
    return true;
}

/* ---- Writers ---- */

static int write_opus(void *context, const unsigned char *bytes, opus_int32 size)
{
    struct work *work = context;

    return fwrite(bytes, 1, (size_t)size, work->out) != (size_t)size;
}

static int close_opus(void *context)
{
    (void)context;
    return 0; /* The file is closed where it was opened. */
}

static bool open_writer(struct work *work)
{
    static const OpusEncCallbacks callbacks = {.write = write_opus, .close = close_opus};
    int fd = open(work->part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    uint8_t head[WAV_HEADER];
    int error = 0;

    work->out = fd >= 0 ? fdopen(fd, "w") : NULL;
    if (!work->out) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    if (work->tape->format != CAPTURE_OPUS) {
        wav_write_header(head, work->au.sample_rate, 2, work->frames * 4);
        return fwrite(head, 1, sizeof head, work->out) == sizeof head;
    }
    OggOpusComments *comments = ope_comments_create();
    work->encoder =
        comments ? ope_encoder_create_callbacks(&callbacks, work, comments,
                                                (opus_int32)work->au.sample_rate, 2, 0, &error)
                 : NULL;
    if (comments)
        ope_comments_destroy(comments);
    return work->encoder && ope_encoder_ctl(work->encoder, OPUS_SET_BITRATE(BITRATE)) == OPE_OK &&
           ope_encoder_ctl(work->encoder, OPUS_SET_COMPLEXITY(COMPLEXITY)) == OPE_OK;
}

static bool write_samples(struct work *work, uint32_t frames)
{
    if (work->encoder)
        return ope_encoder_write(work->encoder, work->samples, (int)frames) == OPE_OK;
    for (uint32_t i = 0; i < 2 * frames; i++) { /* RIFF is little-endian. */
        uint16_t sample = (uint16_t)work->samples[i];
        uint8_t two[2] = {(uint8_t)sample, (uint8_t)(sample >> 8)};
        memcpy(&work->samples[i], two, 2);
    }
    return fwrite(work->samples, 4, frames, work->out) == frames;
}

static bool close_writer(struct work *work)
{
    bool good = true;
    long size;

    if (work->encoder) {
        good = ope_encoder_drain(work->encoder) == OPE_OK;
        ope_encoder_destroy(work->encoder);
        work->encoder = NULL;
    }
    if (!work->out)
        return false;
    size = ftell(work->out);
    good = good && size >= 0 && fflush(work->out) == 0 && fsync(fileno(work->out)) == 0;
    work->tape->bytes = size > 0 ? (uint64_t)size : 0;
    good = fclose(work->out) == 0 && good;
    work->out = NULL;
    return good;
}

/* ---- Sound ---- */

static void decode(struct work *work, uint32_t count)
{
    if (work->au.encoding == AU_PCMA)
        g711_alaw_decode(work->bytes, work->samples, count);
    else if (work->au.encoding == AU_PCMU)
        g711_ulaw_decode(work->bytes, work->samples, count);
    for (uint32_t i = 0; work->au.encoding == AU_LINEAR16 && i < count; i++)
        work->samples[i] = (int16_t)(work->bytes[2 * i] << 8 | work->bytes[2 * i + 1]);
}

static enum tape_result copy(struct work *work)
{
    uint32_t width = work->au.encoding == AU_LINEAR16 ? 2 : 1;
    uint32_t most = CHUNK / 2 / width;

    while (work->done < work->frames) {
        uint64_t left = work->frames - work->done;
        uint32_t frames = left < most ? (uint32_t)left : most;
        if (fread(work->bytes, 2 * width, frames, work->in) != frames)
            return TAPE_LATER;
        decode(work, 2 * frames);
        if (!write_samples(work, frames))
            return TAPE_LATER;
        work->done += frames;
        if (!work->tape->go_on(work->tape->context, (uint32_t)(work->done * 100 / work->frames)))
            return TAPE_STOPPED;
    }
    return TAPE_DONE;
}

static enum tape_result put_aside(const struct work *work)
{
    char bad[PATH + 8];

    if (errno == ENOENT && access(work->whole, F_OK) == 0)
        return TAPE_DONE; /* Finished by an earlier run that did not live to say so. */
    snprintf(bad, sizeof bad, "%s.bad", work->raw);
    (void)rename(work->raw, bad);
    return TAPE_BAD;
}

enum tape_result tape_finish(struct tape *tape)
{
    struct work work = {.tape = tape};
    enum tape_result result = TAPE_LATER;

    make_paths(&work);
    if (!open_raw(&work)) {
        result = put_aside(&work);
        goto out;
    }
    if (open_writer(&work))
        result = copy(&work);
    if (!close_writer(&work) && result == TAPE_DONE)
        result = TAPE_LATER;
    if (result == TAPE_DONE && rename(work.part, work.whole) != 0)
        result = TAPE_LATER;
    if (result == TAPE_DONE)
        (void)unlink(work.raw);
    else
        (void)unlink(work.part);
out:
    if (work.in)
        fclose(work.in);
    return result;
}
