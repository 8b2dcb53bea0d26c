// SPDX-License-Identifier: Apache-2.0
/* street.h - noise as of a street, for sounds that are measured. */
#ifndef BENCH_STREET_H
#define BENCH_STREET_H

#include <stdint.h>

/* Adds noise to all of it, db under the mean power of the samples over -40 dBFS; always the same. */
void street_add(int16_t *samples, uint32_t count, int db);

/* As a telephone passes it on: mu-law and back. */
void street_telephone(int16_t *samples, uint32_t count);

/* Reads a WAV file's samples (8 kHz, 16 bit, plain header). How many; UINT32_MAX: not such a file. */
uint32_t street_read(const char *path, int16_t *samples, uint32_t most);

#endif
