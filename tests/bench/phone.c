// SPDX-License-Identifier: Apache-2.0
/* phone.c - INVITE, ACK and BYE as text, sound as RTP, on three sockets. */
#include "phone.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/g711.h"
#include "base/text.h"
#include "wire/rtp.h"
#include "wire/sdp.h"

enum { MESSAGE = 4096, DIAL_MS = 5000, AGAIN_MS = 500, FRAME_NS = FRAME_MS * 1000000 };

static int open_socket(uint16_t port, struct sockaddr_in *own)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int on = 1, fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -errno;
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) < 0) {
        int error = -errno;
        close(fd);
        return error;
    }
    *own = address;
    return fd;
}

int phone_open(struct phone *phone, struct sockaddr_in server, uint16_t rtp_port)
{
    struct sockaddr_in unused;

    *phone = (struct phone){.server = server, .number = (uint32_t)clock_wall_ms()};
    phone->sip = open_socket(0, &phone->own);
    phone->rtp = open_socket(rtp_port, &phone->media);
    phone->rtcp = open_socket((uint16_t)(rtp_port + 1), &unused);
    if (phone->sip < 0)
        return phone->sip;
    return phone->rtp < 0 ? phone->rtp : phone->rtcp < 0 ? phone->rtcp : 0;
}

static void request(struct phone *phone, const char *method, unsigned cseq, const char *body)
{
    char message[MESSAGE];
    unsigned port = ntohs(phone->own.sin_port);
    int size;

    size =
        snprintf(message, sizeof message,
                 "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:%u;rport;branch=z9hG4bK%x%s\r\n"
                 "Max-Forwards: 70\r\nFrom: <sip:phone@127.0.0.1:%u>;tag=%x\r\nTo: <%s>%s\r\n"
                 "Call-ID: %x@phone\r\nCSeq: %u %s\r\nContact: <sip:phone@127.0.0.1:%u>\r\n"
                 "%sContent-Length: %zu\r\n\r\n%s",
                 method, phone->contact[0] ? phone->contact : phone->called, port, phone->number,
                 method, port, phone->number, phone->called, phone->to, phone->number, cseq, method,
                 port, *body ? "Content-Type: application/sdp\r\n" : "", strlen(body), body);
    if (size > 0 && size < MESSAGE)
        (void)!sendto(phone->sip, message, (size_t)size, 0, (struct sockaddr *)&phone->server,
                      sizeof phone->server);
}

/* The part of a line between two marks: a tag, a URI. */
static struct text between(struct text message, const char *line, const char *from, const char *to)
{
    int32_t at = text_find_nocase(message, text_of(line)), end;
    struct text rest;

    if (at < 0)
        return TEXT_EMPTY;
    rest = text_part(message, (uint32_t)at + 2, message.size);
    rest = text_next(&rest, '\n');
    at = text_find(rest, text_of(from));
    if (at < 0)
        return TEXT_EMPTY;
    rest = text_part(rest, (uint32_t)at + (uint32_t)strlen(from), rest.size);
    end = text_find(rest, text_of(to));
    return text_trim(end < 0 ? rest : text_part(rest, 0, (uint32_t)end));
}

static bool answered(struct phone *phone, struct text message)
{
    int32_t at = text_find(message, TEXT("\r\n\r\n"));
    char id[32];
    struct sdp sdp;

    snprintf(id, sizeof id, "%x@phone", phone->number);
    if (!text_starts(message, TEXT("SIP/2.0 200")) || text_find(message, text_of(id)) < 0 ||
        text_find(message, TEXT("INVITE")) < 0 || at < 0 ||
        !sdp_read(text_part(message, (uint32_t)at + 4, message.size), &sdp) || sdp.media_count < 1)
        return false;
    snprintf(phone->to, sizeof phone->to, ";tag=" TEXT_FORMAT,
             TEXT_ARGS(between(message, "\r\nTo:", "tag=", ";")));
    text_copy(phone->contact, sizeof phone->contact, between(message, "\r\nContact:", "<", ">"));
    phone->media = phone->server;
    phone->media.sin_port = htons(sdp.media[0].port);
    return true;
}

