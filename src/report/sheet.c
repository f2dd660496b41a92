#include "report/sheet.h"

#include <string.h>

#include "base/array.h"

enum { FIELD_LABEL = 8, FIELD_INDENT = 4, WRAP_MIN = 20, BAR_CELLS = 10, CELL_PARTS = 8 };

void sheet_paint(struct sheet *sheet, enum paint paint, const char *text) {
    static const char *const codes[] = {
        [PAINT_NONE] = "",        [PAINT_GOOD] = "\x1b[32m", [PAINT_CARE] = "\x1b[33m",
        [PAINT_BAD] = "\x1b[31m", [PAINT_DIM] = "\x1b[2m",   [PAINT_BOLD] = "\x1b[1m"};
    bool painted = sheet->options->colour && paint != PAINT_NONE && *text;
    if (painted) text_add(&sheet->out, codes[paint]);
    text_add(&sheet->out, text);
    if (painted) text_add(&sheet->out, "\x1b[0m");
}

void sheet_blanks(struct sheet *sheet, int count) {
    for (int i = 0; i < count; i++) text_add_char(&sheet->out, ' ');
}

void sheet_cell(struct sheet *sheet, enum paint paint, enum align align, int width,
                const char *text) {
    int rest = width - (int)text_width(text);
    if (align == ALIGN_RIGHT) sheet_blanks(sheet, rest);
    sheet_paint(sheet, paint, text);
    if (align == ALIGN_LEFT) sheet_blanks(sheet, rest);
}

/* The bytes that the first `characters` of a text take. */
static size_t prefix_bytes(const char *text, size_t characters) {
    size_t at = 0;
    while (text[at]) {
        bool begins = ((unsigned char)text[at] & 0xC0) != 0x80;
        if (begins && characters-- == 0) break;
        at++;
    }
    return at;
}

const char *sheet_shorten(struct arena *arena, const char *text, int width) {
    size_t length = text_width(text), kept = width > 1 ? (size_t)width - 1 : 0;
    if (width < 0 || length <= (size_t)width) return text;
    size_t tail = kept / 2, head = kept - tail;
    struct text made = text_begin(arena);
    text_add_bytes(&made, text, prefix_bytes(text, head));
    text_add(&made, "…");
    text_add(&made, text + prefix_bytes(text, length - tail));
    return made.data;
}

/* Bytes of the next line: up to the last blank that fits, or a whole width of a long word. */
static size_t line_bytes(const char *text, size_t width) {
    size_t fits = prefix_bytes(text, width);
    if (text[fits] == '\0') return fits;
    for (size_t at = fits + 1; at-- > 0;)
        if (text[at] == ' ' && at > 0) return at;
    return fits;
}

void sheet_wrap(struct sheet *sheet, int indent, const char *text) {
    const char *rest = text_inert(sheet->out.arena, text);
    int width = sheet->columns - indent;
    if (width < WRAP_MIN) width = WRAP_MIN;
    for (bool first = true; first || *rest; first = false) {
        if (!first) sheet_blanks(sheet, indent);
        size_t length = line_bytes(rest, (size_t)width);
        text_add_bytes(&sheet->out, rest, length);
        text_add_char(&sheet->out, '\n');
        rest += length;
        while (*rest == ' ') rest++;
    }
}

void sheet_field(struct sheet *sheet, const char *label, const char *text) {
    if (!text || !*text) return;
    sheet_blanks(sheet, FIELD_INDENT);
    sheet_cell(sheet, PAINT_DIM, ALIGN_LEFT, FIELD_LABEL, label);
    sheet_wrap(sheet, FIELD_INDENT + FIELD_LABEL, text);
}

const char *sheet_bar(struct arena *arena, double share) {
    static const char *const parts[CELL_PARTS] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    struct text bar = text_begin(arena);
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    int filled = (int)(share * BAR_CELLS * CELL_PARTS + 0.5), cells = filled / CELL_PARTS;
    if (filled == 0 && share > 0) filled = 1; /* a little is not nothing */
    for (int i = 0; i < cells; i++) text_add(&bar, "█");
    if (filled % CELL_PARTS) {
        text_add(&bar, parts[filled % CELL_PARTS]);
        cells++;
    }
    for (int i = cells; i < BAR_CELLS; i++) text_add(&bar, "░");
    return bar.data;
}

static const struct {
    const char *sign;
    enum paint paint;
} outcomes[] = {
    [OUTCOME_SKIPPED] = {"–", PAINT_DIM},       [OUTCOME_PASS] = {"✓", PAINT_GOOD},
    [OUTCOME_WARN] = {"▲", PAINT_CARE},         [OUTCOME_WAIVED] = {"≈", PAINT_CARE},
    [OUTCOME_INCONCLUSIVE] = {"?", PAINT_CARE}, [OUTCOME_FAIL] = {"✗", PAINT_BAD},
    [OUTCOME_ERROR] = {"!", PAINT_BAD},
};

const char *outcome_sign(enum outcome outcome) {
    return outcomes[outcome].sign;
}

enum paint outcome_paint(enum outcome outcome) {
    return outcomes[outcome].paint;
}
