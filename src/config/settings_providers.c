// SPDX-License-Identifier: Apache-2.0
/* settings_providers.c - the rows of `providers` in offhook.yaml and of an agent's `tools`. */
#include "config/settings_rows.h"

static const struct schema_row network_rows[] = {
    {.key = "ca-file",
     .type = SCHEMA_PATH,
     .offset = SERVER(ca_file),
     .help = "authorities that we believe beside the system's, PEM: for providers and tools whose "
             "certificates are signed by your own"},
};
const struct schema settings_network = SCHEMA("network", network_rows, struct server_settings);

#define PROVIDER(member) AT(struct provider_settings, member)
#define TOOL(member) AT(struct tool_settings, member)

static const struct schema_hint kind_hints[] = {
    {" openai openai-compatible openai_compatible openai-chat gpt chatgpt azure azure-openai ollama "
     "vllm llama.cpp llamacpp llama groq openrouter together mistral lmstudio lm-studio litellm "
     "deepseek xai localai llm model ",
     "write kind: chat, with the server's `url` (Ollama: http://127.0.0.1:11434/v1, vLLM: "
     "http://127.0.0.1:8000/v1, Groq: https://api.groq.com/openai/v1): it is for all who serve "
     "/chat/completions; their /audio/transcriptions is `whisper`, their /audio/speech "
     "`openai-speech`"},
    {" claude ", "write kind: anthropic"},
    {" realtime openai_realtime gpt-realtime speech-to-speech s2s ",
     "write kind: openai-realtime for the whole conversation, openai-realtime-stt to listen only"},
    {" stt asr transcription transcriptions openai-stt openai-whisper faster-whisper whisper.cpp "
     "whisper-1 speaches ",
     "write kind: whisper, with the server's `url`: it is for all who serve "
     "/audio/transcriptions"},
    {" tts openai-tts openai_speech speech kokoro piper ",
     "write kind: openai-speech, with the server's `url`: it is for all who serve /audio/speech"},
    {" eleven eleven-labs 11labs ", "write kind: elevenlabs"},
    {" aura deepgram-tts deepgram-speak ", "write kind: deepgram-aura"},
    {" flux ", "write kind: deepgram-flux"},
    {" nova nova-3 deepgram-stt deepgram-live ", "write kind: deepgram"},
    {" kaldi vosk-server ", "write kind: vosk"},
    {NULL, NULL}};

static const struct schema_row provider_rows[] = {
    {.key = "kind",
     .type = SCHEMA_CHOICE,
     .required = true,
     .offset = PROVIDER(kind),
     .choices = provider_kind_names,
     .choice_count = PROVIDER_KINDS,
     .hints = kind_hints,
     .help = "what it speaks on the wire: the first five listen, the next four have voices, `chat` "
             "(whoever serves /chat/completions) and `anthropic` think, the last one does all"},
    {.key = "url",
     .type = SCHEMA_TEXT,
     .offset = PROVIDER(url),
     .also = " base_url base-url api_base endpoint ",
     .help = "where: https://, http://, wss:// or ws://, without the path that the kind adds; "
             "default: the vendor's own"},
    {.key = "key",
     .type = SCHEMA_SECRET,
     .offset = PROVIDER(key),
     .also = " api_key api-key apikey token ",
     .help = "its key: ${NAME} or file:PATH"},
    {.key = "model",
     .type = SCHEMA_TEXT,
     .offset = PROVIDER(model),
     .also = " model_id model-id model_name ",
     .fallback = "",
     .help = "the model, as the vendor calls it"},
    {.key = "voice",
     .type = SCHEMA_TEXT,
     .offset = PROVIDER(voice),
     .also = " voice_id voice-id ",
     .fallback = "",
     .help = "the voice, as the vendor calls it"},
    {.key = "language",
     .type = SCHEMA_TEXT,
     .offset = PROVIDER(language),
     .fallback = "",
     .help = "BCP 47: de, pt-BR; default: the agent's"},
    {.key = "options",
     .type = SCHEMA_PAIRS,
     .offset = PROVIDER(options),
     .high = 32,
     .help = "more of what the vendor knows, under its own names"},
    {.key = "max-sessions",
     .type = SCHEMA_NUMBER,
     .offset = PROVIDER(max_sessions),
     .fallback = "0",
     .low = 0,
     .high = 65535,
     .help = "at once; callers beyond them get the next of the chain; 0: no limit"},
    {.key = "warm",
     .type = SCHEMA_NUMBER,
     .offset = PROVIDER(warm),
     .fallback = "2",
     .high = 64,
     .help = "sockets kept open ahead to one that listens or converses, for each language of its "
             "agents; they count at the vendor as open connections; 0: none"},
    {.key = "soft",
     .type = SCHEMA_TIME,
     .offset = PROVIDER(soft),
     .low = 50,
     .high = 30000,
     .help = "its first word (final text, token or sound) is late: the caller is told; default: "
             "700ms, models 1s"},
    {.key = "hard",
     .type = SCHEMA_TIME,
     .offset = PROVIDER(hard),
     .also = " timeout ",
     .low = 100,
     .high = 60000,
     .help = "and is not waited for any more: the next of the chain; default: 1500ms, models 3s"},
};
const struct schema settings_provider =
    SCHEMA("this provider", provider_rows, struct provider_settings);

