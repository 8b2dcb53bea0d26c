// SPDX-License-Identifier: Apache-2.0
/* log.c - one line, one write. */
#include "base/log.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"

static _Atomic int shown = LOG_INFO;

void log_set_level(enum log_level level)
{
    atomic_store_explicit(&shown, (int)level, memory_order_relaxed);
}

void log_line(enum log_level level, const char *limb, const char *format, ...)
{
    static const char *const words[] = {"error", "warn", "info", "debug"};
    char line[1024], when[25];
    va_list arguments;

    if ((int)level > atomic_load_explicit(&shown, memory_order_relaxed))
        return;
    clock_print_wall(clock_wall_ms(), when);
    int start = snprintf(line, sizeof(line), "%s %-5s %s: ", when, words[level], limb);
    if (start < 0 || (size_t)start >= sizeof(line) - 1)
        return;
    va_start(arguments, format);
    int more = vsnprintf(line + start, sizeof(line) - (size_t)start, format, arguments);
    va_end(arguments);
    if (more < 0)
        return;
    size_t size = (size_t)start + (size_t)more;
    if (size > sizeof(line) - 1)
        size = sizeof(line) - 1;
    for (size_t i = (size_t)start; i < size; i++) /* A stranger's text may not forge a line. */
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7F)
            line[i] = '?';
    line[size++] = '\n';
    if (write(STDERR_FILENO, line, size) < 0)
        return; /* Nobody reads standard error: nobody to tell. */
}

const char *log_redact(struct text number, char out[32])
{
    uint32_t size = number.size < 31 ? number.size : 31;
    uint32_t head = size * 5 / 12 < 5 ? size * 5 / 12 : 5;
    uint32_t tail = size / 6 < 2 ? size / 6 : 2;

    for (uint32_t i = 0; i < size; i++) {
        char c = number.data[number.size - size + i];
        if (i < head)
            c = number.data[i];
        bool kept = i < head || i >= size - tail;
        bool plain = c > 0x20 && c < 0x7F;
        out[i] = kept ? (plain ? c : '?') : '*';
    }
    out[size] = '\0';
    return out;
}
