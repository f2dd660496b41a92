#include <string.h>

#include "base/array.h"
#include "base/file.h"
#include "budget/loading_servers.h"
#include "probe/session.h"

enum { RUNS_MIN = 5, RUNS_MAX = 1000 };

/* One budget on its way from layers to struct budget. */
struct resolving {
    struct loading *l;
    struct draft *draft;
    struct budget *budget;
    const struct source *source;
    const struct yaml_node *target, *runs; /* not filled in */
    size_t subjects;                       /* probes, of, derive */
    bool unknown;                          /* some key was not known */
};

static const struct yaml_node *layers_merge(struct loading *l, const struct draft *draft) {
    struct yaml_node *merged = NULL;
    const struct yaml_node *common = l->sources[draft->source].common;
    if (common) merged = yaml_merge(l->arena, NULL, common);
    for (size_t i = 0; i < draft->layer_count; i++)
        merged = yaml_merge(l->arena, merged, draft->layers[i]);
    return merged;
}

/* The key as the budget or a profile wrote it, not as it came from the defaults; else NULL. */
static const struct yaml_node *key_written(const struct draft *draft, const char *name) {
    for (size_t i = draft->layer_count; i > 0; i--) {
        const struct yaml_pair *pair = yaml_pair_of(draft->layers[i - 1], name);
        if (pair) return is_null(pair->value) ? NULL : pair->key;
    }
    return NULL;
}

static void value_bind(struct resolving *r, const struct budget_key *row,
                       const struct yaml_node *node) {
    struct field_context context = field_context_of(r->l, node->place, r->l->diags);
    bind_value(&context, &row->option, fill(r->l, node, NULL), &r->draft->values);
}

static void pair_read(struct resolving *r, const struct yaml_pair *pair) {
    const struct probe *probe = NULL;
    const struct budget_key *row = key_check(r->l, &budget_keys_budget, pair->key, &probe);
    if (probe) {
        r->subjects++;
        r->budget->probe = probe;
        r->target = pair->value;
    }
    r->unknown |= !row && !probe;
    if (!row) return;
    if (row->rules & KEY_SUBJECT) r->subjects++;
    if (row->shape == KEY_VALUE) value_bind(r, row, pair->value);
    if (row->shape == KEY_VALUE_OR_MAP) r->runs = pair->value;
    if (strcmp(row->option.name, "of") == 0) r->draft->of_place = pair->value->place;
    if (strcmp(row->option.name, "derive") == 0) r->draft->derive_place = pair->value->place;
}

static bool subject_check(struct resolving *r) {
    struct loading *l = r->l;
    struct draft *draft = r->draft;
    r->budget->of = draft->values.of;
    if (r->subjects == 1) return true;
    if (r->subjects == 0 && r->unknown) return false; /* most likely a misspelt probe */
    struct text names = text_begin(l->arena);
    for (size_t i = 0; i < l->request->registry->count; i++)
        text_add_format(&names, "%s, ",
                        text_inert(l->arena, l->request->registry->probes[i]->name));
    const char *hint =
        r->subjects == 0
            ? text_format(l->arena, "write one of %sof, derive, with its target as the value",
                          names.data)
            : "keep one of them, and make a budget of its own of the other";
    return diag_error(l->diags, BUDGET_SUBJECT, r->budget->place, hint,
                      "the budget %s has %s probe, `of` or `derive`",
                      quote(l->arena, r->budget->id), r->subjects ? "more than one" : "no");
}

static void misplaced_check(struct resolving *r) {
    const struct budget_keys *keys = &budget_keys_budget;
    unsigned wrong = r->budget->probe ? 0 : KEY_MEASURING;
    if (!r->draft->values.derive) wrong |= KEY_DERIVED;
    for (size_t i = 0; i < keys->count; i++) {
        const char *name = keys->rows[i].option.name;
        bool derived = keys->rows[i].rules & KEY_DERIVED;
        const struct yaml_node *key =
            keys->rows[i].rules & wrong ? key_written(r->draft, name) : NULL;
        if (!key) continue;
        diag_error(r->l->diags, BUDGET_MISPLACED, key->place,
                   derived ? "leave it out: the metrics of a probe have a direction of their own"
                           : "write it in the budget that has the probe",
                   derived ? "%s has no meaning in a budget that derives no value"
                           : "%s has no meaning in a budget that measures nothing itself",
                   quote(r->l->arena, name));
    }
}

