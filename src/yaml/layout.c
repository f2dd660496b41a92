#include <string.h>

#include "base/quote.h"
#include "base/text.h"
#include "yaml/reader.h"

static bool is_blank(char byte) {
    return byte == ' ' || byte == '\t';
}

static bool is_break(char byte) {
    return byte == '\n' || byte == '\r';
}

/* `text #123`, `key: #123`: a number behind the #, and on its line a plain text or an indicator
 * that waits for a value. */
static bool swallowed(const struct reader *reader, size_t hash, size_t from) {
    char digit = source_at(&reader->source, hash + 1);
    if (digit < '0' || digit > '9') return false;
    size_t before = hash;
    while (before > from && is_blank(source_at(&reader->source, before - 1))) before--;
    char last = source_at(&reader->source, before - 1);
    if (before == from) return from > 0 && reader->last && reader->last->plain;
    return last == ':' || last == '-';
}

static void refuse_hash(struct reader *reader, size_t hash, size_t from) {
    size_t begin = hash, end = hash, line = source_line_end(&reader->source, hash);
    while (end < line && !(reader->flow > 0 && strchr(",}]", source_at(&reader->source, end))))
        end++;
    bool behind_text = reader->last && reader->last_span.to == from;
    for (size_t at = from; at < hash; at++) behind_text &= is_blank(source_at(&reader->source, at));
    if (behind_text) begin = reader->last_span.from;
    while (is_blank(source_at(&reader->source, end - 1))) end--;
    const char *text = reader->source.bytes + begin;
    reader_error(reader, YAML_HASH, (struct span){hash, end},
                 text_format(reader->arena,
                             "quote the whole text: %s; or write `# 1` with a blank "
                             "for a comment",
                             quote_yaml(reader->arena, text, end - begin)),
                 "%s became a comment: an unquoted text ends before a blank and a #",
                 quote_bytes(reader->arena, reader->source.bytes + hash, end - hash));
}

static size_t comment(struct reader *reader, size_t hash, size_t from) {
    char before = source_at(&reader->source, hash - 1);
    if (hash > 0 && !is_blank(before) && !is_break(before))
        reader_error(reader, YAML_COMMENT, (struct span){hash, hash + 1},
                     "write a blank before the #, or quote the text",
                     "a comment begins without a blank before its #");
    else if (swallowed(reader, hash, from))
        refuse_hash(reader, hash, from);
    return source_line_end(&reader->source, hash);
}

static size_t refuse_tab(struct reader *reader, size_t at) {
    size_t line = source_line_start(&reader->source, at), end = at;
    bool indentation = true;
    for (size_t i = line; i < at; i++) indentation &= is_blank(source_at(&reader->source, i));
    while (source_at(&reader->source, end) == '\t') end++;
    reader_error(reader, YAML_TAB, (struct span){at, end}, "write blanks",
                 indentation ? "tabs cannot indent a line" : "a tab stands between texts");
    return end;
}

static size_t skip_property(const struct reader *reader, size_t at, size_t to) {
    while (at < to && !is_blank(source_at(&reader->source, at)) &&
           !is_break(source_at(&reader->source, at)))
        at++;
    return at;
}

static bool lone(const struct reader *reader, size_t at) {
    char next = source_at(&reader->source, at + 1);
    return is_blank(next) || is_break(next) || next == '\0';
}

void layout_gap(struct reader *reader, size_t from, size_t to) {
    for (size_t at = from; at < to;) {
        char byte = source_at(&reader->source, at);
        if (byte == '#') {
            at = comment(reader, at, from);
        } else if (byte == '\t') {
            at = refuse_tab(reader, at);
        } else if (byte == '&' || byte == '!') {
            at = skip_property(reader, at, to);
        } else {
            if (byte == '?')
                reader_error(reader, YAML_KEY, (struct span){at, at + 1},
                             lone(reader, at) ? "write `key: value`" : "quote the text",
                             "keys written with `?` are not supported");
            at++;
        }
    }
}

size_t layout_skip_properties(const struct reader *reader, size_t from, size_t to) {
    size_t at = from;
    while (at < to) {
        char byte = source_at(&reader->source, at);
        if (is_blank(byte) || is_break(byte))
            at++;
        else if (byte == '#')
            at = source_line_end(&reader->source, at);
        else if (byte == '&' || byte == '!')
            at = skip_property(reader, at, to);
        else
            break;
    }
    return at < to ? at : to;
}

static void refuse_indent(struct reader *reader, size_t at) {
    reader_error(
        reader, YAML_INDENT, (struct span){at, at + 1},
        text_format(reader->arena, "indent it by %d blanks or more", reader_indent(reader) + 2),
        "what goes on from a line above must be indented deeper than the key it belongs "
        "to");
}

/* Leading empty lines of a block text must not be longer than its indentation. */
static void block_lines(struct reader *reader, struct span span) {
    size_t longest = 0, longest_at = span.from;
    for (size_t at = source_line_end(&reader->source, span.from); at < span.to;) {
        size_t line = ++at;
        while (source_at(&reader->source, at) == ' ') at++;
        char byte = source_at(&reader->source, at);
        if (!is_break(byte)) {
            if (byte != '\0' && longest > at - line) refuse_indent(reader, longest_at);
            return;
        }
        if (at - line > longest) {
            longest = at - line;
            longest_at = line;
        }
    }
}

void layout_scalar(struct reader *reader, const yaml_event_t *event, struct span span) {
    yaml_scalar_style_t style = event->data.scalar.style;
    if (style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE) {
        block_lines(reader, span);
        return;
    }
    if (event->start_mark.line == event->end_mark.line) return;
    int indent = reader_indent(reader);
    for (size_t at = source_line_end(&reader->source, span.from); at < span.to;
         at = source_line_end(&reader->source, at)) {
        size_t line = ++at;
        while (source_at(&reader->source, at) == ' ') at++;
        if (at >= span.to || is_break(source_at(&reader->source, at))) continue;
        if (at == line && source_at(&reader->source, at) == '\t')
            refuse_tab(reader, at);
        else if ((int)(at - line) <= indent)
            refuse_indent(reader, at);
    }
}

void layout_flow_token(struct reader *reader, size_t offset) {
    size_t line = offset;
    while (line > 0 && source_at(&reader->source, line - 1) == ' ') line--;
    bool first = line == 0 || is_break(source_at(&reader->source, line - 1));
    if (first && (int)(offset - line) <= reader_indent(reader)) refuse_indent(reader, offset);
}

void layout_comment(struct reader *reader) {
    size_t at = reader->end;
    while (is_blank(source_at(&reader->source, at))) at++;
    if (source_at(&reader->source, at) == '#') comment(reader, at, reader->end);
}
