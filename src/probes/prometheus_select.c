#include "probes/prometheus_select.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"

/* A selector being read. */
struct selecting {
    struct arena *arena;
    const char *at, *problem;
};

static bool wrong(struct selecting *selecting, const char *problem) {
    selecting->problem = problem;
    return false;
}

static void blanks(struct selecting *selecting) {
    selecting->at += strspn(selecting->at, " \t\n");
}

static const char *word(struct selecting *selecting, bool colon) {
    static const char letters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789:";
    char allowed[sizeof letters];
    memcpy(allowed, letters, sizeof letters);
    if (!colon) allowed[sizeof letters - 2] = '\0';
    size_t length = strspn(selecting->at, allowed);
    if (length == 0 || (*selecting->at >= '0' && *selecting->at <= '9')) return NULL;
    const char *found = text_copy_bytes(selecting->arena, selecting->at, length);
    selecting->at += length;
    return found;
}

static bool operator_read(struct selecting *selecting, enum prometheus_match *match) {
    static const struct {
        const char *sign;
        enum prometheus_match match;
    } signs[] = {{"=~", MATCH_LIKE}, {"!~", MATCH_NOT_LIKE}, {"!=", MATCH_IS_NOT}, {"=", MATCH_IS}};
    for (size_t i = 0; i < array_length(signs); i++) {
        if (!text_starts(selecting->at, signs[i].sign)) continue;
        selecting->at += strlen(signs[i].sign);
        *match = signs[i].match;
        return true;
    }
    return wrong(selecting, "a label needs one of = != =~ !~");
}

/* In single or double quotes; a backslash stands before a quote, a backslash or n. */
static const char *quoted(struct selecting *selecting) {
    char quote = *selecting->at;
    struct text text = text_begin(selecting->arena);
    if (quote != '"' && quote != '\'') {
        wrong(selecting, "a label's value stands in quotes");
        return NULL;
    }
    for (selecting->at++; *selecting->at && *selecting->at != quote; selecting->at++) {
        bool escape = *selecting->at == '\\' && selecting->at[1] != '\0';
        if (escape) selecting->at++;
        bool known = !escape || strchr("\\\"'n", *selecting->at);
        if (escape && !known) text_add_char(&text, '\\'); /* a pattern's own: \d */
        text_add_char(&text, escape && *selecting->at == 'n' ? '\n' : *selecting->at);
    }
    if (*selecting->at != quote) {
        wrong(selecting, "a label's value has no closing quote");
        return NULL;
    }
    selecting->at++;
    return text.data;
}

static bool matcher_read(struct selecting *selecting, struct prometheus_matcher *matcher) {
    blanks(selecting);
    matcher->label = word(selecting, false);
    if (!matcher->label) return wrong(selecting, "a label has no name");
    blanks(selecting);
    if (!operator_read(selecting, &matcher->match)) return false;
    blanks(selecting);
    matcher->value = quoted(selecting);
    if (!matcher->value) return false;
    blanks(selecting);
    if (matcher->match != MATCH_LIKE && matcher->match != MATCH_NOT_LIKE) return true;
    const char *whole = text_format(selecting->arena, "\\A(?:%s)\\z", matcher->value);
    matcher->pattern = pattern_open(selecting->arena, whole, &selecting->problem);
    return matcher->pattern != NULL;
}

static bool matchers_read(struct selecting *selecting, struct prometheus_selector *selector) {
    if (*selecting->at != '{') return true;
    selecting->at++;
    for (blanks(selecting); *selecting->at != '}';) {
        struct prometheus_matcher *matcher =
            array_add(selecting->arena, selector->matchers, selector->count);
        if (!matcher_read(selecting, matcher)) return false;
        if (*selecting->at == ',') {
            selecting->at++;
            blanks(selecting);
        } else if (*selecting->at != '}') {
            return wrong(selecting, "labels stand in { } with commas between them");
        }
    }
    selecting->at++;
    return true;
}

bool prometheus_select(struct arena *arena, const char *text, struct prometheus_selector *selector,
                       const char **problem) {
    struct selecting selecting = {.arena = arena, .at = text};
    *selector = (struct prometheus_selector){.text = text};
    blanks(&selecting);
    selector->name = word(&selecting, true);
    blanks(&selecting);
    bool good = selector->name ? matchers_read(&selecting, selector)
                               : wrong(&selecting, "it does not begin with the name of a metric");
    if (good) blanks(&selecting);
    if (good && *selecting.at)
        good = wrong(&selecting, "something stands behind it; a whole PromQL expression is for "
                                 "`query`");
    if (!good)
        *problem = text_format(arena, "`%s` is no selector of series: %s", text_inert(arena, text),
                               selecting.problem);
    return good;
}

void prometheus_unselect(struct prometheus_selector *selector) {
    for (size_t i = 0; i < selector->count; i++) pattern_close(selector->matchers[i].pattern);
}

const char *prometheus_label(const struct prometheus_sample *sample, const char *name) {
    for (size_t i = 0; i < sample->label_count; i++)
        if (strcmp(sample->labels[i].name, name) == 0) return sample->labels[i].value;
    return NULL;
}

static bool matches(const struct prometheus_matcher *matcher, const char *value) {
    switch (matcher->match) {
    case MATCH_IS:
        return strcmp(value, matcher->value) == 0;
    case MATCH_IS_NOT:
        return strcmp(value, matcher->value) != 0;
    case MATCH_LIKE:
        return pattern_matches(matcher->pattern, value, strlen(value));
    case MATCH_NOT_LIKE:
        return !pattern_matches(matcher->pattern, value, strlen(value));
    }
    return false;
}

bool prometheus_selects(const struct prometheus_selector *selector,
                        const struct prometheus_sample *sample) {
    for (size_t i = 0; i < selector->count; i++) {
        const char *value = prometheus_label(sample, selector->matchers[i].label);
        if (!matches(&selector->matchers[i], value ? value : "")) return false;
    }
    return true;
}

const char *prometheus_key(struct arena *arena, const struct prometheus_sample *sample,
                           const char *without) {
    struct text key = text_begin(arena);
    text_add(&key, sample->name);
    size_t shown = 0;
    for (size_t i = 0; i < sample->label_count; i++) {
        const struct prometheus_label *label = &sample->labels[i];
        if (text_equal(label->name, without)) continue;
        text_add_format(&key, "%s%s=\"", shown++ ? "," : "{", label->name);
        for (const char *at = label->value; *at; at++) {
            if (*at == '"' || *at == '\\') text_add_char(&key, '\\');
            if (*at == '\n')
                text_add(&key, "\\n");
            else
                text_add_char(&key, *at);
        }
        text_add_char(&key, '"');
    }
    if (shown) text_add_char(&key, '}');
    return key.data;
}
