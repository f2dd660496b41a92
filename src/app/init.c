#include "app/init.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "app/check.h"
#include "app/exit_code.h"
#include "app/init_parts.h"
#include "base/file.h"
#include "base/text.h"

static bool folder_look(struct initing *init) {
    struct stat status;
    const char *shown = init->request->folder;
    if (stat(init->folder, &status))
        return diag_error(init->diags, INIT_FOLDER, NO_PLACE, NULL, "%s: %s", shown,
                          strerror(errno));
    if (!S_ISDIR(status.st_mode))
        return diag_error(init->diags, INIT_FOLDER, NO_PLACE, NULL, "%s: it is no folder", shown);
    if (lstat(init->file, &status) == 0 && !init->request->force)
        return diag_error(init->diags, INIT_EXISTS, NO_PLACE, "pass --force to overwrite it",
                          "%s is there already",
                          path_relative(init->arena, init->request->budget.directory, init->file));
    return true;
}

/* The root that `check` finds where it is run now, or, for a project elsewhere, run there. */
static const char *root_of(const struct initing *init) {
    const char *root = path_find_root(init->arena, init->request->budget.directory);
    return path_below(root, init->folder) ? root : path_find_root(init->arena, init->folder);
}

/* What `check` makes of a text as if it stood in the file. */
static int text_check(struct initing *init, const char *yaml, struct report *report) {
    static const char *const standard[] = {"-"};
    struct check_request *check = arena_new_object(init->arena, struct check_request);
    check->budget = init->request->budget;
    check->budget.files = (struct probe_texts){standard, 1};
    check->budget.directory = path_directory(init->arena, init->file);
    check->budget.root = root_of(init);
    check->budget.no_exec = true;
    check->budget.input = yaml;
    check->budget.input_length = strlen(yaml);
    check->cancel_fd = init->request->cancel_fd;
    return check_run(init->arena, check, report, init->diags);
}

static const char *problem_of(const struct measurement *measurement,
                              const struct budget_verdict *verdict) {
    const struct diags *problems = measurement ? &measurement->problems : NULL;
    for (size_t i = 0; problems && i < problems->count; i++)
        if (problems->items[i].level == DIAG_ERROR) return problems->items[i].message;
    return verdict->count ? verdict->rows[0].reason : "it was not measured";
}

static void found_take(struct init_found *found, const struct report *report, size_t index) {
    const struct budget_verdict *verdict = &report->verdicts->budgets[index];
    for (size_t m = 0; m < INIT_METRICS_MAX && found->metrics[m]; m++) {
        const struct verdict_row *row = m < verdict->count ? &verdict->rows[m] : NULL;
        bool good = row && row->outcome == OUTCOME_PASS && row->observed > 0;
        if (!good) found->problem = problem_of(report->evidence[index].measurement, verdict);
        if (good) found->measured[m] = row->observed;
    }
}

static bool all_measure(struct initing *init) {
    struct report report;
    size_t measured = 0;
    text_check(init, init_yaml(init, true), &report);
    if (!report.set) return false;
    if (!report.complete)
        return diag_error(init->diags, INIT_NOTHING, NO_PLACE, NULL, "it was interrupted");
    for (size_t i = 0; i < init->count; i++) {
        found_take(&init->found[i], &report, budget_position(report.set, init->found[i].id));
        measured += init->found[i].problem == NULL;
    }
    if (measured > 0) return true;
    return diag_error(init->diags, INIT_NOTHING, NO_PLACE, NULL,
                      "nothing could be measured: %s: %s", init->found[0].target,
                      init->found[0].problem);
}

static bool file_write(struct initing *init) {
    struct output output;
    struct report report;
    const char *yaml = init_yaml(init, false);
    if (text_check(init, yaml, &report) != EXIT_PASS)
        return diag_error(init->diags, INIT_CHECK, NO_PLACE, NULL,
                          "what was measured does not pass: files changed meanwhile; nothing was "
                          "written");
    return output_open(init->arena, init->file, &output, init->diags) &&
           output_commit(&output, yaml, strlen(yaml), init->diags);
}

bool init_run(struct arena *arena, const struct init_request *request, const char **told,
              struct diags *diags) {
    const char *here = request->budget.directory;
    struct initing *init = arena_new_object(arena, struct initing);
    init->arena = arena;
    init->request = request;
    init->folder = path_join(arena, here, request->folder);
    init->file = request->file ? path_join(arena, here, request->file)
                               : path_join(arena, init->folder, "perfbudget.yaml");
    init->diags = diags;
    if (!folder_look(init)) return false;
    init_find(init);
    if (init->count == 0)
        return diag_error(diags, INIT_NOTHING, NO_PLACE, "build first, or write a file by hand",
                          "nothing that is built was recognised in %s", request->folder);
    if (!all_measure(init) || !file_write(init)) return false;
    *told = init_text(init);
    return true;
}
