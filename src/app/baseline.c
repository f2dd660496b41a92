#include "app/baseline.h"

#include "base/array.h"
#include "base/text.h"

const struct measurement *measurement_renumbered(struct arena *arena,
                                                 const struct measurement *from,
                                                 const struct budget *budget) {
    struct measurement *copy = arena_new_object(arena, struct measurement);
    *copy = *from;
    copy->metrics = &budget->metrics;
    copy->series = arena_alloc(arena, (from->count + 1) * sizeof *copy->series);
    copy->count = 0;
    double *cuts = arena_alloc(arena, (budget->metrics.count + 1) * sizeof *cuts);
    copy->cuts = cuts;
    copy->methods = arena_alloc(arena, (budget->metrics.count + 1) * sizeof *copy->methods);
    for (size_t i = 0; i < from->count; i++) {
        const struct probe_metric *metric = from->metrics->items[from->series[i].metric];
        int number = metric_find(&budget->metrics, metric->name);
        if (number < 0 || budget->metrics.items[number]->unit != metric->unit) continue;
        struct series *series = &copy->series[copy->count++];
        *series = from->series[i];
        series->metric = (uint32_t)number;
        if (from->methods) copy->methods[number] = from->methods[from->series[i].metric];
        if (from->cuts) cuts[number] = from->cuts[from->series[i].metric];
    }
    return copy;
}

struct verdict_base *bases_renumbered(struct arena *arena, const struct bases_request *request) {
    struct verdict_base *bases = arena_alloc(arena, (request->set->count + 1) * sizeof *bases);
    for (size_t i = 0; i < request->set->count; i++) {
        const struct budget *budget = &request->set->budgets[i];
        size_t old = budget_position(request->stored, budget->id);
        if (old == request->stored->count || !budget->probe) continue;
        bases[i] = request->bases[old];
        if (bases[i].measurement)
            bases[i].measurement = measurement_renumbered(arena, bases[i].measurement, budget);
    }
    return bases;
}

/* What the budget had measured then, where that is something else. */
static const char *measured_other(struct arena *arena, const struct budget *then,
                                  const struct budget *now) {
    const char *old = then->target_text ? then->target_text : "";
    if (text_equal(then->probe->name, now->probe->name) && text_equal(old, now->target_text))
        return options_alike(then, now) ? NULL
                                        : "the baseline measured with other options (`with`)";
    return text_format(arena, "the baseline measured something else: `%s: %s`", then->probe->name,
                       text_inert(arena, old));
}

/* A stored report need not be of the budget file at hand. */
static void bases_doubt(struct arena *arena, const struct bases_request *request,
                        struct verdict_base *bases) {
    for (size_t i = 0; i < request->set->count; i++) {
        const struct budget *budget = &request->set->budgets[i];
        const struct budget *then = budget_find(request->stored, budget->id);
        if (bases[i].measurement && then && then->probe && budget->probe)
            bases[i].other = measured_other(arena, then, budget);
    }
}

/* What the stored run measured of head is the base now. */
static struct verdict_base *bases_of(struct arena *arena, const struct budget_set *stored,
                                     const struct evidence *evidence) {
    struct verdict_base *bases = arena_alloc(arena, (stored->count + 1) * sizeof *bases);
    for (size_t i = 0; i < stored->count; i++) {
        const struct measurement *measurement = evidence[i].measurement;
        if (measurement && !measurement->missing)
            bases[i].measurement = measurement;
        else if (evidence[i].started || stored->budgets[i].selected)
            bases[i].problem = "the baseline was not measured";
    }
    return bases;
}

static void add_difference(struct text *list, const char *what, const char *then, const char *now) {
    if (text_equal(then, now)) return;
    text_add_format(list, "%s%s %s, now %s", list->length ? "; " : "", what,
                    text_inert(list->arena, then ? then : "unknown"),
                    text_inert(list->arena, now ? now : "unknown"));
}

const char *environment_differences(struct arena *arena, const struct environment *then,
                                    const struct environment *now) {
    if (then->fingerprint && text_equal(then->fingerprint, now->fingerprint)) return NULL;
    struct text list = text_begin(arena);
    add_difference(&list, "CPU", then->cpu, now->cpu);
    add_difference(&list, "cores", text_format(arena, "%d", then->cores),
                   text_format(arena, "%d", now->cores));
    add_difference(&list, "kernel", then->kernel, now->kernel);
    add_difference(&list, "cpu.max", then->cpu_limit, now->cpu_limit);
    add_difference(&list, "memory.max", then->memory_limit, now->memory_limit);
    add_difference(&list, "perfbudget", then->tool, now->tool);
    if (!list.length) add_difference(&list, "fingerprint", then->fingerprint, now->fingerprint);
    return text_format(arena, "the baseline is of another machine: %s", list.data);
}

struct verdict_base *baseline_bases(struct arena *arena, const char *path,
                                    const struct budget_set *set, struct report *report,
                                    struct diags *diags) {
    struct budget_set *stored_set = arena_new_object(arena, struct budget_set);
    struct evidence *evidence;
    struct verdicts *stored = arena_new_object(arena, struct verdicts);
    if (!report_read(arena, path, report, stored_set, &evidence, stored, diags)) return NULL;
    const struct bases_request request = {set, stored_set, bases_of(arena, stored_set, evidence)};
    struct verdict_base *bases = bases_renumbered(arena, &request);
    bases_doubt(arena, &request, bases);
    return bases;
}

struct report_against *baseline_read(struct arena *arena, const char *path,
                                     const struct budget_set *set, const struct environment *here,
                                     struct diags *diags) {
    struct report report;
    struct verdict_base *bases = baseline_bases(arena, path, set, &report, diags);
    if (!bases) return NULL;
    struct report_against *against = arena_new_object(arena, struct report_against);
    *against = (struct report_against){
        .basis = BASIS_STORED,
        .name = path,
        .revision = report.environment.revision,
        .incomparable = environment_differences(arena, &report.environment, here),
        .waited = report.environment.pressure_cpu,
        .bases = bases,
    };
    return against;
}

void against_options(const struct report_against *against, struct verdict_options *options) {
    if (!against) return;
    options->basis = against->basis;
    options->bases = against->bases;
    options->incomparable = against->incomparable;
    options->waited_then = against->waited;
}
