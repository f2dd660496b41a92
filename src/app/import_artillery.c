/* Artillery's load files: target, phases, flows, and what `ensure` demands. A phase's arrivalRate
 * starts so many flows a second: the open model. */
#include <string.h>

#include "app/import_parts.h"
#include "base/units.h"

static const struct yaml_node *find(const struct yaml_node *tree, const char *name) {
    (void)name;
    const struct yaml_node *config = yaml_get(tree, "config");
    return yaml_get(config, "phases") || yaml_get(config, "target") || yaml_get(config, "ensure")
               ? tree
               : NULL;
}

/* What a limit of `ensure` is called here; "" stands for the response time. */
static const char *key_of(struct importing *i, const char *metric) {
    static const char *const statistics[] = {"min", "max", "median", "mean", "p50",
                                             "p75", "p90", "p95",    "p99",  "p999"};
    static const char before[] = "http.response_time.";
    if (text_starts(metric, before)) metric += strlen(before);
    for (size_t s = 0; s < array_length(statistics); s++)
        if (strcmp(statistics[s], metric) == 0)
            return text_format(i->arena, "latency.%s",
                               strcmp(metric, "p999") == 0 ? "p99.9" : metric);
    return NULL;
}

static void time_limit(struct importing *i, struct import_budget *budget,
                       const struct yaml_node *place, const char *metric, double milliseconds) {
    const char *key = key_of(i, metric);
    if (!key) {
        import_leave(i, place->place, "the threshold of %s", quote(i->arena, metric));
        return;
    }
    import_bound(i, budget, key, "max", import_time_text(i->arena, milliseconds / 1000));
}

static void read_thresholds(struct importing *i, struct import_budget *budget,
                            const struct yaml_node *list) {
    for (size_t t = 0; import_is_list(list) && t < list->count; t++) {
        const struct yaml_node *map = list->items[t];
        for (size_t p = 0; import_is_map(map) && p < map->count; p++) {
            double number = 0;
            if (import_number(i, map->pairs[p].value, &number))
                time_limit(i, budget, map->pairs[p].key, map->pairs[p].key->text, number);
        }
    }
}

static void read_ensure(struct importing *i, struct import_budget *budget,
                        const struct yaml_node *ensure) {
    for (size_t e = 0; import_is_map(ensure) && e < ensure->count; e++) {
        const struct yaml_pair *pair = &ensure->pairs[e];
        const char *name = pair->key->text;
        double number = 0;
        if (strcmp(name, "thresholds") == 0) {
            read_thresholds(i, budget, pair->value);
        } else if (strcmp(name, "conditions") == 0) {
            import_leave(i, pair->key->place, "`conditions`, which are expressions");
        } else if (import_number(i, pair->value, &number)) {
            if (strcmp(name, "maxErrorRate") == 0)
                import_bound(i, budget, number == 0 ? "errors" : "error_rate", "max",
                             text_format(i->arena, number == 0 ? "0" : "%s%%",
                                         number_text(i->arena, number)));
            else
                time_limit(i, budget, pair->key, name, number);
        }
    }
}

