#include "base/text.h"
#include "probes/command_parts.h"

/* stdout, stderr, or one after the other. */
static struct extract_text source_of(struct arena *arena, enum command_from from,
                                     const struct process_result *result) {
    const struct process_output *output = from == COMMAND_FROM_STDERR ? &result->err : &result->out;
    if (from != COMMAND_FROM_BOTH)
        return (struct extract_text){.bytes = output->bytes, .length = output->length};
    struct text both = text_begin(arena);
    text_add_bytes(&both, result->out.bytes, result->out.length);
    if (both.length > 0 && both.data[both.length - 1] != '\n') text_add_char(&both, '\n');
    text_add_bytes(&both, result->err.bytes, result->err.length);
    return (struct extract_text){.bytes = both.data, .length = both.length};
}

static bool is_cut(enum command_from from, const struct process_result *result) {
    return (from != COMMAND_FROM_STDERR && result->out.cut) ||
           (from != COMMAND_FROM_STDOUT && result->err.cut);
}

static bool metrics_emit(struct probe_run *run, struct arena *arena, struct extract_text *text) {
    const struct command_config *config = run->config;
    const struct command_state *state = run->state;
    for (size_t i = 0; i < config->metrics.count; i++) {
        struct extract_values values = extract_read(arena, state->extractor, i, text);
        if (values.problem)
            return probe_fail(run, PROBE_FAULT_DATA, values.problem,
                              "Check what the command prints, and `from`, which says whether "
                              "standard output or standard error is read.");
        uint32_t metric = COMMAND_METRICS + (uint32_t)i;
        for (size_t j = 0; j < values.count; j++)
            if (!probe_emit(run, metric, 0, values.items[j])) break;
    }
    return true;
}

bool command_read(struct probe_run *run, struct arena *arena, const struct process_result *result) {
    const struct command_config *config = run->config;
    if (config->metrics.count == 0) return true;
    enum command_from from = (enum command_from)config->from;
    if (is_cut(from, result))
        return probe_fail(run, PROBE_FAULT_DATA,
                          "the command printed more than 16 MiB, and metrics are read from all of "
                          "its output",
                          "Let it print less, or write the samples to a file for the `samples` "
                          "probe.");
    struct extract_text text = source_of(arena, from, result);
    bool good = metrics_emit(run, arena, &text);
    extract_text_release(&text);
    return good;
}
