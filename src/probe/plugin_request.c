#include "base/json.h"
#include "probe/plugin_exec.h"
#include "schema/field.h"

static void put_texts(json *object, const char *name, const struct probe_texts *texts) {
    json *list = json_put_list(object, name);
    for (size_t i = 0; i < texts->count; i++) json_push_text(list, texts->items[i]);
}

static void put_pairs(json *object, const char *name, const struct probe_pairs *pairs) {
    json *map = json_put_object(object, name);
    for (size_t i = 0; i < pairs->count; i++)
        json_put_text(map, pairs->items[i].name, pairs->items[i].value);
}

static void put_option(json *object, const struct probe_option *row, const void *config);

static void put_record(json *object, const struct probe_record_table *table,
                       const struct probe_records *records, size_t number) {
    const char *record = (const char *)records->items + number * table->record_size;
    for (size_t i = 0; i < table->option_count; i++)
        put_option(object, field_row(table->options, table->option_size, i), record);
}

static void put_records(json *object, const struct probe_option *row,
                        const struct probe_records *records) {
    const struct probe_record_table *table = row->records;
    bool list = table->form == PROBE_FORM_LIST;
    json *all = list ? json_put_list(object, row->name) : json_put_object(object, row->name);
    for (size_t i = 0; i < records->count; i++) {
        json *into = list             ? json_push(all, json_new_object())
                     : records->names ? json_put_object(all, records->names[i])
                                      : all;
        put_record(into, table, records, i);
    }
}

static void put_option(json *object, const struct probe_option *row, const void *config) {
    const void *member = (const char *)config + row->offset;
    switch (row->type) {
    case PROBE_TEXT:
        json_put_text(object, row->name, *(const char *const *)member);
        break;
    case PROBE_TEXTS:
    case PROBE_COMMAND:
        put_texts(object, row->name, member);
        break;
    case PROBE_FLAG:
        json_put_flag(object, row->name, *(const bool *)member);
        break;
    case PROBE_INTEGER:
        json_put_number(object, row->name, (double)*(const int64_t *)member);
        break;
    case PROBE_NUMBER:
    case PROBE_SIZE:
    case PROBE_TIME:
    case PROBE_SHARE:
    case PROBE_RATE:
        json_put_number(object, row->name, *(const double *)member);
        break;
    case PROBE_CHOICE:
        json_put_text(object, row->name, row->choices[*(const int *)member]);
        break;
    case PROBE_PAIRS:
        put_pairs(object, row->name, member);
        break;
    case PROBE_RECORDS:
        put_records(object, row, member);
        break;
    case PROBE_METRICS:
        break; /* a description cannot have it */
    }
}

const char *plugin_request(struct arena *arena, const struct probe *probe,
                           const struct metrics *metrics, struct probe_run *run, double left) {
    __attribute__((cleanup(json_cleanup))) json *request = json_new_object();
    json *options = json_put_object(request, "options");
    for (size_t i = 0; i < probe->option_count; i++)
        put_option(options, field_row(probe->options, probe->option_size, i), run->config);
    put_texts(request, "targets", &run->targets);
    json_put_text(request, "directory", run->directory);
    json_put_text(request, "root", run->root);
    json_put_number(request, "deadline_ms", (double)(uint64_t)(left * 1000));
    json *wanted = json_put_list(request, "wanted");
    for (uint32_t i = 0; i < metrics->count; i++)
        if (probe_wanted(run, i)) json_push_text(wanted, metrics->items[i]->name);
    return json_write(arena, request);
}
