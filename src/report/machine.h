/** What pages say of how quiet the machine was. */
#ifndef REPORT_MACHINE_H
#define REPORT_MACHINE_H

#include "report/report.h"

/** "1.02 0.85 0.60": the load averages of 1, 5 and 15 minutes. */
const char *machine_load(struct arena *arena, const struct environment *machine);

/** "cpu 0.1 %, io 0 %, memory unknown": shares of the run that some task was stalled, by PSI. */
const char *machine_stalled(struct arena *arena, const struct environment *machine);

/** "tasks waited for a processor 40 % of the time, load 6.2 on 2 cores": why times may be larger
 * than they would be; NULL where it was quiet, as far as is known. */
const char *machine_loudness(struct arena *arena, const struct environment *machine);

#endif
