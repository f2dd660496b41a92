#include "report/reader.h"

#include <limits.h>
#include <math.h>

#include "base/array.h"
#include "base/text.h"

static const double COUNT_MAX = 9007199254740992.0;

bool reader_wrong(struct reader *reader, const char *name, const char *what) {
    return diag_error(reader->diags, REPORT_MEMBER, NO_PLACE, NULL, "report `%s`: `%s%s%s` %s",
                      text_inert(reader->arena, reader->path),
                      text_inert(reader->arena, reader->where), *reader->where ? "." : "",
                      text_inert(reader->arena, name), what);
}

static const json *find(struct reader *reader, const json *object, const char *name) {
    const json *member = json_get(object, name);
    if (!member) reader_wrong(reader, name, "is missing");
    return member;
}

bool take_text(struct reader *reader, const json *object, const char *name, const char **text) {
    const json *member = find(reader, object, name);
    if (!member) return false;
    if (!json_is_text(member)) return reader_wrong(reader, name, "is no text");
    *text = text_copy(reader->arena, json_text(member, ""));
    return true;
}

bool take_text_or_null(struct reader *reader, const json *object, const char *name,
                       const char **text) {
    *text = NULL;
    if (json_is_null(json_get(object, name))) return true;
    return take_text(reader, object, name, text);
}

bool take_number(struct reader *reader, const json *object, const char *name, double *number) {
    const json *member = find(reader, object, name);
    if (!member) return false;
    if (!json_is_number(member)) return reader_wrong(reader, name, "is no number");
    *number = json_number(member, NAN);
    return true;
}

bool take_number_or_null(struct reader *reader, const json *object, const char *name,
                         double *number) {
    *number = NAN;
    if (json_is_null(json_get(object, name))) return true;
    return take_number(reader, object, name, number);
}

bool take_count(struct reader *reader, const json *object, const char *name, size_t *count) {
    double number;
    if (!take_number(reader, object, name, &number)) return false;
    if (number < 0 || number > COUNT_MAX || number != floor(number))
        return reader_wrong(reader, name, "is no count");
    *count = (size_t)number;
    return true;
}

bool take_flag(struct reader *reader, const json *object, const char *name, bool *flag) {
    const json *member = find(reader, object, name);
    if (!member) return false;
    *flag = json_flag(member, false);
    return *flag == json_flag(member, true) ||
           reader_wrong(reader, name, "is neither true nor false");
}

bool take_word(struct reader *reader, const json *object, const char *name,
               const struct words *words, int *number) {
    const char *text;
    if (!take_text(reader, object, name, &text)) return false;
    return words_find(words, text, number) || reader_wrong(reader, name, "is not a known word");
}

bool take_list(struct reader *reader, const json *object, const char *name, const json **list) {
    *list = find(reader, object, name);
    return *list && (json_is_list(*list) || reader_wrong(reader, name, "is no list"));
}

bool take_object(struct reader *reader, const json *object, const char *name, const json **member) {
    *member = find(reader, object, name);
    return *member && (json_is_object(*member) || reader_wrong(reader, name, "is no object"));
}

bool take_location(struct reader *reader, const json *object, const char *name,
                   struct place *place) {
    *place = NO_PLACE;
    if (json_is_null(json_get(object, name))) return true;
    const json *location;
    size_t line, column;
    if (!take_object(reader, object, name, &location) ||
        !take_text(reader, location, "file", &place->file) ||
        !take_count(reader, location, "line", &line) ||
        !take_count(reader, location, "column", &column))
        return false;
    if (line > INT_MAX || column > INT_MAX) return reader_wrong(reader, name, "is out of range");
    place->line = (int)line;
    place->column = (int)column;
    return true;
}

bool take_texts(struct reader *reader, const json *object, const char *name,
                struct probe_texts *texts) {
    const json *list;
    const char **items = NULL;
    *texts = (struct probe_texts){0};
    if (!take_list(reader, object, name, &list)) return false;
    for (const json *item = json_first(list); item; item = json_next(item)) {
        if (!json_is_text(item)) return reader_wrong(reader, name, "holds something but texts");
        *array_add(reader->arena, items, texts->count) =
            text_copy(reader->arena, json_text(item, ""));
    }
    texts->items = items;
    return true;
}

static bool take_diagnostic(struct reader *reader, const json *object, struct diags *diags) {
    struct diag diag = {0};
    const char *code;
    int level;
    if (!take_word(reader, object, "level", &words_level, &level) ||
        !take_text(reader, object, "code", &code) ||
        !take_text(reader, object, "message", &diag.message) ||
        !take_text_or_null(reader, object, "hint", &diag.hint) ||
        !take_location(reader, object, "location", &diag.place))
        return false;
    diag.level = (enum diag_level)level;
    diag.code = diag_code_find(code);
    if (diag.code == DIAG_CODE_COUNT) diag.code = REPORT_FOREIGN;
    diag_add(diags, &diag);
    return true;
}

bool take_diagnostics(struct reader *reader, const json *object, struct diags *diags) {
    const json *list;
    *diags = diags_begin(reader->arena);
    if (!take_list(reader, object, "diagnostics", &list)) return false;
    for (const json *item = json_first(list); item; item = json_next(item))
        if (!take_diagnostic(reader, item, diags)) return false;
    return true;
}
