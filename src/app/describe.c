#include "app/describe.h"

#include "schema/field.h"

const char *describe_unit(enum probe_unit unit) {
    switch (unit) {
    case PROBE_COUNT:
        return "count";
    case PROBE_BYTES:
        return "bytes";
    case PROBE_SECONDS:
        return "seconds";
    case PROBE_RATIO:
        return "ratio";
    case PROBE_PER_SECOND:
        return "per second";
    case PROBE_BYTES_PER_SECOND:
        return "bytes per second";
    }
    return "count";
}

const char *describe_better(enum probe_better better) {
    switch (better) {
    case PROBE_NEITHER:
        return "no direction";
    case PROBE_LOWER:
        return "lower is better";
    case PROBE_HIGHER:
        return "higher is better";
    }
    return "no direction";
}

const char *describe_nature(struct arena *arena, const struct probe_metric *metric) {
    if (metric->nature == PROBE_EXACT) return "exact";
    return text_format(arena, "noisy, judged at %s unless said otherwise",
                       metric->statistic ? metric->statistic : "median");
}

const char *describe_fold(enum probe_fold fold) {
    switch (fold) {
    case PROBE_FOLD_NONE:
        return "a limit must name the label";
    case PROBE_FOLD_SUM:
        return "without a label: the sum";
    case PROBE_FOLD_MAX:
        return "without a label: the largest";
    case PROBE_FOLD_POOL:
        return "without a label: all samples together";
    }
    return "";
}

const char *describe_needs(struct arena *arena, uint32_t needs) {
    static const struct {
        uint32_t bit;
        const char *words;
    } rows[] = {
        {PROBE_QUIET, "runs alone on the machine"},
        {PROBE_EXECUTES, "runs what the budget file says (refused by --no-exec)"},
        {PROBE_NETWORK, "talks to hosts"},
        {PROBE_ONCE, "one run says all; never repeated"},
        {PROBE_STREAM,
         "the run is a stream of samples, may take the whole time_limit, and `timeout` "
         "is of one of them"},
        {PROBE_SPANS, "with `during` one run lasts from before the other budget to after it"},
    };
    struct text out = text_begin(arena);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (needs & rows[i].bit)
            text_add_format(&out, "%s%s", out.length ? "; " : "", rows[i].words);
    return out.data;
}

const char *describe_parts(struct arena *arena, const struct probe_metric *metric) {
    struct text out = text_begin(arena);
    for (size_t i = 0; metric->parts && metric->parts[i]; i++)
        text_add_format(&out, "%s%s", i ? ", " : " Explained by ", metric->parts[i]);
    if (out.length) text_add_char(&out, '.');
    return out.data;
}

const struct probe_metric *describe_metric(const struct probe *probe, size_t i) {
    return (const struct probe_metric *)((const char *)probe->metrics + i * probe->metric_size);
}

static void add_metrics(struct text *out, const struct probe *probe) {
    if (probe->metric_count)
        text_add(out, "\nMetrics, the first is what a bare statistic means:\n");
    for (size_t i = 0; i < probe->metric_count; i++) {
        const struct probe_metric *metric = describe_metric(probe, i);
        text_add_format(out, "  %-18s %s; %s; %s\n", metric->name, describe_unit(metric->unit),
                        describe_better(metric->better), describe_nature(out->arena, metric));
        text_add_format(out, "  %-18s %s%s\n", "", metric->help,
                        describe_parts(out->arena, metric));
        for (const struct probe_dimension *d = metric->dimensions; d && d->name; d++)
            text_add_format(out, "  %-18s [%s] %s%s\n", "", d->name, d->help,
                            d->complete ? "; absent means 0" : "");
        if (metric->dimensions)
            text_add_format(out, "  %-18s %s\n", "", describe_fold(metric->fold));
    }
}

static void add_options(struct text *out, const struct probe *probe) {
    size_t count = 0;
    const struct described_option *options = describe_options(out->arena, probe, &count);
    if (count) text_add(out, "\nOptions, below `with:`:\n");
    for (size_t i = 0; i < count; i++) {
        const struct probe_option *row = options[i].row;
        int indent = 2 + 2 * (int)options[i].depth;
        text_add_format(out, "%*s%-18s %s", indent, "", row->name,
                        field_expectation(out->arena, row));
        if (!row->fallback)
            text_add(out, "; required");
        else if (*row->fallback)
            text_add_format(out, "; default %s", row->fallback);
        text_add_format(out, "\n%*s%-18s %s\n", indent, "", "", row->help);
    }
}

const char *describe_probe(struct arena *arena, const struct probe *probe, const char *origin) {
    struct text out = text_begin(arena);
    text_add_format(&out, "%s: %s\n", probe->name, probe->summary);
    if (origin) text_add_format(&out, "From the plugin %s\n", text_inert(arena, origin));
    text_add_format(&out, "Target: %s\n", probe->target_help);
    const char *needs = describe_needs(arena, probe->needs);
    if (*needs) text_add_format(&out, "Needs: %s\n", needs);
    add_metrics(&out, probe);
    add_options(&out, probe);
    return out.data;
}
