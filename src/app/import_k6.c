/* k6: `export const options = {..}` of a script, or the same as JSON. Thresholds are limits, and
 * vus, duration, stages or one scenario the load. What is requested is code, which stays behind. */
#include <ctype.h>
#include <string.h>

#include "app/import_parts.h"
#include "base/units.h"

/* k6's metrics that have a counterpart; times are in milliseconds. */
static const struct metric {
    const char *name, *ours;
    enum probe_unit unit;
} metrics[] = {
    {"http_req_duration", "latency", PROBE_SECONDS},
    {"http_req_waiting", "ttfb", PROBE_SECONDS},
    {"http_req_connecting", "connect", PROBE_SECONDS},
    {"http_req_tls_handshaking", "tls", PROBE_SECONDS},
    {"http_req_failed", "error_rate", PROBE_RATIO},
    {"http_reqs", "throughput", PROBE_PER_SECOND},
};

static const struct yaml_node *find(const struct yaml_node *tree, const char *name) {
    (void)name;
    const struct yaml_node *options = yaml_get(tree, "options");
    if (!options) options = tree;
    return import_is_map(yaml_get(options, "thresholds")) ? options : NULL;
}

static const struct metric *metric_find_k6(const char *name) {
    for (size_t m = 0; m < array_length(metrics); m++)
        if (strcmp(metrics[m].name, name) == 0) return &metrics[m];
    return NULL;
}

/* "p(95)" as "p95", "avg" as "mean"; NULL: no statistic of ours. */
static const char *statistic_of_k6(struct arena *arena, const char *word, size_t length) {
    static const char *const same[][2] = {
        {"avg", "mean"}, {"med", "median"}, {"min", "min"}, {"max", "max"}};
    const char *text = text_copy_bytes(arena, word, length);
    double p = 0;
    for (size_t s = 0; s < array_length(same); s++)
        if (strcmp(same[s][0], text) == 0) return same[s][1];
    if (strncmp(text, "p(", 2) != 0 || text[length - 1] != ')') return NULL;
    const char *number = text_copy_bytes(arena, text + 2, length - 3);
    return number_parse(number, &p) && p > 0 && p < 100
               ? text_format(arena, "p%s", number_text(arena, p))
               : NULL;
}

/* One threshold taken apart: "p(95) < 500". */
struct threshold {
    const char *word, *sign, *number;
    size_t word_length, sign_length;
};

static bool threshold_split(struct arena *arena, const char *text, struct threshold *t) {
    while (*text == ' ') text++;
    t->word = text;
    t->word_length = strcspn(text, " <>=!");
    text += t->word_length;
    while (*text == ' ') text++;
    t->sign = text;
    t->sign_length = strspn(text, "<>=!");
    text += t->sign_length;
    while (*text == ' ') text++;
    size_t length = strlen(text);
    while (length && text[length - 1] == ' ') length--;
    t->number = text_copy_bytes(arena, text, length);
    double number = 0;
    return t->word_length && t->sign_length && number_parse(t->number, &number);
}

static const char *bound_text(struct importing *i, const struct metric *metric, double number) {
    if (metric->unit == PROBE_SECONDS) return import_time_text(i->arena, number / 1000);
    if (metric->unit == PROBE_RATIO)
        return text_format(i->arena, "%s%%", number_text(i->arena, number * 100));
    return text_format(i->arena, "%s/s", number_text(i->arena, number));
}

static const char *key_of(struct importing *i, const struct metric *metric,
                          const struct threshold *t) {
    if (metric->unit != PROBE_SECONDS)
        return t->word_length == 4 && strncmp(t->word, "rate", 4) == 0 ? metric->ours : NULL;
    const char *statistic = statistic_of_k6(i->arena, t->word, t->word_length);
    return statistic ? text_format(i->arena, "%s.%s", metric->ours, statistic) : NULL;
}

