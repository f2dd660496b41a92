/** The users of a load: what each sends next, and what it makes of the answer. */
#ifndef PROBES_HTTP_DRIVE_H
#define PROBES_HTTP_DRIVE_H

#include "probes/http_book.h"
#include "probes/http_call.h"

/** One virtual user. */
struct http_user {
    char **values;         /**< by number of name, malloc'd texts; NULL: none */
    struct http_jar *jars; /**< one a host; NULL: none yet */
    const struct http_walk *walk;
    uint32_t at; /**< of the walk's calls */
    bool logged; /**< has walked through the login */
    bool over;   /**< the flow is */
    uint64_t pause;
    char *redirect; /**< malloc'd path, or NULL */
    bool redirect_get;
    uint32_t redirects;
    uint64_t scheduled; /**< of the call that was redirected */
};

struct http_drive {
    struct http_plan *plan;
    struct http_book *book;
    struct http_user *users;
    size_t user_count;
    struct http_sender sender;
    struct arena *scratch; /**< for one answer */
    uint64_t random;
};

void http_drive_begin(struct http_drive *drive, struct http_plan *plan, struct http_book *book);
/** Flows that were due and never began. False: the load failed by it. */
bool http_drive_missed(struct http_drive *drive, uint32_t part, uint64_t count);
struct load_driver http_drive_driver(struct http_drive *drive);
void http_drive_release(struct http_drive *drive);

#endif
