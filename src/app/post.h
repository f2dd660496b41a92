/** Posting a report as one comment of a pull or merge request, kept up to date from run to run. It
 * informs: whatever comes of it, verdict and exit code stay as they are. */
#ifndef APP_POST_H
#define APP_POST_H

#include "report/report.h"

enum post_target { POST_NONE, POST_GITHUB_COMMENT, POST_GITLAB_NOTE };
/** Their words on the command line, by value; ends with NULL. */
extern const char *const post_targets[];

enum {
    POST_SECONDS = 30,       /**< for all requests of one posting together */
    POST_PAGE_COMMENTS = 50, /**< comments asked for at once */
    POST_PAGES_MAX = 20,     /**< pages of comments looked through; more than that: not posted */
};

struct post_request {
    enum post_target target;
    int cancel_fd; /**< readable: give up; -1: never */
};

/** Whether the host that the target's API lies on, by the environment of the CI system, is among
 * `allowed` (as --allow-host names them); else a policy error. */
bool post_permitted(enum post_target target, const struct probe_texts *allowed,
                    struct diags *diags);

/**
 * Makes the comment of this project, budget file and profiles, or updates the one that is there.
 * One that shows the same verdicts of a run that passed is left alone, and none is made where all
 * limits pass and none is there. Token, repository, number and API address come from the
 * environment of the CI system (docs/ci.md). What goes wrong is a warning, no request at hand a
 * note; the token stands in neither, nor in the comment.
 */
void post_report(const struct post_request *request, const struct report *report,
                 struct diags *diags);

#endif
