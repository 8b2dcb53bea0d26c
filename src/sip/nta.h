// SPDX-License-Identifier: Apache-2.0
/* nta.h - the SIP library, and how its handles find our dialogs.
 *
 * The library keeps a pointer with each leg and transaction. We give it a dialog's id dressed as a
 * pointer and never follow it: a callback for a dialog that is gone finds nothing in the table. */
#ifndef SIP_NTA_H
#define SIP_NTA_H

#include <stdint.h>

struct dialog_name; /* Never defined. */
#define NTA_LEG_MAGIC_T struct dialog_name
#define NTA_OUTGOING_MAGIC_T struct dialog_name
#define NTA_INCOMING_MAGIC_T struct dialog_name
#define NTA_RELIABLE_MAGIC_T struct dialog_name

/* The library's headers are not written for our warnings. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpedantic"
#pragma GCC diagnostic ignored "-Wcast-qual"
#pragma GCC diagnostic ignored "-Wundef"
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wstrict-prototypes"
#include <sofia-sip/su.h>
#include <sofia-sip/su_wait.h>
#include <sofia-sip/su_log.h>
#include <sofia-sip/url.h>
#include <sofia-sip/msg.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/msg_buffer.h>
#include <sofia-sip/msg_header.h>
#include <sofia-sip/msg_mclass.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_parser.h>
#include <sofia-sip/sip_protos.h>
#include <sofia-sip/sip_status.h>
#include <sofia-sip/sip_tag.h>
#include <sofia-sip/sip_util.h>
#include <sofia-sip/nta.h>
#include <sofia-sip/nta_stateless.h>
#include <sofia-sip/nta_tport.h>
#include <sofia-sip/tport.h>
#include <sofia-sip/tport_tag.h>
#pragma GCC diagnostic pop

static inline struct dialog_name *dialog_name(uint32_t id)
{
    return (struct dialog_name *)(uintptr_t)id;
}

static inline uint32_t dialog_named(const struct dialog_name *name)
{
    return (uint32_t)(uintptr_t)name;
}

#endif