static const char *const method_words[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
static const struct schema_row tool_rows[] = {
    {.key = "description",
     .type = SCHEMA_TEXT,
     .offset = TOOL(description),
     .fallback = "",
     .help = "what it does and when to call it, for the model"},
    {.key = "arguments",
     .type = SCHEMA_TEXT,
     .offset = TOOL(arguments),
     .example = "it as JSON in a text: {\"type\": \"object\", ...} below `arguments: |`",
     .also = " parameters input_schema inputSchema schema ",
     .fallback = "",
     .high = MAX_SCHEMA - 1,
     .help = "JSON schema of an object, as text"},
    {.key = "url",
     .type = SCHEMA_TEXT,
     .offset = TOOL(url),
     .fallback = "",
     .help = "what is called; {name} is replaced by that argument: "
             "https://crm.example.net/customers/{number}"},
    {.key = "mcp",
     .type = SCHEMA_TEXT,
     .offset = TOOL(mcp),
     .fallback = "",
     .help = "or a server of tools (Model Context Protocol over HTTP), each of which the model "
             "calls NAME__TOOL"},
    {.key = "method",
     .type = SCHEMA_CHOICE,
     .offset = TOOL(method),
     .choices = method_words,
     .choice_count = LENGTH(method_words),
     .fallback = "POST",
     .help = "with GET and DELETE arguments that are not in the URL go into its query, else into a "
             "JSON body"},
    {.key = "headers",
     .type = SCHEMA_PAIRS,
     .offset = TOOL(headers),
     .high = 16,
     .help = "sent with it; no secrets"},
    {.key = "token",
     .type = SCHEMA_SECRET,
     .offset = TOOL(token),
     .also = " key api_key api-key secret bearer ",
     .help = "sent as Authorization: Bearer; ${NAME} or file:PATH"},
    {.key = "token-header",
     .type = SCHEMA_NAME,
     .offset = TOOL(token_header),
     .help = "or as this header, alone"},
    {.key = "timeout",
     .type = SCHEMA_TIME,
     .offset = TOOL(timeout),
     .fallback = "5s",
     .low = 100,
     .high = 60000,
     .help = "of one try"},
    {.key = "retries",
     .type = SCHEMA_NUMBER,
     .offset = TOOL(retries),
     .fallback = "2",
     .low = 0,
     .high = 5,
     .help = "after the first try, when nobody answered or it says 429 or 5xx, each later than the "
             "one before"},
    {.key = "acts",
     .type = SCHEMA_SWITCH,
     .offset = TOOL(acts),
     .help = "it changes something: it carries an Idempotency-Key, and is written down before it "
             "is called; default: not with GET"},
    {.key = "body",
     .type = SCHEMA_TEXT,
     .offset = TOOL(body),
     .fallback = "",
     .high = MAX_SCHEMA - 1,
     .example = "it as JSON in a text below `body: |`",
     .help = "what is sent, where that is not the arguments themselves: JSON, as text, with {name} "
             "of an argument in its strings"},
    {.key = "result",
     .type = SCHEMA_TEXT,
     .offset = TOOL(result),
     .fallback = "",
     .high = 255,
     .help = "what the model is given of a JSON answer: $.data.*[*].start; default: all of it"},
    {.key = "filler",
     .type = SCHEMA_TEMPLATE,
     .offset = TOOL(filler),
     .fallback = "",
     .help = "said while it works; default: words.tool"},
};
const struct schema settings_tool = SCHEMA("this tool", tool_rows, struct tool_settings);
