#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/file.h"
#include "base/text.h"
#include "probes/command_parts.h"

enum { SHOWN_MAX = 100 };

static const char outside_hint[] =
    "Keep files below the root, or pass --allow-outside when you trust the budget file.";

/* What a clean environment starts from. */
static const char *const clean_names[] = {"PATH", "HOME", "LANG"};

static bool has_name(const char *variable, const char *name) {
    size_t length = strlen(name);
    return strncmp(variable, name, length) == 0 && variable[length] == '=';
}

static bool is_replaced(const char *variable, const struct probe_pairs *pairs) {
    for (size_t i = 0; i < pairs->count; i++)
        if (has_name(variable, pairs->items[i].name)) return true;
    return false;
}

static bool is_clean(const char *variable) {
    for (size_t i = 0; i < array_length(clean_names); i++)
        if (has_name(variable, clean_names[i])) return true;
    return false;
}

static const char *const *environment_build(struct arena *arena,
                                            const struct command_config *config) {
    const char **items = NULL;
    size_t count = 0;
    for (char **at = environ; *at; at++)
        if (!is_replaced(*at, &config->env) && (!config->clean_env || is_clean(*at)))
            *array_add(arena, items, count) = text_copy(arena, *at);
    for (size_t i = 0; i < config->env.count; i++)
        *array_add(arena, items, count) =
            text_format(arena, "%s=%s", config->env.items[i].name, config->env.items[i].value);
    *array_add(arena, items, count) = NULL;
    return items;
}

/* With a shell, a list's further words are the script's $1, $2, ... */
static const char *const *argv_build(struct arena *arena, struct probe_texts words, bool shell) {
    const char **items = NULL;
    size_t count = 0;
    if (shell) {
        *array_add(arena, items, count) = "/bin/sh";
        *array_add(arena, items, count) = "-c";
    }
    for (size_t i = 0; i < words.count; i++) {
        *array_add(arena, items, count) = words.items[i];
        if (shell && i == 0) *array_add(arena, items, count) = "sh";
    }
    *array_add(arena, items, count) = NULL;
    return items;
}

static const char *words_show(struct arena *arena, struct probe_texts words) {
    struct text shown = text_begin(arena);
    for (size_t i = 0; i < words.count && shown.length < SHOWN_MAX; i++) {
        if (i > 0) text_add_char(&shown, ' ');
        text_add_inert(&shown, words.items[i], strnlen(words.items[i], SHOWN_MAX));
    }
    if (shown.length <= SHOWN_MAX) return shown.data;
    size_t length = SHOWN_MAX; /* not within a character */
    while (length > 0 && ((unsigned char)shown.data[length] & 0xC0) == 0x80) length--;
    return text_format(arena, "%.*s...", (int)length, shown.data);
}

/* A path from an option, absolute; NULL after saying that it leaves the root. */
static const char *path_below_root(struct probe_run *run, struct arena *arena, const char *option,
                                   const char *path) {
    const char *whole = path_join(arena, run->directory, path);
    if (!run->root || (path_below(run->root, whole) && path_confined(run->root, whole)))
        return whole;
    probe_fail(run, PROBE_FAULT_REFUSED,
               text_format(arena, "`%s: %s` leaves the root", option, text_inert(arena, path)),
               outside_hint);
    return NULL;
}

static bool is_said(const char *text) {
    return text && *text;
}

bool command_plan(struct probe_run *run, struct command_state *state) {
    const struct command_config *config = run->config;
    struct process_plan plan = {.argv = argv_build(state->arena, run->targets, config->shell),
                                .environment = environment_build(state->arena, config),
                                .directory = run->directory,
                                .cancel_fd = run->cancel_fd};
    if (is_said(config->directory)) {
        plan.directory = path_below_root(run, state->arena, "directory", config->directory);
        if (!plan.directory) return false;
    }
    if (is_said(config->stdin)) {
        plan.input_path = path_below_root(run, state->arena, "stdin", config->stdin);
        if (!plan.input_path) return false;
    }
    if (config->metrics.count > 0) {
        plan.keep_whole = true;
        plan.keep = COMMAND_OUTPUT_MAX;
    }
    if (!command_hygiene(run, &plan.hygiene)) return false;
    state->plan = plan;
    state->shown = words_show(state->arena, run->targets);
    return true;
}
