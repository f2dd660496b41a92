/** Child processes: started without a shell, bounded in time and output, ended with everything they
 * started. */
#ifndef BASE_PROCESS_H
#define BASE_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/process_extras.h"
#include "base/process_listener.h"

/** What to start, and how. Zero-initialise and fill in. */
struct process_plan {
    const char *const *argv;        /**< NULL-terminated; argv[0] is looked up in PATH */
    const char *const *environment; /**< NULL-terminated "NAME=value"; NULL: perfbudget's own */
    const char *directory;          /**< working directory; NULL: perfbudget's own */
    const char *input_path;         /**< standard input from this file; NULL: /dev/null */
    const char *input; /**< or these bytes on standard input (an unnamed file); NULL: none */
    size_t input_length;
    size_t keep;     /**< bytes of each output kept: half from the start, half from the end, with a
                        line of "..." between when some are left out. 0: 64 KiB */
    bool keep_whole; /**< keep up to `keep` from the start instead; more sets `cut` */
    uint64_t deadline; /**< clock_now() value; 0: none */
    double grace;      /**< seconds between SIGTERM and SIGKILL at the deadline; 0: 0.5 */
    int cancel_fd; /**< readable: end the child; -1: none. Note that 0 is a descriptor: set it */
    bool want_peak_rss;                       /**< fill in peak_rss */
    bool want_peak_memory;                    /**< fill in peak_memory */
    bool want_tree_rss, want_tree_pss;        /**< fill in tree_rss, tree_pss */
    void (*look)(void *looker, double bytes); /**< told tree_pss, else tree_rss, at each look */
    void *looker;
    double look_interval;         /**< seconds between looks, more where they take long; 0: 5 ms */
    enum process_counter counter; /**< fill in count */
    struct process_hygiene hygiene;
    const struct process_listener *listener; /**< NULL: nobody */
};

/** Captured output; `bytes` is NUL-terminated beyond `length`, and may hold any byte. */
struct process_output {
    const char *bytes;
    size_t length;
    uint64_t total; /**< bytes the child wrote */
    bool cut;       /**< bytes is not all of it */
};

enum process_end {
    PROCESS_EXITED,      /**< `status` is its exit status */
    PROCESS_SIGNALLED,   /**< `status` is the signal */
    PROCESS_TIMED_OUT,   /**< the deadline came first; everything was ended */
    PROCESS_CANCELLED,   /**< cancel_fd became readable; everything was ended */
    PROCESS_NOT_STARTED, /**< `status` is the errno of the step named by `failed_step` */
};

struct process_result {
    enum process_end end;
    int status;
    const char *failed_step; /**< "fork", "chdir", "execve", ... static text */
    uint64_t started;        /**< clock_now() just before it was spawned; 0: it was not */
    double wall, user,
        system;      /**< seconds: spawn to ended, and CPU time of the child and what it reaped */
    double peak_rss; /**< bytes: most resident memory of the largest single process, the child or
                        one that it waited for; NaN: not wanted, or could not be read */
    const char *peak_method; /**< how peak_rss was read, static text; NULL when it is NaN */
    double peak_memory;      /**< bytes: peak of the whole tree, by a control group where one can be
                                made, else the largest tree_pss; NaN: not wanted, or not known */
    const char *memory_method; /**< how peak_memory was read, static text; NULL when it is NaN */
    double tree_rss, tree_pss; /**< bytes: largest sum over the tree that polling saw; NaN: not
                                  wanted, or it ended before the first look */
    double count;    /**< what plan->counter counted until the child's end, from its exec on; NaN:
                        not wanted, or not known */
    int count_error; /**< errno of why count is not known: EAGAIN when others shared the counter for
                        a part of the time; else 0 */
    unsigned leftovers; /**< processes that outlived the child and were ended */
    struct process_output out, err;
};

/**
 * Runs one child to its end and reaps everything it started: own session and process group, closed
 * descriptors, default signals, /dev/null as standard input, subreaper sweep. Texts live in
 * `arena`. Call process_setup first. Threads may call it side by side: each has a keeper of its
 * own, which it gives back with process_leave.
 *
 * The child is started and waited for by the keeper, a small process of perfbudget's own, which is
 * there from the first call on. wall is measured by it in nanoseconds of CLOCK_MONOTONIC: from just
 * before the spawn to the return of the wait that reaps, as in a bare loop of spawn and wait4. When
 * perfbudget ends, in whatever way, the keeper ends every descendant, and then itself. Output is
 * read until 200 ms after the child's end, in case some process it left behind holds the pipes.
 * Children that nothing outlives share pipes, one after the other, unless `keep_whole` is set.
 *
 * peak_rss is ru_maxrss of getrusage(2), which begins with the peak of the process that spawned the
 * child (it is carried through exec): the keeper's, which is about that of the smallest program. A
 * child below that gets the keeper's, and peak_method says so.
 */
void process_run(struct arena *arena, const struct process_plan *plan,
                 struct process_result *result);

/**
 * Once at start-up: become the subreaper, reset inherited SIGCHLD and signal mask, ignore SIGPIPE
 * and SIGXFSZ, wake from sleeps without slack. Descriptors 0 to 2 that are closed become /dev/null,
 * opened the wrong way round, so that reading or writing them fails instead of losing data.
 */
void process_setup(void);

/** Memory of a process and all that descends from it, in bytes: PSS or RSS (proc(5)); 0 when it
 * cannot be read. */
double process_memory(pid_t pid, bool pss);

/** Whether this machine can count that: 0, or the errno of perf_event_open(2). */
int process_counts(enum process_counter counter);

/** Where execve finds the plan's program: argv[0] itself, or through PATH; NULL with errno. */
const char *process_program(struct arena *arena, const struct process_plan *plan);

/** Ends the calling thread's keeper, if it has one. Of threads other than the first that ran a
 * command, before they end. */
void process_leave(void);

/** Starts the keeper now, while perfbudget is small: its size is the least peak_rss there can be.
 * Without this call the first process_run starts it. */
void process_prepare(void);

/** Ends and reaps every child there is; for the way out after a signal. Async-signal-safe. */
void process_end_all(void);

/**
 * Splits a command as a POSIX shell would split plain words: blanks, single and double quotes,
 * backslash. Anything that needs a shell (| & ; < > ( ) $ ` * ? ~ at a word's start, # comment,
 * newline) unquoted is refused with a message and a hint to `with: {shell: true}`. argv is
 * NULL-terminated.
 */
bool process_split(struct arena *arena, const char *command, const char *const **argv,
                   size_t *count, const char **problem);

/** "exit status 3", "signal 11 (SIGSEGV)", "timed out", "could not start: No such file or
 * directory". */
const char *process_end_text(struct arena *arena, const struct process_result *result);

#endif
