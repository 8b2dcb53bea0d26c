// SPDX-License-Identifier: Apache-2.0
/* checks.h - what a configuration says about the network: listeners, trunks, routes, ports. */
#ifndef APP_CHECKS_H
#define APP_CHECKS_H

#include "app/agents.h"
#include "app/reading.h"
#include "app/settings.h"

/* Each fills in its part of the config and adds what is wrong to the reading. */
void checks_listeners(struct reading *reading, const char *file,
                      const struct server_settings *settings, struct config *out);
void checks_media(struct reading *reading, const char *file, const struct server_settings *settings,
                  struct config *out);
void checks_trunks(struct reading *reading, const char *file,
                   const struct server_settings *settings, struct config *out);
void checks_tls(struct reading *reading, const char *file, const struct server_settings *s,
                struct config *out);
void checks_hep(struct reading *reading, const char *file, const struct server_settings *s,
                struct config *out);
void checks_limits(struct reading *reading, const char *file, const struct server_settings *s,
                   struct config *out);
/* After the trunks. */
void checks_outbound(struct reading *reading, const char *file,
                     const struct server_settings *settings, struct config *out);
void checks_routes(struct reading *reading, const char *file,
                   const struct server_settings *settings, struct agents *agents,
                   struct config *out);
void checks_manners(struct reading *reading, const char *file,
                    const struct server_settings *settings, struct config *out);

#endif
