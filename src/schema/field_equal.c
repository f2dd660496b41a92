#include <math.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "schema/field.h"

static bool texts_equal(const struct probe_texts *a, const struct probe_texts *b) {
    bool same = a->count == b->count;
    for (size_t i = 0; i < a->count && same; i++) same = text_equal(a->items[i], b->items[i]);
    return same;
}

static bool pairs_equal(const struct probe_pairs *a, const struct probe_pairs *b) {
    bool same = a->count == b->count;
    for (size_t i = 0; i < a->count && same; i++)
        same = text_equal(a->items[i].name, b->items[i].name) &&
               text_equal(a->items[i].value, b->items[i].value);
    return same;
}

static bool reading_equal(const struct probe_reading *a, const struct probe_reading *b) {
    return text_equal(a->name, b->name) && text_equal(a->pattern, b->pattern) &&
           text_equal(a->json, b->json) && a->scale == b->scale && a->self == b->self &&
           a->unit == b->unit && a->better == b->better && a->nature == b->nature;
}

static bool readings_equal(const struct probe_readings *a, const struct probe_readings *b) {
    bool same = a->count == b->count;
    for (size_t i = 0; i < a->count && same; i++) same = reading_equal(&a->items[i], &b->items[i]);
    return same;
}

/* Members may lie at any offset in a plugin's struct, so that numbers are copied out. */
static double number_at(const void *member) {
    double number;
    memcpy(&number, member, sizeof number);
    return number;
}

static const char *text_at(const void *member) {
    const char *text;
    memcpy(&text, member, sizeof text);
    return text;
}

/* Row `i` of a table whose rows may be larger than ours. */
static const struct probe_option *row_at(const struct probe_record_table *table, size_t i) {
    return (const void *)((const char *)table->options + i * table->option_size);
}

static const void *record_at(const struct probe_record_table *table,
                             const struct probe_records *records, size_t i) {
    return (const char *)records->items + i * table->record_size;
}

static bool records_equal(const struct probe_record_table *table, const struct probe_records *a,
                          const struct probe_records *b) {
    bool same = a->count == b->count;
    for (size_t i = 0; i < a->count && same; i++) {
        same = !a->names || text_equal(a->names[i], b->names[i]);
        for (size_t row = 0; row < table->option_count && same; row++)
            same = field_equal(row_at(table, row), record_at(table, a, i), record_at(table, b, i));
    }
    return same;
}

bool field_equal(const struct probe_option *row, const void *a, const void *b) {
    const void *left = (const char *)a + row->offset, *right = (const char *)b + row->offset;
    switch (row->type) {
    case PROBE_TEXT:
        return text_equal(text_at(left), text_at(right));
    case PROBE_TEXTS:
    case PROBE_COMMAND:
        return texts_equal(left, right);
    case PROBE_FLAG:
        return *(const bool *)left == *(const bool *)right;
    case PROBE_INTEGER:
        return memcmp(left, right, sizeof(int64_t)) == 0;
    case PROBE_CHOICE:
        return memcmp(left, right, sizeof(int)) == 0;
    case PROBE_NUMBER:
    case PROBE_SIZE:
    case PROBE_TIME:
    case PROBE_SHARE:
    case PROBE_RATE:
        return number_at(left) == number_at(right);
    case PROBE_PAIRS:
        return pairs_equal(left, right);
    case PROBE_METRICS:
        return readings_equal(left, right);
    case PROBE_RECORDS:
        return records_equal(row->records, left, right);
    }
    return false;
}

static const char *texts_show(struct arena *arena, const struct probe_texts *texts) {
    struct text shown = text_begin(arena);
    for (size_t i = 0; i < texts->count; i++)
        text_add_format(&shown, "%s%s", i ? ", " : "", texts->items[i]);
    return texts->count ? shown.data : NULL;
}

static const char *pairs_show(struct arena *arena, const struct probe_pairs *pairs) {
    struct text shown = text_begin(arena);
    for (size_t i = 0; i < pairs->count; i++)
        text_add_format(&shown, "%s%s: %s", i ? ", " : "", pairs->items[i].name,
                        pairs->items[i].value);
    return pairs->count ? shown.data : NULL;
}

static const char *readings_show(struct arena *arena, const struct probe_readings *readings) {
    struct text shown = text_begin(arena);
    for (size_t i = 0; i < readings->count; i++) {
        const struct probe_reading *reading = &readings->items[i];
        const char *unit = unit_symbol(reading->unit);
        text_add_format(&shown, "%s%s: %s %s%s%s", i ? ", " : "", reading->name,
                        reading->pattern ? "pattern" : "json",
                        reading->pattern ? reading->pattern : reading->json, *unit ? " in " : "",
                        unit);
    }
    return readings->count ? shown.data : NULL;
}

/* "peak: {duration: 30 s, rate: 100/s}, ..."; what is absent is left out. */
static const char *records_show(struct arena *arena, const struct probe_record_table *table,
                                const struct probe_records *records) {
    struct text shown = text_begin(arena);
    for (size_t i = 0; i < records->count; i++) {
        text_add_format(&shown, "%s%s%s{", i ? ", " : "", records->names ? records->names[i] : "",
                        records->names ? ": " : "");
        const char *between = "";
        for (size_t row = 0; row < table->option_count; row++) {
            const struct probe_option *option = row_at(table, row);
            const char *value = field_show(arena, option, record_at(table, records, i));
            if (!value || !*value) continue;
            text_add_format(&shown, "%s%s: %s", between, option->name, value);
            between = ", ";
        }
        text_add_char(&shown, '}');
    }
    return records->count ? shown.data : NULL;
}

const char *field_show(struct arena *arena, const struct probe_option *row, const void *from) {
    const void *member = (const char *)from + row->offset;
    int64_t whole = 0;
    int choice = 0;
    switch (row->type) {
    case PROBE_TEXT:
        return text_at(member);
    case PROBE_TEXTS:
    case PROBE_COMMAND:
        return texts_show(arena, member);
    case PROBE_FLAG:
        return *(const bool *)member ? "true" : "false";
    case PROBE_INTEGER:
        memcpy(&whole, member, sizeof whole);
        return text_format(arena, "%lld", (long long)whole);
    case PROBE_CHOICE:
        memcpy(&choice, member, sizeof choice);
        return row->choices[choice];
    case PROBE_NUMBER:
        return number_text(arena, number_at(member));
    case PROBE_SIZE:
        return unit_exact(arena, number_at(member), PROBE_BYTES);
    case PROBE_TIME:
        return unit_exact(arena, number_at(member), PROBE_SECONDS);
    case PROBE_SHARE:
        return unit_show(arena, number_at(member), PROBE_RATIO);
    case PROBE_PAIRS:
        return pairs_show(arena, member);
    case PROBE_METRICS:
        return readings_show(arena, member);
    case PROBE_RATE:
        return unit_exact(arena, number_at(member), PROBE_PER_SECOND);
    case PROBE_RECORDS:
        return records_show(arena, row->records, member);
    }
    return NULL;
}
