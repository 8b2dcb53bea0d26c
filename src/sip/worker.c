// SPDX-License-Identifier: Apache-2.0
/* worker.c - the signalling process: its loop, the frames from the keeper, the transports. */
#include "sip/worker.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "sip/account.h"
#include "sip/away.h"
#include "sip/headers.h"
#include "sip/hep.h"
#include "sip/lines.h"
#include "sip/locate.h"
#include "sip/nonce.h"
#include "sip/pressure.h"
#include "sip/registrar.h"
#include "sip/sip.h"
#include "sip/tls.h"
#include "sip/watch.h"

enum {
    PAGE_FD_OFFSET = 1, /* The shared page is the descriptor after the socket's. */
    STEP_MS = 200,      /* Longest sleep: the sweep of deadlines is this exact. */
    OUTBOX_BUSY = 8,    /* Packets that wait: the keeper is behind, take no new calls. */
    TURNS_A_PACKET = 8, /* What a crash may take of what the keeper has not heard. */
    MESSAGE_MAX = 16384,
    SOCKET_BUFFER = 4 << 20
};

/* The library shall read no certificate of its own: tls.c has it. */
#define NO_FILES "/nonexistent"

struct worker worker;

void worker_frame(enum frame_kind kind, uint32_t subject, uint32_t detail, const void *bytes,
                  uint32_t size)
{
    struct frame frame = {size, (uint16_t)kind, (uint16_t)detail, subject};

    while (!worker.broken && frame_put(&worker.outbox, frame, bytes) == -ENOBUFS) {
        /* The keeper has stopped reading, because the core is behind: nothing can be done but wait.
         */
        struct pollfd poll_fd = {.fd = worker.fd, .events = POLLOUT};
        gate_beat();
        (void)poll(&poll_fd, 1, 1000);
        int failure = frame_flush(&worker.outbox, worker.fd);
        worker.broken = failure && failure != -EAGAIN;
    }
}

void worker_event(struct event *event)
{
    static uint8_t bytes[MAX_PACKED];
    size_t size;
    uint32_t dialog;

    event->at_ms = clock_ms();
    size = event_pack(event, bytes, sizeof(bytes));
    if (size == 0 && event->kind == SIP_INVITE) {
        event->invite.headers = TEXT_EMPTY; /* The least needed of what may be long. */
        size = event_pack(event, bytes, sizeof(bytes));
    }
    if (size == 0)
        return;
    dialog = event->kind == SIP_TRUNK || event->kind == SIP_REGISTER || event->kind == SIP_PHONE ||
                     event->kind == SIP_AWAY
                 ? 0
             : event->kind == SIP_INVITE    ? event->invite.dialog
             : event->kind == SIP_REINVITED ? event->reinvite.dialog
             : event->kind == SIP_KEY       ? event->sip_key.dialog
             : event->kind == SIP_REFERRED  ? event->refer.dialog
                                            : event->sip.dialog;
    worker_frame(FRAME_EVENT, dialog, event->kind, bytes, (uint32_t)size);
}

enum away worker_why(void)
{
    if (gate_over_rate())
        return AWAY_RATE;
    return worker.dialog_count >= worker.max_dialogs ? AWAY_DIALOGS : AWAY_BEHIND;
}

bool worker_full(void)
{
    return worker.dialog_count >= worker.max_dialogs || worker.outbox.count > OUTBOX_BUSY ||
           pressure_is_high();
}

static void setup(const uint8_t *bytes, uint32_t size)
{
    struct setup setup;
    char dns[256];

    if (!record_unpack(&setup_shape, bytes, size, &setup))
        return;
    text_copy(worker.listeners, sizeof(worker.listeners), setup.listeners);
    text_copy(worker.user_agent, sizeof(worker.user_agent), setup.user_agent);
    worker.max_dialogs = setup.max_dialogs;
    worker.retry_after_s = setup.retry_after_s;
    worker.serial = setup.serial;
    if (setup.hep_server.size)
        (void)hep_open(setup.hep_server, setup.hep_password, setup.hep_id, setup.hep_bodies);
    text_copy(dns, sizeof(dns), setup.dns);
    if (!locate_open(worker.root, dns))
        log_line(LOG_ERROR, "sip", "trunks are not looked up: no name server can be used");
}

