/** How long it takes to start a bare process: what a machine's quietness looks like from inside. */
#ifndef REPORT_SPAWN_H
#define REPORT_SPAWN_H

/** Median seconds of three times starting and reaping /bin/true; NaN where there is none. */
double spawn_median(void);

#endif
