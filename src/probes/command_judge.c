#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "base/units.h"
#include "probes/command_parts.h"

enum { SAID_MAX = 300 };

/* What to do when a command cannot be started. */
static const struct {
    int error;
    const char *hint;
} start_hints[] = {
    {ENOENT, "Check the path, and that a script's first line names an interpreter that exists. A "
             "name without `/` is looked up in PATH; commands start in the budget's directory."},
    {EACCES, "Make it executable: chmod +x."},
    {ENOEXEC, "It is neither a program for this machine nor a script that begins with #!; add "
              "`#!/bin/sh` as its first line."},
    {ETXTBSY, "Something still writes to the program; wait until the build is done."},
    {E2BIG, "The arguments and environment are too long; pass data in a file or by `stdin`."},
    {ENOTDIR, "A part of the path is a file, not a folder."},
    {EAGAIN, "The machine allows no more processes (ulimit -u, pids.max)."},
    {EMFILE, "Too many open files (ulimit -n)."},
    {ENOMEM, "The machine has no memory left for another process."},
};

/* Of what `cpus`, `priority` and `aslr` ask for, errno says little. */
static const char apply_hint[] =
    "`priority` below 0 takes the right to (root, CAP_SYS_NICE), and `cpus` must be some that this "
    "process may use (taskset -p $$).";

static const char *start_hint(const struct process_result *result) {
    int error = result->status;
    if (text_equal(result->failed_step, PROCESS_STEP_APPLY)) return apply_hint;
    for (size_t i = 0; i < array_length(start_hints); i++)
        if (start_hints[i].error == error) return start_hints[i].hint;
    return NULL;
}

/* Whether the machine failed rather than the command. */
static bool is_system(const struct process_result *result) {
    const char *step = result->failed_step;
    bool ours = strcmp(step, "execve") != 0 && strcmp(step, "chdir") != 0 &&
                strcmp(step, "standard input") != 0;
    return ours || result->status == EAGAIN || result->status == ENOMEM ||
           result->status == EMFILE || result->status == ENFILE;
}

/* The last line of standard error that is not blank, else of standard output; inert. */
static const char *last_words(struct arena *arena, const struct process_result *result) {
    const struct process_output *output = result->err.length > 0 ? &result->err : &result->out;
    size_t end = output->length;
    while (end > 0 && strchr(" \t\r\n", output->bytes[end - 1]) && output->bytes[end - 1]) end--;
    const char *before = memrchr(output->bytes, '\n', end);
    size_t start = before ? (size_t)(before - output->bytes) + 1 : 0;
    struct text words = text_begin(arena);
    size_t length = end - start < SAID_MAX ? end - start : SAID_MAX;
    text_add_inert(&words, output->bytes + start, length);
    return words.data;
}

static bool judge_crash(struct probe_run *run, struct arena *arena, const char *what,
                        int64_t status, const struct process_result *result) {
    const char *words = last_words(arena, result);
    bool exited = result->end == PROCESS_EXITED;
    const char *message =
        text_format(arena, "`%s` ended by %s%s", what, process_end_text(arena, result),
                    exited ? text_format(arena, ", expected %d", (int)status) : "");
    const char *hint = *words ? text_format(arena, "It said: %s", words) : NULL;
    return probe_fail(run, PROBE_FAULT_CRASH, message, hint);
}

static bool judge(struct probe_run *run, struct arena *arena, const char *what, int64_t status,
                  const struct process_result *result) {
    switch (result->end) {
    case PROCESS_EXITED:
        if (result->status == status) return true;
        return judge_crash(run, arena, what, status, result);
    case PROCESS_SIGNALLED:
        return judge_crash(run, arena, what, status, result);
    case PROCESS_TIMED_OUT:
        return probe_fail(run, PROBE_FAULT_TIMEOUT,
                          text_format(arena, "`%s` timed out after %s", what,
                                      unit_show(arena, result->wall, PROBE_SECONDS)),
                          "Raise `timeout`, or find out what it waits for.");
    case PROCESS_CANCELLED:
        return probe_fail(run, PROBE_FAULT_CANCELLED,
                          text_format(arena, "`%s` was stopped together with the run", what), NULL);
    case PROCESS_NOT_STARTED:
        break;
    }
    return probe_fail(run, is_system(result) ? PROBE_FAULT_SYSTEM : PROBE_FAULT_TARGET,
                      text_format(arena, "`%s` %s", what, process_end_text(arena, result)),
                      start_hint(result));
}

bool command_judge(struct probe_run *run, const char *what, int64_t status,
                   const struct process_result *result) {
    struct arena *arena = arena_new();
    bool good = judge(run, arena, what, status, result);
    arena_free(arena);
    return good;
}
