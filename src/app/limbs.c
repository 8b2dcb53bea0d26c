// SPDX-License-Identifier: Apache-2.0
/* limbs.c - opening in order, posting by kind. */
#include "app/limbs.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/log.h"
#include "net/net.h"

enum {
    WHY = 512,
    CLIPS = 4096,       /* Prompts kept and utterances on their way, for all calls. */
    PATIENCE_MS = 2000, /* A limb that takes nothing for so long is dead. */
    SPARE_DIALOGS = 64  /* Beyond max-calls, so that the core itself says 503 and keeps account. */
};

static bool opened(int error, const char *limb, const char *why)
{
    if (error == 0)
        return true;
    log_line(LOG_ERROR, limb, "cannot start: %s", *why ? why : strerror(-error));
    return false;
}

/* The directories above this one; what they hold belongs to the limb that makes it. */
static void make_parents(const char *path)
{
    char above[PATH_MAX];

    snprintf(above, sizeof(above), "%s", path);
    for (char *slash = strchr(above + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        if (mkdir(above, 0755) != 0 && errno != EEXIST)
            log_line(LOG_ERROR, "app", "cannot make the directory %s: %s", above, strerror(errno));
        *slash = '/';
    }
}

static bool open_store(struct limbs *limbs, const struct config *config, struct mailbox *events)
{
    struct store_options options = {.dir = config->data_dir,
                                    .journal_segment_bytes = config->journal_segment_bytes,
                                    .journal_total_bytes = config->journal_total_bytes,
                                    .journal_days = config->journal_days,
                                    .net = limbs->net};
    char why[WHY] = "";

    make_parents(config->data_dir);
    return opened(store_open(&limbs->store, &options, events, why, sizeof(why)), "store", why);
}

static bool open_media(struct limbs *limbs, const struct config *config, struct mailbox *events)
{
    struct media_options options = {.address = config->media_bind,
                                    .first_port = config->plan.rtp_first_port,
                                    .legs = config->plan.max_calls + config->plan.spare_legs,
                                    .threads = config->media_threads,
                                    .plain = !config->io_uring,
                                    .capture_dir = config->capture_dir,
                                    .capture_format = config->capture_format,
                                    .opus_complexity = config->opus_complexity,
                                    .hushes = !config->send_silence,
                                    .echo_tail = config->echo_tail_ms * (SAMPLE_RATE / 1000),
                                    .rings = limbs->rings,
                                    .clips = limbs->clips,
                                    .vault = limbs->vault};
    char why[WHY] = "";

    make_parents(config->capture_dir); /* A capture may be asked for in any call. */
    return opened(media_open(&limbs->media, &options, events, why, sizeof(why)), "media", why);
}

static bool open_speech(struct limbs *limbs, const struct config *config, struct mailbox *events)
{
    char why[WHY] = "";
    struct speech_options options = {.places = config->plan.recogniser_places,
                                     .workers = config->speech_workers,
                                     .cache_dir = limbs->cache,
                                     .detector = config->detector,
                                     .runtime = config->detector_runtime,
                                     .rings = limbs->rings,
                                     .clips = limbs->clips,
                                     .cache_bytes = config->prompt_cache_bytes,
                                     .net = limbs->net,
                                     .answers = mind_answers(limbs->mind)};

    snprintf(limbs->cache, sizeof(limbs->cache), "%s/models", config->data_dir);
    if (!config->detector || !config->detector_runtime)
        log_line(
            LOG_WARN, "speech",
            "the careful voice detector is not there (speech.detector, speech.runtime): coughs "
            "and music are told from speech less well");
    return opened(speech_open(&limbs->speech, &options, events, why, sizeof(why)), "speech", why);
}

static bool open_mind(struct limbs *limbs, struct mailbox *events)
{
    char why[WHY] = "";

    return opened(mind_open(&limbs->mind, limbs->net, limbs->clips, events, why, sizeof(why)),
                  "mind", why);
}

static bool open_net(struct limbs *limbs, const struct config *config)
{
    struct net_options options = {.ca_file = config->ca_file};
    char why[WHY] = "";

    limbs->ca_file = config->ca_file;
    return opened(net_open(&limbs->net, &options, why, sizeof(why)), "net", why);
}

bool limbs_open(struct limbs *limbs, const struct config *config, struct mailbox *events)
{
    *limbs = (struct limbs){.lost = 0};
    return opened(ring_pool_open(&limbs->rings, MAX_RINGS, MAX_RECOGNISERS), "app", "") &&
           opened(clip_table_open(&limbs->clips, CLIPS), "app", "") &&
           opened(vault_open(&limbs->vault), "app", "") && open_net(limbs, config) &&
           open_store(limbs, config, events) && open_media(limbs, config, events) &&
           open_mind(limbs, events) && open_speech(limbs, config, events);
}

static void say_taken(void)
{
    log_line(LOG_ERROR, "sip",
             "another program has the port: `ss -lnp` shows which; stop it, or change sip.listen");
}

bool limbs_try(const struct config *config)
{
    char why[WHY] = "";
    int error =
        sip_try_listeners(config->sip_listeners, config->sip_listener_count, why, sizeof(why));

    if (error == -EADDRINUSE)
        say_taken();
    return opened(error, "sip", why);
}

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

void limbs_reload(struct limbs *limbs, const struct config *config)
{
    char why[WHY] = "";

    if (!sip_set_limits(limbs->sip, &config->sip_limits))
        log_line(LOG_ERROR, "sip", "the limits were not reloaded; the old ones stay");
    if (config->sip_tls.certificate && !sip_set_tls(limbs->sip, &config->sip_tls, why, sizeof(why)))
        log_line(LOG_ERROR, "sip", "%s; the old certificate stays", why);
    if (!same(limbs->ca_file, config->ca_file))
        log_line(LOG_WARN, "app", "network.ca-file stays as it is until the next start");
}

bool limbs_listen(struct limbs *limbs, const struct config *config, const char *program,
                  struct mailbox *events)
{
    struct sip_options options = {.listener_count = config->sip_listener_count,
                                  .limits = &config->sip_limits,
                                  .hep = config->sip_hep,
                                  .tls = config->sip_tls.certificate ? &config->sip_tls : NULL,
                                  .program = program,
                                  .user_agent = "offhook/" OFFHOOK_VERSION,
                                  .max_dialogs = config->plan.max_calls +
                                                 config->plan.max_calls / 4 +
                                                 2 * config->plan.spare_legs + SPARE_DIALOGS,
                                  .retry_after_s = config->plan.retry_after_s,
                                  .dns = config->sip_dns,
                                  .plan = &config->plan,
                                  .vault = limbs->vault};
    char why[WHY] = "";

    int error;

    memcpy(options.listeners, config->sip_listeners, sizeof(options.listeners));
    error = sip_open(&limbs->sip, &options, events, why, sizeof(why));
    if (error == -EADDRINUSE)
        say_taken();
    return opened(error, "sip", why);
}

void limbs_close(struct limbs *limbs)
{
    if (limbs->sip)
        sip_close(limbs->sip);
    if (limbs->speech)
        speech_close(limbs->speech);
    if (limbs->mind)
        mind_close(limbs->mind);
    if (limbs->media)
        media_close(limbs->media);
    if (limbs->store)
        store_close(limbs->store);
    net_close(limbs->net);
    vault_close(limbs->vault);
    if (limbs->clips)
        clip_table_close(limbs->clips);
    if (limbs->rings)
        ring_pool_close(limbs->rings);
    *limbs = (struct limbs){.lost = 0};
}

static struct mailbox *mailbox_of(struct limbs *limbs, const struct command *command)
{
    switch (command_limb(command->kind)) {
    case LIMB_SIP:
        return sip_mailbox(limbs->sip);
    case LIMB_MEDIA:
        return media_mailbox(limbs->media, command->leg);
    case LIMB_SPEECH:
        return speech_mailbox(limbs->speech, command->leg);
    case LIMB_MIND:
        return mind_mailbox(limbs->mind);
    case LIMB_STORE:
        return store_mailbox(limbs->store);
    case LIMB_CORE:
        break;
    }
    return NULL;
}

void limbs_post(struct limbs *limbs, const struct command *command)
{
    struct mailbox *mailbox = mailbox_of(limbs, command);
    bool for_ever = command_limb(command->kind) == LIMB_STORE;
    uint64_t waited_ms = 0;

    while (mailbox && command_post(mailbox, command) != MAILBOX_OK) {
        if (waited_ms++ == PATIENCE_MS) {
            log_line(LOG_ERROR, mailbox_name(mailbox), "takes no commands for 2 s%s",
                     for_ever ? "; waiting: accounts may not be lost" : "; one command is lost");
            if (!for_ever) {
                limbs->lost++;
                return;
            }
        }
        clock_sleep_until_ns(clock_ns() + 1000000);
    }
}

bool limbs_prepare(struct limbs *limbs, uint32_t slot, const struct plan *plan)
{
    char why[WHY] = "";

    if (!opened(speech_prepare(limbs->speech, slot, plan, why, sizeof(why)), "speech", why))
        return false;
    if (opened(mind_prepare(limbs->mind, slot, plan, why, sizeof(why)), "mind", why) &&
        (!limbs->sip || opened(sip_prepare(limbs->sip, plan), "sip", "")) &&
        store_hooks(limbs->store, plan))
        return true;
    mind_forget(limbs->mind, slot);
    speech_forget(limbs->speech, slot);
    return false;
}

void limbs_forget(struct limbs *limbs, uint32_t slot)
{
    speech_forget(limbs->speech, slot);
    mind_forget(limbs->mind, slot);
}
