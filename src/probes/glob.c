#include "probes/glob.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/file.h"
#include "base/text.h"
#include "probes/glob_walk.h"

/** A pattern of a target with its braces expanded. */
struct written {
    const char *text; /* without the ! */
    bool negated, literal;
    struct glob_pattern *patterns;
    size_t count;
};

static bool read_written(struct arena *arena, const char *directory, const char *text,
                         struct written *written, struct glob_problem *problem) {
    *written = (struct written){.negated = text[0] == '!'};
    written->text = text + written->negated;
    if (strlen(text) > GLOB_PATTERN_MAX)
        return glob_fail(problem, PROBE_FAULT_TARGET,
                         text_format(arena, "a pattern is longer than %d bytes", GLOB_PATTERN_MAX),
                         NULL);
    written->literal = !glob_is_special(written->text);
    const char **texts = NULL;
    size_t count = 0;
    if (!glob_braces(arena, written->text, &texts, &count, problem)) return false;
    for (size_t i = 0; i < count; i++)
        if (!glob_pattern_read(arena, directory, texts[i],
                               array_add(arena, written->patterns, written->count), problem))
            return false;
    return true;
}

bool glob_check(struct arena *arena, struct probe_texts patterns, struct glob_problem *problem) {
    struct written written;
    for (size_t i = 0; i < patterns.count; i++)
        if (!read_written(arena, "/", patterns.items[i], &written, problem)) return false;
    if (patterns.count > 0 && patterns.items[0][0] == '!')
        return glob_fail(problem, PROBE_FAULT_TARGET,
                         "the first pattern takes files away before any were named",
                         "write the patterns of the files to measure first; ! patterns follow");
    return true;
}

static const char *shown(struct arena *arena, const struct glob_plan *plan, const char *path) {
    return text_inert(arena, path_relative(arena, plan->directory, path));
}

static bool outside(struct arena *arena, const struct glob_plan *plan, const char *path,
                    struct glob_problem *problem) {
    return glob_fail(problem, PROBE_FAULT_REFUSED,
                     text_format(arena, "%s lies outside the root", shown(arena, plan, path)),
                     "keep files below the root, or pass --allow-outside");
}

/** A path written out: it must be a regular file, and says what it is if it is not. */
static bool take_literal(struct arena *arena, const struct glob_plan *plan, const char *path,
                         struct glob_found *found, struct glob_problem *problem) {
    static const char *const faults[] = {
        [GLOB_FOLDER] = "is a folder",
        [GLOB_OTHER] = "is a pipe, a socket or a device, not a regular file",
        [GLOB_NOWHERE] = "is a symlink that leads nowhere",
        [GLOB_MISSING] = "does not exist",
    };
    enum glob_kind kind = glob_kind_of(path);
    int error = errno;
    bool leads_out = plan->root && !path_confined(plan->root, path);
    if (leads_out && kind != GLOB_NOWHERE) return outside(arena, plan, path, problem);
    if (kind == GLOB_REGULAR) return glob_found_add(arena, found, path, problem);
    if (kind == GLOB_MISSING && plan->missing_is_empty) return true;
    const char *fault = kind == GLOB_UNREADABLE ? strerror(error) : faults[kind];
    const char *name = shown(arena, plan, path);
    return glob_fail(
        problem, PROBE_FAULT_TARGET,
        text_format(arena, kind == GLOB_UNREADABLE ? "%s: %s" : "%s %s", name, fault),
        kind == GLOB_FOLDER ? text_format(arena, "%s/** names all files below it", name) : NULL);
}

/** The folder written out in front must be there: else a typo or a missing build reads as "none".
 */
