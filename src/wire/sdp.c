// SPDX-License-Identifier: Apache-2.0
/* sdp.c - one pass over the lines; each kind of line that matters has its reader. */
#include "wire/sdp.h"

#include <string.h>

#include "base/limits.h"
#include "wire/sdes.h"

/* RFC 3551 tables 4 and 5, without the reserved numbers. */
static const struct {
    uint8_t payload_type;
    uint32_t clock_rate;
    const char *encoding;
} static_types[] = {
    {0, 8000, "PCMU"},   {3, 8000, "GSM"},    {4, 8000, "G723"},   {5, 8000, "DVI4"},
    {6, 16000, "DVI4"},  {7, 8000, "LPC"},    {8, 8000, "PCMA"},   {9, 8000, "G722"},
    {10, 44100, "L16"},  {11, 44100, "L16"},  {12, 8000, "QCELP"}, {13, 8000, "CN"},
    {14, 90000, "MPA"},  {15, 8000, "G728"},  {16, 11025, "DVI4"}, {17, 22050, "DVI4"},
    {18, 8000, "G729"},  {25, 90000, "CelB"}, {26, 90000, "JPEG"}, {28, 90000, "nv"},
    {31, 90000, "H261"}, {32, 90000, "MPV"},  {33, 90000, "MP2T"}, {34, 90000, "H263"},
};

const char *const sdp_direction_names[4] = {
    [SDP_SENDRECV] = "sendrecv",
    [SDP_SENDONLY] = "sendonly",
    [SDP_RECVONLY] = "recvonly",
    [SDP_INACTIVE] = "inactive",
};

/* What the reader carries from line to line. */
struct reader {
    struct sdp *sdp;
    struct sdp_media *media; /* NULL: still at session level. */
    struct text address;     /* Of the session. */
    bool ipv6;
    enum sdp_direction direction;
    bool media_connection; /* The current media has had its own c=. */
    bool has_origin;
    bool voip_metrics; /* Of the session. */
};

static struct text next_word(struct text *rest)
{
    struct text word = TEXT_EMPTY;

    while (rest->data && word.size == 0)
        word = text_next(rest, ' ');
    return word;
}

static bool visible(struct text word)
{
    for (uint32_t i = 0; i < word.size; i++) {
        if (word.data[i] < '!' || word.data[i] > '~')
            return false;
    }
    return word.size > 0;
}

/* Literals and names only: an address travels on into resolvers, logs and answers. */
static bool address_like(struct text word)
{
    for (uint32_t i = 0; i < word.size; i++) {
        char c = word.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '.' && c != ':' && c != '-' && c != '_')
            return false;
    }
    return word.size > 0 && word.size <= 255;
}

static bool read_number(struct text word, uint64_t most, uint64_t *out)
{
    uint64_t number;

    if (!text_number(word, &number) || number > most)
        return false;
    *out = number;
    return true;
}

static bool read_origin(struct reader *reader, struct text value)
{
    struct text rest = value;
    uint64_t number;

    if (reader->has_origin)
        return true;
    reader->has_origin = true;
    reader->sdp->origin = value;
    next_word(&rest);
    next_word(&rest);
    if (text_number(next_word(&rest), &number))
        reader->sdp->version = number;
    return true;
}

/* "IN IP4 192.0.2.1", with "/ttl" after multicast addresses (RFC 8866 section 5.7). */
static bool read_connection(struct reader *reader, struct text value)
{
    struct text network = next_word(&value), family = next_word(&value);
    struct text with_ttl = next_word(&value), address = text_next(&with_ttl, '/');
    bool ipv6 = text_equal_nocase(family, TEXT("IP6"));

    if (!text_equal_nocase(network, TEXT("IN")) || !address_like(address))
        return false;
    if (!ipv6 && !text_equal_nocase(family, TEXT("IP4")))
        return false;
    if (!reader->media) {
        reader->address = address;
        reader->ipv6 = ipv6;
    } else if (!reader->media_connection) {
        reader->media_connection = true;
        reader->media->address = address;
        reader->media->ipv6 = ipv6;
    }
    return true;
}

