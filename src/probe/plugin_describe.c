#include <math.h>
#include <stdint.h>
#include <string.h>

#include "base/array.h"
#include "base/json.h"
#include "base/text.h"
#include "probe/conform.h"
#include "probe/plugin_exec.h"

/* Every option takes as much of the config struct as the largest member does. */
enum { OPTION_ROOM = 24 };
_Static_assert(sizeof(struct probe_texts) <= OPTION_ROOM &&
                   sizeof(struct probe_pairs) <= OPTION_ROOM &&
                   sizeof(struct probe_records) <= OPTION_ROOM,
               "OPTION_ROOM holds every member");

/* Words of the description, by number of the enum. */
static const char *const unit_words[] = {
    "count", "bytes", "seconds", "ratio", "per_second", "bytes_per_second", NULL};
static const char *const better_words[] = {"neither", "lower", "higher", NULL};
static const char *const nature_words[] = {"exact", "noisy", NULL};
static const char *const fold_words[] = {"none", "sum", "max", "pool", NULL};
static const char *const target_words[] = {"paths", "command", "text", NULL};
static const char *const form_words[] = {"list", "named", "one", NULL};
static const char *const type_words[] = {"text",  "texts", "flag",    "integer", "number",
                                         "size",  "time",  "share",   "choice",  "command",
                                         "pairs", "rate",  "records", NULL};
/* By number of the word. A description has no metrics that are read from what a target prints. */
static const enum probe_type types[] = {
    PROBE_TEXT,  PROBE_TEXTS,  PROBE_FLAG,    PROBE_INTEGER, PROBE_NUMBER, PROBE_SIZE,   PROBE_TIME,
    PROBE_SHARE, PROBE_CHOICE, PROBE_COMMAND, PROBE_PAIRS,   PROBE_RATE,   PROBE_RECORDS};
/* By bit of enum probe_need. */
static const char *const need_words[] = {"quiet", "executes", "network", "once", "stream", NULL};

/* The description being read; the first problem is kept. */
struct describing {
    struct arena *arena;
    const char *problem;
};

static bool wrong(struct describing *d, const char *problem) {
    if (!d->problem) d->problem = problem;
    return false;
}

static int word_number(const char *const *words, const char *word) {
    for (int i = 0; words[i]; i++)
        if (strcmp(words[i], word) == 0) return i;
    return -1;
}

/* Whether the value is an object of nothing but these members. */
static bool object_is(struct describing *d, const json *object, const char *what,
                      const char *const *members) {
    if (!json_is_object(object))
        return wrong(d, text_format(d->arena, "%s is no JSON object", what));
    for (const json *member = json_first(object); member; member = json_next(member))
        if (word_number(members, json_name(member)) < 0)
            return wrong(d, text_format(d->arena, "%s has the unknown member `%s`", what,
                                        json_name(member)));
    return true;
}

static const char *text_of(struct describing *d, const json *object, const char *name) {
    const json *value = json_get(object, name);
    if (!value) return NULL;
    if (!json_is_text(value))
        wrong(d, text_format(d->arena, "`%s` is no text in the description", name));
    return text_copy(d->arena, json_text(value, NULL));
}

/* The number of a word, `fallback` where it is absent; a fallback of -1: it must be there. */
static int word_of(struct describing *d, const json *object, const char *name,
                   const char *const *words, int fallback) {
    const json *value = json_get(object, name);
    if (!value && fallback >= 0) return fallback;
    int number = json_is_text(value) ? word_number(words, json_text(value, "")) : -1;
    if (number >= 0) return number;
    struct text known = text_begin(d->arena);
    for (int i = 0; words[i]; i++) text_add_format(&known, "%s%s", i ? ", " : "", words[i]);
    wrong(d, text_format(d->arena, "`%s` is missing or none of: %s", name, known.data));
    return 0;
}

static bool list_of(struct describing *d, const json *object, const char *name, size_t most,
                    const json **list) {
    *list = json_get(object, name);
    if (!*list) return false;
    if (!json_is_list(*list) || json_count(*list) > most) {
        wrong(d, text_format(d->arena, "`%s` is no list, or too long", name));
        return false;
    }
    return true;
}

