#include "app/worktree.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/process.h"
#include "base/text.h"
#include "base/units.h"

enum { WORDS_MAX = 8, OUTPUT_MAX = 1024 * 1024 };
static const uint64_t GIT_NANOSECONDS = UINT64_C(300) * 1000000000;
static const uint64_t BUILD_NANOSECONDS = UINT64_C(3600) * 1000000000;
/* Worktrees are called perfbudget-PID-XXXXXX, so that a later run sees whose they were. */
static const char PREFIX[] = "perfbudget-";

/* What git is asked, and where. */
struct git {
    struct arena *arena;
    const char *repository;
    int cancel_fd;
};

/* Runs git; what it printed, or NULL. Hooks of the repository stay out of it. */
static const char *git_run(const struct git *git, const char *const *words,
                           struct process_result *result) {
    static const char *const first[] = {"git", "-c", "core.hooksPath=/dev/null", "-C"};
    const char *argv[array_length(first) + 1 + WORDS_MAX + 1] = {0};
    size_t count = 0;
    for (; count < array_length(first); count++) argv[count] = first[count];
    argv[count++] = git->repository;
    for (size_t i = 0; words[i] && i < WORDS_MAX; i++) argv[count++] = words[i];
    const struct process_plan plan = {.argv = argv,
                                      .keep = OUTPUT_MAX,
                                      .deadline = clock_now() + GIT_NANOSECONDS,
                                      .cancel_fd = git->cancel_fd};
    process_run(git->arena, &plan, result);
    return result->end == PROCESS_EXITED && result->status == 0 ? result->out.bytes : NULL;
}

/* The last line of what a program complained about. */
static const char *last_words(struct arena *arena, const struct process_output *output) {
    size_t to = output->length;
    while (to > 0 && strchr("\r\n ", output->bytes[to - 1])) to--;
    size_t from = to;
    while (from > 0 && output->bytes[from - 1] != '\n') from--;
    return text_inert(arena, text_copy_bytes(arena, output->bytes + from, to - from));
}

static const char *git_line(const struct git *git, const char *const *words) {
    struct process_result result;
    const char *text = git_run(git, words, &result);
    return text ? text_copy_bytes(git->arena, text, strcspn(text, "\n")) : NULL;
}

/* Whether the worktree was made by a run that is no more. */
static bool is_left_behind(const char *path) {
    const char *name = strrchr(path, '/');
    double owner;
    if (!name || !text_starts(name + 1, PREFIX)) return false;
    name += 1 + strlen(PREFIX);
    char digits[16] = {0};
    size_t length = strspn(name, "0123456789");
    if (length == 0 || length >= sizeof digits || name[length] != '-') return false;
    memcpy(digits, name, length);
    if (!number_parse(digits, &owner) || owner < 2 || owner > INT_MAX) return false;
    return kill((pid_t)owner, 0) != 0 && errno == ESRCH;
}

static void remove_left_behind(const struct git *git) {
    struct process_result result;
    static const char *const list[] = {"worktree", "list", "--porcelain", NULL};
    const char *lines = git_run(git, list, &result);
    for (const char *line = lines; line && *line;) {
        size_t length = strcspn(line, "\n");
        const char *one = text_copy_bytes(git->arena, line, length);
        line += length + (line[length] == '\n');
        if (!text_starts(one, "worktree ")) continue;
        const char *path = one + strlen("worktree ");
        if (!is_left_behind(path)) continue;
        const char *const words[] = {"worktree", "remove", "--force", path, NULL};
        git_run(git, words, &result);
    }
}

