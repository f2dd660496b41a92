/** The parts of the `command` probe; nobody else includes this. */
#ifndef PROBES_COMMAND_PARTS_H
#define PROBES_COMMAND_PARTS_H

#include "base/process.h"
#include "perfbudget/probe.h"
#include "probes/extract.h"

enum {
    COMMAND_OUTPUT_MAX = 16 * 1024 * 1024, /**< bytes of output that metrics are read from */
    COMMAND_WARMUP_MAX = 1000,             /**< runs thrown away */
};

/** Which output metrics are read from, as the choices of `from` stand. */
enum command_from { COMMAND_FROM_STDOUT, COMMAND_FROM_STDERR, COMMAND_FROM_BOTH };

/** The choices of `cache` and `aslr`, in order. */
enum command_cache { COMMAND_CACHE_WARM, COMMAND_CACHE_COLD };
enum command_aslr { COMMAND_ASLR_ON, COMMAND_ASLR_OFF };

/** What `with:` says. */
struct command_config {
    bool shell, clean_env;
    int from, cache, aslr;
    int64_t warmup, status, priority;
    const char *directory, *stdin, *cpus, *until;
    struct probe_texts cold_files;
    struct probe_readings metrics;
    struct probe_texts prepare, cleanup, minus;
    struct probe_pairs env;
};

/** What stays from run to run. Texts live in `arena`. */
struct command_state {
    struct arena *arena;
    struct extractor *extractor; /**< NULL: no metrics are read */
    struct process_plan plan;    /**< of the command, but for its deadline */
    const char *shown;           /**< the command, for messages, inert */
    bool warmed;
    bool said_leftovers, said_methods, said_kept;
};

/** Fills state->plan and state->shown from the options; false after it said what is wrong. */
bool command_plan(struct probe_run *run, struct command_state *state);

/** With `cache: cold`, drops the files of the command from the page cache; false after it said why
 * none could be. */
bool command_cool(struct probe_run *run, struct arena *arena);

/** What `cpus`, `aslr` and `priority` ask for; false after it said what is wrong. */
bool command_hygiene(struct probe_run *run, struct process_hygiene *hygiene);
/** The same for the report, each after "; "; "" when nothing was asked for. */
const char *command_hygiene_text(struct arena *arena, const struct command_config *config);

/** True when the process ended as it should; else says how it ended. `what` is the command, inert.
 */
bool command_judge(struct probe_run *run, const char *what, int64_t status,
                   const struct process_result *result);

/** Whether `until` is a URL, and not a pattern. */
bool command_until_is_url(const char *until);

/** process_run, but with `until` only up to there: the result is then as if the command had ended
 * well at that moment, though memory and processor time last until it was ended. False after it
 * said why it did not get there. */
bool command_run(struct probe_run *run, struct arena *arena, struct process_plan *plan,
                 struct process_result *result);

/** Emits the values of all declared metrics; false after it said which is missing. */
bool command_read(struct probe_run *run, struct arena *arena, const struct process_result *result);

#endif
