// SPDX-License-Identifier: Apache-2.0
/* load_sip.c - a telephone of the simplest kind over UDP: INVITE, ACK, BYE, and answers to what it
 * is asked. Everything goes to the target's address; Route and authentication are not for us. A
 * call's messages are made anew from its number whenever they are sent, so none is kept. */
#include "load.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/wheel.h"
#include "wire/sdp.h"

enum {
    MESSAGE = 4096,
    T1_MS = 500, /* RFC 3261 17.1.1.1 */
    T2_MS = 4000,
    GIVE_UP_MS = 64 * T1_MS
};

static struct mmsghdr inbox[LOAD_BATCH];
static struct iovec inbox_parts[LOAD_BATCH];
static char inbox_bytes[LOAD_BATCH][MESSAGE];
static char inbox_control[LOAD_BATCH][128];

static void transmit(struct load *load, const char *message, int size)
{
    if (size <= 0 || size >= MESSAGE ||
        send(load->sip_fd, message, (size_t)size, MSG_DONTWAIT) != size)
        load->figures.send_failures++;
}

static int write_sdp(const struct load *load, uint32_t index, char *out, int size)
{
    return snprintf(out, (size_t)size,
                    "v=0\r\no=- %u 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                    "m=audio %u RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\n"
                    "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\n",
                    index + 1, load_media_port(load, index));
}

/* INVITE, ACK or BYE. ACK of a refusal belongs to the INVITE's transaction (17.1.1.3), ACK of a 200
 * and BYE have branches of their own. */
static void send_request(struct load *load, uint32_t index, const char *method, const char *branch,
                         unsigned cseq)
{
    const struct load_options *options = &load->options;
    const struct load_call *call = &load->calls[index];
    bool dialog = strcmp(branch, "i") != 0;
    bool invite = strcmp(method, "INVITE") == 0;
    char message[MESSAGE], sdp[512], uri[192], to[224];
    int sdp_size = invite ? write_sdp(load, index, sdp, sizeof sdp) : 0;
    int size;

    snprintf(uri, sizeof uri, "sip:%s@%s", options->number, options->target_text);
    if (call->to[0])
        snprintf(to, sizeof to, "%s", call->to);
    else
        snprintf(to, sizeof to, "<%s>", uri);
    size = snprintf(message, sizeof message,
                    "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s;rport;branch=z9hG4bK%08x.%u%s\r\n"
                    "Max-Forwards: 70\r\nFrom: <sip:load%u@%s>;tag=%08x%u\r\nTo: %s\r\n"
                    "Call-ID: %08x.%u@load\r\nCSeq: %u %s\r\nContact: <sip:load@%s>\r\n"
                    "%sContent-Length: %d\r\n\r\n%.*s",
                    method, dialog && call->contact[0] ? call->contact : uri, options->local_text,
                    load->run, index, branch, index, options->local_text, load->run, index, to,
                    load->run, index, cseq, method, options->local_text,
                    invite ? "Content-Type: application/sdp\r\n" : "", sdp_size, sdp_size, sdp);
    transmit(load, message, size);
}

static void set_timer(struct load *load, uint32_t index, uint64_t at_ns)
{
    wheel_set(load->wheel, index, at_ns / 1000000, index);
}

static void retry_later(struct load *load, uint32_t index)
{
    set_timer(load, index, load->now_ns + load->calls[index].retry_ms * 1000000ull);
}

void load_sip_start_call(struct load *load, uint32_t index)
{
    struct load_call *call = &load->calls[index];

    call->state = LOAD_INVITING;
    call->retry_ms = T1_MS;
    call->invited_ns = clock_ns();
    call->deadline_ns = call->invited_ns + GIVE_UP_MS * 1000000ull;
    load->figures.started++;
    send_request(load, index, "INVITE", "i", 1);
    retry_later(load, index);
}

