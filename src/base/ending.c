#include "base/ending.h"

#include <signal.h>

/* A handler can reach nothing else; written by it alone. */
static volatile sig_atomic_t asked;

void ending_ask(int number) {
    if (!asked) asked = number;
}

int ending_asked(void) {
    return asked;
}
