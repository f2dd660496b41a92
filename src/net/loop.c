#include "net/loop.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"

#define EVENTS_AT_ONCE 512
#define NOWHERE UINT32_MAX

/* A timer's place in the heap may be earlier than the timer: then it moves when it comes up. */
struct entry {
    uint64_t when;
    uint32_t timer;
};

struct loop {
    int epoll;
    bool coarse; /* the kernel has no epoll_pwait2 */
    uint32_t timers, waiting;
    uint64_t *due;    /* of each timer */
    uint32_t *places; /* of each timer, in the heap */
    struct entry *heap;
    struct epoll_event raw[EVENTS_AT_ONCE];
    struct loop_event events[EVENTS_AT_ONCE];
};

static void *zeroed(size_t count, size_t size) {
    void *memory = calloc(count ? count : 1, size);
    if (!memory) memory_exhausted();
    return memory;
}

struct loop *loop_new(uint32_t timers) {
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0) return NULL;
    struct loop *loop = zeroed(1, sizeof *loop);
    loop->epoll = epoll;
    loop->timers = timers;
    loop->due = zeroed(timers, sizeof *loop->due);
    loop->places = zeroed(timers, sizeof *loop->places);
    loop->heap = zeroed(timers, sizeof *loop->heap);
    for (uint32_t i = 0; i < timers; i++) loop->due[i] = LOOP_NEVER, loop->places[i] = NOWHERE;
    return loop;
}

void loop_free(struct loop *loop) {
    if (!loop) return;
    close(loop->epoll);
    free(loop->due);
    free(loop->places);
    free(loop->heap);
    free(loop);
}

static bool control(struct loop *loop, int operation, int fd, struct loop_event event) {
    struct epoll_event raw = {.data.u32 = event.id};
    if (event.what & LOOP_READ) raw.events |= EPOLLIN | EPOLLRDHUP;
    if (event.what & LOOP_WRITE) raw.events |= EPOLLOUT;
    return epoll_ctl(loop->epoll, operation, fd, &raw) == 0;
}

bool loop_watch(struct loop *loop, int fd, uint32_t id, unsigned what) {
    return control(loop, EPOLL_CTL_ADD, fd, (struct loop_event){id, what});
}

bool loop_change(struct loop *loop, int fd, uint32_t id, unsigned what) {
    return control(loop, EPOLL_CTL_MOD, fd, (struct loop_event){id, what});
}

void loop_forget(struct loop *loop, int fd) {
    epoll_ctl(loop->epoll, EPOLL_CTL_DEL, fd, NULL);
}

static void heap_put(struct loop *loop, uint32_t place, struct entry entry) {
    loop->heap[place] = entry;
    loop->places[entry.timer] = place;
}

static void heap_rise(struct loop *loop, uint32_t place, struct entry entry) {
    while (place > 0 && loop->heap[(place - 1) / 4].when > entry.when) {
        heap_put(loop, place, loop->heap[(place - 1) / 4]);
        place = (place - 1) / 4;
    }
    heap_put(loop, place, entry);
}

/** Puts `entry` where the root was. */
static void heap_sink(struct loop *loop, struct entry entry) {
    uint32_t place = 0;
    for (;;) {
        uint32_t least = 4 * place + 1;
        uint32_t end = least + 4 < loop->waiting ? least + 4 : loop->waiting;
        if (least >= loop->waiting) break;
        for (uint32_t child = least + 1; child < end; child++)
            if (loop->heap[child].when < loop->heap[least].when) least = child;
        if (loop->heap[least].when >= entry.when) break;
        heap_put(loop, place, loop->heap[least]);
        place = least;
    }
    heap_put(loop, place, entry);
}

static void heap_drop_root(struct loop *loop) {
    loop->places[loop->heap[0].timer] = NOWHERE;
    loop->waiting--;
    if (loop->waiting > 0) heap_sink(loop, loop->heap[loop->waiting]);
}

void loop_timer_set(struct loop *loop, uint32_t timer, uint64_t when) {
    loop->due[timer] = when;
    uint32_t place = loop->places[timer];
    if (place == NOWHERE && when != LOOP_NEVER)
        heap_rise(loop, loop->waiting++, (struct entry){when, timer});
    else if (place != NOWHERE && when < loop->heap[place].when)
        heap_rise(loop, place, (struct entry){when, timer});
}

/** When the next timer is due; moves entries that came up too early to where they belong. */
static uint64_t next_due(struct loop *loop) {
    while (loop->waiting > 0) {
        struct entry root = loop->heap[0];
        uint64_t due = loop->due[root.timer];
        if (due == root.when) return due;
        if (due == LOOP_NEVER)
            heap_drop_root(loop);
        else
            heap_sink(loop, (struct entry){due, root.timer});
    }
    return LOOP_NEVER;
}

bool loop_timer_due(struct loop *loop, uint64_t now, uint32_t *timer) {
    if (next_due(loop) > now || loop->waiting == 0) return false;
    *timer = loop->heap[0].timer;
    loop->due[*timer] = LOOP_NEVER;
    heap_drop_root(loop);
    return true;
}

/** epoll_wait for `nanoseconds`; a negative time is no limit. */
static int wait_raw(struct loop *loop, int64_t nanoseconds) {
    struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
    if (!loop->coarse) {
        int count = epoll_pwait2(loop->epoll, loop->raw, EVENTS_AT_ONCE,
                                 nanoseconds < 0 ? NULL : &time, NULL);
        if (count >= 0 || errno != ENOSYS) return count;
        loop->coarse = true;
    }
    int64_t milliseconds = nanoseconds < 0 ? -1 : (nanoseconds + 999999) / 1000000;
    if (milliseconds > 60000) milliseconds = 60000;
    return epoll_wait(loop->epoll, loop->raw, EVENTS_AT_ONCE, (int)milliseconds);
}

size_t loop_wait(struct loop *loop, uint64_t until, const struct loop_event **events) {
    uint64_t due = next_due(loop);
    if (due < until) until = due;
    int64_t left = -1;
    if (until != LOOP_NEVER) {
        uint64_t now = until == 0 ? 0 : clock_now();
        left = until > now ? (int64_t)(until - now) : 0;
    }
    int count = wait_raw(loop, left);
    for (int i = 0; i < count; i++) {
        unsigned raw = loop->raw[i].events;
        unsigned what = (raw & (EPOLLIN | EPOLLRDHUP) ? LOOP_READ : 0) |
                        (raw & EPOLLOUT ? LOOP_WRITE : 0) |
                        (raw & (EPOLLERR | EPOLLHUP) ? LOOP_BROKEN : 0);
        loop->events[i] = (struct loop_event){loop->raw[i].data.u32, what};
    }
    *events = loop->events;
    return count > 0 ? (size_t)count : 0;
}
