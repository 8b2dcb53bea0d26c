// SPDX-License-Identifier: Apache-2.0
/* attr.h - the few compiler attributes we use, by name. */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

#define MUST_USE __attribute__((warn_unused_result))
#define ALWAYS_INLINE inline __attribute__((always_inline))
#define PRINTF_LIKE(string, first) __attribute__((format(printf, string, first)))

/* Compiled twice, for any x86-64 and for one with AVX2, which is chosen when the program starts:
 * loops over samples take half of the instructions. No FMA: both give the same bits. Sanitizers
 * are not up yet when the choice is made. */
#if defined __x86_64__ && defined __GNUC__ && !defined __clang__ && \
    !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__
#define TWO_WIDTHS __attribute__((target_clones("avx2", "default")))
#else
#define TWO_WIDTHS
#endif

#endif
