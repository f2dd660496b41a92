#include "probes/prometheus_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/number.h"
#include "base/text.h"

enum { NUMBER_ROOM = 128, MILLISECONDS = 1000 };

/* A piece of the text. */
struct slice {
    const char *start;
    size_t length;
};

/* One line on its way. */
struct lining {
    struct arena *arena;
    const struct prometheus_reader *reader;
    bool open; /* OpenMetrics */
    size_t line;
    const char *at, *end; /* what is left of the line */
    struct slice names[PROMETHEUS_LABELS_MAX], values[PROMETHEUS_LABELS_MAX];
    size_t count;
    const char *problem;
};

static bool refuse(struct lining *lining, const char *problem) {
    if (!lining->problem) lining->problem = problem;
    return false;
}

static bool name_begins(char c, bool colon) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (colon && c == ':');
}

static size_t name_length(const char *at, const char *end, bool colon) {
    const char *from = at;
    if (at == end || !name_begins(*at, colon)) return 0;
    while (at < end && (name_begins(*at, colon) || (*at >= '0' && *at <= '9'))) at++;
    return (size_t)(at - from);
}

/* Blanks, of which OpenMetrics has none but where it says so. */
static void blanks_skip(struct lining *lining) {
    while (!lining->open && lining->at < lining->end && (*lining->at == ' ' || *lining->at == '\t'))
        lining->at++;
}

static bool take(struct lining *lining, char wanted) {
    if (lining->at == lining->end || *lining->at != wanted) return false;
    lining->at++;
    return true;
}

/* As RFC 8259 would have written it: no plus, no zeros before the number, no bare point. */
static size_t number_plain(const char *text, size_t length, char *plain) {
    size_t out = 0, digits = 0;
    const char *end = text + length;
    if (length + 3 > NUMBER_ROOM) return 0;
    if (text < end && (*text == '+' || *text == '-') && *text++ == '-') plain[out++] = '-';
    while (text < end && *text == '0') digits++, text++;
    size_t first = out;
    while (text < end && *text >= '0' && *text <= '9') digits++, plain[out++] = *text++;
    if (out == first) plain[out++] = '0';
    if (text < end && *text == '.') {
        size_t point = out;
        for (plain[out++] = *text++; text < end && *text >= '0' && *text <= '9'; digits++)
            plain[out++] = *text++;
        if (out == point + 1) out = point;
    }
    if (digits == 0) return 0;
    while (text < end) plain[out++] = *text++;
    plain[out] = '\0';
    return out;
}

static bool word_is(const char *text, size_t length, const char *word) {
    return length == strlen(word) && strncasecmp(text, word, length) == 0;
}

bool prometheus_number(const char *text, size_t length, double *value) {
    char plain[NUMBER_ROOM];
    bool minus = length > 0 && *text == '-';
    size_t sign = minus || (length > 0 && *text == '+');
    if (word_is(text, length, "NaN")) {
        *value = (double)NAN;
        return true;
    }
    if (word_is(text + sign, length - sign, "Inf") ||
        word_is(text + sign, length - sign, "Infinity")) {
        *value = minus ? -(double)INFINITY : (double)INFINITY;
        return true;
    }
    size_t scanned = number_plain(text, length, plain);
    return scanned && number_scan(plain) == scanned &&
           number_value(plain, scanned, 0, value) == NUMBER_FINE;
}

/* The text between quotes, still escaped: \\ \" \n and nothing else. */
static bool quoted_read(struct lining *lining, struct slice *value) {
    if (!take(lining, '"')) return refuse(lining, "a label's value is not in quotes");
    value->start = lining->at;
    for (; lining->at < lining->end && *lining->at != '"'; lining->at++) {
        if (*lining->at != '\\') continue;
        lining->at++;
        if (lining->at == lining->end || !strchr("\\\"n", *lining->at))
            return refuse(lining, "a label's value has an escape other than \\\\ \\\" \\n");
    }
    value->length = (size_t)(lining->at - value->start);
    return take(lining, '"') || refuse(lining, "a label's value has no closing quote");
}

static bool label_is_new(const struct lining *lining, const struct slice *name) {
    for (size_t i = 0; i < lining->count; i++)
        if (lining->names[i].length == name->length &&
            memcmp(lining->names[i].start, name->start, name->length) == 0)
            return false;
    return true;
}

static bool label_read(struct lining *lining) {
    if (lining->count == PROMETHEUS_LABELS_MAX) return refuse(lining, "it has too many labels");
    struct slice name = {lining->at, name_length(lining->at, lining->end, false)};
    if (name.length == 0)
        return refuse(lining, "a label has no name made of letters, digits and _");
    lining->at += name.length;
    blanks_skip(lining);
    if (!take(lining, '=')) return refuse(lining, "a label has no =");
    blanks_skip(lining);
    if (!label_is_new(lining, &name)) return refuse(lining, "a label stands there twice");
    if (!quoted_read(lining, &lining->values[lining->count])) return false;
    lining->names[lining->count++] = name;
    return true;
}

