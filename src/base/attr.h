// SPDX-License-Identifier: Apache-2.0
/* attr.h - the few compiler attributes we use, by name. */
#ifndef BASE_ATTR_H
#define BASE_ATTR_H

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(string, first) __attribute__((format(printf, string, first)))

#endif