static const struct probe_dimension *dimensions_of(struct describing *d, const json *metric) {
    static const char *const members[] = {"name", "help", "complete", NULL};
    const json *list;
    if (!list_of(d, metric, "dimensions", METRIC_DIMENSIONS_MAX, &list) || json_count(list) == 0)
        return NULL;
    struct probe_dimension *rows = arena_alloc(d->arena, (json_count(list) + 1) * sizeof *rows);
    size_t i = 0;
    for (const json *item = json_first(list); item; item = json_next(item), i++) {
        if (!object_is(d, item, "a dimension", members)) return NULL;
        rows[i].name = text_of(d, item, "name");
        rows[i].help = text_of(d, item, "help");
        rows[i].complete = json_flag(json_get(item, "complete"), false);
        if (!rows[i].name) wrong(d, "a dimension has no name");
    }
    return rows;
}

static const char *const *parts_of(struct describing *d, const json *metric) {
    const json *list;
    if (!list_of(d, metric, "parts", PROBE_METRICS_MAX, &list)) return NULL;
    const char **names = arena_alloc(d->arena, (json_count(list) + 1) * sizeof *names);
    size_t count = 0;
    for (const json *item = json_first(list); item; item = json_next(item)) {
        if (!json_is_text(item)) wrong(d, "a part is no text");
        names[count++] = text_copy(d->arena, json_text(item, ""));
    }
    return names;
}

static void metrics_of(struct describing *d, const json *root, struct probe *probe) {
    static const char *const members[] = {"name", "help",      "unit",       "better", "nature",
                                          "fold", "statistic", "dimensions", "parts",  NULL};
    const json *list;
    if (!list_of(d, root, "metrics", PROBE_METRICS_MAX, &list)) return;
    struct probe_metric *rows = arena_alloc(d->arena, json_count(list) * sizeof *rows);
    for (const json *item = json_first(list); item; item = json_next(item)) {
        if (!object_is(d, item, "a metric", members)) return;
        rows[probe->metric_count++] = (struct probe_metric){
            .name = text_of(d, item, "name"),
            .help = text_of(d, item, "help"),
            .dimensions = dimensions_of(d, item),
            .unit = (enum probe_unit)word_of(d, item, "unit", unit_words, -1),
            .better = (enum probe_better)word_of(d, item, "better", better_words, PROBE_NEITHER),
            .nature = (enum probe_nature)word_of(d, item, "nature", nature_words, PROBE_NOISY),
            .fold = (enum probe_fold)word_of(d, item, "fold", fold_words, PROBE_FOLD_NONE),
            .statistic = text_of(d, item, "statistic"),
            .parts = parts_of(d, item),
        };
    }
    probe->metrics = rows;
    probe->metric_size = sizeof *rows;
}

static const char *const *choices_of(struct describing *d, const json *option) {
    const json *list;
    if (!list_of(d, option, "choices", PROBE_OPTIONS_MAX, &list)) return NULL;
    const char **words = arena_alloc(d->arena, (json_count(list) + 1) * sizeof *words);
    size_t count = 0;
    for (const json *item = json_first(list); item; item = json_next(item)) {
        if (!json_is_text(item)) wrong(d, "a choice is no text");
        words[count++] = text_copy(d->arena, json_text(item, ""));
    }
    return words;
}

static double number_of(struct describing *d, const json *object, const char *name) {
    const json *value = json_get(object, name);
    if (value && !json_is_number(value))
        wrong(d, text_format(d->arena, "`%s` is no number in the description", name));
    return json_number(value, 0);
}

static void rows_of(struct describing *d, const json *object, unsigned depth,
                    struct probe_record_table *table);