/* {a="b",c="d"}, where there are any. A comma may stand before the end but in OpenMetrics. */
static bool labels_read(struct lining *lining) {
    lining->count = 0;
    if (!take(lining, '{')) return true;
    for (;;) {
        blanks_skip(lining);
        if ((!lining->open || lining->count == 0) && take(lining, '}')) return true;
        if (!label_read(lining)) return false;
        blanks_skip(lining);
        if (take(lining, '}')) return true;
        if (!take(lining, ',')) return refuse(lining, "labels are not closed by }");
    }
}

static struct slice word_read(struct lining *lining) {
    const char *from = lining->at;
    while (lining->at < lining->end && *lining->at != ' ' && *lining->at != '\t') lining->at++;
    return (struct slice){from, (size_t)(lining->at - from)};
}

static const char *slice_text(struct arena *arena, struct slice slice, bool unescape) {
    struct text text = text_begin(arena);
    for (size_t i = 0; i < slice.length; i++) {
        bool escape = unescape && slice.start[i] == '\\';
        if (escape) i++;
        text_add_char(&text, escape && slice.start[i] == 'n' ? '\n' : slice.start[i]);
    }
    return text.data;
}

static int labels_compare(const void *a, const void *b) {
    return strcmp(((const struct prometheus_label *)a)->name,
                  ((const struct prometheus_label *)b)->name);
}

static void sample_tell(struct lining *lining, struct slice name,
                        struct prometheus_sample *sample) {
    struct prometheus_label *made = arena_alloc(lining->arena, (lining->count + 1) * sizeof *made);
    for (size_t i = 0; i < lining->count; i++)
        made[i] = (struct prometheus_label){slice_text(lining->arena, lining->names[i], false),
                                            slice_text(lining->arena, lining->values[i], true)};
    if (lining->count > 1) qsort(made, lining->count, sizeof *made, labels_compare);
    sample->name = slice_text(lining->arena, name, false);
    sample->labels = made;
    sample->label_count = lining->count;
    lining->reader->sample(lining->reader->context, sample);
}

static bool timestamp_read(struct lining *lining, struct prometheus_sample *sample) {
    struct slice word = word_read(lining);
    bool good = prometheus_number(word.start, word.length, &sample->timestamp) &&
                isfinite(sample->timestamp);
    if (!lining->open) {
        good = good && !memchr(word.start, '.', word.length);
        sample->timestamp /= MILLISECONDS;
    }
    sample->stamped = true;
    return good || refuse(lining, "its time is no number");
}

/* What OpenMetrics may write behind a value, and nobody here reads: `# {labels} value time`. It has
 * labels too, so it is read apart. */
static bool exemplar_read(struct lining *lining) {
    struct lining apart = *lining;
    struct prometheus_sample ignored = {0};
    double value;
    bool begun = take(&apart, '#') && take(&apart, ' ') && apart.at < apart.end && *apart.at == '{';
    if (!begun) return refuse(lining, "something stands behind its value");
    bool good = labels_read(&apart) && take(&apart, ' ');
    struct slice word = good ? word_read(&apart) : (struct slice){"", 0};
    good = good && prometheus_number(word.start, word.length, &value);
    if (good && take(&apart, ' ')) good = timestamp_read(&apart, &ignored);
    lining->at = apart.at;
    return good || refuse(lining, "its exemplar is malformed");
}

static bool rest_read(struct lining *lining, struct prometheus_sample *sample) {
    if (lining->open) {
        if (take(lining, ' ') && lining->at < lining->end && *lining->at != '#') {
            if (!timestamp_read(lining, sample)) return false;
            if (lining->at < lining->end && !take(lining, ' '))
                return refuse(lining, "something stands behind its value");
        }
        if (lining->at < lining->end && !exemplar_read(lining)) return false;
    } else {
        blanks_skip(lining);
        if (lining->at < lining->end && !timestamp_read(lining, sample)) return false;
        blanks_skip(lining);
    }
    return lining->at == lining->end || refuse(lining, "something stands behind its value");
}

static bool sample_read(struct lining *lining) {
    struct prometheus_sample sample = {.line = lining->line};
    struct slice name = {lining->at, name_length(lining->at, lining->end, true)};
    if (name.length == 0) return refuse(lining, "it does not begin with the name of a metric");
    lining->at += name.length;
    blanks_skip(lining);
    if (!labels_read(lining)) return false;
    if (lining->open && !take(lining, ' '))
        return refuse(lining, "no value stands behind one blank");
    blanks_skip(lining);
    struct slice word = word_read(lining);
    bool wanted = lining->reader->wants(lining->reader->context, name.start, name.length);
    if (word.length == 0) return refuse(lining, "it has no value");
    if (!prometheus_number(word.start, word.length, &sample.value))
        return refuse(lining, "its value is no number that can be used");
    if (!rest_read(lining, &sample)) return false;
    if (wanted) sample_tell(lining, name, &sample);
    return true;
}

