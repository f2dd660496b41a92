#include "budget/label.h"

#include <ctype.h>
#include <string.h>

#include "base/quote.h"
#include "base/suggest.h"

static bool label_wrong(const struct label_reading *r, const char *hint, const char *problem) {
    return diag_error(r->diags, BUDGET_LIMIT_LABEL, r->place, hint, "label [%s]: %s",
                      text_inert(r->arena, r->labels), problem);
}

/* Length of `word` in `word:`, a lower-case word before an unescaped colon; 0 if there is none. */
static size_t dimension_length(const char *text) {
    size_t length = 0;
    while (islower((unsigned char)text[length]) ||
           (length &&
            (isdigit((unsigned char)text[length]) || text[length] == '_' || text[length] == '-')))
        length++;
    return length && text[length] == ':' ? length : 0;
}

static int dimension_named(const struct label_reading *r, const char *text, size_t length) {
    return metric_dimension(r->metric, text_copy_bytes(r->arena, text, length));
}

static bool dimension_unknown(const struct label_reading *r, const char *name) {
    const char *names[METRIC_DIMENSIONS_MAX];
    size_t count = metric_dimensions(r->metric);
    for (size_t d = 0; d < count; d++) names[d] = r->metric->dimensions[d].name;
    const char *near = suggest(name, names, count);
    const char *hint =
        near ? text_format(r->arena, "did you mean `%s:`?", near)
             : text_format(r->arena,
                           "its first dimension is `%s`; a colon that is part of a label is "
                           "written `\\:`",
                           names[0]);
    return diag_error(r->diags, BUDGET_LIMIT_LABEL, r->place, hint, "%s has no dimension %s",
                      quote(r->arena, r->metric->name), quote(r->arena, name));
}

/* Keeps a backslash only where it takes away a meaning from the glob, so that equal globs are equal
 * texts. */
static bool glob_take(const struct label_reading *r, struct label_pattern *pattern,
                      size_t dimension, const char *from, size_t length) {
    struct text glob = text_begin(r->arena);
    for (size_t i = 0; i < length; i++) {
        if (from[i] == '*' || from[i] == '?') pattern->wild = true;
        if (from[i] == '\\') {
            if (++i == length)
                return label_wrong(r, "write `\\\\` for a backslash", "it ends in a backslash");
            if (strchr("*?\\", from[i])) text_add_char(&glob, '\\');
        }
        text_add_char(&glob, from[i]);
    }
    if (glob.length == 0) return label_wrong(r, "write `*` for every label", "it is empty");
    if (pattern->globs[dimension])
        return label_wrong(r, "name each dimension once", "a dimension is named twice");
    pattern->globs[dimension] = glob.data;
    pattern->named |= 1u << dimension;
    return true;
}

/* Up to the next blank without a backslash before it. */
static size_t token_length(const char *text) {
    size_t length = 0;
    while (text[length] && text[length] != ' ')
        length += text[length] == '\\' && text[length + 1] ? 2 : 1;
    return length;
}

static bool read_named(const struct label_reading *r, struct label_pattern *pattern) {
    for (const char *at = r->labels; *at;) {
        size_t token = token_length(at), name = dimension_length(at);
        if (name == 0)
            return label_wrong(r,
                               "write each as `dimension:label`; a blank inside a label is "
                               "written `\\ `",
                               "a part of it names no dimension");
        int dimension = dimension_named(r, at, name);
        if (dimension < 0) return dimension_unknown(r, text_copy_bytes(r->arena, at, name));
        if (!glob_take(r, pattern, (size_t)dimension, at + name + 1, token - name - 1))
            return false;
        at += token;
        while (*at == ' ') at++;
    }
    return true;
}

/* `[peak request:orders]`: the second part names a dimension, so the first has to as well. */
static bool names_later(const struct label_reading *r) {
    for (const char *at = r->labels + token_length(r->labels); *at; at += token_length(at)) {
        while (*at == ' ') at++;
        size_t length = dimension_length(at);
        if (length && dimension_named(r, at, length) >= 0) return true;
    }
    return false;
}

static bool must_be_named(const struct label_reading *r, const struct label_pattern *pattern) {
    size_t count = metric_dimensions(r->metric);
    if (r->metric->fold != PROBE_FOLD_NONE || pattern->named == (1u << count) - 1) return true;
    struct text example = text_begin(r->arena);
    for (size_t d = 0; d < count; d++)
        text_add_format(&example, "%s%s%s*", d ? " " : "",
                        count > 1 ? r->metric->dimensions[d].name : "", count > 1 ? ":" : "");
    return diag_error(r->diags, BUDGET_LIMIT_LABEL, r->place,
                      text_format(r->arena, "write '%s[%s]' for each, or name one", r->metric->name,
                                  example.data),
                      "%s does not add up over its labels: a limit must name them",
                      quote(r->arena, r->metric->name));
}

bool label_pattern_read(const struct label_reading *r, struct label_pattern *pattern) {
    *pattern = (struct label_pattern){0};
    if (!r->labels) return must_be_named(r, pattern);
    if (metric_dimensions(r->metric) == 0)
        return diag_error(r->diags, BUDGET_LIMIT_LABEL, r->place,
                          text_format(r->arena, "write `%s` alone", r->metric->name),
                          "%s has no labels", quote(r->arena, r->metric->name));
    size_t length = strlen(r->labels);
    if (length > LABEL_PATTERN_MAX) return label_wrong(r, NULL, "it is longer than 1024 bytes");
    bool named = dimension_length(r->labels) > 0;
    if (!named && names_later(r))
        return label_wrong(r, "name all of its dimensions, as in `[phase:peak request:x]`",
                           "only a later part names its dimension");
    if (named ? !read_named(r, pattern) : !glob_take(r, pattern, 0, r->labels, length))
        return false;
    return must_be_named(r, pattern);
}

static void glob_write(struct text *key, const char *glob, const char *escaped) {
    for (; *glob; glob++) {
        if (strchr(escaped, *glob)) text_add_char(key, '\\');
        text_add_char(key, *glob);
    }
}

void label_pattern_write(struct text *key, const struct probe_metric *metric,
                         const struct label_pattern *pattern) {
    if (pattern->named == 0) return;
    text_add_char(key, '[');
    if (pattern->named == 1) {
        /* plain where it cannot be mistaken for the form that names dimensions */
        const char *glob = pattern->globs[0];
        bool alike = metric_dimensions(metric) > 1 || dimension_length(glob) > 0 ||
                     (strchr(glob, ' ') && strchr(glob, ':'));
        glob_write(key, glob, alike ? ": " : "");
    } else {
        const char *blank = "";
        for (size_t d = 0; d < METRIC_DIMENSIONS_MAX; d++) {
            if (!pattern->globs[d]) continue;
            text_add_format(key, "%s%s:", blank, metric->dimensions[d].name);
            glob_write(key, pattern->globs[d], " ");
            blank = " ";
        }
    }
    text_add_char(key, ']');
}
