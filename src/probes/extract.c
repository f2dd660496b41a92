/* The only user of PCRE2. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "probes/extract.h"

#include <pcre2.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"
#include "probes/extract_whole.h"

enum { CLOCK_ASKED_EVERY = 256, MESSAGE_ROOM = 256, LINE_SHOWN_MAX = 120 };

struct compiled {
    const struct probe_reading *reading;
    struct extract_unit unit;
    pcre2_code *code; /* NULL: read by JSON pointer */
    uint32_t group;
};

struct extractor {
    struct compiled *readings;
    size_t count;
    pcre2_match_context *limits;
};

static const char *reading_problem(struct arena *arena, const struct compiled *compiled,
                                   const char *what) {
    const struct probe_reading *reading = compiled->reading;
    return text_format(
        arena, "metric `%s`: %s `%s`: %s", reading->name, reading->pattern ? "pattern" : "pointer",
        text_inert(arena, reading->pattern ? reading->pattern : reading->json), what);
}

/* The group that holds the number: the only one, or the one named `value`. */
static bool group_choose(struct arena *arena, struct compiled *compiled, const char **problem) {
    uint32_t groups = 0;
    int named = pcre2_substring_number_from_name(compiled->code, (PCRE2_SPTR) "value");
    pcre2_pattern_info(compiled->code, PCRE2_INFO_CAPTURECOUNT, &groups);
    compiled->group = named > 0 ? (uint32_t)named : 1;
    if (named > 0 || groups == 1) return true;
    *problem = text_format(arena,
                           "it needs one group in ( ) around the number and has %u; write (?: ) "
                           "for others, or name the one that counts: (?<value> )",
                           groups);
    return false;
}

static bool pattern_compile(struct arena *arena, struct compiled *compiled, const char **problem) {
    int error = 0;
    PCRE2_SIZE at = 0;
    size_t length = strlen(compiled->reading->pattern);
    if (length > EXTRACT_PATTERN_MAX) {
        *problem = "it is longer than 64 KiB";
        return false;
    }
    pcre2_compile_context *lines = pcre2_compile_context_create(NULL);
    if (!lines) memory_exhausted();
    pcre2_set_newline(lines, PCRE2_NEWLINE_ANYCRLF);
    compiled->code = pcre2_compile((PCRE2_SPTR)compiled->reading->pattern, length, PCRE2_MULTILINE,
                                   &error, &at, lines);
    pcre2_compile_context_free(lines);
    if (!compiled->code) {
        PCRE2_UCHAR message[MESSAGE_ROOM];
        pcre2_get_error_message(error, message, sizeof message);
        *problem = text_format(arena, "%s, at character %zu", (const char *)message, at + 1);
        return false;
    }
    return group_choose(arena, compiled, problem);
}

static bool reading_compile(struct arena *arena, struct compiled *compiled, const char **problem) {
    const char *what = NULL;
    if (compiled->reading->pattern) {
        if (pattern_compile(arena, compiled, &what)) return true;
    } else {
        if (extract_pointer_valid(compiled->reading->json)) return true;
        what = "a pointer starts with `/`, and in it `~` is written ~0 and `/` is written ~1";
    }
    *problem = reading_problem(arena, compiled, what);
    return false;
}

struct extractor *extract_open(struct arena *arena, const struct probe_readings *readings,
                               const char **problem) {
    struct extractor *extractor = arena_new_object(arena, struct extractor);
    extractor->readings = arena_alloc(arena, readings->count * sizeof *extractor->readings);
    extractor->limits = pcre2_match_context_create(NULL);
    if (!extractor->limits) memory_exhausted();
    pcre2_set_match_limit(extractor->limits, EXTRACT_MATCH_LIMIT);
    pcre2_set_heap_limit(extractor->limits, EXTRACT_HEAP_LIMIT);
    for (size_t i = 0; i < readings->count; i++) {
        const struct probe_reading *reading = &readings->items[i];
        struct compiled *compiled = &extractor->readings[extractor->count++];
        *compiled = (struct compiled){
            .reading = reading,
            .unit = {.scale = reading->self ? 1 : reading->scale, .unit = reading->unit}};
        if (reading_compile(arena, compiled, problem)) continue;
        extract_close(extractor);
        return NULL;
    }
    return extractor;
}

void extract_close(struct extractor *extractor) {
    if (!extractor) return;
    for (size_t i = 0; i < extractor->count; i++) pcre2_code_free(extractor->readings[i].code);
    pcre2_match_context_free(extractor->limits);
    extractor->limits = NULL;
    extractor->count = 0;
}

void extract_text_release(struct extract_text *text) {
    json_free(text->document);
    text->document = NULL;
}

/* False, with the problem set, when the value is none or one too many. */
static bool value_add(struct arena *arena, struct extract_values *values,
                      struct extract_number number) {
    values->problem = number.problem;
    if (values->count == EXTRACT_VALUES_MAX)
        values->problem = "it finds more than 1,000,000 values";
    if (values->problem) return false;
    *array_add(arena, values->items, values->count) = number.value;
    return true;
}

static const char *match_problem(struct arena *arena, int error) {
    if (error == PCRE2_ERROR_MATCHLIMIT || error == PCRE2_ERROR_HEAPLIMIT)
        return "it takes too many steps on this output; make it more exact (nested * and + repeat "
               "without end)";
    return text_format(arena, "PCRE2 error %d", error);
}

/* One pattern on its way through one text. */
struct matching {
    struct arena *arena;
    const struct compiled *compiled;
    const struct extract_text *text;
    pcre2_match_data *match;
    size_t at;
    struct extract_place place; /* of the last number */
    bool grouped;               /* it goes on behind a comma, unless the next begins there */
};

