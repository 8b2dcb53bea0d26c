// SPDX-License-Identifier: Apache-2.0
/* settings_rows.h - what the files of rows share: settings.c (offhook.yaml as a whole),
 * settings_sip.c (who speaks SIP with us), settings_providers.c (whom we speak and think
 * with), settings_people.c (who takes calls), settings_parting.c (what callers
 * are given when nobody can), settings_hooks.c (whom we tell) and settings_agent.c
 * (an agent's front matter). */
#ifndef APP_SETTINGS_ROWS_H
#define APP_SETTINGS_ROWS_H

#include "config/settings.h"

#define LENGTH(array) (uint32_t)(sizeof(array) / sizeof((array)[0]))
#define AT(type, member) (uint32_t) offsetof(type, member)
#define SERVER(member) AT(struct server_settings, member)
#define SCHEMA(title, table, type)                                                     \
    {                                                                                  \
        .name = (title), .rows = (table), .count = LENGTH(table), .size = sizeof(type) \
    }

/* Sections of offhook.yaml. */
extern const struct schema settings_sip, settings_trunk, settings_user, settings_route,
    settings_network, settings_provider, settings_hook, settings_connector, settings_lookup,
    settings_operator, settings_unavailable,
    settings_voicemail, settings_callbacks,
    settings_hours, settings_queue, settings_vip, settings_codes,
    settings_supervisor, settings_supervision;
/* A part of an agent's front matter. */
extern const struct schema settings_tool;

#endif