static void read_threshold(struct importing *i, struct import_budget *budget,
                           const struct metric *metric, const struct yaml_node *node) {
    static const char expected[] = "thresholds such as p(95)<500 or rate<0.01";
    struct threshold t;
    double number = 0;
    const struct yaml_node *text = import_is_map(node) ? yaml_get(node, "threshold") : node;
    if (!import_text_of(text) || !threshold_split(i->arena, text->text, &t) ||
        !number_parse(t.number, &number)) {
        import_wrong(i, text ? text : node, expected);
        return;
    }
    const char *key = key_of(i, metric, &t);
    bool below = *t.sign == '<', above = *t.sign == '>';
    if (!key || !(below || above)) {
        import_leave(i, node->place, "%s of %s", quote(i->arena, text->text), metric->name);
        return;
    }
    const char *value = bound_text(i, metric, number);
    if (t.sign_length == 1) value = text_format(i->arena, "%c %s", *t.sign, value);
    import_bound(i, budget, key, t.sign_length == 1 ? "" : below ? "max" : "min", value);
    if (import_is(yaml_get(node, "abortOnFail"), "true"))
        import_leave(i, node->place, "`abortOnFail`: `--fail-fast` ends a run after a budget");
}

/* Without the probe they are left, but what cannot be read is an error all the same. */
static void read_thresholds(struct importing *i, struct import_budget *into,
                            const struct yaml_node *map) {
    struct import_budget *budget = into ? into : arena_new_object(i->arena, struct import_budget);
    for (size_t t = 0; t < map->count; t++) {
        const struct yaml_pair *pair = &map->pairs[t];
        const struct metric *metric = metric_find_k6(pair->key->text);
        const struct yaml_node *list = pair->value;
        if (!metric || !into)
            import_leave(i, pair->key->place, "the thresholds of %s%s",
                         quote(i->arena, pair->key->text),
                         metric ? ": they need the probe http" : ": no counterpart");
        if (!metric) continue;
        if (!import_is_list(list)) read_threshold(i, budget, metric, list);
        for (size_t n = 0; import_is_list(list) && n < list->count; n++)
            read_threshold(i, budget, metric, list->items[n]);
    }
}

/* The load, as options of http. */
struct load {
    struct import_budget *budget;
    struct text phases;
    double from; /* users or flows a second at the end of the phase before */
    bool open;
};

static const char *amount(struct importing *i, const struct load *load, double number) {
    if (!load->open && number < 1) number = 1;
    return text_format(i->arena, load->open ? "%s/s" : "%s", number_text(i->arena, number));
}

static void read_stage(struct importing *i, struct load *load, const struct yaml_node *stage,
                       size_t number) {
    double seconds = 0, target = 0;
    const struct yaml_node *duration = yaml_get(stage, "duration");
    const struct yaml_node *to = yaml_get(stage, "target");
    if (!duration || !to) {
        import_wrong(i, stage, "a stage with `duration` and `target`");
        return;
    }
    if (!import_seconds(i, duration, 0.001, &seconds) || !import_number(i, to, &target)) return;
    if (target == 0) {
        import_leave(i, stage->place, "stage %zu, which fades out", number);
        return;
    }
    text_add_format(&load->phases, "%sstage-%zu: {duration: %s, %s: %s",
                    load->phases.length ? ", " : "", number, import_time_text(i->arena, seconds),
                    load->open ? "rate" : "concurrency",
                    amount(i, load,
                           load->from > 0 ? load->from
                           : load->open   ? target
                                          : 1));
    if (target != load->from)
        text_add_format(&load->phases, ", ramp_to: %s", amount(i, load, target));
    text_add(&load->phases, "}");
    load->from = target;
}

static void read_stages(struct importing *i, struct load *load, const struct yaml_node *list) {
    load->phases = text_begin(i->arena);
    for (size_t s = 0; import_is_list(list) && s < list->count; s++)
        read_stage(i, load, list->items[s], s + 1);
    if (load->phases.length)
        import_option(i, load->budget, "phases", text_format(i->arena, "{%s}", load->phases.data));
}