/* Whether the last number is whole: what stands behind its comma is found as one of its own. */
static bool list_goes_on(const struct matching *matching, size_t from,
                         struct extract_values *values) {
    if (!matching->grouped || from == matching->place.to + 1) return true;
    values->problem = extract_cut_problem(matching->arena, &matching->place);
    return false;
}

/* Reads the value of a match and moves behind it. A match without its group has no value. */
static bool match_take(struct matching *matching, struct extract_values *values) {
    const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(matching->match);
    const struct extract_text *text = matching->text;
    uint32_t group = matching->compiled->group;
    PCRE2_SIZE from = ends[2 * group], to = ends[2 * group + 1];
    /* an empty match must not be found again */
    matching->at = ends[1] > ends[0] ? ends[1] : ends[1] + 1;
    if (from == PCRE2_UNSET || to < from) return true;
    if (!list_goes_on(matching, from, values)) return false;
    matching->place = (struct extract_place){
        text->bytes, text->length, from, to, from == ends[0], to == ends[1], matching->place.to};
    matching->grouped = extract_grouped(&matching->place);
    if (!value_add(matching->arena, values,
                   extract_number(matching->arena, text->bytes + from, to - from,
                                  &matching->compiled->unit)))
        return false;
    values->problem = extract_cut(matching->arena, &matching->place, &matching->compiled->unit);
    return !values->problem;
}

static void matches_take(struct matching *matching, pcre2_match_context *limits,
                         struct extract_values *values) {
    const struct extract_text *text = matching->text;
    uint64_t start = clock_now();
    for (size_t round = 0; matching->at <= text->length; round++) {
        if (round % CLOCK_ASKED_EVERY == 0 &&
            clock_seconds(start, clock_now()) > EXTRACT_SECONDS_MAX) {
            values->problem = "it takes more than 5 seconds on this output; make it more exact";
            return;
        }
        int found = pcre2_match(matching->compiled->code, (PCRE2_SPTR)text->bytes, text->length,
                                matching->at, 0, matching->match, limits);
        if (found == PCRE2_ERROR_NOMATCH) break;
        if (found < 0) values->problem = match_problem(matching->arena, found);
        if (found < 0 || !match_take(matching, values)) return;
    }
    list_goes_on(matching, SIZE_MAX, values);
}

static void pattern_read(struct arena *arena, const struct extractor *extractor,
                         const struct compiled *compiled, const struct extract_text *text,
                         struct extract_values *values) {
    struct matching matching = {.arena = arena, .compiled = compiled, .text = text};
    matching.match = pcre2_match_data_create_from_pattern(compiled->code, NULL);
    if (!matching.match) memory_exhausted();
    matches_take(&matching, extractor->limits, values);
    pcre2_match_data_free(matching.match);
}

/* The last line that is a JSON object or list. */
static json *last_line_read(struct arena *arena, const struct extract_text *text) {
    const char *problem;
    size_t end = text->length;
    for (int tried = 0; end > 0 && tried < EXTRACT_JSON_LINES_MAX;) {
        const char *before = memrchr(text->bytes, '\n', end);
        size_t start = before ? (size_t)(before - text->bytes) + 1 : 0;
        while (start < end && strchr(" \t", text->bytes[start])) start++;
        if (start < end && (text->bytes[start] == '{' || text->bytes[start] == '[')) {
            json *document = json_read(arena, text->bytes + start, end - start, &problem);
            if (document) return document;
            tried++;
        }
        end = before ? (size_t)(before - text->bytes) : 0;
    }
    return NULL;
}

static void text_parse(struct arena *arena, struct extract_text *text) {
    const char *why;
    if (text->parsed) return;
    text->document = json_read(arena, text->bytes, text->length, &why);
    if (!text->document) text->document = last_line_read(arena, text);
    text->parsed = true;
}

static void pointer_read(struct arena *arena, const struct compiled *compiled,
                         struct extract_text *text, struct extract_values *values) {
    text_parse(arena, text);
    if (!text->document) {
        values->problem = "the output is not JSON, and no line of it is a JSON object or list";
        return;
    }
    struct extract_walk walk = extract_walk_begin(arena, text->document, compiled->reading->json);
    if (!walk.found)
        values->problem =
            walk.each ? "there is no list at that place" : "there is nothing at that place";
    for (const json *value; (value = extract_walk_next(&walk));)
        if (!value_add(arena, values, extract_json_number(arena, value, &compiled->unit))) return;
}

static const char *nothing_found(struct arena *arena, const struct extract_text *text) {
    const char *end = memchr(text->bytes, '\n', text->length);
    size_t length = end ? (size_t)(end - text->bytes) : text->length;
    if (text->length == 0) return "no value found: the output is empty";
    if (length > LINE_SHOWN_MAX) length = LINE_SHOWN_MAX;
    struct text line = text_begin(arena);
    text_add_inert(&line, text->bytes, length);
    return text_format(arena, "no value found; the output begins with: %s", line.data);
}

struct extract_values extract_read(struct arena *arena, const struct extractor *extractor,
                                   size_t reading, struct extract_text *text) {
    const struct compiled *compiled = &extractor->readings[reading];
    struct extract_values values = {0};
    if (compiled->code)
        pattern_read(arena, extractor, compiled, text, &values);
    else
        pointer_read(arena, compiled, text, &values);
    if (!values.problem && values.count == 0) values.problem = nothing_found(arena, text);
    if (!values.problem) return values;
    return (struct extract_values){.problem = reading_problem(arena, compiled, values.problem)};
}
