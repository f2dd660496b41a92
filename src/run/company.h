/** A budget and those that run alongside it: they begin together and end with it. */
#ifndef RUN_COMPANY_H
#define RUN_COMPANY_H

#include <pthread.h>
#include <stdbool.h>

#include "probe/session.h"

struct company {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    size_t awaited;   /**< companions that are not yet ready for it to begin */
    bool ended, lost; /**< it ended; and was not measured */
    double seconds;   /**< that it took */
    int ended_fd;     /**< readable once it ended; -1: none could be had */
};

/** For `count` companions. */
void company_begin(struct company *company, size_t count);
void company_free(struct company *company);

/** Of the budget itself: waits until all companions are ready; then says that it ended. */
void company_wait(struct company *company);
void company_end(struct company *company, bool measured, double seconds);

/** One companion, seen from its session. */
struct companion {
    struct session_company hooks; /**< for the plan of its session */
    struct company *company;
    bool ready;
    double timeout; /**< seconds of one of its runs: what it has once the other ended */
};
void companion_begin(struct companion *companion, struct company *company, double timeout);
/** It lets the other begin, if it has not yet. */
void companion_ready(struct companion *companion);
/** Whether the other has ended. */
bool companion_over(const struct companion *companion);

#endif