static bool check_fixed(struct arena *arena, const struct glob_plan *plan,
                        const struct written *written, struct glob_problem *problem) {
    const char *folder = glob_fixed_folder(arena, plan->directory, written->text);
    if (plan->root && !path_confined(plan->root, folder))
        return outside(arena, plan, folder, problem);
    enum glob_kind kind = glob_kind_of(folder);
    if (kind == GLOB_FOLDER) return true;
    const char *fault = kind == GLOB_MISSING      ? "does not exist"
                        : kind == GLOB_UNREADABLE ? strerror(errno)
                                                  : "is no folder";
    return glob_fail(problem, PROBE_FAULT_TARGET,
                     text_format(arena, "%s, where %s looks for files, %s",
                                 shown(arena, plan, folder), text_inert(arena, written->text),
                                 fault),
                     "build first, or correct the path");
}

static bool add_files(struct arena *arena, const struct glob_plan *plan,
                      const struct written *written, struct glob_found *found,
                      struct glob_problem *problem) {
    if (written->literal && !plan->missing_is_empty)
        return take_literal(arena, plan, written->patterns[0].base, found, problem);
    if (!check_fixed(arena, plan, written, problem)) return false;
    if (written->literal)
        return take_literal(arena, plan, written->patterns[0].base, found, problem);
    for (size_t i = 0; i < written->count; i++) {
        const struct glob_pattern *pattern = &written->patterns[i];
        bool plain =
            pattern->part_count == 0; /* one of several alternatives, so it may be absent */
        if (plain && glob_kind_of(pattern->base) == GLOB_MISSING) continue;
        if (plain ? !take_literal(arena, plan, pattern->base, found, problem)
                  : !glob_walk(arena, plan, pattern, found, problem))
            return false;
    }
    return true;
}

static void remove_files(const struct written *written, struct glob_found *found) {
    size_t kept = 0;
    for (size_t i = 0; i < found->count; i++) {
        bool matched = false;
        for (size_t j = 0; j < written->count && !matched; j++)
            matched = glob_pattern_matches(&written->patterns[j], found->paths[i]);
        if (!matched) found->paths[kept++] = found->paths[i];
    }
    found->count = kept;
}

static int by_bytes(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort_unique(struct glob_found *found) {
    if (found->count == 0) return;
    qsort(found->paths, found->count, sizeof *found->paths, by_bytes);
    size_t kept = 1;
    for (size_t i = 1; i < found->count; i++)
        if (strcmp(found->paths[i], found->paths[kept - 1]) != 0)
            found->paths[kept++] = found->paths[i];
    found->count = kept;
}

/** Names relative to `directory`; what lies below it needs no copy. */
static void name_files(struct arena *arena, const char *directory, struct glob_files *files) {
    size_t length = strcmp(directory, "/") == 0 ? 0 : strlen(directory);
    files->names = arena_alloc(arena, files->count * sizeof *files->names);
    for (size_t i = 0; i < files->count; i++)
        files->names[i] = path_below(directory, files->paths[i])
                              ? files->paths[i] + length + 1
                              : path_relative(arena, directory, files->paths[i]);
}

bool glob_expand(struct arena *arena, const struct glob_plan *plan, struct glob_files *files,
                 struct glob_problem *problem) {
    struct glob_plan clean = *plan;
    struct glob_found found = {0};
    clean.directory = path_join(arena, "/", plan->directory);
    for (size_t i = 0; i < plan->patterns.count; i++) {
        struct written written;
        if (!read_written(arena, clean.directory, plan->patterns.items[i], &written, problem))
            return false;
        if (written.negated)
            remove_files(&written, &found);
        else if (!add_files(arena, &clean, &written, &found, problem))
            return false;
        sort_unique(&found); /* so that the bound counts each file once, and ! has less to do */
    }
    *files = (struct glob_files){.paths = found.paths, .count = found.count};
    name_files(arena, clean.directory, files);
    return true;
}

const char *glob_none_text(struct arena *arena, struct probe_texts patterns) {
    enum { SHOWN = 3 };
    struct text text = text_begin(arena);
    text_add(&text, "no file matches");
    for (size_t i = 0; i < patterns.count && i < SHOWN; i++)
        text_add_format(&text, "%s %s", i ? "," : "", text_inert(arena, patterns.items[i]));
    if (patterns.count > SHOWN) text_add_format(&text, " and %zu more", patterns.count - SHOWN);
    return text.data;
}
