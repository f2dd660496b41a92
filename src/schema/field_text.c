#include "base/array.h"
#include "base/text.h"
#include "base/units.h"
#include "schema/field.h"

static const char *const expectations[] = {
    [PROBE_TEXT] = "a text",
    [PROBE_TEXTS] = "a text or a list of texts",
    [PROBE_FLAG] = "true or false",
    [PROBE_INTEGER] = "a whole number",
    [PROBE_NUMBER] = "a number",
    [PROBE_SIZE] = "a size such as 100KB",
    [PROBE_TIME] = "a time such as 500ms",
    [PROBE_SHARE] = "a share such as 5%",
    [PROBE_CHOICE] = "one of",
    [PROBE_COMMAND] = "a command, as one text or as a list of its words",
    [PROBE_PAIRS] = "a map of texts",
    [PROBE_METRICS] = "a map of metrics, each with a `pattern` or a `json` pointer",
    [PROBE_RATE] = "a rate such as 10/s",
    [PROBE_RECORDS] = "a map",
};

static const char *const placeholders[] = {
    [PROBE_TEXT] = "TEXT",       [PROBE_TEXTS] = "TEXT",      [PROBE_FLAG] = "true|false",
    [PROBE_INTEGER] = "N",       [PROBE_NUMBER] = "N",        [PROBE_SIZE] = "SIZE",
    [PROBE_TIME] = "TIME",       [PROBE_SHARE] = "SHARE",     [PROBE_CHOICE] = "",
    [PROBE_COMMAND] = "COMMAND", [PROBE_PAIRS] = "NAME=TEXT", [PROBE_METRICS] = "METRICS",
    [PROBE_RATE] = "RATE",       [PROBE_RECORDS] = "RECORDS",
};

static const char *joined(struct arena *arena, const char *const *words, const char *between) {
    struct text made = text_begin(arena);
    for (size_t i = 0; words[i]; i++) text_add_format(&made, "%s%s", i ? between : "", words[i]);
    return made.data;
}

static const char *range_text(struct arena *arena, const struct probe_option *row,
                              enum probe_unit unit) {
    const char *what = expectations[row->type];
    if (row->min == 0 && row->max == 0) return what;
    return text_format(arena, "%s from %s to %s", what, unit_show(arena, row->min, unit),
                       unit_show(arena, row->max, unit));
}

/* The row a plain value in place of a map is for, or NULL. */
static const struct probe_option *bare_row(const struct probe_record_table *table) {
    for (size_t i = 0; i < table->option_count; i++) {
        const struct probe_option *row = field_row(table->options, table->option_size, i);
        if (table->bare && text_equal(row->name, table->bare)) return row;
    }
    return NULL;
}

static const char *records_text(struct arena *arena, const struct probe_record_table *table) {
    const struct probe_option *bare = bare_row(table);
    const char *or_plain =
        bare ? text_format(arena, ", or %s (its `%s`)", field_expectation(arena, bare), bare->name)
             : "";
    switch (table->form) {
    case PROBE_FORM_NAMED:
        return text_format(arena, "a map of names, each with %s as a map%s", table->what, or_plain);
    case PROBE_FORM_LIST:
        return text_format(arena, "a list, each item %s as a map%s", table->what, or_plain);
    case PROBE_FORM_ONE:
        break;
    }
    return text_format(arena, "a map%s", or_plain);
}

const char *field_expectation(struct arena *arena, const struct probe_option *row) {
    switch (row->type) {
    case PROBE_INTEGER:
    case PROBE_NUMBER:
        return range_text(arena, row, PROBE_COUNT);
    case PROBE_SIZE:
        return range_text(arena, row, PROBE_BYTES);
    case PROBE_TIME:
        return range_text(arena, row, PROBE_SECONDS);
    case PROBE_SHARE:
        return range_text(arena, row, PROBE_RATIO);
    case PROBE_RATE:
        return range_text(arena, row, PROBE_PER_SECOND);
    case PROBE_RECORDS:
        return records_text(arena, row->records);
    case PROBE_CHOICE:
        return text_format(arena, "%s %s", expectations[row->type],
                           joined(arena, row->choices, ", "));
    case PROBE_TEXT:
    case PROBE_TEXTS:
    case PROBE_FLAG:
    case PROBE_COMMAND:
    case PROBE_PAIRS:
    case PROBE_METRICS:
        break;
    }
    return expectations[row->type];
}

const char *field_placeholder(struct arena *arena, const struct probe_option *row) {
    if (row->type == PROBE_CHOICE) return joined(arena, row->choices, "|");
    return placeholders[row->type];
}
