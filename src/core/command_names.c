// SPDX-License-Identifier: Apache-2.0
/* command_names.c - the words of commands, in prints, accounts and JSON. */
#include "core/command.h"

const char *const trunk_health_names[TRUNK_HEALTHS] = {
    [TRUNK_HEALTHY] = "healthy", [TRUNK_DEGRADED] = "degraded", [TRUNK_UNHEALTHY] = "unhealthy"};
const char *const trunk_registration_names[REGISTRATIONS] = {[REGISTRATION_NONE] = "none",
                                                             [REGISTRATION_TRYING] = "trying",
                                                             [REGISTRATION_DONE] = "registered",
                                                             [REGISTRATION_FAILED] = "failed"};

const char *const tool_state_names[TOOL_STATES] = {
    [TOOL_STATE_ASKED] = "asked", [TOOL_STATE_DONE] = "done", [TOOL_STATE_FAILED] = "failed"};
const char *const delivery_state_names[DELIVERY_STATES] = {
    [DELIVERY_WAITING] = "waiting", [DELIVERY_DONE] = "done", [DELIVERY_DEAD] = "dead"};
const char *const hook_event_names[HOOK_EVENTS] = {
    [HOOK_CALL_STARTED] = "call.started",
    [HOOK_CALL_ENDED] = "call.ended",
    [HOOK_VOICEMAIL_LEFT] = "voicemail.left",
    [HOOK_MESSAGE_TAKEN] = "message.taken",
    [HOOK_CALLBACK_PROMISED] = "callback.promised",
    [HOOK_CALLBACK_DONE] = "callback.done",
    [HOOK_CALLBACK_FAILED] = "callback.failed",
    [HOOK_TRANSFER_OFFERED] = "transfer.offered",
    [HOOK_TRANSFER_DONE] = "transfer.done",
    [HOOK_TRANSFER_FAILED] = "transfer.failed",
    [HOOK_QUEUE_JOINED] = "queue.joined",
    [HOOK_QUEUE_LEFT] = "queue.left",
    [HOOK_CALL_SUPERVISED] = "call.supervised",
    [HOOK_OPERATOR_STATE] = "operator.state",
    [HOOK_TEST] = "test",
};

const char *const supervise_what_names[SUPERVISE_WHATS] = {
    [SUPERVISE_WANTED] = "wanted",
    [SUPERVISE_REFUSED] = "refused",
    [SUPERVISE_BEGAN] = "began",
    [SUPERVISE_OVER] = "over",
};

const char *const plan_tell_names[TELLS] = {
    [TELL_NOT] = "nothing", [TELL_TONE] = "tone", [TELL_WORDS] = "words"};

const char *const queue_wish_names[QUEUE_WISHES] = {"", "callback", "voicemail", "agent"};
const char *const queue_what_names[QUEUE_WHATS] = {
    [QUEUE_JOINED] = "joined",       [QUEUE_BACK] = "back",
    [QUEUE_ANSWERED] = "answered",   [QUEUE_ABANDONED] = "abandoned",
    [QUEUE_OVERFLOWED] = "overflowed", [QUEUE_LEFT] = "left"};
const char *const slo_step_names[SLO_STEPS] = {[SLO_STEP_NONE] = "none",
                                               [SLO_STEP_AVOIDED] = "avoided",
                                               [SLO_STEP_EMBEDDED] = "embedded",
                                               [SLO_STEP_REFUSING] = "refusing"};
const char *const slo_kind_names[SLO_KINDS] = {[SLO_AGENT] = "agent", [SLO_PROVIDER] = "provider"};
const char *const slo_span_names[SLO_SPANS] = {
    [SLO_MINUTES] = "minutes", [SLO_HOURS] = "hours", [SLO_DAYS] = "days"};
const char *const slo_measure_names[SLO_MEASURES] = {[SLO_FIRST_PARTIAL] = "first_partial",
                                                     [SLO_ROUND_TRIP] = "round_trip"};

const char *const cause_names[CAUSE_KINDS] = {
    [CAUSE_NONE] = "none",
    [CAUSE_CALLER_HUNG_UP] = "caller_hung_up",
    [CAUSE_AGENT_FINISHED] = "agent_finished",
    [CAUSE_SILENCE] = "silence",
    [CAUSE_FALLBACK] = "fallback",
    [CAUSE_CANCELLED] = "cancelled",
    [CAUSE_NOT_FOUND] = "not_found",
    [CAUSE_FORBIDDEN] = "forbidden",
    [CAUSE_NO_CODEC] = "no_codec",
    [CAUSE_FULL] = "full",
    [CAUSE_NO_AUDIO] = "no_audio",
    [CAUSE_SIGNALLING] = "signalling",
    [CAUSE_TOO_LONG] = "too_long",
    [CAUSE_SERVER_SHUTDOWN] = "server_shutdown",
    [CAUSE_SERVER_FAILURE] = "server_failure",
    [CAUSE_ENCRYPTION] = "encryption",
    [CAUSE_BAD_REQUEST] = "bad_request",
    [CAUSE_CALLEE_HUNG_UP] = "callee_hung_up",
    [CAUSE_BUSY] = "busy",
    [CAUSE_NO_ANSWER] = "no_answer",
    [CAUSE_REFUSED] = "refused",
    [CAUSE_TRUNK_FAILED] = "trunk_failed",
    [CAUSE_TRANSFERRED] = "transferred",
    [CAUSE_UNREACHABLE] = "unreachable",
    [CAUSE_NOT_SERVED] = "not_served",
};

const char *const codec_names[CODEC_KINDS] = {
    [CODEC_PCMU] = "pcmu", [CODEC_PCMA] = "pcma", [CODEC_G722] = "g722", [CODEC_OPUS] = "opus"};
const char *const speaker_names[SPEAKERS] = {
    [SPEAKER_CALLER] = "caller", [SPEAKER_AGENT] = "agent", [SPEAKER_OPERATOR] = "operator"};
const char *const direction_names[2] = {[DIRECTION_IN] = "in", [DIRECTION_OUT] = "out"};

const char *const provider_kind_names[PROVIDER_KINDS] = {
    [PROVIDER_DEEPGRAM] = "deepgram",
    [PROVIDER_DEEPGRAM_FLUX] = "deepgram-flux",
    [PROVIDER_OPENAI_REALTIME_STT] = "openai-realtime-stt",
    [PROVIDER_WHISPER] = "whisper",
    [PROVIDER_VOSK] = "vosk",
    [PROVIDER_OPENAI_SPEECH] = "openai-speech",
    [PROVIDER_ELEVENLABS] = "elevenlabs",
    [PROVIDER_DEEPGRAM_AURA] = "deepgram-aura",
    [PROVIDER_CARTESIA] = "cartesia",
    [PROVIDER_CHAT] = "chat",
    [PROVIDER_ANTHROPIC] = "anthropic",
    [PROVIDER_OPENAI_REALTIME] = "openai-realtime",
};
