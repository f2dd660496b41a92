/** What the processor calls itself. */
#ifndef REPORT_CPU_H
#define REPORT_CPU_H

#include "base/arena.h"

/**
 * "model name" of /proc/cpuinfo; `machine` where there is none. On x86 the processor is asked
 * itself: the kernel measures every core's frequency before the file can be read, 13 ms of the 15
 * that `check` of a short command takes. Lives in `arena`, or is `machine`.
 */
const char *cpu_name(struct arena *arena, const char *machine);

#endif
