// SPDX-License-Identifier: Apache-2.0
/* stage_inside.h - what the parts of the stage share. Private to eval/.
 *
 * stage.c has the time, the caller and the turns; stage_limbs.c carries out the commands of
 * signalling, sound, speech and account; stage_mind.c those of understanding, models and tools;
 * stage_people.c has the operators' telephones; stage_whole.c what is different with a provider that
 * does all of it. */
#ifndef EVAL_STAGE_INSIDE_H
#define EVAL_STAGE_INSIDE_H

#include "base/arena.h"
#include "base/random.h"
#include "core/core.h"
#include "eval/stage.h"

enum {
    STAGE_BEGIN_MS = 1000,
    STAGE_HAPPENINGS = 512,
    STAGE_QUEUE = 64,
    STAGE_SPOKEN = 8, /* Clips of a session's own voice, the latest. */
    STAGE_DIALOG = 0x10001, /* The caller's; */
    STAGE_FAR = 0x10002,    /* of whom the caller is given to; */
    STAGE_PHONE = 0x10010,  /* of operators' telephones, this one and those after it. */
    STAGE_PHONES = 16,      /* Ringing or talking at once. */
    CHARACTER_MS = 65,      /* Of speech, the caller's and the agent's. */
    GATE_MS = 60,           /* The gate's opening and closing are told so late. */
    VERDICT_MS = 200,
    PARTIAL_MS = 400, /* Partials come so often, and are as far behind. */
    FINAL_MS = 90,
    SESSION_MS = 150, /* Until one that converses can be asked; */
    COMMIT_MS = 50,   /* until it has all of the caller's sound; */
    TRANSCRIPT_MS = 350, /* and the words of it. */
    CLASSIFIER_MS = 15,
    FIRST_TOKEN_MS = 250,
    CLAUSE_MS = 120,
    TOOL_MS = 150,
    TOOL_LOST_MS = 5000,
    VOICE_MS = 40,
    VOICE_NETWORK_MS = 140,
    BROKEN_OFF_MS = 300, /* A voice that dies has said so much. */
    ANSWER_MS = 3000     /* Somebody takes up the telephone. */
};

/* Places in the list of what fails: providers by their index, then ours. */
enum stage_part { PART_EARS = MAX_PROVIDERS, PART_VOICE, PART_CLASSIFIER, PART_CALLEE, PARTS };

#define STAGE_WALL_MS UINT64_C(1800000000000)

/* An operator's telephone that is called. */
struct stage_phone {
    uint32_t leg;  /* 0: free. */
    uint32_t who;  /* Of the plan's operators. */
    bool answered; /* The brief, by a key. */
};

struct happening {
    uint64_t at_ms, order;
    struct event event;
};

struct stage_timer {
    bool set;
    uint64_t at_ms, order;
    uint32_t call, serial;
};

/* The agent's words on their way to the caller's ear. */
struct playout {
    uint32_t queue[STAGE_QUEUE], length_ms[STAGE_QUEUE];
    uint32_t count;
    bool paused, loop;
    uint32_t heard_ms; /* Of the first, before from_ms. */
    uint64_t from_ms;
    uint32_t serial; /* Of its end: one that is paused or flushed does not come. */
};

/* The caller's words on their way to the recogniser. */
struct mouth {
    struct text words;
    uint16_t confidence_permille;
    uint64_t from_ms, to_ms;
    uint32_t final_size; /* Of the words, in finals already. */
};

struct stage {
    struct random random;
    bool nominal; /* Nothing takes longer or shorter than it usually does. */
    struct plan plan;
    const struct suite_conversation *suite;
    struct stage_mind mind;
    struct stage_witness witness;
    struct arena *arena;
    struct core *core;
    struct commands commands;
    struct happening happenings[STAGE_HAPPENINGS];
    uint32_t count;
    struct stage_timer timers[TIMER_KINDS];
    uint64_t now_ms, order;
    uint32_t call, leg, far;
    bool opened, over, overflow;
    int32_t ears; /* The provider that listens. */
    bool listening;
    struct playout playout;
    struct mouth mouth;
    uint32_t clips;
    uint32_t utterance_sizes[256]; /* Of the words asked for, by utterance modulo the size. */
    bool cut_short[256];
    enum suite_failing failing[PARTS];
    uint32_t sessions; /* With providers that converse, so far. */
    int32_t speaks;    /* Who of them answers; -1: a model does. */
    struct {
        uint32_t clip, ms;
    } spoken[STAGE_SPOKEN];
    uint32_t thought; /* The last turn that a model answered. */
    const struct suite_rule *rule;
    uint32_t tool_calls;
    uint32_t tool_failures[64];
    enum suite_manner manners[MAX_OPERATORS];
    struct stage_phone phones[STAGE_PHONES];
    uint32_t phones_called;
    struct text unruled; /* What no rule of the suite answers. */
};

/* In delay_ms. Texts of the event must live as long as the stage. */
void stage_happen(struct stage *stage, struct event event, uint32_t delay_ms);
/* The same after about so long: half or twice, by chance, unless the stage is nominal. */
void stage_happen_about(struct stage *stage, struct event event, uint32_t delay_ms);
/* Forgets what was to happen, of this kind. */
void stage_unhappen(struct stage *stage, enum event_kind kind);
enum suite_failing stage_failing(const struct stage *stage, int32_t provider,
                                 enum stage_part embedded);
/* The name of a provider or of an embedded part; -1: there is none. */
int32_t stage_part(const struct stage *stage, struct text name);

bool stage_whole(const struct stage *stage, int32_t provider);
void stage_whole_opens(struct stage *stage, const struct command *command);
void stage_whole_commits(struct stage *stage, const struct command *command);
struct text stage_whole_heard(const struct stage *stage);
uint32_t stage_whole_ms(const struct stage *stage, uint32_t clip);
/* The clip; 0: nothing is said. */
uint32_t stage_whole_sounds(struct stage *stage, struct event event, const struct suite_texts *says,
                            uint32_t delay_ms, bool dies);
void stage_whole_dies(struct stage *stage, uint32_t delay_ms);

void stage_carry_out(struct stage *stage, const struct command *command);
void stage_think(struct stage *stage, const struct command *command);

/* The plan's operators as the suite has them: registered, and on duty or not. */
void stage_people_begin(struct stage *stage);
/* From here on. */
void stage_people(struct stage *stage, const struct suite_person *people, uint32_t count);
/* SIP_DIAL of an operator's telephone, MEDIA_* of its leg; false: it is none. */
bool stage_people_dial(struct stage *stage, const struct command *command);
bool stage_people_media(struct stage *stage, const struct command *command);
/* How long words asked for by SPEECH_SAY are. */
uint32_t stage_length_ms(const struct stage *stage, uint32_t utterance);

/* The playout's first utterance comes to its end. False: that one is not played any more. */
bool stage_played(struct stage *stage, struct event *event);
bool stage_sounding(const struct stage *stage, uint32_t *for_ms);

#endif