/* "udp:127.0.0.1:5060" -> "sip:127.0.0.1:5060;transport=udp" */
static int listen_on(struct text listener, char *why, size_t why_size)
{
    char uri[160];
    struct text protocol = text_next(&listener, ':');
    bool stream = text_equal(protocol, TEXT("tcp")), secure = text_equal(protocol, TEXT("tls"));

    if (!stream && !secure && !text_equal(protocol, TEXT("udp"))) {
        snprintf(why, why_size,
                 "listener \"" TEXT_FORMAT ":" TEXT_FORMAT "\": say udp:, tcp: or tls:",
                 TEXT_ARGS(protocol), TEXT_ARGS(listener));
        return -EINVAL;
    }
    if (secure && !tls_ready()) {
        snprintf(why, why_size, "listener tls:" TEXT_FORMAT ": there is no good certificate",
                 TEXT_ARGS(listener));
        return -EINVAL;
    }
    snprintf(uri, sizeof(uri), "%s:" TEXT_FORMAT ";transport=" TEXT_FORMAT, secure ? "sips" : "sip",
             TEXT_ARGS(listener), TEXT_ARGS(protocol));
    if (nta_agent_add_tport(worker.agent, (url_string_t *)uri, TPTAG_SERVER(1),
                            TPTAG_UDP_RMEM(SOCKET_BUFFER), TPTAG_UDP_WMEM(SOCKET_BUFFER),
                            TPTAG_IDLE(20000), TPTAG_TIMEOUT(20000), TPTAG_QUEUESIZE(256),
                            TPTAG_PONG2PING(1), TPTAG_SDWN_ERROR(1),
                            TAG_IF(hep_is_on(), TPTAG_LOG(1)),
                            TAG_IF(secure, TPTAG_CERTIFICATE(NO_FILES)), TAG_END()) < 0) {
        snprintf(why, why_size, "listener " TEXT_FORMAT ":" TEXT_FORMAT ": %s", TEXT_ARGS(protocol),
                 TEXT_ARGS(listener), strerror(su_errno()));
        return -EADDRINUSE;
    }
    tls_settle();
    return 0;
}

static int open_agent(char *why, size_t why_size)
{
    struct text rest = text_of(worker.listeners);

    worker.outside =
        nta_leg_tcreate(worker.agent, requests_outside, NULL, NTATAG_NO_DIALOG(1), TAG_END());
    if (!worker.outside) {
        snprintf(why, why_size, "the SIP library gives no default leg");
        return -ENOMEM;
    }
    gate_on_success(placing_guard);
    bans_open();
    while (rest.data) {
        struct text line = text_next(&rest, '\n');
        int failure = text_empty(line) ? 0 : listen_on(line, why, why_size);
        if (failure)
            return failure;
    }
    pressure_open();
    return 0;
}

/* The agent itself, before dialogs are restored into it and listeners opened. */
static bool make_agent(void)
{
    struct in_hand *page = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED,
                                worker.fd + PAGE_FD_OFFSET, 0);
    const struct msg_mclass_s *class = gate_open(page == MAP_FAILED ? NULL : page);

    if (!class)
        return false;
    worker.agent = nta_agent_create(
        worker.root, (url_string_t *)-1, early_message, NULL, NTATAG_MCLASS(class), NTATAG_UA(1),
        NTATAG_STATELESS(1), /* What belongs to nothing that we know comes to early.c. */
        NTATAG_MERGE_482(1), NTATAG_SERVER_RPORT(1), NTATAG_CLIENT_RPORT(1), NTATAG_USE_NAPTR(0),
        NTATAG_USE_SRV(0), NTATAG_MAXSIZE(MESSAGE_MAX), NTATAG_UDP_MTU(65535),
        NTATAG_DEFAULT_PROXY("sip:127.0.0.1:9"), TAG_END());
    return worker.agent != NULL;
}

