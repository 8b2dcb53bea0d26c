// SPDX-License-Identifier: Apache-2.0
/* sound_file_test.c - sound files read from memory, whole and damaged, and the header of captures.
 */
#include "wire/au.h"
#include "wire/wav.h"

#include <string.h>

#include "check.h"

static struct wav wav;
static int16_t samples[64];

#define FORMAT(tag, channels, bits)                                                                \
    "fmt \x10\x00\x00\x00" tag "\x00" channels "\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00" bits \
    "\x00"
#define FILE_OF(chunks)    \
    "RIFF\xff\xff\xff\xff" \
    "WAVE" chunks

static bool reads(const char *bytes, size_t size)
{
    static uint8_t *copy;

    free(copy);
    copy = malloc(size ? size : 1);
    memcpy(copy, bytes, size);
    return wav_read(copy, size, &wav);
}
#define READS(literal) reads(literal, sizeof(literal) - 1)

static void both_channels_of_a_linear_file_are_read(void)
{
    CHECK(READS(FILE_OF(FORMAT("\x01", "\x02", "\x10") "data\x08\x00\x00\x00"
                                                       "\x01\x00\xff\xff\x02\x01\x00\x80")));
    CHECK(wav.encoding == WAV_PCM16 && wav.channels == 2 && wav.sample_rate == 8000);
    CHECK(wav.frames == 2 && wav_samples(&wav, 0, 0, samples, 64) == 2);
    CHECK(samples[0] == 1 && samples[1] == 0x102);
    CHECK(wav_samples(&wav, 1, 0, samples, 64) == 2 && samples[0] == -1 && samples[1] == -32768);
    CHECK(wav_samples(&wav, 1, 1, samples, 1) == 1 && samples[0] == -32768);
    CHECK(wav_samples(&wav, 1, 2, samples, 1) == 0);
}

static void both_g711_forms_are_decoded(void)
{
    CHECK(READS(FILE_OF(FORMAT("\x07", "\x01", "\x08") "data\x04\x00\x00\x00\xff\x00\x80\x7f")));
    CHECK(wav.encoding == WAV_PCMU && wav_samples(&wav, 0, 0, samples, 64) == 4);
    CHECK(samples[0] == 0 && samples[1] == -32124 && samples[2] == 32124 && samples[3] == 0);
    CHECK(READS(FILE_OF(FORMAT("\x06", "\x02", "\x08") "data\x04\x00\x00\x00\xd5\x55\xaa\x2a")));
    CHECK(wav.encoding == WAV_PCMA && wav.frames == 2);
    CHECK(wav_samples(&wav, 0, 0, samples, 64) == 2 && samples[0] == 8 && samples[1] == 32256);
    CHECK(wav_samples(&wav, 1, 0, samples, 64) == 2 && samples[0] == -8 && samples[1] == -32256);
}

static void other_chunks_are_stepped_over_odd_ones_with_their_padding(void)
{
    CHECK(READS(FILE_OF("LIST\x03\x00\x00\x00"
                        "abc\x00" FORMAT("\x01", "\x01", "\x10") "fact\x04\x00\x00\x00zzzz"
                                                                 "data\x02\x00\x00\x00\x05\x00")));
    CHECK(wav.frames == 1 && wav_samples(&wav, 0, 0, samples, 64) == 1 && samples[0] == 5);
}

static void a_file_cut_short_gives_what_is_there(void)
{
    CHECK(READS(FILE_OF(FORMAT("\x01", "\x01", "\x10") "data\xff\xff\xff\xff\x05\x00\x06")));
    CHECK(wav.frames == 1);
    CHECK(READS(FILE_OF(FORMAT("\x01", "\x01", "\x10") "data\xff\xff\xff\x7f")));
    CHECK(wav.frames == 0 && wav_samples(&wav, 0, 0, samples, 64) == 0);
}

static void an_extensible_format_names_its_encoding_further_on(void)
{
    CHECK(READS(FILE_OF("fmt \x28\x00\x00\x00\xfe\xff\x01\x00\x80\x3e\x00\x00\x00\x7d\x00\x00\x02"
                        "\x00\x10\x00\x16\x00\x10\x00\x04\x00\x00\x00\x01\x00\x00\x00\x00\x00\x10"
                        "\x00\x80\x00\x00\xaa\x00\x38\x9b\x71"
                        "data\x02\x00\x00\x00\x05\x00")));
    CHECK(wav.encoding == WAV_PCM16 && wav.sample_rate == 16000 && wav.frames == 1);
}

static void what_is_no_sound_file_of_ours_is_refused(void)
{
    CHECK(!READS(""));
    CHECK(!READS("RIFF\xff\xff\xff\xffWAV"));
    CHECK(!READS("RIFX\xff\xff\xff\xffWAVE"));
    CHECK(!READS(FILE_OF("")));
    CHECK(!READS(FILE_OF("data\x02\x00\x00\x00\x05\x00")));                        /* No format. */
    CHECK(!READS(FILE_OF(FORMAT("\x01", "\x01", "\x10"))));                        /* No data. */
    CHECK(!READS(FILE_OF(FORMAT("\x01", "\x01", "\x18") "data\x00\x00\x00\x00"))); /* 24 bits. */
    CHECK(!READS(FILE_OF(FORMAT("\x01", "\x00", "\x10") "data\x00\x00\x00\x00")));
    CHECK(!READS(FILE_OF(FORMAT("\x01", "\x09", "\x10") "data\x00\x00\x00\x00")));
    CHECK(!READS(FILE_OF(FORMAT("\x02", "\x01", "\x10") "data\x00\x00\x00\x00"))); /* ADPCM */
    CHECK(!READS(FILE_OF("fmt \x04\x00\x00\x00\x01\x00\x01\x00")));
    CHECK(!READS(FILE_OF("LIST\xff\xff\xff\xff")));
}

static void a_capture_has_a_header_that_never_needs_correction(void)
{
    static const uint8_t expected[AU_HEADER] =
        ".snd\x00\x00\x00\x40\xff\xff\xff\xff\x00\x00\x00\x01\x00\x00\x1f\x40"
        "\x00\x00\x00\x02";
    uint8_t header[AU_HEADER];

    au_write_header(header, AU_PCMU, 8000, 2);
    CHECK(memcmp(header, expected, AU_HEADER) == 0);
}

int main(void)
{
    RUN(both_channels_of_a_linear_file_are_read);
    RUN(both_g711_forms_are_decoded);
    RUN(other_chunks_are_stepped_over_odd_ones_with_their_padding);
    RUN(a_file_cut_short_gives_what_is_there);
    RUN(an_extensible_format_names_its_encoding_further_on);
    RUN(what_is_no_sound_file_of_ours_is_refused);
    RUN(a_capture_has_a_header_that_never_needs_correction);
    return 0;
}
