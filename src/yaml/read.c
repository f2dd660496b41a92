#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "yaml/reader.h"

const struct yaml_bounds yaml_bounds_default = {
    .bytes = 1024 * 1024,
    .depth = 64,
    .nodes = 10000,
    .scalar = 64 * 1024,
    .alias_nodes = 10000,
    .mistakes = 100,
};

/* libyaml ends at the first syntax error; a trap is blanked out and the file read again, this
 * often. */
enum { PASSES_MOST = 16 };

static bool document_begin(struct reader *reader, struct span span) {
    if (++reader->documents == 1) return true;
    reader_error(reader, YAML_DOCUMENTS, span, "put each document into a file of its own",
                 "a second document begins here");
    return false;
}

static bool scalar_read(struct reader *reader, const yaml_event_t *event, struct span span) {
    trap_scalar(reader, event, span);
    layout_scalar(reader, event, span);
    return build_scalar(reader, event, span);
}

static bool alias_read(struct reader *reader, const yaml_event_t *event, struct span span) {
    trap_name(reader, event, event->data.alias.anchor);
    return build_alias(reader, event, span);
}

static bool begin_read(struct reader *reader, const yaml_event_t *event, struct span span) {
    bool map = event->type == YAML_MAPPING_START_EVENT;
    if (map ? event->data.mapping_start.tag != NULL : event->data.sequence_start.tag != NULL)
        trap_tag(reader, event);
    trap_name(reader, event,
              map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor);
    return build_begin(reader, event, span);
}

static bool event_build(struct reader *reader, const yaml_event_t *event, struct span span) {
    switch (event->type) {
    case YAML_NO_EVENT:
    case YAML_STREAM_START_EVENT:
    case YAML_STREAM_END_EVENT:
    case YAML_DOCUMENT_END_EVENT:
        return true;
    case YAML_DOCUMENT_START_EVENT:
        return document_begin(reader, span);
    case YAML_ALIAS_EVENT:
        return alias_read(reader, event, span);
    case YAML_SCALAR_EVENT:
        return scalar_read(reader, event, span);
    case YAML_SEQUENCE_START_EVENT:
    case YAML_MAPPING_START_EVENT:
        return begin_read(reader, event, span);
    case YAML_SEQUENCE_END_EVENT:
    case YAML_MAPPING_END_EVENT:
        return build_end(reader);
    }
    return true;
}

/* Events without text of their own (ends of block maps, missing values) leave `end` alone: what is
 * between texts is checked once, when the next text is known. */
static bool event_read(struct reader *reader, const yaml_event_t *event) {
    size_t from = source_offset(&reader->source, event->start_mark.index);
    size_t to = source_offset(&reader->source, event->end_mark.index);
    bool collection =
        event->type == YAML_MAPPING_START_EVENT || event->type == YAML_SEQUENCE_START_EVENT;
    struct span span = {from, to};
    if (collection || event->type == YAML_SCALAR_EVENT)
        span.from = layout_skip_properties(reader, from, to);
    bool flow_token = reader->flow > 0 && to > from;
    if (to > from) layout_gap(reader, reader->end, span.from);
    if (flow_token) layout_flow_token(reader, span.from);
    if (to > from) reader->last = NULL;
    bool more = event_build(reader, event, span);
    if (to > from) reader->end = to;
    return more && reader->diags->errors < reader->bounds->mistakes;
}

/* One pass over the text; returns whether reading again without *blank may find more. */
static bool pass(struct reader *reader, const char *text, size_t length, struct span *blank) {
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser)) memory_exhausted();
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, length);
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    *blank = (struct span){0};
    for (bool more = true; more;) {
        yaml_event_t event;
        if (!yaml_parser_parse(&parser, &event)) {
            if (parser.error == YAML_MEMORY_ERROR) memory_exhausted();
            trap_error(reader, &parser, blank);
            break;
        }
        more = event_read(reader, &event) && event.type != YAML_STREAM_END_EVENT;
        if (event.type == YAML_STREAM_END_EVENT)
            layout_gap(reader, reader->end, reader->source.length);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return blank->to > blank->from;
}

