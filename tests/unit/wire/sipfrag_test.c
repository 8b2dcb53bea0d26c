// SPDX-License-Identifier: Apache-2.0
/* sipfrag_test.c - the one line of a message fragment that matters. */
#include "wire/sipfrag.h"

#include "check.h"

static void the_status_line_is_read_whatever_follows(void)
{
    struct sipfrag news;

    CHECK(sipfrag_read(TEXT("\r\nSIP/2.0 486 Busy Here\r\nTo: <sip:a@b>\r\n"), &news));
    CHECK(news.status == 486 && text_equal(news.phrase, TEXT("Busy Here")));
    CHECK(sipfrag_read(TEXT("SIP/2.0 200"), &news) && news.status == 200);
    CHECK(text_empty(news.phrase));
}

static void what_is_no_status_line_is_refused_and_changes_nothing(void)
{
    struct sipfrag news = {.status = 7};

    CHECK(!sipfrag_read(TEXT_EMPTY, &news) && !sipfrag_read(TEXT("\r\n\r\n"), &news));
    CHECK(!sipfrag_read(TEXT("INVITE sip:a@b SIP/2.0"), &news));
    CHECK(!sipfrag_read(TEXT("SIP/2.0 99 Low"), &news));
    CHECK(!sipfrag_read(TEXT("SIP/2.0 700 High"), &news));
    CHECK(!sipfrag_read(TEXT("SIP/2.0 20x OK"), &news) && news.status == 7);
}

int main(void)
{
    RUN(the_status_line_is_read_whatever_follows);
    RUN(what_is_no_status_line_is_refused_and_changes_nothing);
    return 0;
}
