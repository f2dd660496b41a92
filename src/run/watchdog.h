/** Ends the process when a plugin's code does not come back: nothing else can stop it. */
#ifndef RUN_WATCHDOG_H
#define RUN_WATCHDOG_H

#include <stdint.h>

/** A thread of its own; only made for probes that are shared objects. */
struct watchdog;

/** `id` names the budget in the message; `cancel_fd` as in struct run_request. NULL when no thread
 * can be had: then nobody watches. */
struct watchdog *watchdog_start(const char *id, int cancel_fd);

/**
 * From now on the process ends (message on standard error, children ended, exit code 4) unless
 * watchdog_rest is called within a second of `deadline` (clock_now) or of a cancel.
 */
void watchdog_watch(struct watchdog *watchdog, uint64_t deadline);
void watchdog_rest(struct watchdog *watchdog);

/** Ends the thread. NULL is fine for this and the two above. */
void watchdog_stop(struct watchdog *watchdog);

#endif
