// SPDX-License-Identifier: Apache-2.0
/* telephony.h - the parts of spandsp that we use, with their states' sizes, in the order they need.
 *
 * The states are embedded in ours (nothing is allocated in the tick), which wants the private
 * headers. */
#ifndef MEDIA_TELEPHONY_H
#define MEDIA_TELEPHONY_H

#define SPANDSP_EXPOSE_INTERNAL_STRUCTURES
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <spandsp/telephony.h>
#include <spandsp/logging.h>
#include <spandsp/queue.h>
#include <spandsp/complex.h>
#include <spandsp/tone_generate.h>
#include <spandsp/tone_detect.h>
#include <spandsp/super_tone_rx.h>
#include <spandsp/dtmf.h>
#include <spandsp/g722.h>
#include <spandsp/private/logging.h>
#include <spandsp/private/queue.h>
#include <spandsp/private/tone_generate.h>
#include <spandsp/private/dtmf.h>
#include <spandsp/private/g722.h>

#endif
