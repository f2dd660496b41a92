/** Joining the reports of a CI matrix into one, with one verdict. */
#ifndef APP_MERGE_H
#define APP_MERGE_H

#include "app/outputs.h"

struct merge_request {
    struct probe_texts paths; /**< of the JSON reports; "-": standard input */
    size_t expected;          /**< how many shards there have to be; 0: as many as there are */
    struct outputs_request outputs;
    bool report_only;
};

/**
 * Reads the reports, joins them and writes `outputs`. A budget that one shard measured and others
 * skipped is taken from that one; measured by two it is an error that names both places. Refused as
 * well: reports of different versions of perfbudget, projects, revisions or budget files, or that
 * were compared with different earlier code. A shard that is missing, or that failed in a way its
 * rows do not tell, is an error in the joined report. Verdicts are those of the shards; `judge`
 * makes new ones. Returns the exit code, the gravest; `report->set` is NULL when nothing could be
 * joined.
 */
int merge_run(struct arena *arena, const struct merge_request *request, struct report *report,
              struct diags *diags);

#endif
