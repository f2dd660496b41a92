#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/quote.h"
#include "base/text.h"
#include "yaml/reader.h"

/* Text of a key or value whose mistake is told: nothing more is said of it. Known by its address.
 */
static const char told[] = "";

static struct frame *top(struct reader *reader) {
    return reader->depth ? &reader->frames[reader->depth - 1] : NULL;
}

static struct place place_of(struct reader *reader, const yaml_event_t *event, struct span span) {
    int line = (int)event->start_mark.line + 1, column = (int)event->start_mark.column + 1;
    bool one_line = event->start_mark.line == event->end_mark.line;
    bool scalar = event->type == YAML_SCALAR_EVENT || event->type == YAML_ALIAS_EVENT;
    size_t start = source_offset(&reader->source, event->start_mark.index);
    int length = scalar && one_line ? source_width(&reader->source, span.from, span.to) : 1;
    source_walk(&reader->source, start, span.from, &line, &column);
    return source_place(&reader->source, span.from, line, column, length);
}

static struct yaml_node *node_new(struct reader *reader, enum yaml_kind kind, struct place place) {
    struct yaml_node *node = arena_new_object(reader->arena, struct yaml_node);
    *node = (struct yaml_node){.kind = kind, .place = place, .text = ""};
    return node;
}

static struct yaml_node *node_told(struct reader *reader, struct place place) {
    struct yaml_node *node = node_new(reader, YAML_SCALAR, place);
    node->text = told;
    return node;
}

static bool count_node(struct reader *reader, struct span span) {
    if (++reader->nodes <= reader->bounds->nodes) return true;
    reader_error(reader, YAML_NODES, span, NULL, "more than %zu keys and values in one file",
                 reader->bounds->nodes);
    return false;
}

static void take_key(struct reader *reader, struct frame *map, struct yaml_node *node) {
    map->key = node;
    if (node->text == told || reader_full(reader)) return;
    if (node->kind == YAML_SCALAR && node->plain && strcmp(node->text, "<<") == 0)
        diag_error(reader->diags, YAML_MERGE_KEY, node->place,
                   "write the keys out, or use `defaults` or `include`",
                   "merge keys (`<<`) are not supported");
    if (node->kind == YAML_SCALAR && node->plain && node->text[0] == '\0')
        diag_error(reader->diags, YAML_KEY, node->place, "write `key: value`", "a key is missing");
}

/* Hands a finished node to what it stands in; `weight` and `height` count aliases as copies. */
static void attach(struct reader *reader, struct yaml_node *node, size_t weight, size_t height) {
    struct frame *frame = top(reader);
    if (!frame) {
        reader->root = node;
        return;
    }
    frame->weight += weight;
    if (frame->height < height + 1) frame->height = height + 1;
    struct yaml_node *parent = frame->node;
    if (parent->kind == YAML_LIST) {
        *array_add(reader->arena, parent->items, parent->count) = node;
    } else if (!frame->key) {
        take_key(reader, frame, node);
    } else {
        *array_add(reader->arena, parent->pairs, parent->count) =
            (struct yaml_pair){frame->key, node};
        frame->key = NULL;
    }
}

static int anchor_add(struct reader *reader, const yaml_char_t *name, struct yaml_node *node) {
    if (!name) return -1;
    *array_add(reader->arena, reader->anchors, reader->anchor_count) = (struct anchor){
        .name = text_copy(reader->arena, (const char *)name), .node = node, .open = true};
    return (int)reader->anchor_count - 1;
}

static void anchor_close(struct reader *reader, int index, size_t weight, size_t height) {
    if (index < 0) return;
    struct anchor *anchor = &reader->anchors[index];
    anchor->open = false;
    anchor->weight = weight;
    anchor->height = height;
}

static struct anchor *anchor_find(struct reader *reader, const char *name) {
    for (size_t i = reader->anchor_count; i-- > 0;)
        if (strcmp(reader->anchors[i].name, name) == 0) return &reader->anchors[i];
    return NULL;
}

static const char *scalar_text(struct reader *reader, const yaml_event_t *event, struct span span) {
    size_t length = event->data.scalar.length;
    const char *text = (const char *)event->data.scalar.value;
    if (length > reader->bounds->scalar) {
        reader_error(reader, YAML_TOO_LARGE, span, NULL, "a text longer than %zu bytes",
                     reader->bounds->scalar);
        return "";
    }
    if (memchr(text, '\0', length)) {
        reader_error(reader, YAML_ENCODING, span, "remove the \\0",
                     "a text cannot hold a NUL character");
        return "";
    }
    return text_copy_bytes(reader->arena, text, length);
}

/* In a flow map, `{a, b}`: the value stands where the key ended, so no colon was written. */
static void watch_colon(struct reader *reader, struct frame *frame, struct span span) {
    if (!frame || !frame->node->flow || frame->node->kind != YAML_MAP || !frame->key) return;
    if (frame->key->text == told) return;
    if (span.from == span.to && span.from == reader->end)
        trap_missing_value(reader, frame);
    else
        frame->colon_seen = true;
}

bool build_scalar(struct reader *reader, const yaml_event_t *event, struct span span) {
    if (!count_node(reader, span)) return false;
    struct yaml_node *node = node_new(reader, YAML_SCALAR, place_of(reader, event, span));
    node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    node->text = scalar_text(reader, event, span);
    watch_colon(reader, top(reader), span);
    anchor_close(reader, anchor_add(reader, event->data.scalar.anchor, node), 1, 0);
    attach(reader, node, 1, 0);
    if (span.to > span.from) {
        reader->last = node;
        reader->last_span = span;
    }
    return true;
}

