#include <string.h>

#include "base/array.h"
#include "base/json.h"
#include "base/number.h"
#include "base/text.h"
#include "probe/plugin_exec.h"

/* One answer of a plugin, line by line. */
struct answer {
    struct probe_run *run;
    const struct metrics *metrics;
    struct arena *arena; /* of the line */
    size_t line;         /* from 1 */
    bool done, failed;
};

/* By number of enum probe_fault. */
static const char *const fault_words[] = {"target",    "crash",   "timeout", "data",
                                          "cancelled", "refused", "system"};

static bool answer_wrong(struct answer *answer, const char *problem) {
    answer->failed = true;
    return probe_fail(
        answer->run, PROBE_FAULT_DATA,
        text_format(answer->arena, "line %zu of the plugin's answer %s", answer->line, problem),
        "See docs/plugins.md for the lines a plugin prints.");
}

static bool members_are(const json *object, const char *const *members) {
    for (const json *member = json_first(object); member; member = json_next(member)) {
        size_t i = 0;
        while (members[i] && strcmp(members[i], json_name(member)) != 0) i++;
        if (!members[i]) return false;
    }
    return true;
}

static bool answer_fail(struct answer *answer, const json *line) {
    const char *message = json_text(json_get(line, "fail"), NULL);
    const char *word = json_text(json_get(line, "fault"), "data");
    size_t fault = 0;
    while (fault < array_length(fault_words) && strcmp(fault_words[fault], word) != 0) fault++;
    if (!message || fault == array_length(fault_words))
        return answer_wrong(answer, "fails without a text or with an unknown `fault`");
    answer->failed = true;
    return probe_fail(answer->run, (enum probe_fault)fault, message,
                      json_text(json_get(line, "hint"), NULL));
}

static bool answer_remark(struct answer *answer, const json *line) {
    const char *note = json_text(json_get(line, "note"), NULL);
    const char *warning = json_text(json_get(line, "warning"), NULL);
    if (!note == !warning) return answer_wrong(answer, "has a remark that is no text");
    probe_remark(answer->run, note ? PROBE_NOTE : PROBE_WARNING, note ? note : warning,
                 json_text(json_get(line, "hint"), NULL));
    return true;
}

static bool answer_doubt(struct answer *answer, const json *line) {
    const char *message = json_text(json_get(line, "doubt"), NULL);
    if (!message) return answer_wrong(answer, "has a doubt that is no text");
    probe_doubt(answer->run, message, json_text(json_get(line, "hint"), NULL));
    return true;
}

/* False: the labels are no map of texts. */
static bool answer_labels(struct answer *answer, const json *labels, probe_label_id *label) {
    *label = 0;
    if (!labels) return true;
    if (!json_is_object(labels)) return false;
    for (const json *item = json_first(labels); item; item = json_next(item)) {
        if (!json_is_text(item)) return false;
        *label = probe_label_add(answer->run, *label, json_name(item), json_text(item, ""));
    }
    return true;
}

/* A count of events; false where it is none. */
static bool events_read(const json *value, uint64_t *events) {
    double number = json_number(value, -1);
    *events = number >= 0 && number <= 9007199254740992.0 ? (uint64_t)number : 0;
    return json_is_number(value) && (double)*events == number;
}

/* Sixteen hexadecimal digits at most, as text: a number of JSON would lose some. */
static bool answer_fingerprint(struct answer *answer, const json *line, uint32_t metric,
                               probe_label_id label) {
    const json *member = json_get(line, "fingerprint");
    if (!member) return true;
    uint64_t fingerprint;
    if (!json_is_text(member) || !number_hex(json_text(member, ""), &fingerprint))
        return answer_wrong(answer, "has a `fingerprint` that is no text of 1 to 16 digits 0-9a-f");
    bool nameless = json_flag(json_get(line, "nameless"), false);
    probe_fingerprint(answer->run, metric, label, fingerprint, nameless);
    return true;
}

static bool answer_value(struct answer *answer, const json *line, uint32_t metric,
                         probe_label_id label) {
    const json *value = json_get(line, "value"), *method = json_get(line, "method");
    const json *k = json_get(line, "k"), *n = json_get(line, "n");
    const json *unbounded = json_get(line, "unbounded");
    if (!!value + !!method + (k && n) + !!unbounded != 1 || !k != !n)
        return answer_wrong(answer, "needs one of `value`, `k` with `n`, `unbounded`, `method`");
    uint64_t events, trials;
    const json *low = json_get(line, "low"), *high = json_get(line, "high");
    if (!low != !high || (low && !value))
        return answer_wrong(answer, "needs `value`, `low` and `high` together");
    if (low && json_is_number(value) && json_is_number(low) && json_is_number(high)) {
        const struct probe_between between = {json_number(value, 0), json_number(low, 0),
                                              json_number(high, 0)};
        probe_emit_between(answer->run, metric, label, between);
    } else if (!low && value && json_is_number(value)) {
        probe_emit(answer->run, metric, label, json_number(value, 0));
    } else if (k && events_read(k, &events) && events_read(n, &trials)) {
        probe_emit_rate(answer->run, metric, label, events, trials);
    } else if (unbounded && json_flag(unbounded, false)) {
        probe_unbounded(answer->run, metric, label);
    } else if (json_is_text(method)) {
        probe_method(answer->run, metric, json_text(method, ""));
    } else {
        return answer_wrong(answer, "has a member of the wrong type");
    }
    return true;
}

