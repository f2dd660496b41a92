#include "base/array.h"
#include "budget/budget_schema.h"
#include "budget/server.h"

enum { DAY = 24 * 60 * 60 };

static const char *const schemes[] = {[SERVER_HTTP] = "http", [SERVER_HTTPS] = "https", NULL};

#define SERVER_VALUE(kind, member, ...) \
    .option = {PROBE_OPTION(struct server_values, kind, member), __VA_ARGS__}
#define READY_VALUE(kind, member, ...) \
    .option = {PROBE_OPTION(struct ready_values, kind, member), __VA_ARGS__}

static const struct budget_key ready_rows[] = {
    {READY_VALUE(PROBE_TEXT, path, .fallback = "",
                 .help = "Path that is asked for until it is answered."),
     .example = "/health"},
    {READY_VALUE(PROBE_INTEGER, status, .fallback = "", .min = 100, .max = 599,
                 .help = "Status that counts as ready; without it any of 200 to 399."),
     .example = "204"},
    {READY_VALUE(PROBE_TEXT, pattern, .fallback = "",
                 .help = "Pattern (PCRE2) in a line that the server prints once it is ready."),
     .example = "listening"},
};
const struct budget_keys budget_keys_ready = {
    .name = "ready",
    .help = "When a server counts as ready: `path` is answered, or `pattern` was printed.",
    .rows = ready_rows,
    .count = array_length(ready_rows),
};

static const struct budget_key server_rows[] = {
    {SERVER_VALUE(PROBE_COMMAND, command,
                  .help = "The command that is the server, run without a shell; `${port}` is the "
                          "port it is to listen on, on 127.0.0.1 or all addresses."),
     .rules = KEY_REQUIRED, .example = "'./serve --port ${port}'"},
    {SERVER_VALUE(PROBE_FLAG, shell, .fallback = "false",
                  .help = "Run the command through /bin/sh -c."),
     .example = "true"},
    {SERVER_VALUE(PROBE_TEXT, ready, .fallback = "",
                  .help = "When it is ready: the path of a URL that it answers, or a map; without "
                          "it once it listens on its port."),
     .shape = KEY_VALUE_OR_MAP, .example = "/health", .children = &budget_keys_ready},
    {SERVER_VALUE(
         PROBE_TIME, timeout, .fallback = "30s", .min = 0.001, .max = DAY,
         .help = "Time until it is ready; a server that takes longer ends its budgets as error."),
     .example = "10s"},
    {SERVER_VALUE(
         PROBE_TEXT, directory, .fallback = "",
         .help = "Folder it starts in, relative to the budget file's `directory`, below the root."),
     .example = "server"},
    {SERVER_VALUE(PROBE_PAIRS, env, .fallback = "", .help = "Variables added to its environment."),
     .example = "{PORT: '${port}'}"},
    {SERVER_VALUE(PROBE_INTEGER, port, .fallback = "0", .min = 0, .max = 65535,
                  .help = "The port, where the server cannot be told; 0: a free one is found."),
     .example = "8080"},
    {SERVER_VALUE(PROBE_CHOICE, scheme, .fallback = "http", .choices = schemes,
                  .help = "How `${NAME.url}` begins. The readiness of an https server is asked "
                          "without checking its certificate."),
     .example = "https"},
    {SERVER_VALUE(PROBE_TIME, grace, .fallback = "5s", .min = 0.001, .max = DAY,
                  .help = "Time between SIGTERM and SIGKILL when it is ended."),
     .example = "1s"},
};
const struct budget_keys budget_keys_server = {
    .name = "a server",
    .help = "A server: how it is started, and when it is ready.",
    .rows = server_rows,
    .count = array_length(server_rows),
};

#define SERVER_METRIC(word, what, words)                                                         \
    {                                                                                            \
        .name = word, .help = words, .unit = what, .better = PROBE_LOWER, .nature = PROBE_NOISY, \
        .fold = PROBE_FOLD_POOL, .statistic = "max"                                              \
    }

const struct probe_metric server_metrics[SERVER_METRICS] = {
    [SERVER_READY] = SERVER_METRIC(
        "server_ready", PROBE_SECONDS,
        "Time from the spawn of the server to its first ready answer; one sample a start."),
    [SERVER_PEAK_MEMORY] = SERVER_METRIC(
        "server_peak_memory", PROBE_BYTES,
        "Most memory of the server with all it starts, since its start, after each run."),
    [SERVER_GROWTH] =
        SERVER_METRIC("server_growth", PROBE_BYTES_PER_SECOND,
                      "How fast the server's memory grew during each run (Theil-Sen slope)."),
    [SERVER_CPU] = SERVER_METRIC("server_cpu", PROBE_SECONDS,
                                 "Processor time of the server with all it starts, of each run."),
};