static const struct probe_record_table *records_of(struct describing *d, const json *option,
                                                   unsigned depth) {
    static const char *const members[] = {"form", "what", "bare", "options", NULL};
    const json *records = json_get(option, "records");
    if (!records || depth >= PROBE_RECORD_DEPTH || !object_is(d, records, "`records`", members))
        return NULL;
    struct probe_record_table *table = arena_new_object(d->arena, struct probe_record_table);
    table->form = (enum probe_form)word_of(d, records, "form", form_words, -1);
    table->what = text_of(d, records, "what");
    table->bare = text_of(d, records, "bare");
    rows_of(d, records, depth + 1, table);
    return table;
}

static struct probe_option row_of(struct describing *d, const json *item, unsigned depth) {
    return (struct probe_option){
        .name = text_of(d, item, "name"),
        .type = types[word_of(d, item, "type", type_words, -1)],
        .fallback = text_of(d, item, "fallback"),
        .min = number_of(d, item, "min"),
        .max = number_of(d, item, "max"),
        .choices = choices_of(d, item),
        .help = text_of(d, item, "help"),
        .records = records_of(d, item, depth),
    };
}

static void rows_of(struct describing *d, const json *object, unsigned depth,
                    struct probe_record_table *table) {
    static const char *const members[] = {"name",    "type", "fallback", "min", "max",
                                          "choices", "help", "records",  NULL};
    const json *list;
    if (!list_of(d, object, "options", PROBE_OPTIONS_MAX, &list)) return;
    struct probe_option *rows = arena_alloc(d->arena, json_count(list) * sizeof *rows);
    for (const json *item = json_first(list); item; item = json_next(item)) {
        if (!object_is(d, item, "an option", members)) return;
        rows[table->option_count] = row_of(d, item, depth);
        rows[table->option_count].offset = table->option_count * OPTION_ROOM;
        table->option_count++;
    }
    table->options = rows;
    table->option_size = sizeof *rows;
    table->record_size = table->option_count * OPTION_ROOM;
}

static void options_of(struct describing *d, const json *root, struct probe *probe) {
    struct probe_record_table table = {.option_count = 0};
    rows_of(d, root, 0, &table);
    probe->options = table.options;
    probe->option_count = table.option_count;
    probe->option_size = table.option_size;
    probe->config_size = table.record_size;
}

static void needs_of(struct describing *d, const json *root, struct probe *probe) {
    const json *list;
    if (!list_of(d, root, "needs", array_length(need_words), &list)) return;
    for (const json *item = json_first(list); item; item = json_next(item)) {
        int bit = word_number(need_words, json_text(item, ""));
        if (bit < 0)
            wrong(d,
                  "`needs` lists something other than quiet, executes, network, once and stream");
        else
            probe->needs |= 1u << bit;
    }
}

static void root_read(struct describing *d, const json *root, struct probe *probe) {
    static const char *const members[] = {"abi",   "name",    "summary", "target", "target_help",
                                          "needs", "metrics", "options", NULL};
    if (!json_is_object(root)) {
        wrong(d, "the description is no JSON object");
        return;
    }
    double abi = json_number(json_get(root, "abi"), 0);
    probe->abi = abi > 0 && abi <= UINT32_MAX ? (uint32_t)abi : 0;
    if (abi != PROBE_ABI) {
        wrong(d, text_format(d->arena,
                             "`abi` is not %u in the description, the version of the "
                             "probe interface",
                             PROBE_ABI));
        return;
    }
    if (!object_is(d, root, "the description", members)) return;
    probe->name = text_of(d, root, "name");
    probe->summary = text_of(d, root, "summary");
    probe->target_help = text_of(d, root, "target_help");
    probe->target = (enum probe_target)word_of(d, root, "target", target_words, -1);
    needs_of(d, root, probe);
    metrics_of(d, root, probe);
    options_of(d, root, probe);
}

bool plugin_describe(struct arena *arena, const char *bytes, size_t length, struct probe *probe,
                     const char **problem) {
    struct describing d = {.arena = arena};
    const char *syntax;
    __attribute__((cleanup(json_cleanup))) json *root = json_read(arena, bytes, length, &syntax);
    if (!root)
        wrong(&d, text_format(arena, "the description is no JSON: %s", syntax));
    else
        root_read(&d, root, probe);
    *problem = d.problem;
    return !d.problem;
}
