// SPDX-License-Identifier: Apache-2.0
/* voice.c - finds a voice by name among the providers' rows. */
#include "speech/voice.h"

const struct voice *voice_find(struct text name)
{
    if (text_empty(name))
        return &voice_flite_rows[0];
    for (uint32_t i = 0; i < voice_flite_count; i++) {
        if (text_equal(text_of(voice_flite_rows[i].name), name))
            return &voice_flite_rows[i];
    }
    return NULL;
}

struct text voice_names(void)
{
    return TEXT("slt, rms, kal16, kal, awb");
}

int voice_open(void)
{
    return voice_flite_open();
}
