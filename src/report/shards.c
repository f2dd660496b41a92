#include "report/format_json.h"
#include "report/reader.h"

void json_put_shards(json *root, const struct report *report) {
    if (!report->shard_count) return;
    json *list = json_put_list(root, "shards");
    for (size_t i = 0; i < report->shard_count; i++) {
        const struct report_shard *shard = &report->shards[i];
        json *item = json_push(list, json_new_object());
        json_put_text(item, "report", shard->report);
        json_put_number(item, "exit_code", shard->exit_code);
        json_put_text(item, "started_at", shard->started_at);
        json_put_number(item, "duration", shard->duration);
        json_put_text(item, "host", shard->host);
        json_put_text(item, "fingerprint", shard->fingerprint);
        json_put_number(item, "budgets", (double)shard->budgets);
    }
}

static bool read_shard(struct reader *reader, const json *item, struct report_shard *shard) {
    size_t code;
    if (!take_text(reader, item, "report", &shard->report) ||
        !take_count(reader, item, "exit_code", &code) ||
        !take_text(reader, item, "started_at", &shard->started_at) ||
        !take_number(reader, item, "duration", &shard->duration) ||
        !take_text_or_null(reader, item, "host", &shard->host) ||
        !take_text_or_null(reader, item, "fingerprint", &shard->fingerprint) ||
        !take_count(reader, item, "budgets", &shard->budgets))
        return false;
    if (code > 255) return reader_wrong(reader, "exit_code", "is none");
    shard->exit_code = (int)code;
    return true;
}

bool read_shards(struct reader *reader, const json *root, struct report *report) {
    const json *list;
    if (!json_get(root, "shards")) return true;
    if (!take_list(reader, root, "shards", &list)) return false;
    struct report_shard *shards =
        arena_alloc(reader->arena, (json_count(list) + 1) * sizeof *shards);
    reader->where = "shards";
    for (const json *item = json_first(list); item; item = json_next(item))
        if (!read_shard(reader, item, &shards[report->shard_count++])) return false;
    reader->where = "";
    report->shards = shards;
    return true;
}