static void read_duration(struct importing *i, struct load *load, const struct yaml_node *node) {
    double seconds = 0;
    if (node && import_seconds(i, node, 0.001, &seconds))
        import_option(i, load->budget, "duration", import_time_text(i->arena, seconds));
}

static void read_count(struct importing *i, struct load *load, const struct yaml_node *node,
                       const char *option, double per) {
    double number = 0;
    if (!node || !import_number(i, node, &number)) return;
    number /= per;
    import_option(i, load->budget, option, amount(i, load, number));
}

static double time_unit(struct importing *i, const struct yaml_node *scenario) {
    const struct yaml_node *unit = yaml_get(scenario, "timeUnit");
    double seconds = 1;
    return unit && import_seconds(i, unit, 0.001, &seconds) && seconds > 0 ? seconds : 1;
}

static void read_scenario(struct importing *i, struct load *load,
                          const struct yaml_node *scenario) {
    const char *executor = import_text_of(yaml_get(scenario, "executor"));
    const struct yaml_node *start = yaml_get(scenario, "startVUs");
    if (!executor) executor = "";
    if (strcmp(executor, "constant-vus") == 0) {
        read_count(i, load, yaml_get(scenario, "vus"), "concurrency", 1);
        read_duration(i, load, yaml_get(scenario, "duration"));
    } else if (strcmp(executor, "constant-arrival-rate") == 0) {
        load->open = true;
        read_count(i, load, yaml_get(scenario, "rate"), "rate", time_unit(i, scenario));
        read_duration(i, load, yaml_get(scenario, "duration"));
    } else if (strcmp(executor, "ramping-vus") == 0) {
        if (start) import_number(i, start, &load->from);
        read_stages(i, load, yaml_get(scenario, "stages"));
    } else if (strcmp(executor, "ramping-arrival-rate") == 0 && time_unit(i, scenario) == 1) {
        load->open = true;
        start = yaml_get(scenario, "startRate");
        if (start) import_number(i, start, &load->from);
        read_stages(i, load, yaml_get(scenario, "stages"));
    } else {
        import_leave(i, scenario->place, "the load of a scenario with the executor %s",
                     quote(i->arena, executor));
    }
}

static void read_load(struct importing *i, struct import_budget *budget,
                      const struct yaml_node *options) {
    struct load load = {.budget = budget};
    const struct yaml_node *scenarios = yaml_get(options, "scenarios");
    const struct yaml_node *stages = yaml_get(options, "stages");
    const struct yaml_node *vus = yaml_get(options, "vus");
    if (import_is_map(scenarios) && scenarios->count == 1) {
        read_scenario(i, &load, scenarios->pairs[0].value);
    } else if (scenarios) {
        import_leave(i, scenarios->place, "several scenarios run at once");
    } else if (stages) {
        if (vus) import_number(i, vus, &load.from);
        read_stages(i, &load, stages);
    } else {
        read_count(i, &load, vus, "concurrency", 1);
        read_duration(i, &load, yaml_get(options, "duration"));
        read_count(i, &load, yaml_get(options, "iterations"), "requests", 1);
    }
}

static void read(struct importing *i, const struct yaml_node *options) {
    static const char *const known[] = {"thresholds", "vus",       "duration", "iterations",
                                        "stages",     "scenarios", NULL};
    struct import_budget *budget = NULL;
    if (import_has(i, "http")) {
        budget = import_add(i, "service", "http");
        import_variable(i, "url", "http://127.0.0.1:8080/");
        import_target(i, budget, "${url}");
        read_load(i, budget, options);
    }
    read_thresholds(i, budget, yaml_get(options, "thresholds"));
    import_leave_others(i, options, known);
}

const struct import_reader import_k6 = {find, read};
