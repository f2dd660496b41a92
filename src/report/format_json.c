#include "report/format_json.h"

#include <math.h>

#include "base/text.h"

static void put_environment(json *root, const struct environment *environment) {
    json *object = json_put_object(root, "environment");
    json_put_text(object, "fingerprint", environment->fingerprint);
    json_put_text(object, "host", environment->host);
    json_put_text(object, "os", environment->os);
    json_put_text(object, "kernel", environment->kernel);
    json_put_text(object, "cpu", environment->cpu);
    json_put_number(object, "cores", environment->cores);
    json_put_number(object, "memory", environment->memory);
    json *container = json_put_object(object, "container");
    json_put_text(container, "cpu", environment->cpu_limit);
    json_put_text(container, "memory", environment->memory_limit);
    json *load = json_put_list(object, "load");
    for (int i = 0; i < 3; i++) json_push_number(load, environment->load[i]);
    json *pressure = json_put_object(object, "pressure");
    json_put_number(pressure, "cpu", environment->pressure_cpu);
    json_put_number(pressure, "io", environment->pressure_io);
    json_put_number(pressure, "memory", environment->pressure_memory);
    json_put_number(object, "spawn", environment->spawn);
    json *libraries = json_put_object(object, "libraries");
    for (const struct library_version *row = environment->libraries; row && row->name; row++)
        json_put_text(libraries, row->name, row->version);
    json_put_text(object, "revision", environment->revision);
    json_put_text(object, "branch", environment->branch);
    json_put_text(object, "ci", environment->ci);
}

static void put_files(json *root, const struct budget_set *set) {
    json *files = json_put_list(root, "files");
    for (size_t i = 0; i < set->file_count; i++) {
        json *file = json_push(files, json_new_object());
        json_put_text(file, "path", set->files[i].path);
        json_put_text(file, "sha256", set->files[i].sha256);
    }
}

static void put_summary(json *root, const struct verdicts *verdicts) {
    static const enum outcome order[] = {OUTCOME_PASS,         OUTCOME_WARN, OUTCOME_WAIVED,
                                         OUTCOME_INCONCLUSIVE, OUTCOME_FAIL, OUTCOME_ERROR,
                                         OUTCOME_SKIPPED};
    json *summary = json_put_object(root, "summary");
    for (int i = 0; i < OUTCOME_COUNT; i++)
        json_put_number(summary, outcome_words[order[i]], (double)verdicts->summary[order[i]]);
}

/* Each row errs with at most its alpha, so together at most with the sum (Bonferroni). */
static double error_bound(const struct verdicts *verdicts) {
    double sum = 0;
    for (size_t i = 0; i < verdicts->set->count; i++)
        for (size_t row = 0; row < verdicts->budgets[i].count; row++) {
            const struct verdict_row *judged = &verdicts->budgets[i].rows[row];
            if (!isnan(judged->confidence)) sum += 1 - judged->confidence;
        }
    sum = nearbyint(sum * 1e12) / 1e12; /* 0.05, not 0.050000000000000044 */
    return sum < 1 ? sum : 1;
}

static void put_head(json *root, const struct report *report) {
    json_put_text(root, "schema", "perfbudget.report/1");
    json_put_flag(root, "complete", report->complete);
    json_put_text(root, "verdict", outcome_words[report->verdicts->outcome]);
    json_put_text(root, "effect", outcome_words[report->verdicts->effect]);
    json_put_number(root, "exit_code", report->exit_code);
    json *tool = json_put_object(root, "tool");
    json_put_text(tool, "name", "perfbudget");
    json_put_text(tool, "version", PERFBUDGET_VERSION);
    json_put_text(root, "project", report->set->project);
    json *profiles = json_put_list(root, "profiles");
    for (size_t i = 0; i < report->set->profiles.count; i++)
        json_push_text(profiles, report->set->profiles.items[i]);
    json_put_text(root, "started_at", report->started_at);
    json_put_number(root, "duration", report->duration);
    json_put_number(root, "error_bound", error_bound(report->verdicts));
}

const char *report_json(struct arena *arena, const struct report *report) {
    struct arena *scratch = arena_new();
    json *root = json_new_object();
    put_head(root, report);
    put_environment(root, &report->environment);
    json_put_against(root, report->against);
    json_put_shards(root, report);
    put_files(root, report->set);
    put_summary(root, report->verdicts);
    json *budgets = json_put_list(root, "budgets");
    for (size_t i = 0; i < report->set->count; i++) json_push_budget(scratch, budgets, report, i);
    json_put_diagnostics(root, report->diags);
    const char *text = json_write(arena, root);
    json_free(root);
    arena_free(scratch);
    return text;
}
