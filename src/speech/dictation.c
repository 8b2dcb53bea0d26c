// SPDX-License-Identifier: Apache-2.0
/* dictation.c - the errand of a connection lives on the heap until net is done with it. */
#include "speech/dictation.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "speech/answering.h"
#include "speech/hearers_warm.h"

enum {
    CONNECT_MS = 3000,
    QUEUE = 320 * 1024, /* 16 s of linear sound, to be replayed. */
    HTTP_MOST_MS = 30000
};

/* Of the net thread from the start until on_gone. */
struct errand {
    const struct stt_vendor *vendor;
    struct mailbox *mail;
    uint32_t leg, serial;
    struct answering *answering; /* NULL: it only listens. */
    struct dictation_news news;
    bool open, closed; /* Sockets: it was told so. */
    uint16_t status;
    uint32_t size; /* HTTP: of the answer so far. */
    uint32_t key_size;
    char *key;     /* Shown by the server in its errors perhaps, and by us to nobody. */
    char answer[]; /* With the key behind it. */
};

static void post(struct errand *errand, enum dictation_what what, struct text text)
{
    struct dictation_news *news = &errand->news;

    news->mark = NOTE_MARK;
    news->kind = NOTE_HEARD;
    news->what = (uint8_t)what;
    news->leg = errand->leg;
    news->serial = errand->serial;
    news->size = text.size < MAX_UTTERANCE ? text.size : MAX_UTTERANCE - 1;
    memcpy(news->text, text.data ? text.data : "", news->size);
    text_hide(news->text, news->size, (struct text){errand->key, errand->key_size});
    /* Full: the listener is seconds behind; what is lost is missed by the core's own times. */
    if (mailbox_post(errand->mail, news, offsetof(struct dictation_news, text) + news->size) !=
        MAILBOX_OK)
        log_line(LOG_ERROR, "speech", "%s is full: words are lost", mailbox_name(errand->mail));
    *news = (struct dictation_news){.mark = NOTE_MARK};
}

static void post_read(struct errand *errand, const struct stt_news *read)
{
    if (read->kind == STT_NOTHING)
        return;
    errand->news.said = (uint8_t)read->kind;
    errand->news.last = read->last;
    errand->news.over = read->over;
    errand->news.confidence_permille = read->confidence_permille;
    errand->news.to_ms = read->to_ms;
    errand->news.status = read->status;
    post(errand, DICTATION_SAID,
         read->kind == STT_FAILED ? text_of(read->why) : (struct text){read->text, read->size});
}

/* ---- Sockets, on the net thread ---- */

static void on_open(void *context, const struct socket_opened *opened)
{
    struct errand *errand = context;

    errand->open = true;
    if (errand->answering)
        answering_open(errand->answering, opened->id);
    errand->news.ms = opened->connect_ms;
    post(errand, DICTATION_OPENED, TEXT_EMPTY);
}

static void on_text(void *context, const char *text, size_t size)
{
    struct errand *errand = context;
    struct stt_news read;

    stt_read(errand->vendor, text, size, &read);
    post_read(errand, &read);
    if (errand->answering)
        answering_take(errand->answering, text, size);
}

static void on_closed(void *context, const struct socket_closed *closed)
{
    struct errand *errand = context;
    char why[STT_WHY];

    errand->closed = true;
    errand->news.opened = closed->opened;
    errand->news.orderly = closed->result == NET_OK;
    errand->news.status = closed->status;
    errand->news.retry_after_s = closed->retry_after_s;
    if (closed->result == NET_STATUS)
        snprintf(why, sizeof(why), "status %u", closed->status);
    else if (closed->result == NET_OK)
        snprintf(why, sizeof(why), "closed by it (%u) %.100s", closed->code,
                 closed->why ? closed->why : "");
    else
        snprintf(why, sizeof(why), "%s", net_result_names[closed->result]);
    post(errand, DICTATION_CLOSED, text_of(why));
}

static void release(struct errand *errand)
{
    if (!errand)
        return;
    explicit_bzero(errand->key, errand->key_size);
    answering_free(errand->answering);
    free(errand);
}

static void on_gone(void *context)
{
    struct errand *errand = context;

    answering_free(errand->answering); /* Before it is told: then the mailboxes may go. */
    errand->answering = NULL;
    if (errand->vendor->way != STT_REQUEST && !errand->closed) {
        errand->news.opened = errand->open;
        post(errand, DICTATION_CLOSED, TEXT("its answers were given up"));
    }
    post(errand, DICTATION_GONE, TEXT_EMPTY);
    release(errand);
}

