/* RFC 4180, with commas, and quoted fields that end on their line. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "base/units.h"
#include "probes/format.h"

/* A line being taken apart. */
struct fields {
    const char *at, *end;
    bool last;           /* the field just read was the line's last */
    const char *problem; /* NULL: none so far */
};

static bool fields_fail(struct fields *fields, const char *problem) {
    fields->problem = problem;
    return false;
}

static bool quoted_field(struct fields *fields, struct text *field) {
    for (const char *at = fields->at + 1; at < fields->end; at++) {
        if (*at == '"' && (at + 1 == fields->end || at[1] != '"')) {
            fields->at = at + 1;
            if (fields->at < fields->end && *fields->at != ',')
                return fields_fail(fields, "a quoted field goes on after its closing quote");
            return true;
        }
        at += *at == '"';
        text_add_char(field, *at);
    }
    return fields_fail(fields, "a quoted field is not closed on its line");
}

static bool field_next(struct fields *fields, struct text *field) {
    field->length = 0;
    field->data[0] = '\0';
    if (fields->at < fields->end && *fields->at == '"') {
        if (!quoted_field(fields, field)) return false;
    } else {
        const char *comma = memchr(fields->at, ',', (size_t)(fields->end - fields->at));
        const char *stop = comma ? comma : fields->end;
        text_add_bytes(field, fields->at, (size_t)(stop - fields->at));
        fields->at = stop;
    }
    fields->last = fields->at == fields->end;
    fields->at += !fields->last;
    return true;
}

static struct fields fields_of(const struct format_source *source) {
    return (struct fields){.at = source->line, .end = source->line + source->line_length};
}

/* Field number `wanted`, from 1. */
static bool field_at(struct format_source *source, uint64_t wanted, struct text *field) {
    struct fields fields = fields_of(source);
    for (uint64_t number = 1;; number++) {
        if (!field_next(&fields, field)) return format_fail(source, fields.problem, NULL);
        if (number == wanted) return true;
        if (fields.last) break;
    }
    return format_fail(
        source,
        text_format(source->scratch, "no column %llu on this line", (unsigned long long)wanted),
        NULL);
}

static bool column_missing(struct format_source *source, const struct text *names) {
    return format_fail(source,
                       text_format(source->scratch, "no column `%s`; there are: %s",
                                   text_inert(source->scratch, source->column), names->data),
                       "`column` is a name of the first line, or a number from 1 on.");
}

/* The number of the named column; 0 after a failure. */
static uint64_t column_find(struct format_source *source) {
    struct fields fields = fields_of(source);
    struct text field = text_begin(source->scratch), names = text_begin(source->scratch);
    uint64_t found = 0, number = 0;
    do {
        if (!field_next(&fields, &field)) {
            format_fail(source, fields.problem, NULL);
            return 0;
        }
        if (++number > FORMAT_COLUMNS_MAX) {
            format_fail(source, "more than 10,000 columns", NULL);
            return 0;
        }
        text_add(&names, number > 1 ? ", " : "");
        text_add_inert(&names, field.data, field.length);
        if (strcmp(field.data, source->column) != 0) continue;
        if (found) {
            format_fail(source, "two columns have that name", "Give `column` as a number.");
            return 0;
        }
        found = number;
    } while (!fields.last);
    if (!found) column_missing(source, &names);
    return found;
}

static bool is_no_number_word(const char *text) {
    return strcasecmp(text, "nan") == 0 || strcasecmp(text, "inf") == 0 ||
           strcasecmp(text, "infinity") == 0;
}

/* Whether the first line is one of names: its field does not begin as numbers do. What a broken
 * tool prints for a number is not a name. */
static bool is_header(struct format_source *source, uint64_t column) {
    struct text field = text_begin(source->scratch);
    struct fields fields = fields_of(source);
    for (uint64_t number = 0; number < column; number++)
        if (fields.last || !field_next(&fields, &field)) return false;
    const char *start = field.data + strspn(field.data, " \t");
    return *start && !strchr("0123456789+-.", *start) && !is_no_number_word(start);
}

static bool row_read(struct format_source *source, uint64_t column) {
    struct text field = text_begin(source->scratch);
    return field_at(source, column, &field) && format_text(source, field.data, field.length);
}

bool format_read_csv(struct format_source *source) {
    bool good;
    double index;
    bool numbered = number_parse(source->column, &index) && index >= 1 &&
                    index <= FORMAT_COLUMNS_MAX && index == (double)(uint64_t)index;
    if (!format_data_line(source, &good)) return good;
    uint64_t column = numbered ? (uint64_t)index : column_find(source);
    if (column == 0) return false;
    if (numbered && !is_header(source, column) && !row_read(source, column)) return false;
    while (format_data_line(source, &good))
        if (!row_read(source, column)) return false;
    return good;
}