static void start(void)
{
    char why[256] = "";

    if (open_agent(why, sizeof(why)) != 0)
        worker.quit = true;
    worker.started = !worker.quit;
    worker_frame(FRAME_STARTED, 0, 0, why, (uint32_t)strlen(why));
}

static void command(const uint8_t *bytes, uint32_t size)
{
    struct command command;
    struct dialog *dialog;
    char reason[REASON_SIZE];

    if (!command_unpack(bytes, size, &command))
        return;
    if (command.kind == SIP_DIAL) {
        placing_dial(&command);
        return;
    }
    if (command.kind == SIP_REGISTERED) {
        registrar_reply(&command);
        return;
    }
    if (command.kind == SIP_WATCH) {
        watch_take(&command);
        return;
    }
    if (command.kind == SIP_WATCH_EVERY) {
        watch_every(&command);
        return;
    }
    dialog = dialog_find(command.sip.dialog);
    if (!dialog)
        return; /* It ended meanwhile; the core has been told. */
    if (command.call) {
        dialog->call = command.call;
        dialog->leg = command.leg;
    }
    if (command.kind == SIP_REPLY) {
        within_reply(dialog, &command);
    } else if (command.kind == SIP_REFRESH) {
        within_refresh(dialog, &command);
    } else if (command.kind == SIP_REINVITE) {
        within_reinvite(dialog, &command);
    } else if (command.kind == SIP_REFER) {
        refer_send(dialog, &command);
    } else if (command.kind == SIP_NOTIFY) {
        refer_tell(dialog, &command);
    } else if (command.kind == SIP_SEND_KEY) {
        within_send_key(dialog, command.sip.key);
    } else if (command.kind == SIP_HANG_UP) {
        headers_write_reason(command.sip.phrase, command.sip.status, reason, sizeof(reason));
        within_hang_up(dialog, reason);
    } else {
        answering_command(dialog, &command);
    }
}

static void pong(void)
{
    struct gate_figures gate;
    struct hep_figures hep;
    usize_t malformed = 0;
    struct figures figures = {.dialogs = worker.dialog_count,
                              .serial = worker.serial,
                              .refused_early = worker.refused_early};

    gate_figures(&gate);
    nta_agent_get_stats(worker.agent, NTATAG_S_BAD_MESSAGE_REF(malformed), TAG_END());
    figures.messages_in = gate.messages;
    figures.malformed = malformed;
    figures.banned = gate.banned;
    figures.too_fast = gate.too_fast;
    hep_figures(&hep);
    figures.hep_sent = hep.sent;
    figures.hep_dropped = hep.dropped;
    figures.bans_given = gate.bans_given;
    worker_frame(FRAME_PONG, 0, 0, &figures, sizeof(figures));
}

static void frame(const struct frame *frame, const uint8_t *bytes)
{
    struct dialog *dialog;
    char why[256];

    gate_beat();
    switch (frame->kind) {
    case FRAME_SETUP:
        setup(bytes, frame->size);
        break;
    case FRAME_RESTORE:
        restore_read(bytes, frame->size);
        break;
    case FRAME_START:
        start();
        break;
    case FRAME_COMMAND:
        command(bytes, frame->size);
        break;
    case FRAME_REFUSE:
        dialog = dialog_find(frame->subject);
        if (dialog)
            answering_refuse(dialog);
        break;
    case FRAME_QUARANTINE:
        if (frame->size == sizeof(struct quarantine))
            gate_quarantine((const void *)bytes);
        break;
    case FRAME_TLS:
        if (!tls_take(bytes, frame->size, why, sizeof(why)))
            log_line(LOG_ERROR, "sip", "%s; connections go on with the old certificate", why);
        break;
    case FRAME_RULES:
    case FRAME_BAN:
    case FRAME_UNBAN:
        bans_frame(frame->kind, bytes, frame->size);
        break;
    case FRAME_ACCOUNT:
        account_add(bytes, frame->size);
        break;
    case FRAME_ACCOUNTS:
        account_use((struct text){(const char *)bytes, frame->size});
        lines_changed(clock_ms());
        break;
    case FRAME_PING:
        pong();
        break;
    case FRAME_QUIT:
        worker.quit = true;
        lines_leave(clock_ms());
        break;
    default:
        break;
    }
}