static void finish(struct load *load, uint32_t index, enum load_state state)
{
    struct load_call *call = &load->calls[index];

    wheel_cancel(load->wheel, index);
    if (call->state == LOAD_UP)
        load_media_end(load, index);
    if (call->state == LOAD_UP || call->state == LOAD_ENDING)
        load->figures.up--;
    call->state = state;
    if (state == LOAD_FAILED)
        load->figures.failed++;
    else
        load->figures.ended++;
}

static void hang_up(struct load *load, uint32_t index)
{
    struct load_call *call = &load->calls[index];

    load_media_end(load, index);
    call->state = LOAD_ENDING;
    call->retry_ms = T1_MS;
    call->deadline_ns = load->now_ns + GIVE_UP_MS * 1000000ull;
    call->invited_ns = clock_ns(); /* Now the time of the BYE. */
    send_request(load, index, "BYE", "b", 2);
    retry_later(load, index);
}

static void timer_fired(struct load *load, uint32_t index)
{
    struct load_call *call = &load->calls[index];

    if (call->state == LOAD_UP) {
        hang_up(load, index);
    } else if (load->now_ns >= call->deadline_ns) {
        if (call->state == LOAD_INVITING)
            load->figures.timed_out++;
        else
            load->figures.bye_failed++;
        finish(load, index, LOAD_FAILED);
    } else if (call->state == LOAD_INVITING && call->retry_ms == 0) {
        set_timer(load, index, call->deadline_ns); /* It rings: nothing to say again. */
    } else if (call->state == LOAD_INVITING) {
        load->figures.invites_again++;
        send_request(load, index, "INVITE", "i", 1);
        call->retry_ms *= 2;
        retry_later(load, index);
    } else if (call->state == LOAD_ENDING) {
        load->figures.byes_again++;
        send_request(load, index, "BYE", "b", 2);
        call->retry_ms = call->retry_ms * 2 > T2_MS ? T2_MS : call->retry_ms * 2;
        retry_later(load, index);
    }
}

void load_sip_stop(struct load *load)
{
    for (uint32_t i = 0; i < load->options.calls; i++) {
        if (load->calls[i].state == LOAD_UP)
            set_timer(load, i, load->now_ns);
    }
}

/* The value of the first header of this name, long or short form. */
static struct text header(struct text message, const char *name, const char *compact)
{
    while (message.data) {
        struct text line = text_next(&message, '\n'), value = line;
        struct text found = text_trim(text_next(&value, ':'));
        if (text_trim(line).size == 0)
            break;
        if (text_equal_nocase(found, text_of(name)) ||
            (compact && text_equal_nocase(found, text_of(compact))))
            return text_trim(value);
    }
    return TEXT_EMPTY;
}

static struct text body(struct text message)
{
    int32_t at = text_find(message, TEXT("\r\n\r\n"));

    return at < 0 ? TEXT_EMPTY : text_part(message, (uint32_t)at + 4, message.size);
}

/* "1f2e3d4c.17@load" -> 17, when it is of this run. */
static bool call_of(const struct load *load, struct text message, uint32_t *index)
{
    struct text id = header(message, "Call-ID", "i"), run = text_next(&id, '.');
    char expected[16];
    uint64_t number;

    snprintf(expected, sizeof expected, "%08x", load->run);
    if (!text_equal(run, text_of(expected)) || !text_number(text_next(&id, '@'), &number) ||
        number >= load->options.calls)
        return false;
    *index = (uint32_t)number;
    return true;
}

static void keep_dialog(struct load_call *call, struct text message)
{
    struct text contact = header(message, "Contact", "m");
    int32_t open = text_find(contact, TEXT("<"));

    if (open >= 0)
        contact = text_part(contact, (uint32_t)open + 1, contact.size);
    contact = text_next(&contact, open >= 0 ? '>' : ';');
    text_copy(call->contact, sizeof call->contact, contact);
    text_copy(call->to, sizeof call->to, header(message, "To", "t"));
}

