/* Tests that mean nothing under valgrind, which runs a vfork as a fork: a child whose exec fails is
 * then heard of too late, and has valgrind's own descriptors, limits and memory. */
#ifndef SUPPORT_VALGRIND_H
#define SUPPORT_VALGRIND_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static inline bool running_under_valgrind(void) {
    return getenv("PERFBUDGET_VALGRIND");
}

static inline void skip_under_valgrind(void) {
    if (running_under_valgrind()) skip();
}

#endif
