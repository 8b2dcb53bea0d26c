// SPDX-License-Identifier: Apache-2.0
/* watch.c - /proc read as it is. */
#include "load/watch.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

enum { LIST_MS = 5000, GENERATIONS = 8, INODES = 8, ALL_PROCESSES = 4096 };

static bool read_file(int pid, const char *name, char *out, size_t size)
{
    char path[64];
    FILE *file;
    size_t got;

    snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
    file = fopen(path, "re");
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

/* Inodes of the sockets with this local port, in one of /proc/net's tables. */
static uint32_t find_inodes(const char *table, unsigned port, unsigned long *out, uint32_t count)
{
    FILE *file = fopen(table, "re");
    char line[512];

    while (file && count < INODES && fgets(line, sizeof line, file)) {
        unsigned local, state;
        unsigned long inode;
        if (sscanf(line, " %*d: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*s %*s %*s %*d %*d %lu",
                   &local, &state, &inode) == 3 &&
            local == port && (state == 0x0a || state == 0x07) && inode != 0)
            out[count++] = inode;
    }
    if (file)
        fclose(file);
    return count;
}

static bool has_socket(int pid, const unsigned long *inodes, uint32_t count)
{
    char path[64], link[64];
    bool found = false;
    struct dirent *entry;
    DIR *folder;

    snprintf(path, sizeof path, "/proc/%d/fd", pid);
    folder = opendir(path);
    while (folder && !found && (entry = readdir(folder))) {
        unsigned long inode;
        ssize_t size = readlinkat(dirfd(folder), entry->d_name, link, sizeof link - 1);
        link[size > 0 ? size : 0] = 0;
        if (size <= 0 || sscanf(link, "socket:[%lu]", &inode) != 1)
            continue;
        for (uint32_t i = 0; i < count; i++)
            found |= inodes[i] == inode;
    }
    if (folder)
        closedir(folder);
    return found;
}

static int find_owner(const struct load_options *options)
{
    unsigned port = place_port(&options->target);
    bool udp = options->transport == LOAD_UDP;
    unsigned long inodes[INODES];
    uint32_t count = find_inodes(udp ? "/proc/net/udp" : "/proc/net/tcp", port, inodes, 0);
    DIR *folder = NULL;
    struct dirent *entry;
    int owner = 0;

    count = find_inodes(udp ? "/proc/net/udp6" : "/proc/net/tcp6", port, inodes, count);
    folder = count > 0 ? opendir("/proc") : NULL;
    while (folder && owner == 0 && (entry = readdir(folder))) {
        int pid = atoi(entry->d_name);
        if (pid > 0 && pid != getpid() && has_socket(pid, inodes, count))
            owner = pid;
    }
    if (folder)
        closedir(folder);
    return owner;
}

static bool same_program(int a, int b)
{
    char path[64], left[256], right[256];
    ssize_t left_size, right_size;

    snprintf(path, sizeof path, "/proc/%d/exe", a);
    left_size = readlink(path, left, sizeof left);
    snprintf(path, sizeof path, "/proc/%d/exe", b);
    right_size = readlink(path, right, sizeof right);
    return left_size > 0 && left_size == right_size && memcmp(left, right, (size_t)left_size) == 0;
}

/* The socket may be a worker's: its parents of the same program are the server too. */
static int uppermost(int pid)
{
    for (uint32_t i = 0; i < GENERATIONS; i++) {
        uint64_t ticks;
        int parent;
        if (!read_stat(pid, &parent, &ticks) || parent <= 1 || !same_program(pid, parent))
            break;
        pid = parent;
    }
    return pid;
}

bool watch_open(struct watch *watch, const struct load_options *options)
{
    char name[32] = "";
    int pid = options->pid;

    *watch = (struct watch){.pid = 0};
    if (pid == 0)
        pid = find_owner(options);
    if (pid == 0)
        return false;
    if (options->pid == 0)
        pid = uppermost(pid);
    if (!read_file(pid, "comm", name, sizeof name))
        return false;
    name[strcspn(name, "\n")] = 0;
    snprintf(watch->name, sizeof watch->name, "%s", name);
    watch->pid = pid;
    return true;
}

struct kin {
    int pid, parent;
};

static uint32_t list_all(struct kin *out)
{
    DIR *folder = opendir("/proc");
    struct dirent *entry;
    uint32_t count = 0;

    while (folder && count < ALL_PROCESSES && (entry = readdir(folder))) {
        int pid = atoi(entry->d_name);
        uint64_t ticks;
        if (pid > 0 && read_stat(pid, &out[count].parent, &ticks))
            out[count++].pid = pid;
    }
    if (folder)
        closedir(folder);
    return count;
}

/* The process and all below it: each that was found finds its children in turn. */
static void list_family(struct watch *watch)
{
    struct kin all[ALL_PROCESSES];
    uint32_t count = list_all(all);

    watch->pids[0] = watch->pid;
    watch->count = 1;
    for (uint32_t found = 0; found < watch->count; found++) {
        for (uint32_t i = 0; i < count && watch->count < WATCH_PROCESSES; i++) {
            if (all[i].parent == watch->pids[found])
                watch->pids[watch->count++] = all[i].pid;
        }
    }
}

static uint64_t find_kb(const char *text, const char *name)
{
    const char *found = strstr(text, name);

    return found ? strtoull(found + strlen(name), NULL, 10) : 0;
}

bool watch_look(struct watch *watch, bool with_pss, struct load_process *out)
{
    uint64_t now_ms = clock_ms(), page_kb = (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
    char text[4096];

    *out = (struct load_process){.processes = 0};
    if (watch->pid == 0)
        return false;
    if (watch->count == 0 || now_ms >= watch->listed_ms + LIST_MS) {
        list_family(watch);
        watch->listed_ms = now_ms;
    }
    for (uint32_t i = 0; i < watch->count; i++) {
        unsigned long pages;
        uint64_t ticks;
        int parent;
        if (!read_stat(watch->pids[i], &parent, &ticks))
            continue;
        out->processes++;
        out->cpu_s += (double)ticks / (double)sysconf(_SC_CLK_TCK);
        if (read_file(watch->pids[i], "statm", text, sizeof text) &&
            sscanf(text, "%*u %lu", &pages) == 1)
            out->rss_kb += pages * page_kb;
        if (with_pss && read_file(watch->pids[i], "smaps_rollup", text, sizeof text))
            out->pss_kb += find_kb(text, "\nPss:");
    }
    return out->processes > 0;
}