static void add_format(struct sdp_media *media, uint8_t payload_type)
{
    struct sdp_format *format = &media->formats[media->format_count];

    if (media->format_count == SDP_FORMATS)
        return;
    for (uint32_t i = 0; i < media->format_count; i++) {
        if (media->formats[i].payload_type == payload_type)
            return;
    }
    *format = (struct sdp_format){
        .payload_type = payload_type, .channels = 1, .encoding = TEXT_EMPTY, .fmtp = TEXT_EMPTY};
    for (uint32_t i = 0; i < sizeof(static_types) / sizeof(static_types[0]); i++) {
        if (static_types[i].payload_type == payload_type) {
            format->clock_rate = static_types[i].clock_rate;
            format->encoding = text_of(static_types[i].encoding);
        }
    }
    media->format_count++;
}

/* Formats are payload types with RTP, and words of another language ("t38") without it. */
static bool read_formats(struct sdp_media *media, struct text list)
{
    bool rtp = text_find_nocase(media->protocol, TEXT("RTP/")) >= 0;
    uint64_t number;

    while (list.data) {
        struct text word = next_word(&list);
        if (word.size == 0)
            continue;
        if (!visible(word))
            return false;
        if (media->first_format.size == 0)
            media->first_format = word;
        if (!rtp)
            continue;
        if (!read_number(word, 127, &number))
            return false;
        add_format(media, (uint8_t)number);
    }
    return true;
}

/* "audio 49170/1 RTP/AVP 0 8 101" (RFC 8866 section 5.14). */
static bool read_media(struct reader *reader, struct text value)
{
    struct sdp_media *media;
    struct text kind = next_word(&value), ports = next_word(&value), protocol = next_word(&value);
    uint64_t port, count;

    if (reader->sdp->media_count == SDP_MEDIA)
        return false;
    if (!visible(kind) || !visible(protocol) || !read_number(text_next(&ports, '/'), 65535, &port))
        return false;
    if (ports.data && !read_number(ports, 65535, &count))
        return false;

    media = &reader->sdp->media[reader->sdp->media_count++];
    *media = (struct sdp_media){.kind = kind,
                                .protocol = protocol,
                                .address = reader->address,
                                .port = (uint16_t)port,
                                .ipv6 = reader->ipv6,
                                .direction = reader->direction,
                                .voip_metrics = reader->voip_metrics,
                                .first_format = TEXT_EMPTY};
    reader->media = media;
    reader->media_connection = false;
    return read_formats(media, value);
}

static struct sdp_format *find_format(const struct reader *reader, struct text word)
{
    uint64_t number;

    if (!reader->media || !read_number(word, 127, &number))
        return NULL;
    for (uint32_t i = 0; i < reader->media->format_count; i++) {
        if (reader->media->formats[i].payload_type == number)
            return &reader->media->formats[i];
    }
    return NULL;
}

static void read_rtpmap(struct reader *reader, struct text value)
{
    struct sdp_format *format = find_format(reader, next_word(&value));
    struct text map = next_word(&value), encoding = text_next(&map, '/');
    uint64_t rate, channels;

    if (format && visible(encoding) && read_number(text_next(&map, '/'), UINT32_MAX, &rate)) {
        format->encoding = encoding;
        format->clock_rate = (uint32_t)rate;
        format->channels = read_number(map, UINT8_MAX, &channels) ? (uint8_t)channels : 1;
    }
}

static void read_fmtp(struct reader *reader, struct text value)
{
    struct sdp_format *format = find_format(reader, next_word(&value));

    if (format)
        format->fmtp = text_trim(value);
}

static void read_ptime(struct reader *reader, struct text value)
{
    uint64_t number;

    if (reader->media && read_number(next_word(&value), UINT8_MAX, &number))
        reader->media->ptime_ms = (uint8_t)number;
}

static void read_rtcp(struct reader *reader, struct text value)
{
    uint64_t number;

    if (reader->media && read_number(next_word(&value), 65535, &number))
        reader->media->rtcp_port = (uint16_t)number;
}

