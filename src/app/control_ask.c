// SPDX-License-Identifier: Apache-2.0
/* control_ask.c - the verbs' side of the socket. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "app/control_inside.h"

int control_address(const char *path, struct sockaddr_un *out)
{
    if (strlen(path) >= sizeof(out->sun_path))
        return -ENAMETOOLONG;
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    strcpy(out->sun_path, path);
    return 0;
}

int control_connect(const char *path)
{
    struct sockaddr_un address;
    int fd, error = control_address(path, &address);

    if (error)
        return error;
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    error = -errno;
    close(fd);
    return error;
}

int control_ask(const char *path, const char *question)
{
    char line[CONTROL_LINE];

    snprintf(line, sizeof(line), "{\"ask\": \"%s\"}", question);
    return control_ask_line(path, line);
}

int control_ask_line(const char *path, const char *question)
{
    int fd = control_connect(path);
    char line[CONTROL_LINE];
    int size = snprintf(line, sizeof(line), "%s\n", question);

    if (fd < 0 || send(fd, line, (size_t)size, MSG_NOSIGNAL) == size)
        return fd;
    close(fd);
    return -EPIPE;
}
