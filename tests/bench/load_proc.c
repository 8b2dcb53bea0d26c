// SPDX-License-Identifier: Apache-2.0
/* load_proc.c - processor time and memory of a process and its children, from /proc. */
#include "load.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

enum { PROCESSES = 64 };

static bool read_file(int pid, const char *name, char *out, size_t size)
{
    char path[64];
    FILE *file;
    size_t got;

    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    file = fopen(path, "r");
    if (!file)
        return false;
    got = fread(out, 1, size - 1, file);
    fclose(file);
    out[got] = 0;
    return got > 0;
}

/* Fields 4 (parent), 14 and 15 (ticks) of stat, counted after the name, which may hold anything. */
static bool read_stat(int pid, int *parent, uint64_t *ticks)
{
    char text[1024], *rest;
    unsigned long user, system;

    if (!read_file(pid, "stat", text, sizeof text))
        return false;
    rest = strrchr(text, ')');
    if (!rest || sscanf(rest + 1, " %*c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", parent,
                        &user, &system) != 3)
        return false;
    *ticks = user + system;
    return true;
}

static uint64_t find_kb(const char *text, const char *name)
{
    const char *found = strstr(text, name);

    return found ? strtoull(found + strlen(name), NULL, 10) : 0;
}

/* The process and all below it; /proc lists parents before children except after a wrap of the ids,
 * so the list is gone through until nothing new is found. */
static uint32_t family(int pid, int out[PROCESSES])
{
    uint32_t count = 1, before = 0;

    out[0] = pid;
    while (count != before && count < PROCESSES) {
        DIR *directory = opendir("/proc");
        struct dirent *entry;
        before = count;
        while (directory && (entry = readdir(directory)) && count < PROCESSES) {
            int child = atoi(entry->d_name), parent;
            bool known = child <= 0, ours = false;
            uint64_t ticks;
            if (known || !read_stat(child, &parent, &ticks))
                continue;
            for (uint32_t i = 0; i < count; i++) {
                known |= out[i] == child;
                ours |= out[i] == parent;
            }
            if (ours && !known)
                out[count++] = child;
        }
        if (directory)
            closedir(directory);
    }
    return count;
}

bool proc_sample(int pid, bool with_pss, struct proc_sample *out)
{
    int pids[PROCESSES];
    uint32_t count = family(pid, pids);
    char text[4096];

    *out = (struct proc_sample){.at_ns = clock_ns()};
    for (uint32_t i = 0; i < count; i++) {
        int parent;
        uint64_t ticks;
        if (!read_stat(pids[i], &parent, &ticks))
            continue;
        out->processes++;
        out->cpu_s += (double)ticks / (double)sysconf(_SC_CLK_TCK);
        if (with_pss && read_file(pids[i], "smaps_rollup", text, sizeof text)) {
            out->rss_kb += find_kb(text, "\nRss:");
            out->pss_kb += find_kb(text, "\nPss:");
        }
    }
    return out->processes > 0;
}