/* Of the session: of all media after it. Other blocks than the VoIP metrics are not sent. */
static void read_extended(struct reader *reader, struct text value)
{
    bool *out = reader->media ? &reader->media->voip_metrics : &reader->voip_metrics;

    while (value.data)
        *out = text_equal_nocase(next_word(&value), TEXT("voip-metrics")) || *out;
}

/* Only names: keys themselves were swapped for them before (wire/sdes.h). */
static void read_crypto(struct reader *reader, struct text value)
{
    struct sdp_media *media = reader->media;
    struct sdes line;

    if (media && media->crypto_count < SDP_CRYPTO && sdes_read(value, &line) && line.name != 0)
        media->crypto[media->crypto_count++] =
            (struct sdp_crypto){.tag = line.tag, .suite = line.suite, .name = line.name};
}

static bool read_direction(struct reader *reader, struct text name)
{
    for (uint32_t i = 0; i < sizeof(sdp_direction_names) / sizeof(sdp_direction_names[0]); i++) {
        if (!text_equal_nocase(name, text_of(sdp_direction_names[i])))
            continue;
        if (reader->media)
            reader->media->direction = (enum sdp_direction)i;
        else
            reader->direction = (enum sdp_direction)i;
        return true;
    }
    return false;
}

/* Unknown attributes are not errors, and neither are known ones that make no sense: what they say
 * is then not said. */
static void read_attribute(struct reader *reader, struct text value)
{
    static const struct {
        const char *name;
        void (*read)(struct reader *reader, struct text value);
    } attributes[] = {
        {"rtpmap", read_rtpmap}, {"fmtp", read_fmtp},     {"ptime", read_ptime},
        {"rtcp", read_rtcp},     {"crypto", read_crypto}, {"rtcp-xr", read_extended},
    };
    struct text name = text_trim(text_next(&value, ':'));

    if (read_direction(reader, name))
        return;
    for (uint32_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++) {
        if (text_equal_nocase(name, text_of(attributes[i].name)))
            attributes[i].read(reader, value);
    }
}

static bool read_line(struct reader *reader, struct text line)
{
    struct text value;

    if (line.size < 2 || line.data[1] != '=')
        return true;
    value = text_trim(text_part(line, 2, line.size));
    switch (line.data[0]) {
    case 'o':
        return read_origin(reader, value);
    case 'c':
        return read_connection(reader, value);
    case 'm':
        return read_media(reader, value);
    case 'a':
        read_attribute(reader, value);
        return true;
    default:
        return true;
    }
}

/* Holding by a null address says: do not send to me. */
static void apply_null_address(struct sdp_media *media)
{
    bool null =
        text_equal(media->address, TEXT("0.0.0.0")) || text_equal(media->address, TEXT("::"));

    if (null && media->direction == SDP_SENDRECV)
        media->direction = SDP_SENDONLY;
    if (null && media->direction == SDP_RECVONLY)
        media->direction = SDP_INACTIVE;
}

bool sdp_read(struct text body, struct sdp *out)
{
    struct reader reader = {.sdp = out, .address = TEXT_EMPTY, .direction = SDP_SENDRECV};
    bool begun = false;

    if (body.size > MAX_SDP)
        return false;
    out->origin = TEXT_EMPTY;
    out->version = 0;
    out->media_count = 0;
    while (body.data) {
        struct text line = text_trim(text_next(&body, '\n'));
        if (line.size == 0)
            continue;
        if (!begun && !text_equal(line, TEXT("v=0")))
            return false;
        begun = true;
        if (!read_line(&reader, line))
            return false;
    }
    for (uint32_t i = 0; i < out->media_count; i++) {
        struct sdp_media *media = &out->media[i];
        if (text_equal_nocase(media->kind, TEXT("audio")) && media->port &&
            media->address.size == 0)
            return false;
        apply_null_address(media);
    }
    return begun && reader.has_origin;
}

bool sdp_parameter(struct text fmtp, struct text name, uint64_t *out)
{
    while (fmtp.data) {
        struct text value = text_next(&fmtp, ';');
        struct text key = text_trim(text_next(&value, '='));
        if (text_equal_nocase(key, name))
            return text_number(text_trim(value), out);
    }
    return false;
}
