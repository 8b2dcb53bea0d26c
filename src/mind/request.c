// SPDX-License-Identifier: Apache-2.0
/* request.c - from the plan's words to the vendor's. */
#include "mind/request.h"

const struct llm_vendor *request_vendor(const struct plan_provider *provider)
{
    return llm_vendor(provider->kind == PROVIDER_ANTHROPIC ? TEXT("anthropic") : TEXT("chat"));
}

enum net_result request_start(struct net *net, struct mailbox *notes,
                              const struct plan_provider *provider, struct llm_request *request,
                              struct stream_wish *wish, char *scratch, uint32_t *http)
{
    struct llm_option options[UINT8_MAX];
    char url[NET_URL];
    struct text_buffer out;
    uint32_t size;

    for (uint32_t i = 0; i < provider->option_count; i++)
        options[i] = (struct llm_option){provider->options[i].name, provider->options[i].value};
    wish->vendor = request_vendor(provider);
    text_buffer_init(&out, url, sizeof url);
    llm_url(wish->vendor, provider->url, &out);
    wish->url = text_view(&out);
    request->options = options;
    request->option_count = provider->option_count;
    request->model = provider->model;
    request->completion_tokens = text_find(wish->url, TEXT("//api.openai.com/")) >= 0;
    size = llm_write(wish->vendor, request, scratch, STREAM_BODY);
    wish->key = provider->key;
    wish->body = (struct text){scratch, size};
    return size > 0 ? stream_start(net, notes, wish, http) : NET_BAD_REQUEST;
}
