#include <stdalign.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "probe/conform.h"
#include "schema/field.h"

struct shape {
    size_t size, alignment;
};
/* Of the member that takes an option, by its type. */
static const struct shape shapes[] = {
    [PROBE_TEXT] = {sizeof(const char *), alignof(const char *)},
    [PROBE_TEXTS] = {sizeof(struct probe_texts), alignof(struct probe_texts)},
    [PROBE_FLAG] = {sizeof(bool), alignof(bool)},
    [PROBE_INTEGER] = {sizeof(int64_t), alignof(int64_t)},
    [PROBE_NUMBER] = {sizeof(double), alignof(double)},
    [PROBE_SIZE] = {sizeof(double), alignof(double)},
    [PROBE_TIME] = {sizeof(double), alignof(double)},
    [PROBE_SHARE] = {sizeof(double), alignof(double)},
    [PROBE_CHOICE] = {sizeof(int), alignof(int)},
    [PROBE_COMMAND] = {sizeof(struct probe_texts), alignof(struct probe_texts)},
    [PROBE_PAIRS] = {sizeof(struct probe_pairs), alignof(struct probe_pairs)},
    [PROBE_METRICS] = {sizeof(struct probe_readings), alignof(struct probe_readings)},
    [PROBE_RATE] = {sizeof(double), alignof(double)},
    [PROBE_RECORDS] = {sizeof(struct probe_records), alignof(struct probe_records)},
};

/* One look at the rows of a probe, or of the records of an option. */
struct looking {
    struct arena *arena;
    const struct probe_record_table *table;
    unsigned depth;
};

static const char *table_conforms(const struct looking *looking);

static const char *bare_conforms(const struct probe_record_table *table) {
    if (!table->bare) return NULL;
    for (size_t i = 0; i < table->option_count; i++) {
        const struct probe_option *row = field_row(table->options, table->option_size, i);
        if (strcmp(row->name, table->bare) == 0 && row->type != PROBE_RECORDS) return NULL;
    }
    return "have a `bare` that is no plain key of theirs";
}

/* What is wrong with the records of an option, as text that goes on from "whose records ". */
static const char *records_conform(const struct looking *looking,
                                   const struct probe_option *option) {
    const struct probe_record_table *table = option->records;
    if (!table) return "are not described";
    if (looking->depth >= PROBE_RECORD_DEPTH) return "lie too deep";
    if ((unsigned)table->form > PROBE_FORM_ONE) return "are of a form that is unknown";
    if (!table->what || !*table->what) return "have no word for what one is";
    if (!table->options || !table->option_count || table->option_size < sizeof *table->options)
        return "have no keys, or rows that are too short";
    if (table->option_count > PROBE_OPTIONS_MAX) return "have too many keys";
    if (option->fallback && *option->fallback) return "have a fallback";
    const struct looking inner = {looking->arena, table, looking->depth + 1};
    const char *problem = table_conforms(&inner);
    return problem ? problem : bare_conforms(table);
}

static const char *option_problem(const struct looking *looking,
                                  const struct probe_option *option) {
    const struct probe_record_table *table = looking->table;
    if ((unsigned)option->type >= array_length(shapes)) return "is of a type that is unknown";
    if (!option->help || !*option->help) return "has no help";
    if (option->offset > table->record_size ||
        table->record_size - option->offset < shapes[option->type].size ||
        option->offset % shapes[option->type].alignment != 0)
        return "lies outside of the config struct or is not aligned";
    if (!(option->min <= option->max)) return "has a min above its max";
    if ((option->type == PROBE_CHOICE) != (option->choices && option->choices[0]))
        return "has choices and is not of type choice, or the other way round";
    if (option->type != PROBE_RECORDS) return NULL;
    if (table->option_size < sizeof *table->options) return "is in a row that is too short";
    const char *problem = records_conform(looking, option);
    return problem ? text_format(looking->arena, "has records that %s", problem) : NULL;
}

static const char *option_conforms(const struct looking *looking,
                                   const struct probe_option *option) {
    if (!name_fits(option->name, "abcdefghijklmnopqrstuvwxyz0123456789_"))
        return "an option's name is no lower-case word of letters, digits and _";
    const char *problem = option_problem(looking, option);
    return problem ? text_format(looking->arena, "its option `%s` %s", option->name, problem)
                   : NULL;
}

/* Whether every fallback is a value of its option. */
static const char *fallbacks_conform(const struct looking *looking) {
    const struct probe_record_table *table = looking->table;
    struct diags diags = diags_begin(looking->arena);
    const struct field_context context = {looking->arena, 1000, &diags};
    void *config = arena_alloc(looking->arena, table->record_size);
    if (field_defaults(&context, table->options, table->option_count, table->option_size, config) &&
        diags.errors == 0)
        return NULL;
    return text_format(looking->arena, "a fallback of its options is wrong: %s",
                       diags.count ? diags.items[0].message : "");
}

static const char *table_conforms(const struct looking *looking) {
    const struct probe_record_table *table = looking->table;
    for (size_t i = 0; i < table->option_count; i++) {
        const struct probe_option *option = field_row(table->options, table->option_size, i);
        const char *problem = option_conforms(looking, option);
        if (problem) return problem;
        for (size_t k = 0; k < i; k++)
            if (strcmp(field_row(table->options, table->option_size, k)->name, option->name) == 0)
                return text_format(looking->arena, "it has the option `%s` twice", option->name);
    }
    return fallbacks_conform(looking);
}

const char *options_conform(struct arena *arena, const struct probe_record_table *table) {
    const struct looking looking = {arena, table, 0};
    return table_conforms(&looking);
}

bool name_fits(const char *name, const char *letters) {
    return name && *name >= 'a' && *name <= 'z' && strlen(name) <= PROBE_NAME_MAX &&
           name[strspn(name, letters)] == '\0';
}
