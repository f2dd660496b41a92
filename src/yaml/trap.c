#include <ctype.h>
#include <string.h>

#include "base/quote.h"
#include "base/text.h"
#include "yaml/reader.h"

static bool is_blank(char byte) {
    return byte == ' ' || byte == '\t';
}

/* Where an unquoted text ends by the rules of YAML: at a comment, or in flow at , } ] or ": ". */
static bool ends(const struct reader *reader, size_t at, int nesting) {
    char byte = source_at(&reader->source, at), next = source_at(&reader->source, at + 1);
    if (byte == '#' && is_blank(source_at(&reader->source, at - 1))) return true;
    if (reader->flow == 0 || nesting > 0) return false;
    return byte == ',' || byte == '}' || byte == ']' ||
           (byte == ':' && (is_blank(next) || next == '\n' || next == '\r'));
}

struct span trap_extent(const struct reader *reader, size_t from) {
    size_t end = source_line_end(&reader->source, from), at = from;
    int nesting = 0;
    for (; at < end; at++) {
        if (at > from && ends(reader, at, nesting)) break;
        char byte = source_at(&reader->source, at);
        nesting += byte == '{' || byte == '[';
        if (nesting > 0) nesting -= byte == '}' || byte == ']';
    }
    while (at > from && is_blank(source_at(&reader->source, at - 1))) at--;
    return (struct span){from, at};
}

static const char *quoted(struct reader *reader, struct span span) {
    return quote_yaml(reader->arena, reader->source.bytes + span.from, span.to - span.from);
}

void trap_tag(struct reader *reader, const yaml_event_t *event) {
    struct span extent =
        trap_extent(reader, source_offset(&reader->source, event->start_mark.index));
    while (extent.from + 1 < extent.to && source_at(&reader->source, extent.from) != '!')
        extent.from++; /* an anchor may stand before */
    reader_error(reader, YAML_TAG, extent,
                 text_format(reader->arena,
                             "to leave files out, quote the pattern: %s; tags are "
                             "not needed, every scalar is text",
                             quoted(reader, extent)),
                 "an unquoted ! begins a YAML tag");
}

/* libyaml ends a name at the first character that is no letter, digit, _ or -, where YAML goes on
 * to the next blank: `&an:chor x` would be read as two things. */
void trap_name(struct reader *reader, const yaml_event_t *event, const yaml_char_t *name) {
    if (!name) return;
    size_t from = source_offset(&reader->source, event->start_mark.index);
    size_t end = from + 1 + strlen((const char *)name);
    char after = source_at(&reader->source, end);
    if (source_at(&reader->source, from) == '!') return; /* refused already */
    if (after == '\0' || strchr(" \t\r\n", after)) return;
    if (reader->flow > 0 && strchr(",]}", after)) return;
    bool alias = event->type == YAML_ALIAS_EVENT;
    struct span extent = trap_extent(reader, from);
    reader_error(reader, alias ? YAML_ALIAS : YAML_ANCHOR, extent,
                 text_format(reader->arena, "quote it: %s", quoted(reader, extent)),
                 "an unquoted %c begins a YAML %s, whose name ends before a blank",
                 alias ? '*' : '&', alias ? "alias" : "anchor");
}

static void refuse_anchor(struct reader *reader, const yaml_event_t *event) {
    struct span extent =
        trap_extent(reader, source_offset(&reader->source, event->start_mark.index));
    reader_error(reader, YAML_ANCHOR, extent,
                 text_format(reader->arena, "quote a text: %s", quoted(reader, extent)),
                 "an unquoted & begins a YAML anchor, and nothing follows it");
}

/* Of the header behind > or |: a digit (an indentation, where a limit was meant)? a # without a
 * blank? */
static void read_header(const struct reader *reader, size_t from, bool *digit, size_t *hash) {
    size_t end = source_line_end(&reader->source, from), at = from + 1;
    *digit = false;
    for (; at < end && source_at(&reader->source, at) != '#'; at++)
        *digit |= isdigit((unsigned char)source_at(&reader->source, at)) != 0;
    bool glued = at < end && !is_blank(source_at(&reader->source, at - 1));
    *hash = glued ? at : 0;
}

/* `>3`: 3 says how deep the block is indented; the limit that was meant is gone. */
static void check_block(struct reader *reader, const yaml_event_t *event, struct span span) {
    bool digit = false, empty = event->data.scalar.length == 0;
    size_t hash = 0;
    read_header(reader, span.from, &digit, &hash);
    if (hash > 0)
        reader_error(reader, YAML_COMMENT, (struct span){hash, hash + 1},
                     "write a blank before the #, or quote the text",
                     "a comment begins without a blank before its #");
    if (!digit && !empty) return;
    struct span extent = trap_extent(reader, span.from);
    const char *hint = "write the text below it, indented; quote a limit: '> 3'";
    if (extent.to > extent.from + 1)
        hint = text_format(reader->arena, "quote it: %s%s", quoted(reader, extent),
                           digit ? "; a digit behind it is an indentation, which is not supported"
                                 : "; or write the text below it, indented");
    reader_error(reader, YAML_BLOCK, extent, hint, "an unquoted %c begins a block of text%s",
                 source_at(&reader->source, span.from), empty ? ", and this one is empty" : "");
}

