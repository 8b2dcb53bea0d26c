// SPDX-License-Identifier: Apache-2.0
/* verb_staff.c - `offhook operators DIR NAME set`, and `remove`: operators in files of their own.
 *
 * A file is put in place whole and on disk, the configuration is read with it, and what was there
 * before comes back when that has errors: a server that starts or reloads in between reads the one
 * or the other. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/operator_files.h"
#include "app/verbs.h"

enum { FILE_BYTES = 8192, PATH_BYTES = 1024 };

struct staff {
    const char *directory; /* Of the configuration. */
    const char *name;
    char path[PATH_BYTES], socket[PATH_BYTES];
    char old[FILE_BYTES]; /* What was there; old_size 0: nothing. */
    uint32_t old_size;
};

static const struct operator_change forms[] = {
    {.key = "label", .form = CHANGE_TEXT},   {.key = "answers-at", .form = CHANGE_LIST},
    {.key = "skills", .form = CHANGE_MAP},   {.key = "queues", .form = CHANGE_LIST},
    {.key = "wrap-up", .form = CHANGE_TEXT},
};
enum { CHANGES = sizeof(forms) / sizeof(forms[0]) };

/* ---- Files ---- */

static bool sync_directory(const char *path)
{
    char directory[PATH_BYTES];
    const char *slash = strrchr(path, '/');
    int fd;
    bool good;

    snprintf(directory, sizeof(directory), "%.*s", slash ? (int)(slash - path) : 1,
             slash ? path : ".");
    fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    return good;
}

/* Whole, or not at all; size 0: it goes. */
static bool put(const char *path, const char *bytes, uint32_t size)
{
    char part[PATH_BYTES + 8];
    bool good;
    int fd;

    if (size == 0)
        return unlink(path) == 0 && sync_directory(path);
    snprintf(part, sizeof(part), "%s.part", path);
    fd = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (fd < 0)
        return false;
    good = write(fd, bytes, size) == (ssize_t)size && fsync(fd) == 0;
    good = close(fd) == 0 && good && rename(part, path) == 0;
    if (!good)
        unlink(part);
    return good && sync_directory(path);
}

static bool take_old(struct staff *staff)
{
    FILE *file = fopen(staff->path, "r");

    if (!file && errno != ENOENT) {
        fprintf(stderr, "offhook: %s: %s\n", staff->path, strerror(errno));
        return false;
    }
    staff->old_size = file ? (uint32_t)fread(staff->old, 1, sizeof(staff->old), file) : 0;
    if (file)
        fclose(file);
    if (staff->old_size == sizeof(staff->old))
        fprintf(stderr, "offhook: %s is longer than anything that is written here\n", staff->path);
    return staff->old_size < sizeof(staff->old);
}

/* ---- What it becomes ---- */

static bool is_name(const char *name)
{
    size_t size = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");

    return size > 0 && size < MAX_NAME && !name[size] && name[0] != '.' && name[0] != '-';
}

static bool is_text(const char *value)
{
    for (const char *c = value; c && *c; c++) {
        if ((unsigned char)*c < ' ')
            return false;
    }
    return true;
}

/* The new bytes of the file. 0: they cannot be made, and standard error says why. */
static uint32_t compose(const struct staff *staff, const struct arguments *arguments, char *out)
{
    struct operator_change changes[CHANGES];
    struct config_result problems;
    struct reading reading;
    struct text_buffer buffer;
    struct tree_node *old = NULL;

    text_buffer_init(&buffer, out, FILE_BYTES);
    for (uint32_t i = 0; i < CHANGES; i++) {
        char option[32];
        changes[i] = forms[i];
        snprintf(option, sizeof(option), "--%s", forms[i].key);
        changes[i].value = arguments_value(arguments, option);
        if (!is_text(changes[i].value)) {
            fprintf(stderr, "offhook: %s has more than one line\n", option);
            return 0;
        }
    }
    if (!reading_init(&reading, &problems))
        return 0;
    if (staff->old_size)
        old = tree_read(&reading, staff->path,
                        (struct text){.data = staff->old, .size = staff->old_size}, 1);
    if (staff->old_size && !old)
        check_print(&problems, stderr);
    else
        operator_files_print(old, changes, CHANGES, &buffer);
    config_free(&problems);
    if (buffer.cut)
        fputs("offhook: that is too long for one operator\n", stderr);
    else if (buffer.size == 0 && (old || !staff->old_size))
        text_append(&buffer, TEXT("{}\n"));
    return buffer.cut ? 0 : buffer.size;
}

/* ---- The verb ---- */

/* Where everything is, by a configuration without errors. */
static bool find(struct staff *staff, const char *name)
{
    struct config_result result;
    bool good;

    config_read(staff->directory, &result);
    check_print(&result, stderr);
    good = result.config != NULL;
    if (good) {
        if (mkdir(result.config->operator_dir, 0750) == 0)
            sync_directory(result.config->operator_dir);
        snprintf(staff->path, sizeof(staff->path), "%s/%s.yaml", result.config->operator_dir, name);
        snprintf(staff->socket, sizeof(staff->socket), "%s", result.config->control_socket);
    }
    config_free(&result);
    return good;
}

static bool reads_well(const struct staff *staff)
{
    struct config_result result;
    bool good;

    config_read(staff->directory, &result);
    check_print(&result, stderr);
    good = result.config != NULL;
    config_free(&result);
    return good;
}

static void tell_server(const struct staff *staff, const char *done)
{
    if (access(staff->socket, F_OK) != 0)
        printf("%s: %s; no server runs: it will read that when it starts\n", staff->name, done);
    else if (verb_done(staff->socket, json_pack("{s:s}", "ask", "reload")))
        printf("%s: %s; the server reads it now\n", staff->name, done);
    else
        printf("%s: %s; reload the server\n", staff->name, done);
}

int verb_staff(const struct arguments *arguments, const char *directory, const char *name,
               bool removes)
{
    struct staff staff = {.directory = directory, .name = name};
    char bytes[FILE_BYTES];
    uint32_t size;

    if (!is_name(name)) {
        fprintf(stderr, "offhook: '%s' cannot be a file's name: letters, digits, . _ and -\n",
                name);
        return EXIT_USAGE;
    }
    if (!find(&staff, name) || !take_old(&staff))
        return EXIT_FAILED;
    if (removes && !staff.old_size) {
        fprintf(stderr, "offhook: there is no %s; operators of offhook.yaml are removed there\n",
                staff.path);
        return EXIT_FAILED;
    }
    size = removes ? 0 : compose(&staff, arguments, bytes);
    if (size == 0 && !removes)
        return EXIT_FAILED;
    if (!put(staff.path, bytes, size)) {
        fprintf(stderr, "offhook: %s: %s\n", staff.path, strerror(errno));
        return EXIT_FAILED;
    }
    if (!reads_well(&staff)) {
        if (put(staff.path, staff.old, staff.old_size))
            fputs("offhook: nothing was changed\n", stderr);
        return EXIT_FAILED;
    }
    tell_server(&staff, removes ? "removed" : "written");
    return EXIT_DONE;
}