bool build_begin(struct reader *reader, const yaml_event_t *event, struct span span) {
    bool map = event->type == YAML_MAPPING_START_EVENT;
    if (!count_node(reader, span)) return false;
    if (reader->depth == reader->bounds->depth) {
        reader_error(reader, YAML_DEPTH, span, NULL,
                     "maps and lists nested more than %zu levels deep", reader->bounds->depth);
        return false;
    }
    struct frame *parent = top(reader);
    watch_colon(reader, parent, (struct span){span.from, span.from + 1});
    struct yaml_node *node =
        node_new(reader, map ? YAML_MAP : YAML_LIST, place_of(reader, event, span));
    node->flow = map ? event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE
                     : event->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE;
    const yaml_char_t *anchor =
        map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
    struct frame *frame = &reader->frames[reader->depth++];
    *frame = (struct frame){.node = node,
                            .weight = 1,
                            .anchor = anchor_add(reader, anchor, node),
                            .indent = node->place.column - 1,
                            .is_key = parent && parent->node->kind == YAML_MAP && !parent->key};
    reader->flow += node->flow;
    if (frame->is_key) {
        trap_key(reader, node, span);
        reader->muted++;
    }
    return true;
}

static int compare_keys(const void *a, const void *b) {
    const struct yaml_pair *x = *(const struct yaml_pair *const *)a;
    const struct yaml_pair *y = *(const struct yaml_pair *const *)b;
    int order = strcmp(x->key->text, y->key->text);
    return order ? order : (x > y) - (x < y);
}

static void refuse_duplicates(struct reader *reader, const struct yaml_node *map) {
    if (map->count < 2) return;
    const struct yaml_pair **sorted = arena_alloc(reader->arena, map->count * sizeof *sorted);
    for (size_t i = 0; i < map->count; i++) sorted[i] = &map->pairs[i];
    qsort(sorted, map->count, sizeof *sorted, compare_keys);
    for (size_t i = 1; i < map->count; i++) {
        const struct yaml_node *first = sorted[i - 1]->key, *again = sorted[i]->key;
        bool empty = again->text == told || (again->plain && again->text[0] == '\0');
        if (empty || strcmp(first->text, again->text) != 0 || reader_full(reader)) continue;
        diag_error(reader->diags, YAML_DUPLICATE_KEY, again->place, "remove one of the two",
                   "the key %s is already written in line %d, column %d",
                   quote(reader->arena, again->text), first->place.line, first->place.column);
    }
}

bool build_end(struct reader *reader) {
    struct frame frame = reader->frames[--reader->depth];
    reader->flow -= frame.node->flow;
    if (frame.node->kind == YAML_MAP) refuse_duplicates(reader, frame.node);
    anchor_close(reader, frame.anchor, frame.weight, frame.height);
    struct yaml_node *node = frame.node;
    if (frame.is_key) {
        reader->muted--;
        node = node_told(reader, frame.node->place);
    }
    attach(reader, node, frame.weight, frame.height);
    return true;
}

static bool alias_too_large(struct reader *reader, const struct anchor *anchor, struct span span) {
    const char *name = quote(reader->arena, anchor->name);
    if (reader->depth + anchor->height > reader->bounds->depth) {
        reader_error(reader, YAML_DEPTH, span, NULL,
                     "the alias of anchor %s (line %d) nests maps and lists more than %zu levels "
                     "deep",
                     name, anchor->node->place.line, reader->bounds->depth);
        return true;
    }
    reader->alias_nodes += anchor->weight;
    if (reader->alias_nodes <= reader->bounds->alias_nodes) return false;
    reader_error(reader, YAML_ALIAS_BOMB, span, "write out what is needed",
                 "with the alias of anchor %s (line %d) the aliases of this file stand for more "
                 "than %zu keys and values",
                 name, anchor->node->place.line, reader->bounds->alias_nodes);
    return true;
}

static void refuse_alias(struct reader *reader, const struct anchor *anchor, const char *name,
                         struct span span) {
    if (anchor) {
        reader_error(reader, YAML_ALIAS_CYCLE, span, "write the values out",
                     "the alias %s stands inside of what its anchor names (line %d)",
                     quote(reader->arena, name), anchor->node->place.line);
        return;
    }
    struct span extent = trap_extent(reader, span.from);
    const char *text = reader->source.bytes + extent.from;
    reader_error(reader, YAML_ALIAS, extent,
                 text_format(reader->arena, "quote a pattern: %s",
                             quote_yaml(reader->arena, text, extent.to - extent.from)),
                 "an unquoted * begins a YAML alias, and no anchor %s is known",
                 quote(reader->arena, name));
}

bool build_alias(struct reader *reader, const yaml_event_t *event, struct span span) {
    const char *name = (const char *)event->data.alias.anchor;
    struct anchor *anchor = anchor_find(reader, name);
    if (!count_node(reader, span)) return false;
    watch_colon(reader, top(reader), span);
    if (!anchor || anchor->open) {
        refuse_alias(reader, anchor, name, span);
        attach(reader, node_told(reader, place_of(reader, event, span)), 1, 0);
        return true;
    }
    if (alias_too_large(reader, anchor, span)) return false;
    struct frame *frame = top(reader);
    struct yaml_node *node = anchor->node;
    if (frame && frame->node->kind == YAML_MAP && !frame->key && node->kind != YAML_SCALAR) {
        reader_error(reader, YAML_KEY, span, NULL, "%s stands where a key belongs",
                     yaml_kind_text(node));
        node = node_told(reader, place_of(reader, event, span));
    }
    attach(reader, node, anchor->weight, anchor->height);
    return true;
}
