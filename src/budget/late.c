#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "budget/loading_servers.h"
#include "schema/field.h"

/* A place to be filled in: a byte that no budget file can hold, the server's number as a letter,
 * what of it, another such byte. */
enum { LATE_BEGIN = 1, LATE_END = 2, LATE_LENGTH = 4, LATE_FIRST = '0' };

/* What is filled in, and with what. */
struct late {
    const struct budget_set *set;
    const char *const *ports;
};

void late_mark(struct text *out, size_t server, enum late_what what) {
    const char mark[] = {LATE_BEGIN, (char)(LATE_FIRST + (int)server), what == LATE_URL ? 'u' : 'p',
                         LATE_END};
    text_add_bytes(out, mark, sizeof mark);
}

const char *server_url(struct arena *arena, const struct budget_server *server, const char *port) {
    return text_format(arena, "%s://127.0.0.1:%s",
                       server->scheme == SERVER_HTTPS ? "https" : "http", port);
}

/* The number of the server at a mark, or server_count. */
static size_t marked(const struct budget_set *set, const char *text) {
    if (text[0] != LATE_BEGIN || strnlen(text, LATE_LENGTH) < LATE_LENGTH || text[3] != LATE_END ||
        text[1] < LATE_FIRST || (size_t)(text[1] - LATE_FIRST) >= set->server_count)
        return set->server_count;
    return (size_t)(text[1] - LATE_FIRST);
}

const char *late_text(struct arena *arena, const struct budget_set *set, const char *const *ports,
                      const char *text) {
    if (!text || !strchr(text, LATE_BEGIN)) return text;
    struct text out = text_begin(arena);
    for (; *text; text++) {
        size_t server = marked(set, text);
        if (server == set->server_count) {
            text_add_char(&out, *text);
            continue;
        }
        const char *port = ports && ports[server] ? ports[server] : "1";
        text_add(&out, text[2] == 'u' ? server_url(arena, &set->servers[server], port) : port);
        text += LATE_LENGTH - 1;
    }
    return out.data;
}

const char *late_shown(struct arena *arena, const struct budget_set *set, const char *text) {
    struct text out = text_begin(arena);
    if (!text || !strchr(text, LATE_BEGIN)) return text;
    for (; *text; text++) {
        size_t server = marked(set, text);
        if (server == set->server_count) {
            text_add_char(&out, *text);
            continue;
        }
        const char *what = text[2] == 'u' ? "url" : "port";
        text_add_format(&out, "${%s.%s}", set->servers[server].name, what);
        text += LATE_LENGTH - 1;
    }
    return out.data;
}

struct probe_texts late_texts(struct arena *arena, const struct budget_set *set,
                              const char *const *ports, struct probe_texts texts) {
    const char **items = arena_alloc(arena, (texts.count + 1) * sizeof *items);
    for (size_t i = 0; i < texts.count; i++)
        items[i] = late_text(arena, set, ports, texts.items[i]);
    return (struct probe_texts){items, texts.count};
}

struct probe_pairs late_pairs(struct arena *arena, const struct budget_set *set,
                              const char *const *ports, struct probe_pairs pairs) {
    struct probe_pair *items = arena_alloc(arena, (pairs.count + 1) * sizeof *items);
    for (size_t i = 0; i < pairs.count; i++)
        items[i] = (struct probe_pair){late_text(arena, set, ports, pairs.items[i].name),
                                       late_text(arena, set, ports, pairs.items[i].value)};
    return (struct probe_pairs){items, pairs.count};
}

static void rows_fill(struct arena *arena, const struct late *late,
                      const struct probe_record_table *rows, void *record);

/* Depth is bounded by PROBE_RECORD_DEPTH. */
static void records_fill(struct arena *arena, const struct late *late,
                         const struct probe_record_table *rows, struct probe_records *records) {
    if (records->count == 0) return;
    char *items = arena_alloc(arena, records->count * rows->record_size);
    memcpy(items, records->items, records->count * rows->record_size);
    for (size_t i = 0; i < records->count; i++)
        rows_fill(arena, late, rows, items + i * rows->record_size);
    records->items = items;
}

static void member_fill(struct arena *arena, const struct late *late,
                        const struct probe_option *row, void *config) {
    const struct budget_set *set = late->set;
    const char *const *ports = late->ports;
    void *member = (char *)config + row->offset;
    switch (row->type) {
    case PROBE_TEXT: {
        const char **text = member;
        *text = late_text(arena, set, ports, *text);
        return;
    }
    case PROBE_TEXTS:
    case PROBE_COMMAND: {
        struct probe_texts *texts = member;
        *texts = late_texts(arena, set, ports, *texts);
        return;
    }
    case PROBE_PAIRS: {
        struct probe_pairs *pairs = member;
        *pairs = late_pairs(arena, set, ports, *pairs);
        return;
    }
    case PROBE_RECORDS:
        records_fill(arena, late, row->records, member);
        return;
    case PROBE_FLAG:
    case PROBE_RATE:
    case PROBE_INTEGER:
    case PROBE_NUMBER:
    case PROBE_SIZE:
    case PROBE_TIME:
    case PROBE_SHARE:
    case PROBE_CHOICE:
    case PROBE_METRICS:
        return;
    }
}

static void rows_fill(struct arena *arena, const struct late *late,
                      const struct probe_record_table *rows, void *record) {
    for (size_t i = 0; i < rows->option_count; i++)
        member_fill(arena, late, field_row(rows->options, rows->option_size, i), record);
}

const void *late_config(struct arena *arena, const struct budget_set *set, const char *const *ports,
                        const struct probe *probe, const void *config) {
    if (!config || set->server_count == 0) return config;
    void *copy = arena_alloc(arena, probe->config_size);
    memcpy(copy, config, probe->config_size);
    const struct late late = {set, ports};
    const struct probe_record_table rows = {.options = probe->options,
                                            .option_count = probe->option_count,
                                            .option_size = probe->option_size};
    rows_fill(arena, &late, &rows, copy);
    return copy;
}
