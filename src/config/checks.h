// SPDX-License-Identifier: Apache-2.0
/* checks.h - what a configuration says about the network: listeners, trunks, routes, ports,
 * providers. */
#ifndef APP_CHECKS_H
#define APP_CHECKS_H

#include "config/agents.h"
#include "config/reading.h"
#include "config/settings.h"

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
/* After operators, queues and agents. */
void checks_supervisors(struct reading *reading, const char *file,
                        const struct server_settings *s, struct config *out);
/* After the trunks and the queues. */
void checks_operators(struct reading *reading, const char *file,
                      const struct server_settings *settings, struct config *out);
/* The bit of a skill in the plan's masks, which it gets when it is new; -1: there are too many. */
int checks_skill(struct reading *reading, const char *file, uint32_t line, struct text name,
                 struct config *out);
void checks_hours(struct reading *reading, const char *file, const struct server_settings *settings,
                  struct config *out);
/* The index of opening hours; -1 when none are given, or, after an error, unknown. */
int16_t checks_opening(struct reading *reading, const char *file, const struct plan *plan,
                       const struct setting *name);
/* After the hours, before the routes. */
void checks_queues(struct reading *reading, const char *file,
                   const struct server_settings *settings, struct agents *agents,
                   struct config *out);
/* The index of a queue; -1 when it is not given, or, after an error, unknown. */
int16_t checks_queue(struct reading *reading, const char *file, const struct plan *plan,
                     const struct setting *name);
void checks_network(struct reading *reading, const char *file,
                    const struct server_settings *settings, struct config *out);
void checks_providers(struct reading *reading, const char *file,
                      const struct server_settings *settings, struct config *out);
void checks_lookup(struct reading *reading, const char *file,
                   const struct server_settings *settings, struct config *out);
/* JSON with patterns (vendor/fill.h) in its strings. */
void checks_body(struct reading *reading, const char *file, const struct setting *body);
void checks_hooks(struct reading *reading, const char *file, const struct server_settings *settings,
                  struct config *out);
/* An agent's providers of one role, after checks_providers(). */
void checks_chain(struct reading *reading, const char *file, const struct plan *plan,
                  const struct setting_list *list, enum provider_role role, struct plan_chain *out);
/* https://..., wss://... and their like; secret: something is sent there that others may not see.
 */
void checks_url(struct reading *reading, const char *file, const struct setting *url, bool secret);
/* Whether an URL goes over the network in clear: not https: or wss:, and not to this machine. */
bool checks_in_clear(struct text url);
/* When nobody can come; after the trunks. */
void checks_parting(struct reading *reading, const char *file,
                    const struct server_settings *settings, struct agents *agents,
                    struct config *out);
/* Whether the words for it are known in the language; those that the agent's file leaves out. */
bool partings_known(struct text language);
void partings_fill(const struct agent_settings *settings, struct text out[PARTINGS]);
/* An agent that does not speak English, with English words. */
void checks_language(struct reading *reading, const char *file, const struct agent_settings *s);
const struct plan_pair *checks_pairs(struct reading *reading, const struct schema_list *list);
void checks_slo(const struct server_settings *settings, struct config *out);
void checks_manners(struct reading *reading, const char *file,
                    const struct server_settings *settings, struct config *out);

#endif