static void runs_map(struct resolving *r, const struct yaml_node *map) {
    struct runs_values values = {0};
    if (!is_map(r->l, map, "runs")) return;
    for (size_t i = 0; i < map->count; i++) {
        const struct probe *probe = NULL;
        const struct yaml_node *value = map->pairs[i].value;
        const struct budget_key *row =
            key_check(r->l, &budget_keys_runs, map->pairs[i].key, &probe);
        struct field_context context = field_context_of(r->l, value->place, r->l->diags);
        if (row && !bind_value(&context, &row->option, value, &values)) return;
    }
    if (values.min && values.max && values.min > values.max) {
        diag_error(r->l->diags, BUDGET_RUNS, map->place, NULL,
                   "at least %lld runs, but at most %lld", (long long)values.min,
                   (long long)values.max);
        return;
    }
    struct budget_runs *runs = &r->budget->runs;
    if (values.min) runs->min = (size_t)values.min;
    if (values.max) runs->max = (size_t)values.max;
    if (!values.max && runs->max < runs->min) runs->max = runs->min;
    if (!values.min && runs->min > runs->max) runs->min = runs->max;
}

static void runs_read(struct resolving *r) {
    struct budget *budget = r->budget;
    const struct yaml_node *key = key_written(r->draft, "runs");
    budget->runs = (struct budget_runs){.min = RUNS_MIN, .max = RUNS_MAX};
    uint32_t needs = budget->probe ? budget->probe->needs : 0;
    if (needs & PROBE_ONCE) budget->runs = (struct budget_runs){.min = 1, .max = 1, .fixed = true};
    if (needs & PROBE_ONCE && !(needs & PROBE_STREAM)) {
        if (key)
            diag_error(r->l->diags, BUDGET_MISPLACED, key->place, "leave it out",
                       "one run of the probe %s says all there is to say, so it takes no `runs`",
                       quote(r->l->arena, budget->probe->name));
        return;
    }
    if (needs & PROBE_STREAM && !key) return; /* the runs of `defaults` are launches */
    if (!r->runs) return;
    const struct yaml_node *node = fill(r->l, r->runs, NULL);
    if (node->kind != YAML_SCALAR && needs & PROBE_STREAM) {
        diag_error(r->l->diags, BUDGET_MISPLACED, key->place, "write how often: `runs: 10`",
                   "a load of the probe %s is repeated a fixed number of times",
                   quote(r->l->arena, budget->probe->name));
        return;
    }
    if (node->kind != YAML_SCALAR) {
        runs_map(r, node);
        return;
    }
    value_bind(r, budget_key_find(&budget_keys_budget, "runs"), node);
    if (r->draft->values.runs == 0) return;
    size_t fixed = (size_t)r->draft->values.runs;
    budget->runs = (struct budget_runs){.min = fixed, .max = fixed, .fixed = true};
}

/* `with` over the defaults of the probe. */
static bool config_bind(struct resolving *r, const struct yaml_node *merged) {
    struct loading *l = r->l;
    const struct probe *probe = r->budget->probe;
    const struct yaml_node *with = yaml_get(merged, "with");
    const struct yaml_node *under = map_get(r->source->defaults, probe->name);
    if (with && !is_map(l, with, "with")) return false;
    if (under || with) with = yaml_merge(l->arena, under, with);
    if (with) with = fill(l, with, &r->draft->secret);
    struct field_context context = {l->arena, r->source->kilobyte, l->diags};
    void *config = arena_alloc(l->arena, probe->config_size);
    r->budget->config = config;
    return bind_map(&context, probe->options, probe->option_count, probe->option_size, with,
                    r->budget->place, config);
}