static bool type_read(struct lining *lining) {
    static const struct {
        const char *word;
        enum prometheus_type type;
        bool plain, open;
    } types[] = {
        {"counter", PROMETHEUS_COUNTER, true, true},
        {"gauge", PROMETHEUS_GAUGE, true, true},
        {"histogram", PROMETHEUS_HISTOGRAM, true, true},
        {"gaugehistogram", PROMETHEUS_HISTOGRAM, false, true},
        {"summary", PROMETHEUS_SUMMARY, true, true},
        {"untyped", PROMETHEUS_UNTYPED, true, false},
        {"unknown", PROMETHEUS_UNTYPED, false, true},
        {"info", PROMETHEUS_UNTYPED, false, true},
        {"stateset", PROMETHEUS_UNTYPED, false, true},
    };
    struct slice name = word_read(lining);
    if (name.length == 0 || name_length(name.start, name.start + name.length, true) != name.length)
        return refuse(lining, "`# TYPE` has no name of a metric");
    if (!take(lining, ' ') && !take(lining, '\t')) return refuse(lining, "`# TYPE` has no type");
    blanks_skip(lining);
    struct slice word = word_read(lining);
    blanks_skip(lining);
    for (size_t i = 0; i < array_length(types) && lining->at == lining->end; i++) {
        if (!(lining->open ? types[i].open : types[i].plain) ||
            strlen(types[i].word) != word.length ||
            memcmp(types[i].word, word.start, word.length) != 0)
            continue;
        return lining->reader->type(lining->reader->context, name.start, name.length,
                                    types[i].type) ||
               refuse(lining, "its type was said before, or comes after its samples");
    }
    return refuse(lining, "`# TYPE` has no known type");
}

/* What begins with #. Only OpenMetrics knows no comments. */
static bool comment_read(struct lining *lining) {
    size_t left = (size_t)(lining->end - lining->at);
    if (left > 7 && memcmp(lining->at, "# TYPE ", 7) == 0) {
        lining->at += 7;
        blanks_skip(lining);
        return type_read(lining);
    }
    if (!lining->open) return true;
    bool known = left > 7 &&
                 (memcmp(lining->at, "# HELP ", 7) == 0 || memcmp(lining->at, "# UNIT ", 7) == 0);
    return known || refuse(lining, "OpenMetrics has no such comment");
}

static bool line_read(struct lining *lining) {
    const char *from = lining->at;
    if (lining->end - from > PROMETHEUS_LINE_MAX) return refuse(lining, "the line is too long");
    if (memchr(from, '\r', (size_t)(lining->end - from)))
        return refuse(lining, "the line ends with a carriage return");
    for (const char *at = from; at < lining->end;) {
        unsigned code;
        size_t length = text_utf8_length(at, (size_t)(lining->end - at), &code);
        if (length == 0 || code == 0) return refuse(lining, "the line is no UTF-8 text");
        at += length;
    }
    if (*from == '#') return comment_read(lining);
    blanks_skip(lining);
    if (lining->at < lining->end) return sample_read(lining);
    return !lining->open || refuse(lining, "OpenMetrics has no empty lines");
}

bool prometheus_read(struct arena *arena, const char *bytes, size_t length,
                     const struct prometheus_reader *reader, struct prometheus_problem *problem) {
    static const char mark[] = "# EOF";
    struct lining lining = {.arena = arena, .reader = reader, .open = reader->open_metrics};
    const char *end = bytes + length;
    bool over = false;
    *problem = (struct prometheus_problem){0};
    for (const char *at = bytes; at < end;) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        lining.line++;
        lining.at = at;
        lining.end = newline ? newline : end;
        size_t size = (size_t)(lining.end - at);
        if (over)
            refuse(&lining, "something stands behind `# EOF`");
        else if (lining.open && size == strlen(mark) && memcmp(at, mark, size) == 0)
            over = true;
        else if (!newline)
            refuse(&lining, "the last line has no end: the answer was cut short");
        else
            line_read(&lining);
        if (lining.problem) {
            *problem = (struct prometheus_problem){lining.line, lining.problem};
            return false;
        }
        at = newline ? newline + 1 : end;
    }
    if (length == 0) problem->message = "the answer is empty";
    if (lining.open && !over) problem->message = "`# EOF` is missing: the answer was cut short";
    return problem->message == NULL;
}