static bool build_run(struct arena *arena, const struct checkout_request *request,
                      const char *directory, struct diags *diags) {
    const struct probe_texts *build = &request->set->build;
    const char **argv = arena_alloc(arena, (build->count + 1) * sizeof *argv);
    for (size_t i = 0; i < build->count; i++) argv[i] = build->items[i];
    const struct process_plan plan = {.argv = argv,
                                      .directory = directory,
                                      .deadline = clock_now() + BUILD_NANOSECONDS,
                                      .cancel_fd = request->cancel_fd};
    struct process_result result;
    process_run(arena, &plan, &result);
    if (result.end == PROCESS_EXITED && result.status == 0) return true;
    const struct process_output *said = result.err.length ? &result.err : &result.out;
    return diag_error(diags, WORKTREE_BUILD, NO_PLACE, NULL, "`build` in `%s`: %s: %s",
                      text_inert(arena, directory), process_end_text(arena, &result),
                      last_words(arena, said));
}

/* A folder of head, in the worktree. */
static const char *folder_in(struct arena *arena, const char *root, const char *head_root,
                             const char *folder) {
    if (text_equal(folder, head_root)) return root;
    return path_join(arena, root, path_relative(arena, head_root, folder));
}

static bool build_both(struct arena *arena, const struct checkout_request *request,
                       const char *root, struct diags *diags) {
    const struct budget_set *set = request->set;
    if (set->build.count == 0) return true;
    if (request->no_exec)
        return diag_error(diags, WORKTREE_EXEC, NO_PLACE, NULL, "--no-exec refuses `build`");
    const char *base = folder_in(arena, root, set->root, set->build_directory);
    return build_run(arena, request, set->build_directory, diags) &&
           build_run(arena, request, base, diags);
}

/* The worktree itself; NULL with an error. */
static const char *worktree_add(const struct git *git, const struct checkout_request *request,
                                struct checkout *checkout, struct diags *diags) {
    struct process_result result;
    struct arena *arena = git->arena;
    const char *named = text_inert(arena, request->revision);
    const char *commit = text_format(arena, "%s^{commit}", request->revision);
    const char *const parse[] = {"rev-parse",        "--verify", "--quiet",
                                 "--end-of-options", commit,     NULL};
    const char *id = git_line(git, parse);
    if (!id) {
        diag_error(diags, WORKTREE_GIT, NO_PLACE, NULL, "git knows no revision `%s`", named);
        return NULL;
    }
    const char *path = folder_temporary(arena);
    if (!path) {
        diag_error(diags, WORKTREE_GIT, NO_PLACE, NULL, "no temporary folder can be made");
        return NULL;
    }
    checkout->worktree = path;
    checkout->repository = git->repository;
    const char *const add[] = {"worktree", "add", "--detach", "--force", path, id, NULL};
    if (git_run(git, add, &result)) return path;
    diag_error(diags, WORKTREE_GIT, NO_PLACE, NULL, "`%s` cannot be checked out: %s", named,
               last_words(arena, &result.err));
    return NULL;
}

const char *worktree_open(struct arena *arena, const struct checkout_request *request,
                          struct checkout *checkout, struct diags *diags) {
    const struct git git = {arena, request->set->root, request->cancel_fd};
    static const char *const prefix[] = {"rev-parse", "--show-prefix", NULL};
    const char *below = git_line(&git, prefix);
    if (!below) {
        diag_error(diags, WORKTREE_GIT, NO_PLACE, NULL, "`%s` is in no git repository",
                   text_inert(arena, request->set->root));
        return NULL;
    }
    remove_left_behind(&git);
    const char *path = worktree_add(&git, request, checkout, diags);
    if (!path) return NULL;
    const char *root = *below ? path_join(arena, path, below) : path;
    return build_both(arena, request, root, diags) ? root : NULL;
}

void worktree_close(struct arena *arena, struct checkout *checkout, struct diags *diags) {
    /* also after a signal, which must not cut this short */
    const struct git git = {arena, checkout->repository, -1};
    const char *const words[] = {"worktree", "remove", "--force", checkout->worktree, NULL};
    struct process_result result;
    if (git_run(&git, words, &result) || rmdir(checkout->worktree) == 0 || errno == ENOENT) return;
    diag_warning(diags, WORKTREE_LEFT, NO_PLACE, NULL, "`%s` is left behind: %s",
                 text_inert(arena, checkout->worktree), last_words(arena, &result.err));
}