static bool remote_of(const struct load *load, struct text message, struct sockaddr_in *out)
{
    struct sdp sdp;

    if (!sdp_read(body(message), &sdp) || sdp.media_count == 0 || sdp.media[0].port == 0)
        return false;
    *out = load->options.target; /* Same machine, whatever address it gives itself. */
    out->sin_port = htons(sdp.media[0].port);
    return true;
}

static void answered(struct load *load, uint32_t index, struct text message, uint64_t at_ns)
{
    struct load_call *call = &load->calls[index];
    struct sockaddr_in remote;

    keep_dialog(call, message);
    send_request(load, index, "ACK", "a", 1);
    call->state = LOAD_UP;
    call->answered_ns = at_ns;
    load->figures.answered++;
    load->figures.up++;
    if (load->figures.up > load->figures.up_most)
        load->figures.up_most = load->figures.up;
    histogram_add(&load->figures.set_up, (at_ns - call->invited_ns) / 1000);
    if (load->options.media) {
        if (remote_of(load, message, &remote))
            load_media_begin(load, index, remote);
        else
            load->figures.malformed++;
    }
    if (load->options.hold_ms == 0)
        hang_up(load, index);
    else
        set_timer(load, index, load->now_ns + load->options.hold_ms * 1000000ull);
}

static void take_invite_response(struct load *load, uint32_t index, unsigned status,
                                 struct text message, uint64_t at_ns)
{
    struct load_call *call = &load->calls[index];

    if (status >= 200 && status < 300 && call->state != LOAD_INVITING) {
        load->figures.answers_again++;
        send_request(load, index, "ACK", "a", 1);
    } else if (status >= 200 && status < 300) {
        answered(load, index, message, at_ns);
    } else if (status >= 300) {
        text_copy(call->to, sizeof call->to, header(message, "To", "t"));
        send_request(load, index, "ACK", "i", 1);
        if (call->state == LOAD_INVITING) {
            load->figures.refused[status / 100]++;
            finish(load, index, LOAD_FAILED);
        }
    } else if (call->state == LOAD_INVITING) {
        call->retry_ms = 0;
    }
}

static void take_response(struct load *load, struct text message, uint64_t at_ns)
{
    struct text cseq = header(message, "CSeq", NULL);
    uint64_t status;
    uint32_t index;

    if (!text_number(text_part(message, 8, 3), &status) || status < 100 || status > 699 ||
        !call_of(load, message, &index)) {
        load->figures.malformed++;
        return;
    }
    if (text_find(cseq, TEXT("INVITE")) >= 0) {
        take_invite_response(load, index, (unsigned)status, message, at_ns);
    } else if (text_find(cseq, TEXT("BYE")) >= 0 && status >= 200 &&
               load->calls[index].state == LOAD_ENDING) {
        histogram_add(&load->figures.tear_down, (at_ns - load->calls[index].invited_ns) / 1000);
        if (status >= 300)
            load->figures.bye_failed++;
        finish(load, index, status < 300 ? LOAD_ENDED : LOAD_FAILED);
    }
}

static void append_header(struct text_buffer *out, const char *name, struct text value)
{
    text_append(out, text_of(name));
    text_append(out, TEXT(": "));
    text_append(out, value);
    text_append(out, TEXT("\r\n"));
}