static bool refuse_directives(struct reader *reader) {
    const struct source *source = &reader->source;
    for (size_t at = 0; at < source->length; at = source_line_end(source, at) + 1)
        if (source_at(source, at) == '%')
            reader_error(reader, YAML_DIRECTIVE, (struct span){at, source_line_end(source, at)},
                         "remove the line", "a line that begins with %% is a YAML directive");
    return reader->diags->errors == 0;
}

static int compare_diags(const void *a, const void *b) {
    const struct place *x = &((const struct diag *)a)->place, *y = &((const struct diag *)b)->place;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    if (x->column != y->column) return x->column < y->column ? -1 : 1;
    return 0;
}

static bool same_diag(const struct diag *a, const struct diag *b) {
    return a->code == b->code && compare_diags(a, b) == 0;
}

/* What all passes found, in the order of the file, each once. */
static bool report(struct reader *reader, struct diags *found, struct diags *diags) {
    if (found->count == 0) return true;
    qsort(found->items, found->count, sizeof *found->items, compare_diags);
    for (size_t i = 0; i < found->count; i++)
        if (i == 0 || !same_diag(&found->items[i - 1], &found->items[i]))
            diag_add(diags, &found->items[i]);
    if (found->errors >= reader->bounds->mistakes)
        diag_error(diags, YAML_MISTAKES, (struct place){.file = reader->source.name}, NULL,
                   "%zu mistakes are found; reading ended here, there may be more",
                   reader->bounds->mistakes);
    return false;
}

static void reader_restart(struct reader *reader, struct arena *arena) {
    *reader = (struct reader){
        .arena = arena,
        .source = reader->source,
        .bounds = reader->bounds,
        .diags = reader->diags,
        .frames = arena_alloc(arena, reader->bounds->depth * sizeof *reader->frames)};
    reader->source.arena = arena;
    reader->source.character = reader->source.offset = 0;
    reader->source.line = 0;
}

/* Multi-byte characters stay, so that columns do not move; letters differ from pass to pass, so
 * that no two keys become the same. */
static void blank_out(char *text, struct span span, int pass_number) {
    for (size_t at = span.from; at < span.to; at++)
        if ((unsigned char)text[at] < 0x80) text[at] = (char)('A' + pass_number);
}

static void read_passes(struct reader *reader, struct arena *arena, struct arena *scratch) {
    size_t length = reader->source.length;
    char *text = arena_alloc(scratch, length + 1);
    struct span blank;
    memcpy(text, reader->source.bytes, length);
    if (length > 0 && text[length - 1] != '\n')
        text[length++] = '\n'; /* libyaml misreads a block of text that ends without one */
    reader_restart(reader, arena);
    for (int i = 0;
         pass(reader, text, length, &blank) && i + 1 < PASSES_MOST && !reader_full(reader); i++) {
        blank_out(text, blank, i);
        reader_restart(reader, scratch);
    }
}

static bool is_empty(const struct yaml_node *root) {
    return !root || (root->kind == YAML_SCALAR && root->plain && root->text[0] == '\0');
}

bool yaml_read(struct arena *arena, const char *name, const char *bytes, size_t length,
               const struct yaml_bounds *bounds, struct yaml_node **root, struct diags *diags) {
    name = text_copy(arena, name); /* places outlive the caller's text */
    struct place file = {.file = name};
    struct source source = {.arena = arena, .name = name, .bytes = bytes, .length = length};
    *root = NULL;
    if (length > bounds->bytes)
        return diag_error(diags, YAML_TOO_LARGE, file, NULL, "larger than %zu bytes",
                          bounds->bytes);
    if (!source_check(&source, diags)) return false;
    struct arena *scratch = arena_new();
    struct diags found = diags_begin(scratch);
    struct reader reader = {.arena = scratch, .source = source, .bounds = bounds, .diags = &found};
    reader.source.arena = scratch;
    if (refuse_directives(&reader)) read_passes(&reader, arena, scratch);
    bool clean = report(&reader, &found, diags);
    arena_free(scratch);
    if (clean && is_empty(reader.root))
        return diag_error(diags, YAML_EMPTY, file, NULL, "nothing but blanks and comments");
    if (clean) *root = reader.root;
    return clean;
}
