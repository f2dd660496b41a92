/** The parts of the `command` probe; nobody else includes this. */
#ifndef PROBES_COMMAND_PARTS_H
#define PROBES_COMMAND_PARTS_H

#include "base/process_repeat.h"
#include "perfbudget/probe.h"
#include "probes/extract.h"

enum {
    COMMAND_OUTPUT_MAX = 16 * 1024 * 1024, /**< bytes of output that metrics are read from */
    COMMAND_WARMUP_MAX = 1000,             /**< runs thrown away */
    COMMAND_METRICS = 10, /**< of the table; behind them come those read from what is printed */
};

/** Which output metrics are read from, as the choices of `from` stand. */
enum command_from { COMMAND_FROM_STDOUT, COMMAND_FROM_STDERR, COMMAND_FROM_BOTH };

/** The choices of `cache` and `aslr`, in order. */
enum command_cache { COMMAND_CACHE_WARM, COMMAND_CACHE_COLD };
enum command_aslr { COMMAND_ASLR_ON, COMMAND_ASLR_OFF };
/** The choices of `instructions`: who counts them. */
enum command_instructions { COMMAND_INSTRUCTIONS_COUNTER, COMMAND_INSTRUCTIONS_CALLGRIND };

/** What `with:` says. */
struct command_config {
    bool shell, clean_env;
    int from, cache, aslr, instructions;
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
    struct extractor *extractor;    /**< NULL: no metrics are read */
    struct process_plan plan;       /**< of the command, but for its deadline */
    const char *shown;              /**< the command, for messages, inert */
    uint32_t instructions;          /**< number of the metric */
    uint64_t time;                  /**< nanoseconds that each start of the command may take */
    struct process_result *results; /**< of runs in a row; NULL: none so far */
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

/** Finds out who counts instructions, where anybody wants them; false after it said why nobody can.
 */
bool command_instructions_open(struct probe_run *run, struct command_state *state);
/** Emits what the processor's counter said; false after it said why it is not known. */
bool command_instructions_emit(struct probe_run *run, struct arena *arena,
                               const struct process_result *result);
/** Where callgrind is asked for: one more run, under it, and what it counted. */
bool command_callgrind(struct probe_run *run, struct arena *arena);

/* command_metrics.c */
extern const struct probe_metric command_metrics[COMMAND_METRICS];
/** Declares the metrics that the options add. */
void command_declare(struct probe_run *run);
/** Asks the plan for what somebody wants. */
void command_want(struct probe_run *run, struct command_state *state);
/** Whether anybody wants what `minus` is for. */
bool command_extra_wanted(struct probe_run *run);
/** Emits all that one run gave; false after it said what is missing. */
bool command_emit(struct probe_run *run, struct arena *arena, const struct process_result *result);

/** `prepare`, `cleanup` or `minus`: as the command, but with nothing read from it. */
struct process_plan command_helper_plan(const struct command_state *state, struct arena *arena,
                                        struct probe_texts words);
/** Runs a plan with all that belongs before and after the command, `shown` in messages; false after
 * it said how it failed. */
bool command_launch(struct probe_run *run, struct arena *arena, const struct process_plan *plan,
                    const char *shown, struct process_result *result);

/** clock_now() value: `time` nanoseconds from now, or never. */
uint64_t command_deadline(uint64_t time);
/** Says once a budget that processes outlived the command. */
void command_leftovers(struct probe_run *run, struct arena *arena,
                       const struct process_result *result);
/** As many runs in a row as the host wants ahead, where nothing is to be done between two of them:
 * at least one, all emitted. False after it said what went wrong. */
bool command_repeat(struct probe_run *run, struct arena *arena);
/** Whether nothing is. */
bool command_is_bare(struct probe_run *run);

/** What callgrind left in a folder. */
struct callgrind_count {
    double instructions; /**< of all processes */
    size_t untold;       /**< files and processes without a sum */
    const char *version; /**< of valgrind; NULL: it wrote nothing */
};
/** The plan under callgrind, which writes into `folder`. */
struct process_plan command_callgrind_plan(struct arena *arena, const struct process_plan *plan,
                                           const char *folder);
/** False with errno where the folder cannot be read. */
bool command_callgrind_read(struct arena *arena, const char *folder, struct callgrind_count *count);

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
