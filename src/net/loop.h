/** Waiting for many descriptors and for moments in time, on one thread. */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;

/** What a descriptor is watched for, and what happened to it; or-ed. */
enum { LOOP_READ = 1, LOOP_WRITE = 2, LOOP_BROKEN = 4 };

/** A descriptor that became ready, by the number it is watched under. */
struct loop_event {
    uint32_t id;
    unsigned what;
};

/** Timers that are set and not yet due cost the loop nothing, so a timer that is always moved later
 * (a request's time limit) costs one comparison. */
#define LOOP_NEVER UINT64_MAX

/** A loop with `timers` timers, numbered from 0, all at LOOP_NEVER. NULL: no descriptor was left.
 */
struct loop *loop_new(uint32_t timers);
void loop_free(struct loop *loop);

/** Watches `fd` under `id`, level-triggered; `what` 0: only for LOOP_BROKEN. False: the kernel
 * refused. */
bool loop_watch(struct loop *loop, int fd, uint32_t id, unsigned what);
bool loop_change(struct loop *loop, int fd, uint32_t id, unsigned what);
/** Before the descriptor is closed or replaced, if anybody else holds a copy of it; else closing is
 * enough. */
void loop_forget(struct loop *loop, int fd);

/** Sets timer `timer` to clock_now() nanoseconds `when`, or to LOOP_NEVER. */
void loop_timer_set(struct loop *loop, uint32_t timer, uint64_t when);

/** The number of a timer that is due at `now`, which is thereby at LOOP_NEVER; false: none. */
bool loop_timer_due(struct loop *loop, uint64_t now, uint32_t *timer);

/**
 * Waits until a descriptor is ready, a timer is due, or `until`, whichever comes first, with the
 * kernel's nanosecond timing (epoll_pwait2; where the kernel has none, milliseconds, rounded up).
 * Returns the number of events, 0 at a time. The events stay valid until the next wait.
 */
size_t loop_wait(struct loop *loop, uint64_t until, const struct loop_event **events);

#endif