static const struct socket_sink socket_sink = {
    .on_open = on_open, .on_text = on_text, .on_closed = on_closed, .on_gone = on_gone};

/* ---- Requests, on the net thread ---- */

static void on_head(void *context, const struct http_head *head)
{
    struct errand *errand = context;

    errand->status = (uint16_t)head->status;
    errand->news.retry_after_s = http_retry_s(head);
}

static void on_data(void *context, const uint8_t *bytes, size_t size)
{
    struct errand *errand = context;

    if (size > DICTATION_ANSWER - errand->size)
        size = DICTATION_ANSWER - errand->size;
    memcpy(errand->answer + errand->size, bytes, size);
    errand->size += (uint32_t)size;
}

static void on_done(void *context, const struct http_done *done)
{
    struct errand *errand = context;
    struct stt_news read;

    if (done->result == NET_OK) {
        stt_read_answer(errand->vendor, errand->status, errand->answer, errand->size, &read);
        post_read(errand, &read);
        return;
    }
    post(errand, DICTATION_CLOSED, text_of(net_result_names[done->result]));
}

static const struct http_sink http_sink = {
    .on_head = on_head, .on_data = on_data, .on_done = on_done, .on_gone = on_gone};

/* ---- The owner's ---- */

static struct errand *errand_new(const struct dictation_wish *wish, uint32_t room)
{
    struct text key = wish->hearer->ask.key;
    struct errand *errand = calloc(1, sizeof(*errand) + room + key.size);

    if (!errand)
        return NULL;
    errand->key = errand->answer + room;
    errand->key_size = key.size;
    if (key.size > 0)
        memcpy(errand->key, key.data, key.size);
    errand->vendor = wish->hearer->vendor;
    errand->mail = wish->mail;
    errand->leg = wish->leg;
    errand->serial = wish->serial;
    return errand;
}

static struct stt_ask ask_of(const struct dictation_wish *wish)
{
    struct stt_ask ask = wish->hearer->ask;

    if (text_empty(ask.language))
        ask.language = wish->language;
    ask.rate = wish->rate;
    ask.wide = wish->wide;
    return ask;
}

static int error_of(enum net_result result)
{
    return result == NET_OK ? 0 : result == NET_FULL ? -EBUSY : -EINVAL;
}

/* False: no memory. */
static bool equip(struct errand *errand, const struct dictation_wish *wish)
{
    struct answering_wish answers = {.clips = wish->clips,
                                     .mail = wish->answers,
                                     .call = wish->call,
                                     .wide = wish->wide};

    if (!wish->hearer->vendor->converses || !wish->answers)
        return true;
    errand->answering = answering_new(&answers);
    return errand->answering;
}

static int connect_socket(struct dictation *stream, const struct dictation_wish *wish,
                          const struct stt_opening *opening)
{
    struct net_header key = {
        .name = TEXT("Authorization"), .value = text_of(opening->authorization), .secret = true};
    struct socket_request request = {.url = text_of(opening->url),
                                     .headers = &key,
                                     .header_count = opening->authorization[0] ? 1 : 0,
                                     .connect_ms = CONNECT_MS,
                                     .max_message = STT_MESSAGE,
                                     .max_queue = QUEUE,
                                     .warm = hearers_warm_find(wish->hearer,
                                                               text_of(opening->url))};
    struct errand *errand = errand_new(wish, 0);
    int result =
        errand && equip(errand, wish)
            ? error_of(socket_start(wish->net, &request, &socket_sink, errand, &stream->id))
               : -ENOMEM;

    if (result < 0) {
        release(errand);
        stream->id = 0;
    } else {
        ++*wish->errands;
    }
    return result;
}

int dictation_open(struct dictation *stream, const struct dictation_wish *wish)
{
    struct stt_opening opening;
    struct stt_ask ask = ask_of(wish);
    int result = -EINVAL;

    *stream =
        (struct dictation){.net = wish->net, .vendor = wish->hearer->vendor, .rate = wish->rate};
    if (wish->hearer->vendor->way == STT_REQUEST)
        return 0;
    if (wish->net && stt_open(wish->hearer->vendor, &ask, &opening))
        result = connect_socket(stream, wish, &opening);
    if (result == 0 && opening.begin[0] && !dictation_say(stream, opening.begin))
        result = -EBUSY;
    explicit_bzero(&opening, sizeof(opening));
    return result;
}

