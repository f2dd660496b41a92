#include "report/cpu.h"

#include <string.h>

#include "base/text.h"
#include "report/glance.h"

enum { GLANCE = 4096 };

static const char *name_written(struct arena *arena) {
    const char *text = glance(arena, "/proc/cpuinfo", GLANCE);
    const char *name = text ? glance_value(arena, text, "model name") : NULL;
    return name && *name == ':' ? name + 1 + strspn(name + 1, " ") : NULL;
}

#if defined __x86_64__ || defined __i386__
#include <cpuid.h>

/* The brand string in three leaves of 16 bytes (Intel SDM volume 2, CPUID; AMD APM volume 3,
 * E.4.3), without blanks around it, as the kernel shows it. */
static const char *name_asked(struct arena *arena) {
    enum { LEAVES = 3, REGISTERS = 4 };
    const unsigned first = 0x80000002u;
    unsigned words[LEAVES * REGISTERS];
    char name[sizeof words + 1] = "";
    for (unsigned i = 0; i < LEAVES; i++) {
        unsigned *w = words + (size_t)i * REGISTERS;
        if (!__get_cpuid(first + i, &w[0], &w[1], &w[2], &w[3])) return NULL;
    }
    memcpy(name, words, sizeof words);
    const char *from = name + strspn(name, " ");
    size_t length = strlen(from);
    while (length > 0 && from[length - 1] == ' ') length--;
    return length > 0 ? text_copy_bytes(arena, from, length) : NULL;
}
#else
static const char *name_asked(struct arena *arena) {
    (void)arena;
    return NULL;
}
#endif

const char *cpu_name(struct arena *arena, const char *machine) {
    const char *name = name_asked(arena);
    if (!name) name = name_written(arena);
    return name ? name : machine;
}
