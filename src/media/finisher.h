// SPDX-License-Identifier: Apache-2.0
/* finisher.h - the thread that makes captures into their last form, when nothing else wants to run.
 *
 * It has the lowest priority for processor and disk. Captures are finished one after the other, the
 * one that ended first first; those left by an earlier run, however that ended, at the start. What
 * could not be written is tried again every FINISHER_AGAIN_MS. A capture being recorded is locked
 * (flock) and left alone. Each end is told as MEDIA_CAPTURED. Order: open, put, close; a stop in
 * mid-file leaves the raw one for the next start. */
#ifndef MEDIA_FINISHER_H
#define MEDIA_FINISHER_H

#include <stdint.h>

#include "base/attr.h"
#include "base/mailbox.h"
#include "media/media.h"

enum { FINISHER_AGAIN_MS = 30000 };

struct finisher;

/* The directory's name must outlive it. 0 or -errno. */
MUST_USE int finisher_open(struct finisher **out, const char *directory, enum capture_format format,
                           struct mailbox *events);
void finisher_close(struct finisher *finisher);

/* A capture has ended: NAME.au. From one thread; never waits: when too many wait, they are found by
 * looking through the directory. */
void finisher_put(struct finisher *finisher, const char *name);

/* Asks the thread. One caller at a time; 200 ms at most. */
void finisher_figures(struct finisher *finisher, struct capture_figures *out);

#endif