bool phone_dial(struct phone *phone, const char *number)
{
    struct sockaddr_in own;
    socklen_t size = sizeof own;
    char body[256], bytes[MESSAGE];
    uint64_t began_ms = clock_ms();

    phone->number++;
    phone->to[0] = phone->contact[0] = 0;
    snprintf(phone->called, sizeof phone->called, "sip:%s@127.0.0.1:%u", number,
             ntohs(phone->server.sin_port));
    while (recv(phone->rtp, bytes, sizeof bytes, MSG_DONTWAIT) >= 0)
        ; /* Of the call before. */
    if (getsockname(phone->rtp, (struct sockaddr *)&own, &size) < 0)
        return false;
    snprintf(body, sizeof body,
             "v=0\r\no=- %u 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
             "m=audio %u RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=ptime:20\r\n",
             phone->number, ntohs(own.sin_port));
    while (clock_ms() < began_ms + DIAL_MS) {
        struct pollfd fd = {.fd = phone->sip, .events = POLLIN};
        request(phone, "INVITE", 1, body);
        while (poll(&fd, 1, AGAIN_MS) > 0) {
            ssize_t got = recv(phone->sip, bytes, sizeof bytes, MSG_DONTWAIT);
            if (got <= 0 || !answered(phone, (struct text){.data = bytes, .size = (uint32_t)got}))
                continue;
            request(phone, "ACK", 1, "");
            phone->next_ns = clock_ns();
            return true;
        }
    }
    return false;
}

uint64_t phone_send(struct phone *phone, const int16_t frame[FRAME_SAMPLES])
{
    uint8_t packet[RTP_HEADER + FRAME_SAMPLES];
    struct rtp_packet header = {
        .sequence = phone->sequence++, .timestamp = phone->timestamp, .ssrc = phone->number};

    if (clock_ns() < phone->next_ns)
        clock_sleep_until_ns(phone->next_ns);
    rtp_write_header(&header, packet);
    g711_ulaw_encode(frame, packet + RTP_HEADER, FRAME_SAMPLES);
    phone->timestamp += FRAME_SAMPLES;
    phone->next_ns += FRAME_NS;
    (void)!sendto(phone->rtp, packet, sizeof packet, 0, (struct sockaddr *)&phone->media,
                  sizeof phone->media);
    return clock_ns();
}

int32_t phone_level(const int16_t *samples, uint32_t count)
{
    int64_t sum = 0;

    for (uint32_t i = 0; i < count; i++)
        sum += samples[i] * samples[i];
    return count ? (int32_t)sqrt((double)(sum / count)) : 0;
}

static uint64_t arrival_ns(struct msghdr *message)
{
    struct cmsghdr *control = CMSG_FIRSTHDR(message);
    struct timespec then, now;
    uint64_t now_ns = clock_ns();

    if (!control || control->cmsg_type != SCM_TIMESTAMPNS)
        return now_ns;
    memcpy(&then, CMSG_DATA(control), sizeof then);
    clock_gettime(CLOCK_REALTIME, &now);
    return now_ns -
           (uint64_t)((now.tv_sec - then.tv_sec) * 1000000000ll + now.tv_nsec - then.tv_nsec);
}

bool phone_receive(struct phone *phone, struct heard *out)
{
    uint64_t now_ns;

    while ((now_ns = clock_ns()) < phone->next_ns) {
        struct pollfd fd = {.fd = phone->rtp, .events = POLLIN};
        uint8_t bytes[2048];
        char control[64];
        int16_t samples[2048];
        struct iovec part = {bytes, sizeof bytes};
        struct msghdr message = {.msg_iov = &part,
                                 .msg_iovlen = 1,
                                 .msg_control = control,
                                 .msg_controllen = sizeof control};
        struct timespec wait = {.tv_nsec = (long)(phone->next_ns - now_ns)};
        struct rtp_packet packet;
        if (ppoll(&fd, 1, &wait, NULL) <= 0)
            return false;
        ssize_t got = recvmsg(phone->rtp, &message, MSG_DONTWAIT);
        if (got <= 0 || !rtp_read(bytes, (size_t)got, &packet) || packet.payload_type != 0)
            continue;
        g711_ulaw_decode(packet.payload, samples, packet.payload_size);
        *out = (struct heard){arrival_ns(&message), phone_level(samples, packet.payload_size)};
        return true;
    }
    return false;
}

void phone_hang_up(struct phone *phone)
{
    char bytes[MESSAGE];

    request(phone, "BYE", 2, "");
    clock_sleep_until_ns(clock_ns() + 100000000);
    while (recv(phone->sip, bytes, sizeof bytes, MSG_DONTWAIT) > 0)
        ;
}
