/** What the two files of merging share: shards as they were read. */
#ifndef APP_MERGE_PARTS_H
#define APP_MERGE_PARTS_H

#include "report/report.h"

/** One report, read. */
struct shard {
    const char *path;
    struct report report;
    struct budget_set set;
    struct evidence *evidence;
    struct verdicts stored;
};

struct shards {
    struct arena *arena;
    struct shard *items;
    size_t count;
};

/** Whether the shards can be of one run: the same tool, project, revision, budget files and earlier
 * code. All that differs is reported. */
bool shards_fit(const struct shards *shards, struct diags *diags);

/** What can be said of the machines together: what is the same on all, and of what tells how quiet
 * they were the loudest. */
struct environment shards_environment(const struct shards *shards);

/** Files of all, each once; profiles likewise. */
void shards_join_files(const struct shards *shards, struct budget_set *set);

/** A line about each shard, for the report; those that a shard was joined of stand in its place. */
void shards_list(const struct shards *shards, struct report *report);

#endif
