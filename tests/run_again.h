// SPDX-License-Identifier: Apache-2.0
/* run_again.h - RUN for tests in real time. */
#ifndef TEST_RUN_AGAIN_H
#define TEST_RUN_AGAIN_H

#include <sys/wait.h>
#include <unistd.h>

#include "check.h"

/* For a test in real time, which a busy machine can spoil: a process of its own, up to three times.
 * What is broken fails each time. */
#define RUN_AGAIN(test)                                                   \
    do {                                                                  \
        int status_ = 1;                                                  \
        for (int left_ = 3; status_ != 0 && left_ > 0; left_--) {         \
            pid_t pid_ = fork();                                          \
            if (pid_ == 0) {                                              \
                test();                                                   \
                exit(0);                                                  \
            }                                                             \
            CHECK(pid_ > 0 && waitpid(pid_, &status_, 0) == pid_);        \
            if (status_ != 0)                                             \
                printf("# %s did not hold, status %d\n", #test, status_); \
        }                                                                 \
        CHECK(status_ == 0);                                              \
        printf("ok %s\n", #test);                                         \
    } while (0)

#endif