/* 200 to whatever is asked within a call, 481 to what is not ours. */
static void reply(struct load *load, struct text message, bool known, bool with_sdp, uint32_t index)
{
    char storage[MESSAGE], sdp[512];
    struct text_buffer out;
    struct text rest = message;
    int sdp_size = with_sdp ? write_sdp(load, index, sdp, sizeof sdp) : 0;

    text_buffer_init(&out, storage, sizeof storage);
    text_append(&out, known ? TEXT("SIP/2.0 200 OK\r\n") : TEXT("SIP/2.0 481 Not here\r\n"));
    while (rest.data) {
        struct text line = text_trim(text_next(&rest, '\n'));
        if (line.size == 0)
            break;
        if (text_starts_nocase(line, TEXT("Via:")) || text_starts_nocase(line, TEXT("v:"))) {
            text_append(&out, line);
            text_append(&out, TEXT("\r\n"));
        }
    }
    append_header(&out, "From", header(message, "From", "f"));
    append_header(&out, "To", header(message, "To", "t"));
    append_header(&out, "Call-ID", header(message, "Call-ID", "i"));
    append_header(&out, "CSeq", header(message, "CSeq", NULL));
    if (with_sdp)
        text_append(&out,
                    TEXT("Contact: <sip:load@127.0.0.1>\r\nContent-Type: application/sdp\r\n"));
    text_append(&out, TEXT("Content-Length: "));
    text_append_number(&out, (uint64_t)sdp_size);
    text_append(&out, TEXT("\r\n\r\n"));
    text_append(&out, (struct text){sdp, (uint32_t)sdp_size});
    transmit(load, storage, (int)out.size);
}

static void take_request(struct load *load, struct text message)
{
    uint32_t index = 0;
    bool known = call_of(load, message, &index);

    if (text_starts(message, TEXT("ACK ")))
        return;
    reply(load, message, known, known && text_starts(message, TEXT("INVITE ")), index);
    if (!known || !text_starts(message, TEXT("BYE ")))
        return;
    if (load->calls[index].state == LOAD_UP || load->calls[index].state == LOAD_ENDING) {
        load->figures.ended_by_server++;
        finish(load, index, LOAD_ENDED);
    }
}

static uint64_t arrival_ns(const struct load *load, struct msghdr *message)
{
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
            struct timespec wall;
            memcpy(&wall, CMSG_DATA(c), sizeof wall);
            return (uint64_t)(wall.tv_sec * 1000000000ll + wall.tv_nsec -
                              load->wall_minus_monotonic_ns);
        }
    }
    return clock_ns();
}

static int receive(struct load *load)
{
    int count;

    for (int i = 0; i < LOAD_BATCH; i++) {
        inbox_parts[i] = (struct iovec){inbox_bytes[i], MESSAGE};
        inbox[i].msg_hdr = (struct msghdr){.msg_iov = &inbox_parts[i],
                                           .msg_iovlen = 1,
                                           .msg_control = inbox_control[i],
                                           .msg_controllen = sizeof inbox_control[i]};
    }
    count = recvmmsg(load->sip_fd, inbox, LOAD_BATCH, MSG_DONTWAIT, NULL);
    for (int i = 0; i < count; i++) {
        struct text message = {inbox_bytes[i], inbox[i].msg_len};
        if (text_starts(message, TEXT("SIP/2.0 ")))
            take_response(load, message, arrival_ns(load, &inbox[i].msg_hdr));
        else
            take_request(load, message);
    }
    return count;
}

void load_sip_step(struct load *load)
{
    uint32_t number;
    uint64_t key;

    while (receive(load) == LOAD_BATCH)
        ;
    while (wheel_take(load->wheel, load->now_ns / 1000000, &number, &key))
        timer_fired(load, number);
}

int load_sip_open(struct load *load)
{
    int size = 8 << 20, on = 1, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t length = sizeof load->options.local;

    if (fd < 0)
        return -errno;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&load->options.local, length) < 0 ||
        getsockname(fd, (struct sockaddr *)&load->options.local, &length) < 0 ||
        connect(fd, (struct sockaddr *)&load->options.target, sizeof load->options.target) < 0) {
        int error = -errno;
        close(fd);
        return error;
    }
    snprintf(load->options.local_text, sizeof load->options.local_text, "127.0.0.1:%u",
             ntohs(load->options.local.sin_port));
    load->sip_fd = fd;
    return 0;
}
