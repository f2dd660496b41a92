#include "run/company.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"

enum { NANOSECONDS = 1000000000, POLL_MS = 1000 };

void company_begin(struct company *company, size_t count) {
    *company =
        (struct company){.awaited = count, .ended_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    pthread_mutex_init(&company->lock, NULL);
    pthread_cond_init(&company->changed, NULL);
}

void company_free(struct company *company) {
    if (company->ended_fd >= 0) close(company->ended_fd);
    pthread_cond_destroy(&company->changed);
    pthread_mutex_destroy(&company->lock);
}

void company_wait(struct company *company) {
    pthread_mutex_lock(&company->lock);
    while (company->awaited > 0) pthread_cond_wait(&company->changed, &company->lock);
    pthread_mutex_unlock(&company->lock);
}

void company_end(struct company *company, bool measured, double seconds) {
    const uint64_t one = 1;
    pthread_mutex_lock(&company->lock);
    company->ended = true;
    company->lost = !measured;
    company->seconds = seconds;
    pthread_mutex_unlock(&company->lock);
    ssize_t ignored = write(company->ended_fd, &one, sizeof one);
    (void)ignored;
}

void companion_ready(struct companion *companion) {
    struct company *company = companion->company;
    if (companion->ready) return;
    companion->ready = true;
    pthread_mutex_lock(&company->lock);
    company->awaited--;
    pthread_cond_signal(&company->changed);
    pthread_mutex_unlock(&company->lock);
}

bool companion_over(const struct companion *companion) {
    struct company *company = companion->company;
    pthread_mutex_lock(&company->lock);
    bool over = company->ended;
    pthread_mutex_unlock(&company->lock);
    return over;
}

/* The other budget is bounded by its own time limit, so this wait is. */
static enum probe_company companion_wait(void *context, struct probe_run *run, double *seconds) {
    struct companion *companion = context;
    struct company *company = companion->company;
    companion_ready(companion);
    while (!companion_over(companion)) {
        struct pollfd ready[] = {{.fd = company->ended_fd, .events = POLLIN},
                                 {.fd = run->cancel_fd, .events = POLLIN}};
        poll(ready, 2, POLL_MS);
        if (ready[1].revents) return PROBE_COMPANY_LOST;
    }
    run->deadline = clock_now() + (uint64_t)(companion->timeout * NANOSECONDS);
    *seconds = company->seconds;
    return company->lost ? PROBE_COMPANY_LOST : PROBE_COMPANY_DONE;
}

void companion_begin(struct companion *companion, struct company *company, double timeout) {
    *companion = (struct companion){.hooks = {.context = companion, .wait = companion_wait},
                                    .company = company,
                                    .timeout = timeout};
}