/* A command that asks for a shell is one text, for the shell to split. */
static bool asks_for_shell(const struct budget *budget) {
    const struct probe *probe = budget->probe;
    for (size_t i = 0; i < probe->option_count; i++) {
        const struct probe_option *row = field_row(probe->options, probe->option_size, i);
        if (row->type == PROBE_FLAG && strcmp(row->name, "shell") == 0)
            return *(const bool *)((const char *)budget->config + row->offset);
    }
    return false;
}

static bool paths_confined(struct resolving *r, const struct yaml_node *node) {
    const struct probe_texts *targets = &r->budget->targets;
    struct loading *l = r->l;
    bool good = true, anywhere = l->request->allow_outside || l->request->unmoored;
    for (size_t i = 0; i < targets->count && !anywhere; i++) {
        const char *glob = targets->items[i] + (targets->items[i][0] == '!');
        const char *path = path_join(l->arena, r->budget->directory, glob);
        struct place place = node->kind == YAML_LIST ? node->items[i]->place : node->place;
        if (path_below(l->set->root, path)) continue;
        good = diag_error(l->diags, PATH_OUTSIDE, place,
                          "keep it below the root, or pass --allow-outside if you trust the file",
                          "%s leaves the root %s", quote(l->arena, targets->items[i]),
                          quote(l->arena, l->set->root));
    }
    return good;
}

static const char *target_shown(struct resolving *r) {
    const struct yaml_node *node = r->target;
    const char *between = r->budget->probe->target == PROBE_TARGET_COMMAND ? " " : ", ";
    if (node->kind == YAML_SCALAR) return fill_shown(r->l, node);
    struct text shown = text_begin(r->l->arena);
    for (size_t i = 0; i < node->count; i++)
        if (node->items[i]->kind == YAML_SCALAR)
            text_add_format(&shown, "%s%s", i ? between : "", fill_shown(r->l, node->items[i]));
    return shown.data;
}

static bool targets_bind(struct resolving *r, bool shell) {
    struct loading *l = r->l;
    struct budget *budget = r->budget;
    const char *name = budget->probe->name;
    const struct yaml_node *node = fill(l, r->target, &r->draft->secret);
    struct field_context context = field_context_of(l, node->place, l->diags);
    bool good = budget->probe->target == PROBE_TARGET_COMMAND && !shell
                    ? bind_command(&context, node, name, &budget->targets)
                    : bind_texts(&context, node, name, &budget->targets);
    if (!good) return false;
    for (size_t i = 0; i < budget->targets.count; i++)
        if (budget->targets.items[i][0] == '\0' && budget->probe->target != PROBE_TARGET_COMMAND)
            return diag_error(l->diags, SCHEMA_EMPTY, node->place, NULL,
                              "the target of %s is empty", quote(l->arena, name));
    budget->target_text = target_shown(r);
    return budget->probe->target != PROBE_TARGET_PATHS || paths_confined(r, node);
}

/* The probe's own table: what is known of its metrics when its options have mistakes. */
static void metrics_of_table(struct loading *l, const struct probe *probe,
                             struct metrics *metrics) {
    metrics->count = probe->metric_count;
    metrics->items = arena_alloc(l->arena, (probe->metric_count + 1) * sizeof *metrics->items);
    for (size_t i = 0; i < probe->metric_count; i++)
        metrics->items[i] =
            (const struct probe_metric *)(const void *)((const char *)probe->metrics +
                                                        i * probe->metric_size);
}

