#include <inttypes.h>
#include <math.h>

#include "app/inspect_compressed.h"
#include "base/text.h"
#include "base/units.h"

static const char *size_text(struct arena *arena, double bytes) {
    return unit_show(arena, bytes, PROBE_BYTES);
}

static const char *signed_text(struct arena *arena, double bytes) {
    return text_format(arena, "%s%s", bytes < 0 ? "-" : "+", size_text(arena, fabs(bytes)));
}

static void add_part(struct text *out, const struct compressed *compressed,
                     const struct compressed_part *part) {
    struct arena *arena = out->arena;
    if (!compressed->compared) {
        text_add_format(out, "%12s %5.1f %%  %s (raw %s)\n", size_text(arena, part->bytes),
                        100 * part->bytes / (double)compressed->bytes, part->name,
                        size_text(arena, (double)part->raw));
        return;
    }
    double raw = (double)part->raw - (double)part->raw_before;
    text_add_format(out, "%12s  %s (raw %s%s)\n", signed_text(arena, part->bytes - part->before),
                    part->name, signed_text(arena, raw),
                    part->raw_before == 0 ? ", new"
                    : part->raw == 0      ? ", gone"
                                          : "");
}

void compressed_text(struct text *out, const struct compressed *compressed) {
    struct arena *arena = out->arena;
    text_add_format(out, "\n%s (%s): %s", compressed->encoding, compressed->method,
                    size_text(arena, (double)compressed->bytes));
    if (compressed->compared)
        text_add_format(out, ", %s against %s",
                        signed_text(arena, (double)compressed->bytes - (double)compressed->before),
                        size_text(arena, (double)compressed->before));
    text_add(out, "\nestimates, by compressing with and without each; they do not add up\n");
    for (size_t kind = 0; kind < COMPRESSED_LISTS; kind++) {
        const struct compressed_list *list = &compressed->lists[kind];
        text_add_format(out, "\n%s%s, %s\n", list->title,
                        compressed->compared ? " that changed" : "", compressed->encoding);
        if (list->count == 0) text_add(out, "             nothing\n");
        for (size_t i = 0; i < list->count; i++) add_part(out, compressed, &list->items[i]);
        if (list->all > list->count)
            text_add_format(out, "             and %zu more, smaller in raw bytes\n",
                            list->all - list->count);
    }
}

static void put_list(json *object, const struct compressed *compressed,
                     const struct compressed_list *list) {
    json *items = json_put_list(object, list->title);
    for (size_t i = 0; i < list->count; i++) {
        const struct compressed_part *part = &list->items[i];
        json *item = json_push(items, json_new_object());
        json_put_text(item, "name", part->name);
        json_put_number(item, "bytes", (double)part->raw);
        json_put_number(item, "compressed", part->bytes);
        if (!compressed->compared) continue;
        json_put_number(item, "bytes_before", (double)part->raw_before);
        json_put_number(item, "compressed_before", part->before);
        json_put_number(item, "change", part->bytes - part->before);
    }
}

json *compressed_json(const struct compressed *compressed) {
    json *object = json_new_object();
    json_put_text(object, "encoding", compressed->encoding);
    json_put_text(object, "method", compressed->method);
    json_put_flag(object, "estimate", true);
    json_put_number(object, "compressed", (double)compressed->bytes);
    if (compressed->compared)
        json_put_number(object, "compressed_before", (double)compressed->before);
    for (size_t kind = 0; kind < COMPRESSED_LISTS; kind++)
        put_list(object, compressed, &compressed->lists[kind]);
    return object;
}

void compressed_csv(struct text *out, const struct compressed *compressed) {
    static const char *const words[COMPRESSED_LISTS] = {"section", "namespace", "function"};
    text_add_format(out,
                    compressed->compared ? "kind,name,before,after,%s_before,%s_after\r\n"
                                         : "kind,name,bytes,%s\r\n",
                    compressed->encoding, compressed->encoding);
    for (size_t kind = 0; kind < COMPRESSED_LISTS; kind++)
        for (size_t i = 0; i < compressed->lists[kind].count; i++) {
            const struct compressed_part *part = &compressed->lists[kind].items[i];
            text_add_format(out, "%s,", words[kind]);
            inspect_csv_field(out, part->name);
            if (compressed->compared)
                text_add_format(out, ",%" PRIu64 ",%" PRIu64 ",%.0f,%.0f\r\n", part->raw_before,
                                part->raw, part->before, part->bytes);
            else
                text_add_format(out, ",%" PRIu64 ",%.0f\r\n", part->raw, part->bytes);
        }
}
