/** The report: one immutable struct of what was asked, measured and judged; its writers turn it
 * into bytes. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/json.h"
#include "base/log_guard.h"
#include "verdict/verdict.h"

/** Bounds of a JSON report: bytes that are read, samples and labels kept of one metric. */
enum {
    REPORT_BYTES_MAX = 256 * 1024 * 1024,
    REPORT_SAMPLES_MAX = 100000,
    REPORT_LABELS_MAX = 1000,
    REPORT_PAGE_MAX = 65536, /**< of a Markdown page: what GitHub takes as a comment */
};

/** The machine and circumstances of a run. NaN and NULL: not known. */
struct environment {
    const char *fingerprint; /**< hash over cpu, cores, kernel, container limits, tool version */
    const char *host, *os, *kernel, *cpu;
    int cores;
    const char *cpu_limit, *memory_limit; /**< of the container, as the kernel writes them */
    const char *tool;                     /**< version of perfbudget */
    double memory;                        /**< bytes */
    double load[3];
    double pressure_cpu, pressure_io, pressure_memory; /**< share of the run stalled, by PSI */
    double spawn; /**< median seconds to start a bare process; NaN: not measured */
    const struct library_version *libraries; /**< ends with a NULL name */
    const char *revision, *branch, *ci;
};

/** Begins the record of the run (PSI totals, load); `noisy`: measure spawn too. */
struct environment_watch;
struct environment_watch *environment_begin(struct arena *arena, const char *root, bool noisy);
void environment_end(struct environment_watch *watch, struct environment *environment);

/** What a run was compared with. */
struct report_against {
    enum verdict_basis basis;
    const char *name; /**< the report's path, or the checkout's folder or revision as asked for */
    const char *revision;       /**< commit of the earlier code; NULL: not known */
    uint64_t seed;              /**< of the order inside pairs, below 2^53; 0 with BASIS_STORED */
    const char *incomparable;   /**< as in struct verdict_options */
    double waited;              /**< waited_then of struct verdict_options */
    struct verdict_base *bases; /**< by budget of the set */
};

/** One of the runs that a report was joined of. */
struct report_shard {
    const char *report; /**< its path, as it was given */
    int exit_code;
    const char *started_at;
    double duration;                /**< seconds */
    const char *host, *fingerprint; /**< NULL: not known */
    size_t budgets;                 /**< measured by it */
};

struct report {
    bool complete;
    int exit_code;
    const char *started_at;
    double duration; /**< seconds; of a joined report those of all shards together */
    struct environment environment;
    const struct budget_set *set;
    const struct evidence *evidence; /**< by budget of the set */
    const struct verdicts *verdicts;
    const struct diags *diags;            /**< of the whole run; may be NULL */
    const struct report_against *against; /**< NULL: with nothing */
    const struct report_shard *shards;    /**< of `merge`; none otherwise */
    size_t shard_count;
};

/** The JSON report, schema perfbudget.report/1, as text with a final newline. */
const char *report_json(struct arena *arena, const struct report *report);

struct report_text_options {
    bool colour;
    int columns;
    bool verbose;
};
/** The report for people. All foreign text in it is inert. */
const char *report_text(struct arena *arena, const struct report *report,
                        const struct report_text_options *options);

/** One output format. The table of all of them ends with a NULL name. */
struct report_format {
    const char *name;
    const char *file; /**< what a file in it is usually called */
    const char *help; /**< one line: what it is, and who reads it */
    const char *(*write)(struct arena *arena, const struct report *report,
                         const struct report_text_options *options);
    const struct log_guard *guard; /**< keeps it from commanding a CI system; NULL: it is no text
                                      that stands in logs */
    /** An environment variable that, where it is set, names a file to whose end the report is added
     * in another format as well; NULL: none. */
    const char *added_variable, *added_format;
};
extern const struct report_format report_formats[];
const struct report_format *report_format_find(const char *name);

/** The report in a format, inert for its sink and for the log it may be printed to. */
const char *report_write(struct arena *arena, const struct report_format *format,
                         const struct report *report, const struct report_text_options *options);

/**
 * Reads a JSON report back: a set of budgets with limits and metrics, measurements with their
 * samples, and the verdicts as stored. Strict: another schema, `complete: false`, missing members
 * are errors. `stored` takes the verdicts of the file; judge makes new ones from set and evidence.
 */
bool report_read(struct arena *arena, const char *path, struct report *report,
                 struct budget_set *set, struct evidence **evidence, struct verdicts *stored,
                 struct diags *diags);

/** The JSON Schema of the report (draft 2020-12), generated, as docs/reference/report.schema.json
 * holds it. */
const char *report_schema(struct arena *arena);

/** The same as Markdown sections, one an object, for docs/reference/report.md. */
const char *report_reference(struct arena *arena);

#endif