/* Compression takes the time it takes, and says so itself where it is too long. */
static void file_times(struct resolving *r, const struct yaml_node *merged) {
    unsigned needs = r->budget->probe->needs;
    struct budget_values *values = &r->draft->values;
    double seconds = r->l->request->untrusted ? UNTRUSTED_SECONDS : FILES_SECONDS;
    bool reads_only = (needs & (PROBE_ONCE | PROBE_EXECUTES | PROBE_NETWORK)) == PROBE_ONCE;
    if (reads_only && !yaml_get(merged, "time_limit")) values->time_limit = seconds;
    if (reads_only && !yaml_get(merged, "timeout")) values->timeout = seconds;
}

static void probe_resolve(struct resolving *r, const struct yaml_node *merged) {
    struct loading *l = r->l;
    struct budget *budget = r->budget;
    size_t errors = l->diags->errors;
    bool configured = config_bind(r, merged);
    bool targeted = targets_bind(r, configured && asks_for_shell(budget));
    budget_servers(l, r->draft, budget);
    const struct session_company company = {0};
    const struct session_plan plan = {
        .probe = budget->probe,
        .config = late_config(l->arena, l->set, NULL, budget->probe, budget->config),
        .targets = late_texts(l->arena, l->set, NULL, budget->targets),
        .directory = budget->directory,
        .root = l->request->allow_outside ? NULL : l->set->root,
        .cancel_fd = -1,
        .place = budget->place,
        .id = budget->id,
        .company = r->draft->values.during ? &company : NULL,
        .timeout = r->draft->values.timeout,
        .time_limit = l->time_limit > 0 ? l->time_limit : r->draft->values.time_limit,
    };
    r->draft->known = true;
    if (configured && !r->draft->secret) budget->options = options_fingerprint(l->arena, budget);
    if (configured && targeted && session_check(l->arena, &plan, &budget->metrics, l->diags) &&
        server_metrics_add(l, budget))
        return;
    r->draft->partial = true;
    metrics_of_table(l, budget->probe, &budget->metrics);
    if (l->diags->errors == errors)
        diag_error(l->diags, BUDGET_SUBJECT, budget->place, NULL,
                   "the probe %s refused the budget without saying why",
                   quote(l->arena, budget->probe->name));
}

static void values_store(struct resolving *r) {
    const struct budget_values *values = &r->draft->values;
    struct budget *budget = r->budget;
    struct budget_values *kept = arena_new_object(r->l->arena, struct budget_values);
    *kept = *values;
    budget->values = kept;
    budget->written = r->draft->merged;
    budget->kilobyte = r->source->kilobyte;
    budget->secret = r->draft->secret;
    budget->title = values->title;
    budget->why = values->why;
    budget->fix = values->fix;
    budget->owner = values->owner;
    budget->tags = values->tags;
    budget->after = values->after;
    budget->severity = (enum budget_severity)values->severity;
    budget->on_inconclusive = (enum budget_inconclusive)values->on_inconclusive;
    budget->confidence = r->l->confidence > 0 ? r->l->confidence : values->confidence;
    budget->time_limit = r->l->time_limit > 0 ? r->l->time_limit : values->time_limit;
    budget->timeout = values->timeout;
    r->draft->disabled = !values->enabled;
}

void budget_resolve(struct loading *l, struct draft *draft, struct budget *budget) {
    struct resolving r = {
        .l = l, .draft = draft, .budget = budget, .source = &l->sources[draft->source]};
    size_t first = l->diags->count;
    draft->values = l->fallbacks;
    budget->directory = r.source->directory;
    budget->file = r.source->name;
    l->needs = arena_alloc(l->arena, BUDGET_SERVERS_MAX * sizeof *l->needs);
    draft->known = draft->partial = false;
    const struct yaml_node *merged = layers_merge(l, draft);
    draft->merged = merged;
    for (size_t i = 0; draft->layer_count && i < merged->count; i++)
        pair_read(&r, &merged->pairs[i]);
    if (draft->layer_count && subject_check(&r)) {
        misplaced_check(&r);
        runs_read(&r);
        if (budget->probe) {
            file_times(&r, merged);
            probe_resolve(&r, merged);
        }
    }
    values_store(&r);
    if (draft->secret) diags_redact(l, first);
}