static int on_keeper(su_root_magic_t *magic, su_wait_t *wait, su_wakeup_arg_t *argument)
{
    static uint8_t packet[PACKET_SIZE];

    (void)magic, (void)wait, (void)argument;
    for (int i = 0; i < 16; i++) { /* Then let the network have its turn. */
        ssize_t size = recv(worker.fd, packet, sizeof(packet), MSG_DONTWAIT);
        struct frame head;
        const uint8_t *bytes;
        uint32_t offset = 0;

        if (size < 0 && (errno == EAGAIN || errno == EINTR))
            return 0;
        if (size <= 0) {
            worker.broken = true;
            return 0;
        }
        while (frame_next(packet, (uint32_t)size, &offset, &head, &bytes))
            frame(&head, bytes);
    }
    return 0;
}

static bool open_root(void)
{
    su_wait_t wait[1] = {SU_WAIT_INIT};

    if (su_init() != 0)
        return false;
    su_log_redirect(NULL, hep_log, NULL); /* Its words may hold people's numbers: none is kept. */
    su_home_init(worker.home);
    worker.root = su_root_create(NULL);
    if (!worker.root || su_wait_create(wait, worker.fd, SU_WAIT_IN) != 0)
        return false;
    return su_root_register(worker.root, wait, on_keeper, NULL, 0) >= 0;
}

static bool open_table(void)
{
    worker.dialogs = calloc(DIALOG_SLOTS, sizeof(*worker.dialogs));
    worker.free_slots = calloc(DIALOG_SLOTS, sizeof(*worker.free_slots));
    if (!worker.dialogs || !worker.free_slots)
        return false;
    for (uint32_t i = 0; i < DIALOG_SLOTS; i++)
        worker.free_slots[i] = (uint16_t)i;
    worker.free_count = DIALOG_SLOTS;
    return true;
}

/* While more datagrams wait, several turns' frames leave together: each packet wakes the keeper. */
static int flush(void)
{
    static uint32_t held;

    if (worker.outbox.count == 1 && held < TURNS_A_PACKET && pressure_waits()) {
        held++;
        return 0;
    }
    held = 0;
    return frame_flush(&worker.outbox, worker.fd);
}

static void serve(void)
{
    uint64_t sweep_ms = clock_ms();

    while ((!worker.quit || !lines_left(clock_ms())) && !worker.broken) {
        int failure;
        uint64_t now_ms = clock_ms();

        gate_beat();
        gate_idle(); /* Before anybody can hear of what was done. */
        failure = flush();
        worker.broken = failure && failure != -EAGAIN;
        if (now_ms >= sweep_ms + 1000) {
            sweep_ms = now_ms;
            dialog_sweep(now_ms);
            registrar_sweep(now_ms);
            away_tell();
        }
        locate_turn();
        lines_turn(now_ms);
        watch_turn(now_ms);
        pressure_look(now_ms);
        su_root_step(worker.root, worker.outbox.count || worker.quit ? 5 : STEP_MS);
        tls_tend(now_ms);
    }
    if (frame_flush(&worker.outbox, worker.fd) != 0)
        worker.broken = true;
}

int sip_worker_main(int fd)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NAME, "sip-worker");
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, SIG_IGN); /* The keeper ends us, also when a terminal says so to all. */
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    worker.fd = fd;
    if (!tls_open() || !open_table() || !account_open() || !nonce_open() || !open_root() ||
        !make_agent()) {
        log_line(LOG_ERROR, "sip", "the signalling process could not start: no memory");
        return 1;
    }
    serve();
    return worker.broken ? 1 : 0;
}
