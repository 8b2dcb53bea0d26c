// SPDX-License-Identifier: Apache-2.0
/* supervise_inside.h - what the parts of supervising share. Private to core/. */
#ifndef CORE_SUPERVISE_INSIDE_H
#define CORE_SUPERVISE_INSIDE_H

#include "core/supervise.h"

/* ---- supervise_find.c: nothing is changed ---- */

/* NULL: it is no supervisor's telephone. */
const struct plan_supervisor *supervise_who(const struct plan *plan, struct text user);

/* The number is a code: its mode, and what follows it. */
bool supervise_code(const struct plan *plan, struct text number, enum supervise_mode *mode,
                    struct text *rest);

/* Of the calls that they may be let into, the one that began first: with the operator meant by
 * `rest`, or any where it is empty. NULL, and why. */
struct call *supervise_find(const struct core *core, const struct plan *plan,
                            const struct plan_supervisor *who, struct text user, struct text rest,
                            enum supervise_refusal *why);

/* The same of one call. */
enum supervise_refusal supervise_may(const struct core *core, const struct plan *plan,
                                     const struct plan_supervisor *who, struct text user,
                                     const struct call *call);

/* The operator's leg of two who are joined: the one that is known to be one's, else the second. */
uint32_t supervise_operator(const struct core *core, const struct call *call);

/* ---- supervise_sound.c ---- */

/* No edge is left; of legs that close, media sees to it. */
void supervise_hush(struct step *step, struct call *call);
/* Those who are told by a tone have it again, and when is the next. Whoever was not told yet is, by
 * supervise_follow(). */
void supervise_tell(struct step *step, struct call *call);
/* The supervisor alone hears why it cannot be. */
void supervise_answer(struct step *step, struct call *call, bool take_over);
/* SPEECH_READY, SPEECH_FAILED of that. */
void supervise_answered(struct step *step, struct call *call);
/* In the agent's language. */
struct text supervise_words(const struct core *core, const struct call *call,
                            enum supervise_refusal why);

/* ---- supervise.c ---- */

/* TIMER_SUPERVISE for what comes next. */
void supervise_arm(struct step *step, struct call *call);
/* Whose the next row of the account is. */
void supervise_name(struct call *call, const struct plan_supervisor *who, struct text user,
                    enum supervise_mode mode);
/* That row, or what became of it. */
void supervise_account(struct step *step, struct call *call, enum supervise_what what,
                       struct text why);
/* The telephone is up. */
void supervise_up(struct step *step, struct call *call);
void supervise_change(struct step *step, struct call *call, enum supervise_mode mode);
/* Frees the place of a leg that every limb has let go of. */
void supervise_settle(struct step *step, struct call *call);

/* ---- supervise_leg.c ---- */

/* NULL: no second leg is free. */
struct leg *supervise_take_leg(struct step *step, struct call *call, struct text user);

#endif