static const char *phase_name(struct importing *i, const struct yaml_node *phase, size_t number) {
    const char *name = import_text_of(yaml_get(phase, "name"));
    struct text made = text_begin(i->arena);
    for (const char *c = name ? name : ""; *c; c++) {
        bool good = (*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9');
        if (good || (*c >= 'A' && *c <= 'Z'))
            text_add_char(&made, good ? *c : (char)(*c + 32));
        else if (made.length && made.data[made.length - 1] != '-')
            text_add_char(&made, '-');
    }
    while (made.length && made.data[made.length - 1] == '-') made.data[--made.length] = '\0';
    return made.length ? text_format(i->arena, "%s-%zu", made.data, number)
                       : text_format(i->arena, "phase-%zu", number);
}

static bool phase_rate(struct importing *i, const struct yaml_node *phase, double seconds,
                       double *rate) {
    const struct yaml_node *arrivals = yaml_get(phase, "arrivalRate");
    const struct yaml_node *count = yaml_get(phase, "arrivalCount");
    if (arrivals) return import_number(i, arrivals, rate);
    if (!count || seconds <= 0) return false;
    if (!import_number(i, count, rate)) return false;
    *rate /= seconds;
    return true;
}

static void read_phase(struct importing *i, struct text *phases, const struct yaml_node *phase,
                       size_t number) {
    static const char *const known[] = {"duration", "arrivalRate", "arrivalCount",
                                        "rampTo",   "name",        NULL};
    double seconds = 0, rate = 0, to = 0;
    const struct yaml_node *duration = yaml_get(phase, "duration");
    const struct yaml_node *ramp = yaml_get(phase, "rampTo");
    if (!duration) {
        import_leave(i, phase->place, "phase %zu, which starts nothing", number);
        return;
    }
    if (!import_seconds(i, duration, 1, &seconds)) return;
    if (!phase_rate(i, phase, seconds, &rate) || rate == 0) {
        import_leave(i, phase->place, "phase %zu, whose rate does not begin above 0", number);
        return;
    }
    text_add_format(phases, "%s%s: {duration: %s, rate: %s/s", phases->length ? ", " : "",
                    phase_name(i, phase, number), import_time_text(i->arena, seconds),
                    number_text(i->arena, rate));
    if (ramp && import_number(i, ramp, &to))
        text_add_format(phases, ", ramp_to: %s/s", number_text(i->arena, to));
    text_add(phases, "}");
    import_leave_others(i, phase, known);
}

static void read_phases(struct importing *i, struct import_budget *budget,
                        const struct yaml_node *list) {
    struct text phases = text_begin(i->arena);
    for (size_t p = 0; import_is_list(list) && p < list->count; p++)
        read_phase(i, &phases, list->items[p], p + 1);
    if (phases.length)
        import_option(i, budget, "phases", text_format(i->arena, "{%s}", phases.data));
}

static void read_headers(struct importing *i, struct import_budget *budget,
                         const struct yaml_node *headers) {
    if (import_is_map(headers) && headers->count)
        import_option(i, budget, "headers", import_pairs_text(i, headers));
}

static void read_config(struct importing *i, struct import_budget *budget,
                        const struct yaml_node *config) {
    static const char *const known[] = {"target", "phases", "ensure", "defaults", NULL};
    const struct yaml_node *defaults = yaml_get(config, "defaults");
    read_phases(i, budget, yaml_get(config, "phases"));
    read_headers(i, budget, yaml_get(defaults, "headers"));
    read_ensure(i, budget, yaml_get(config, "ensure"));
    read_ensure(i, budget, yaml_get(yaml_get(config, "plugins"), "ensure"));
    import_leave_others(i, config, known);
}

static void read(struct importing *i, const struct yaml_node *tree) {
    static const char *const known[] = {"config", "scenarios", NULL};
    const struct yaml_node *config = yaml_get(tree, "config");
    const char *target = import_text_of(yaml_get(config, "target"));
    if (!import_has(i, "http")) {
        import_leave(i, tree->place, "the load and what `ensure` demands: it needs the probe http");
        return;
    }
    struct import_budget *budget = import_add(i, "service", "http");
    if (!target || strstr(target, "{{")) {
        import_variable(i, "url", "http://127.0.0.1:8080/");
        import_target(i, budget, "${url}");
    } else {
        import_target(i, budget, import_escape(i->arena, target));
    }
    read_config(i, budget, config);
    import_flows(i, budget, yaml_get(tree, "scenarios"), target);
    import_leave_others(i, tree, known);
    if (budget->limit_count) return;
    import_leave(i, tree->place, "there is no `ensure`, so that the limit is a guess");
    import_bound(i, budget, "error_rate", "max", "1%");
}

const struct import_reader import_artillery = {find, read};
