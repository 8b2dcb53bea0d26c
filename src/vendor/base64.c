// SPDX-License-Identifier: Apache-2.0
/* base64.c - three bytes, four letters. */
#include "vendor/base64.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(const uint8_t *bytes, size_t size, char *out)
{
    for (size_t i = 0; i < size; i += 3) {
        uint32_t second = i + 1 < size ? bytes[i + 1] : 0, third = i + 2 < size ? bytes[i + 2] : 0;
        uint32_t three = (uint32_t)bytes[i] << 16 | second << 8 | third;
        *out++ = letters[three >> 18];
        *out++ = letters[three >> 12 & 63];
        *out++ = i + 1 < size ? letters[three >> 6 & 63] : '=';
        *out++ = i + 2 < size ? letters[three & 63] : '=';
    }
}

/* 0 to 63, or -1. */
static int value_of(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool base64_decode(struct text coded, uint8_t *out, size_t room, size_t *size)
{
    uint32_t bits = 0, count = 0;
    size_t made = 0;

    for (int padding = 0; padding < 2 && coded.size > 0; padding++) {
        if (coded.data[coded.size - 1] != '=')
            break;
        coded.size--;
    }
    if (coded.size % 4 == 1)
        return false;
    for (uint32_t i = 0; i < coded.size; i++) {
        int value = value_of(coded.data[i]);
        if (value < 0)
            return false;
        bits = bits << 6 | (uint32_t)value;
        count += 6;
        if (count < 8)
            continue;
        count -= 8;
        if (made == room)
            return false;
        out[made++] = (uint8_t)(bits >> count);
    }
    *size = made;
    return true;
}
