// SPDX-License-Identifier: Apache-2.0
/* load_options_test.c - times, percentages and targets as people write them. */
#include "app/load_options.h"

#include <string.h>

#include "check.h"

static void times_have_units(void)
{
    uint32_t ms = 7;

    CHECK(load_options_duration(TEXT("250ms"), &ms) && ms == 250);
    CHECK(load_options_duration(TEXT("60s"), &ms) && ms == 60000);
    CHECK(load_options_duration(TEXT("1.5m"), &ms) && ms == 90000);
    CHECK(load_options_duration(TEXT("2h"), &ms) && ms == 7200000);
    CHECK(load_options_duration(TEXT("30"), &ms) && ms == 30000);
    CHECK(load_options_duration(TEXT("0s"), &ms) && ms == 0);
    ms = 7;
    CHECK(!load_options_duration(TEXT("25h"), &ms) && !load_options_duration(TEXT(""), &ms));
    CHECK(!load_options_duration(TEXT("-1s"), &ms) && !load_options_duration(TEXT("1 s"), &ms));
    CHECK(!load_options_duration(TEXT("1d"), &ms) && !load_options_duration(TEXT(".5s"), &ms));
    CHECK(!load_options_duration(TEXT("1e3s"), &ms) && ms == 7);
}

static void percentages_are_of_a_hundred(void)
{
    double percent = 7;

    CHECK(load_options_percent(TEXT("1%"), &percent) && percent == 1);
    CHECK(load_options_percent(TEXT("0.25"), &percent) && percent == 0.25);
    CHECK(load_options_percent(TEXT("100%"), &percent) && percent == 100);
    CHECK(!load_options_percent(TEXT("100.1%"), &percent));
    CHECK(!load_options_percent(TEXT("1%%"), &percent) &&
          !load_options_percent(TEXT("%"), &percent));
}

static bool reads(const char *uri, const char *number, const char *host, uint16_t port,
                  enum load_transport transport)
{
    enum load_transport found = LOAD_UDP;
    struct load_words words;
    uint16_t found_port = 1;

    return load_options_target(text_of(uri), &words, &found_port, &found) &&
           strcmp(words.number, number) == 0 && strcmp(words.host, host) == 0 &&
           found_port == port && found == transport;
}

static void targets_are_sip_uris(void)
{
    CHECK(reads("sip:1000@127.0.0.1:5060", "1000", "127.0.0.1", 5060, LOAD_UDP));
    CHECK(reads("SIP:+4930123@pbx.example", "+4930123", "pbx.example", 0, LOAD_UDP));
    CHECK(reads("sip:1@h;transport=TCP", "1", "h", 0, LOAD_TCP));
    CHECK(reads("sips:1@h:7", "1", "h", 7, LOAD_TLS));
    CHECK(reads("sip:1@[2001:db8::7]:5080", "1", "[2001:db8::7]", 5080, LOAD_UDP));
    CHECK(reads("sip:1@[::1];transport=tcp", "1", "[::1]", 0, LOAD_TCP));
    CHECK(reads("sip:1@h:5061;user=phone;transport=tls", "1", "h", 5061, LOAD_TLS));
}

static void what_is_no_target_or_would_break_our_messages_is_not_taken(void)
{
    static const char *const bad[] = {"",
                                      "1000@127.0.0.1",
                                      "sip:127.0.0.1",
                                      "sip:@h",
                                      "sip:1@",
                                      "sip:1@h:0",
                                      "sip:1@[::1",
                                      "sip:1@[::1]5060",
                                      "sip:1@[::1]:0",
                                      "sip:1@h:65536",
                                      "sip:1@h:x",
                                      "sip:1@h;transport=sctp",
                                      "sip:1\r\nX: y@h",
                                      "sip:1@h>\r\nX: y",
                                      "sip:a b@h",
                                      "sip:1@h?x=y",
                                      "tel:1000"};

    for (uint32_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        CHECK(!reads(bad[i], "1", "h", 0, LOAD_UDP) && !reads(bad[i], "1", "h", 1, LOAD_UDP));
}

int main(void)
{
    RUN(times_have_units);
    RUN(percentages_are_of_a_hundred);
    RUN(targets_are_sip_uris);
    RUN(what_is_no_target_or_would_break_our_messages_is_not_taken);
    return 0;
}
