#include "yaml/reader.h"

#include <stdarg.h>

#include "base/text.h"

bool reader_full(const struct reader *reader) {
    return reader->muted > 0 || reader->diags->errors >= reader->bounds->mistakes;
}

void reader_error(struct reader *reader, enum diag_code code, struct span span, const char *hint,
                  const char *format, ...) {
    if (reader_full(reader)) return;
    size_t end = source_line_end(&reader->source, span.from);
    if (end > span.to) end = span.to;
    if (end > span.from + SOURCE_LINE_LONGEST) end = span.from + SOURCE_LINE_LONGEST;
    int length = source_width(&reader->source, span.from, end);
    struct place place = source_place_at(&reader->source, span.from, length);
    va_list list;
    va_start(list, format);
    const char *message = text_format_list(reader->arena, format, list);
    va_end(list);
    diag_error(reader->diags, code, place, hint, "%s", message);
}

int reader_indent(const struct reader *reader) {
    for (size_t i = reader->depth; i-- > 0;)
        if (!reader->frames[i].node->flow) return reader->frames[i].indent;
    return -1;
}