void trap_scalar(struct reader *reader, const yaml_event_t *event, struct span span) {
    yaml_scalar_style_t style = event->data.scalar.style;
    bool empty = event->data.scalar.length == 0 && style == YAML_PLAIN_SCALAR_STYLE;
    trap_name(reader, event, event->data.scalar.anchor);
    if (event->data.scalar.tag)
        trap_tag(reader, event);
    else if (event->data.scalar.anchor && empty)
        refuse_anchor(reader, event);
    if (style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE)
        check_block(reader, event, span);
    if (reader->flow > 0 && style == YAML_PLAIN_SCALAR_STYLE &&
        strcmp((const char *)event->data.scalar.value, "-") == 0)
        reader_error(reader, YAML_SYNTAX, span, "quote it: '-'",
                     "a `-` stands alone inside of brackets");
}

static bool thousands(const struct reader *reader, size_t comma, const char *rest) {
    char before = source_at(&reader->source, comma - 1);
    return isdigit((unsigned char)before) && strspn(rest, "0123456789") >= 3 &&
           source_at(&reader->source, comma) == ',';
}

/* The number with its commas, as written around the first one. */
static const char *without_commas(struct reader *reader, size_t comma) {
    size_t from = comma;
    while (isdigit((unsigned char)source_at(&reader->source, from - 1))) from--;
    struct text made = text_begin(reader->arena);
    for (size_t at = from; at < reader->source.length && at < from + 40; at++) {
        char byte = source_at(&reader->source, at);
        if (byte == ',' && isdigit((unsigned char)source_at(&reader->source, at + 1))) continue;
        if (strchr(",}] \n\r", byte)) break;
        text_add_bytes(&made, &byte, 1);
    }
    return text_inert(reader->arena, made.data);
}

static void refuse_comma(struct reader *reader, const struct yaml_node *key) {
    size_t comma = reader->last_span.from;
    while (comma > 0 && source_at(&reader->source, comma) != ',') comma--;
    if (thousands(reader, comma, key->text)) {
        reader_error(reader, YAML_COMMA, (struct span){comma, comma + 1},
                     text_format(reader->arena, "write %s", without_commas(reader, comma)),
                     "inside of { } a comma ends the value; numbers have no thousands separators");
        return;
    }
    reader_error(reader, YAML_COMMA, (struct span){comma, comma + 1},
                 "quote the whole text, or write the map over several lines without braces",
                 "inside of { } a comma ends the value, so that %s became a key without a value",
                 quote(reader->arena, key->text));
}

/* The extent of braces as one value of what is around them. */
static struct span braces_extent(struct reader *reader, size_t from) {
    size_t open = reader->flow;
    reader->flow = open > 0 ? open - 1 : 0;
    struct span extent = trap_extent(reader, from);
    reader->flow = open;
    return extent;
}

static void refuse_braces(struct reader *reader) {
    size_t from = reader->last_span.from;
    while (from > 0 && source_at(&reader->source, from) != '{') from--;
    struct span extent = braces_extent(reader, from);
    reader_error(reader, YAML_BRACES, extent,
                 text_format(reader->arena,
                             "quote it: %s; a key is written with a colon and a blank",
                             quoted(reader, extent)),
                 "unquoted braces are a map, and this one has a key without a value");
}

void trap_key(struct reader *reader, const struct yaml_node *node, struct span span) {
    size_t before = span.from - 1;
    if (node->flow && source_at(&reader->source, before) == '{' &&
        source_at(&reader->source, span.from) == '{') {
        reader->flow--;
        struct span outer = braces_extent(reader, before);
        reader->flow++;
        reader_error(reader, YAML_BRACES, outer,
                     text_format(reader->arena, "quote it: %s", quoted(reader, outer)),
                     "unquoted braces at the start of a text begin a map");
        return;
    }
    reader_error(reader, YAML_KEY, span, "quote it if it is meant as a text",
                 "%s stands where a key belongs", yaml_kind_text(node));
}

/* libyaml also gives a missing value before it stumbles over what follows the key. */
static bool really_ends(const struct reader *reader) {
    size_t at = reader->end;
    while (at < reader->source.length && strchr(" \t\r\n", source_at(&reader->source, at))) at++;
    return source_at(&reader->source, at) == ',' || source_at(&reader->source, at) == '}';
}

void trap_missing_value(struct reader *reader, struct frame *frame) {
    const struct yaml_node *key = frame->key;
    const char *colon = key->plain ? strchr(key->text, ':') : NULL;
    if (frame->reported || !really_ends(reader)) return;
    frame->reported = true;
    if (colon && colon != key->text && strncmp(colon, "://", 3) != 0)
        reader_error(reader, YAML_COLON, reader->last_span,
                     trap_colon_hint(reader->arena, key->text), "%s is one text, without a value",
                     quote(reader->arena, key->text));
    else if (frame->colon_seen)
        refuse_comma(reader, key);
    else
        refuse_braces(reader);
}

const char *trap_colon_hint(struct arena *arena, const char *text) {
    const char *colon = strchr(text, ':');
    if (!colon || colon == text || colon[1] == '/' || colon[1] == '\0')
        return "write `key: value`, with a blank after the colon";
    struct text key = text_begin(arena);
    text_add_inert(&key, text, (size_t)(colon - text));
    return text_format(arena, "write a blank after the colon: `%.40s: %.40s`", key.data,
                       text_inert(arena, colon + 1));
}
