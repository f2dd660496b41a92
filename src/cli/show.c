#include "cli/show.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/file.h"
#include "base/text.h"

enum { SOURCE_WIDTH = 160 };

struct palette {
    const char *level[DIAG_ERROR + 1], *bold, *dim, *end;
};
static const struct palette coloured = {
    {"\033[36m", "\033[33m", "\033[31m"}, "\033[1m", "\033[2m", "\033[0m"};
static const struct palette plain = {{"", "", ""}, "", "", ""};
static const char *const level_words[] = {"note", "warning", "error"};

/* Where the caret goes once the source line has been made inert: escapes are wider than what they
 * stand for. */
static size_t shown_column(struct arena *arena, const char *source, int column) {
    size_t at = 0;
    for (int i = 1; i < column && source[at]; i++) {
        unsigned point;
        size_t size = text_utf8_length(source + at, strlen(source + at), &point);
        at += size ? size : 1;
    }
    struct text before = text_begin(arena);
    text_add_inert(&before, source, at);
    return text_width(before.data);
}

/* The first `columns` characters. */
static const char *cut(struct arena *arena, const char *line, size_t columns) {
    size_t at = 0, length = strlen(line);
    for (unsigned point; columns > 0 && line[at]; columns--) {
        size_t size = text_utf8_length(line + at, length - at, &point);
        at += size ? size : 1;
    }
    return text_copy_bytes(arena, line, at);
}

static void add_source(struct text *out, const struct place *place, const struct palette *palette) {
    if (!place->source || !place->line) return;
    size_t column = shown_column(out->arena, place->source, place->column);
    const char *line = text_inert(out->arena, place->source);
    if (text_width(line) > SOURCE_WIDTH) {
        if (column > SOURCE_WIDTH) return;
        line = text_format(out->arena, "%s...", cut(out->arena, line, SOURCE_WIDTH));
    }
    text_add_format(out, "%s%5d |%s %s\n", palette->dim, place->line, palette->end, line);
    if (place->column <= 0) return;
    text_add_format(out, "%s      |%s %*s%s", palette->dim, palette->end, (int)column, "",
                    palette->level[DIAG_ERROR]);
    int length = place->length > 1 ? place->length : 1;
    size_t room = text_width(line) > column ? text_width(line) - column : 1;
    for (int i = 0; i < length && (size_t)i < room; i++) text_add_char(out, '^');
    text_add_format(out, "%s\n", palette->end);
}

static void add_diag(struct text *out, const struct diag *diag, const struct palette *palette) {
    if (diag->place.file) {
        text_add_format(out, "%s%s", palette->bold, text_inert(out->arena, diag->place.file));
        if (diag->place.line) text_add_format(out, ":%d:%d", diag->place.line, diag->place.column);
        text_add_format(out, ":%s ", palette->end);
    } else {
        text_add(out, "perfbudget: ");
    }
    text_add_format(out, "%s%s:%s ", palette->level[diag->level], level_words[diag->level],
                    palette->end);
    text_add(out, text_inert(out->arena, diag->message));
    text_add_format(out, " %s[%s]%s\n", palette->dim, diag_codes[diag->code].word, palette->end);
    add_source(out, &diag->place, palette);
    if (diag->hint)
        text_add_format(out, "%s      =%s %s\n", palette->dim, palette->end,
                        text_inert(out->arena, diag->hint));
}

void show_diags(const struct diags *diags, enum term_when colour) {
    if (!diags->count) return;
    const struct palette *palette = term_colour(STDERR_FILENO, colour) ? &coloured : &plain;
    struct text out = text_begin(diags->arena);
    for (size_t i = 0; i < diags->count; i++) add_diag(&out, &diags->items[i], palette);
    if (diags->errors > 1) text_add_format(&out, "%zu errors\n", diags->errors);
    const char *shown = log_guarded(diags->arena, out.data, &log_guard_text);
    descriptor_write(STDERR_FILENO, shown, strlen(shown));
}

bool show_text(const char *text, struct diags *diags) {
    if (descriptor_write(STDOUT_FILENO, text, strlen(text))) return true;
    return diag_error(diags, CLI_STDOUT, NO_PLACE, NULL, "standard output: %s", strerror(errno));
}

bool show_guarded(const char *text, const struct log_guard *guard, struct diags *diags) {
    return show_text(log_guarded(diags->arena, text, guard), diags);
}
