#include "yaml/source.h"

#include <string.h>

#include "base/text.h"

char source_at(const struct source *source, size_t offset) {
    return offset < source->length ? source->bytes[offset] : '\0';
}

static bool is_break(char byte) {
    return byte == '\n' || byte == '\r';
}

size_t source_line_end(const struct source *source, size_t offset) {
    while (offset < source->length && !is_break(source->bytes[offset])) offset++;
    return offset;
}

size_t source_line_start(const struct source *source, size_t offset) {
    while (offset > 0 && !is_break(source->bytes[offset - 1])) offset--;
    return offset;
}

int source_width(const struct source *source, size_t from, size_t to) {
    int width = 0;
    for (size_t at = from; at < to && at < source->length; at++)
        width += ((unsigned char)source->bytes[at] & 0xC0) != 0x80;
    return width;
}

size_t source_offset(struct source *source, size_t character) {
    size_t at = source->offset, index = source->character;
    while (index > character && at > 0) {
        do at--;
        while (at > 0 && ((unsigned char)source->bytes[at] & 0xC0) == 0x80);
        index--;
    }
    while (index < character && at < source->length) {
        do at++;
        while (at < source->length && ((unsigned char)source->bytes[at] & 0xC0) == 0x80);
        index++;
    }
    source->offset = at;
    source->character = index;
    return at;
}

/* Bytes of the line from `start` on, at most the longest, cut between characters. */
static size_t line_length(const struct source *source, size_t start) {
    size_t end = start;
    while (end < source->length && end - start < SOURCE_LINE_LONGEST &&
           !is_break(source->bytes[end]))
        end++;
    while (end > start && ((unsigned char)source_at(source, end) & 0xC0) == 0x80) end--;
    return end - start;
}

struct place source_place(struct source *source, size_t offset, int line, int column, int length) {
    struct place place = {.file = source->name, .line = line, .column = column, .length = length};
    if (column > SOURCE_LINE_LONGEST) return place;
    if (source->line == line) {
        place.source = source->text;
        return place;
    }
    size_t start = source_line_start(source, offset < source->length ? offset : source->length);
    if (offset - start > SOURCE_LINE_LONGEST) return place;
    source->text =
        text_copy_bytes(source->arena, source->bytes + start, line_length(source, start));
    source->line = line;
    place.source = source->text;
    return place;
}

void source_walk(const struct source *source, size_t from, size_t to, int *line, int *column) {
    for (size_t at = from; at < to && at < source->length; at++) {
        bool crlf = source->bytes[at] == '\r' && source_at(source, at + 1) == '\n';
        if (is_break(source->bytes[at]) && !crlf) {
            ++*line;
            *column = 1;
        } else if (((unsigned char)source->bytes[at] & 0xC0) != 0x80) {
            ++*column;
        }
    }
}

struct place source_place_at(struct source *source, size_t offset, int length) {
    int line = 1, column = 1;
    if (offset > source->length) offset = source->length;
    source_walk(source, 0, offset, &line, &column);
    return source_place(source, offset, line, column, length);
}

/* Control characters, the line ends of YAML 1.1 that 1.2 reads as text, and what is no character:
 * libyaml's set, made stricter where parsers disagree. */
static bool is_clean(unsigned point) {
    if (point < 0x20) return point == '\t' || point == '\n' || point == '\r';
    if (point >= 0x7F && point < 0xA0) return false;
    return point != 0x2028 && point != 0x2029 && point != 0xFEFF && (point & 0xFFFE) != 0xFFFE;
}

static bool looks_utf16(const struct source *source) {
    unsigned char a = (unsigned char)source_at(source, 0), b = (unsigned char)source_at(source, 1);
    return (a == 0xFE && b == 0xFF) || (a == 0xFF && b == 0xFE);
}

static bool refuse(struct source *source, size_t offset, size_t skipped, struct diags *diags,
                   const char *what) {
    return diag_error(diags, YAML_ENCODING, source_place_at(source, offset, 1), NULL,
                      "%s at byte %zu", what, offset + skipped);
}

bool source_check(struct source *source, struct diags *diags) {
    size_t skipped = 0;
    if (looks_utf16(source))
        return diag_error(diags, YAML_ENCODING, (struct place){.file = source->name},
                          "save it as UTF-8", "the file is UTF-16 or UTF-32, not UTF-8 (byte 0)");
    if (source->length >= 3 && memcmp(source->bytes, "\xEF\xBB\xBF", 3) == 0) {
        source->bytes += 3;
        source->length -= 3;
        skipped = 3;
    }
    for (size_t at = 0; at < source->length;) {
        unsigned point = 0;
        size_t size = text_utf8_length(source->bytes + at, source->length - at, &point);
        if (size == 0) return refuse(source, at, skipped, diags, "invalid UTF-8");
        if (point == 0) return refuse(source, at, skipped, diags, "a NUL");
        if (!is_clean(point)) return refuse(source, at, skipped, diags, "a control character");
        at += size;
    }
    return true;
}