static bool answer_metric(struct answer *answer, const json *line) {
    const char *name = json_text(json_get(line, "metric"), NULL);
    int metric = name ? metric_find(answer->metrics, name) : -1;
    if (metric < 0)
        return answer_wrong(answer, name ? text_format(answer->arena,
                                                       "names `%s`, which is no metric of its "
                                                       "description",
                                                       name)
                                         : "names no metric");
    probe_label_id label;
    if (!answer_labels(answer, json_get(line, "labels"), &label))
        return answer_wrong(answer, "has labels that are no map of texts");
    return answer_value(answer, line, (uint32_t)metric, label) &&
           answer_fingerprint(answer, line, (uint32_t)metric, label);
}

static bool answer_done(struct answer *answer, const json *line) {
    answer->done = json_flag(json_get(line, "done"), false);
    return answer->done || answer_wrong(answer, "has a `done` that is not true");
}

/* What a line is, by the member that only it has; the rest may stand beside it. */
static const struct line_kind {
    const char *members[12];
    bool (*take)(struct answer *answer, const json *line);
} line_kinds[] = {
    {{"fail", "hint", "fault"}, answer_fail},
    {{"note", "hint"}, answer_remark},
    {{"warning", "hint"}, answer_remark},
    {{"doubt", "hint"}, answer_doubt},
    {{"metric", "value", "low", "high", "k", "n", "unbounded", "method", "labels", "fingerprint",
      "nameless"},
     answer_metric},
    {{"done"}, answer_done},
};

static bool answer_line(struct answer *answer, const char *bytes, size_t length) {
    const char *syntax;
    if (answer->done) return answer_wrong(answer, "comes after the one that says done");
    if (length > PLUGIN_LINE_MAX) return answer_wrong(answer, "is too long");
    __attribute__((cleanup(json_cleanup))) json *line =
        json_read(answer->arena, bytes, length, &syntax);
    if (!line) return answer_wrong(answer, text_format(answer->arena, "is no JSON: %s", syntax));
    if (!json_is_object(line)) return answer_wrong(answer, "is no JSON object");
    for (size_t i = 0; i < array_length(line_kinds); i++)
        if (json_get(line, line_kinds[i].members[0]))
            return members_are(line, line_kinds[i].members)
                       ? line_kinds[i].take(answer, line)
                       : answer_wrong(answer, "has an unknown member");
    return answer_wrong(answer, "is of no kind that is known");
}

bool plugin_answer(struct probe_run *run, const struct metrics *metrics, const char *bytes,
                   size_t length) {
    struct answer answer = {.run = run, .metrics = metrics};
    for (size_t at = 0; at < length && !answer.failed;) {
        const char *end = memchr(bytes + at, '\n', length - at);
        size_t size = end ? (size_t)(end - bytes) - at : length - at;
        answer.line++;
        answer.arena = arena_new();
        if (size > 0) answer_line(&answer, bytes + at, size);
        arena_free(answer.arena);
        at += size + 1;
    }
    if (answer.done) return true;
    if (answer.failed) return false;
    return probe_fail(run, PROBE_FAULT_DATA,
                      "the plugin ended without its last line, {\"done\": true}",
                      "A plugin that cannot measure prints {\"fail\": \"why\"} instead.");
}

bool plugin_answer_failure(struct probe_run *run, const char *bytes, size_t length) {
    bool found = false;
    for (size_t at = 0; at < length && !found;) {
        const char *end = memchr(bytes + at, '\n', length - at), *syntax;
        size_t size = end ? (size_t)(end - bytes) - at : length - at;
        struct answer answer = {.run = run, .arena = arena_new()};
        json *line =
            size <= PLUGIN_LINE_MAX ? json_read(answer.arena, bytes + at, size, &syntax) : NULL;
        found = line && json_is_text(json_get(line, "fail"));
        if (found) answer_fail(&answer, line);
        json_free(line);
        arena_free(answer.arena);
        at += size + 1;
    }
    return found;
}