bool dictation_send(struct dictation *stream, const uint8_t *ulaw, uint32_t count)
{
    uint8_t frame[STT_FRAME];
    uint32_t size = stt_frame(stream->vendor, stream->rate, ulaw, count, frame);

    if (stream->vendor->base64)
        return socket_send_text(stream->net, stream->id,
                                (struct text){(const char *)frame, size}) != SOCKET_FULL;
    return socket_send_binary(stream->net, stream->id, frame, size) != SOCKET_FULL;
}

bool dictation_say(struct dictation *stream, const char *message)
{
    return socket_send_text(stream->net, stream->id, text_of(message)) != SOCKET_FULL;
}

/* Samples as they lie in a WAV file. */
static uint32_t put_sound(const struct kept *kept, uint64_t from, uint64_t to, char *out)
{
    uint8_t ulaw[STT_PIECE], linear[2 * STT_PIECE];
    struct stt_vendor plain = {.coding = STT_LINEAR};
    uint32_t size = 0;

    while (from < to) {
        uint32_t count = to - from < STT_PIECE ? (uint32_t)(to - from) : STT_PIECE;
        count = kept_read(kept, from, ulaw, count);
        if (count == 0)
            break;
        uint32_t made = stt_frame(&plain, SAMPLE_RATE, ulaw, count, linear);
        memcpy(out + size, linear, made);
        size += made;
        from += count;
    }
    return size;
}

static uint32_t make_body(const struct dictation_wish *wish, const struct stt_ask *ask,
                          struct text boundary, const struct kept *kept, uint64_t from, uint64_t to,
                          char *body)
{
    uint32_t head = stt_form_head(wish->hearer->vendor, ask, boundary, (uint32_t)(to - from), body);
    uint32_t sound = head ? put_sound(kept, from, to, body + head) : 0;
    uint32_t tail = sound ? stt_form_tail(boundary, body + head + sound) : 0;

    return tail ? head + sound + tail : 0;
}

static int start_request(struct dictation *stream, const struct dictation_wish *wish,
                         const struct stt_opening *opening, struct text body, struct text boundary)
{
    char type[32 + STT_BOUNDARY];
    struct errand *errand = errand_new(wish, DICTATION_ANSWER);
    int result;

    snprintf(type, sizeof(type), "multipart/form-data; boundary=" TEXT_FORMAT, TEXT_ARGS(boundary));
    struct net_header headers[] = {
        {.name = TEXT("Content-Type"), .value = text_of(type)},
        {.name = TEXT("Authorization"), .value = text_of(opening->authorization), .secret = true}};
    struct http_request request = {.url = text_of(opening->url),
                                   .headers = headers,
                                   .header_count = opening->authorization[0] ? 2 : 1,
                                   .body = body,
                                   .repeatable = true,
                                   .connect_ms = CONNECT_MS,
                                   .total_ms = HTTP_MOST_MS,
                                   .max_body = DICTATION_ANSWER};
    result = errand ? error_of(http_start(wish->net, &request, &http_sink, errand, &stream->id))
                    : -ENOMEM;
    if (result < 0) {
        release(errand);
        stream->id = 0;
    } else {
        ++*wish->errands;
    }
    return result;
}

int dictation_ask(struct dictation *stream, const struct dictation_wish *wish,
                  const struct kept *kept, uint64_t from, uint64_t to)
{
    struct stt_opening opening;
    struct stt_ask ask = ask_of(wish);
    char boundary[STT_BOUNDARY + 1];
    char *body = malloc(2 * STT_FORM + 2 * (size_t)(to - from));
    int result = body ? -EINVAL : -ENOMEM;
    uint32_t size = 0;

    snprintf(boundary, sizeof(boundary), "offhook-%08x-%08x", wish->leg, wish->serial);
    if (body && wish->net && stt_open(wish->hearer->vendor, &ask, &opening))
        size = make_body(wish, &ask, text_of(boundary), kept, from, to, body);
    if (size > 0)
        result =
            start_request(stream, wish, &opening, (struct text){body, size}, text_of(boundary));
    explicit_bzero(&opening, sizeof(opening));
    free(body);
    return result;
}

void dictation_close(struct dictation *stream, bool politely)
{
    if (stream->id == 0)
        return;
    if (stream->vendor->way == STT_REQUEST) {
        http_cancel(stream->net, stream->id);
    } else if (politely) {
        if (stream->vendor->close)
            (void)!dictation_say(stream, stream->vendor->close);
        socket_close(stream->net, stream->id);
    } else {
        socket_cancel(stream->net, stream->id);
    }
    stream->id = 0;
}
