#include <string.h>

#include "base/array.h"
#include "base/quote.h"
#include "base/text.h"
#include "yaml/reader.h"

/* What is known of one failure of libyaml: the bytes at its two marks. */
struct failure {
    const char *problem, *context;
    size_t at, begun; /**< offsets of the problem and of what was being read */
};

static const char *quoted(struct reader *reader, struct span span) {
    return quote_yaml(reader->arena, reader->source.bytes + span.from, span.to - span.from);
}

static const char *extent_text(struct reader *reader, struct span span) {
    return text_copy_bytes(reader->arena, reader->source.bytes + span.from, span.to - span.from);
}

static bool is_space(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r' || byte == '\0';
}

/* Back to where the unquoted text began that holds the offset. */
static size_t word_start(const struct reader *reader, size_t at) {
    while (at > 0 && !is_space(source_at(&reader->source, at - 1)) &&
           !(reader->flow && strchr(",{[", source_at(&reader->source, at - 1))))
        at--;
    return at;
}

/* Back to the bracket that the one before the offset closes. */
static size_t bracket_start(const struct reader *reader, size_t end) {
    int nesting = 0;
    for (size_t at = end; at-- > 0;) {
        char byte = source_at(&reader->source, at);
        nesting += (byte == '}' || byte == ']') - (byte == '{' || byte == '[');
        if (nesting == 0) return at;
    }
    return end;
}

/* Characters that begin something in YAML where a text was meant. */
struct trap_row {
    char byte;
    enum diag_code code;
    const char *message;
};
static const struct trap_row trap_rows[] = {
    {'>', YAML_BLOCK, "an unquoted > begins a block of text"},
    {'|', YAML_BLOCK, "an unquoted | begins a block of text"},
    {'*', YAML_ALIAS, "an unquoted * begins a YAML alias"},
    {'&', YAML_ANCHOR, "an unquoted & begins a YAML anchor"},
    {'!', YAML_TAG, "an unquoted ! begins a YAML tag"},
    {'%', YAML_RESERVED, "an unquoted % cannot begin a value"},
    {'@', YAML_RESERVED, "an unquoted @ cannot begin a value"},
    {'`', YAML_RESERVED, "an unquoted ` cannot begin a value"},
};

static bool refuse_extent(struct reader *reader, enum diag_code code, size_t from,
                          const char *message, struct span *blank) {
    *blank = trap_extent(reader, from);
    reader_error(reader, code, *blank,
                 text_format(reader->arena, "quote it: %s", quoted(reader, *blank)), "%s", message);
    return true;
}

/* An opening bracket right behind a text: at the problem, or before what was begun. */
static bool inner_bracket(const struct reader *reader, size_t open) {
    char byte = source_at(&reader->source, open), before = source_at(&reader->source, open - 1);
    return (byte == '{' || byte == '[') && !is_space(before) && !strchr(",{[:'\"!&*", before);
}

/* `gzip[*]` and `${x}` inside flow. */
static bool bracket_trap(struct reader *reader, const struct failure *failure, struct span *blank) {
    size_t open = failure->at;
    if (!inner_bracket(reader, open)) open = failure->at - 1;
    if (!inner_bracket(reader, open)) open = failure->begun - 1;
    if (!inner_bracket(reader, open) || reader->flow == 0) return false;
    const char *message = source_at(&reader->source, open) == '['
                              ? "inside of { } and [ ], unquoted brackets begin a list"
                              : "inside of { } and [ ], unquoted braces begin a map";
    if (source_at(&reader->source, open - 1) == '$')
        message = "inside of { } and [ ], a ${..} must be quoted";
    return refuse_extent(reader, YAML_BRACES, word_start(reader, open), message, blank);
}

/* `[ab]*.js`, `{a,b}.js`: something follows right behind a closed bracket. */
static bool behind_bracket_trap(struct reader *reader, const struct failure *failure,
                                struct span *blank) {
    size_t at = reader->end;
    char before = source_at(&reader->source, at - 1);
    bool closed = !reader->last && (before == '}' || before == ']');
    bool here = failure->at == at || failure->begun == at;
    if (!closed || !here || is_space(source_at(&reader->source, at))) return false;
    const char *message = before == '}' ? "unquoted braces at the start of a text begin a map"
                                        : "unquoted brackets at the start of a text begin a list";
    return refuse_extent(reader, YAML_BRACES, bracket_start(reader, at), message, blank);
}

static bool indicator_trap(struct reader *reader, const struct failure *failure,
                           struct span *blank) {
    static const char *const contexts[] = {"while scanning a block scalar",
                                           "while scanning an alias",
                                           "while scanning an anchor",
                                           "while scanning a tag",
                                           "while parsing a tag",
                                           "while parsing a node",
                                           "while scanning for the next token",
                                           "while parsing a tag prefix"};
    bool known = false;
    for (size_t i = 0; i < array_length(contexts); i++)
        known |= text_equal(failure->context, contexts[i]);
    char byte = source_at(&reader->source, failure->begun);
    if (!known) return false;
    for (size_t i = 0; i < array_length(trap_rows); i++)
        if (trap_rows[i].byte == byte)
            return refuse_extent(reader, trap_rows[i].code, failure->begun, trap_rows[i].message,
                                 blank);
    return false;
}

static bool colon_trap(struct reader *reader, const struct failure *failure, struct span *blank) {
    bool unexpected =
        text_equal(failure->problem, "mapping values are not allowed in this context");
    bool missing = text_equal(failure->problem, "could not find expected ':'");
    struct span line = {source_line_start(&reader->source, failure->begun), 0};
    line.to = source_line_end(&reader->source, line.from);
    if (missing) {
        struct span word = trap_extent(reader, failure->begun);
        reader_error(reader, YAML_COLON, word,
                     trap_colon_hint(reader->arena, extent_text(reader, word)),
                     "a key without a colon and a blank behind it");
        return true;
    }
    if (!unexpected) return false;
    size_t start = reader->last_span.from;
    bool same_line = reader->last && reader->last->plain && start >= line.from;
    if (same_line) {
        size_t flow = reader->flow;
        reader->flow = 0;
        refuse_extent(reader, YAML_COLON, start,
                      "an unquoted text cannot hold a colon and a blank behind it", blank);
        reader->flow = flow;
        return true;
    }
    if (reader->last && reader->last->plain && reader->last_span.to > line.from) {
        reader_error(
            reader, YAML_COLON, reader->last_span,
            trap_colon_hint(reader->arena, extent_text(reader, trap_extent(reader, start))),
            "this text goes on in the next line, where a key was meant");
        return true;
    }
    return false;
}

/* libyaml's problem and what it means in plain words; the place is that of the problem, or of what
 * was begun. */
struct problem_row {
    const char *problem, *context;
    bool begun;
    enum diag_code code;
    const char *message, *hint;
};
static const struct problem_row problem_rows[] = {
    {"found unknown escape character", NULL, false, YAML_SYNTAX, "\"..\" knows no such escape",
     "use single quotes, where a backslash is just a backslash"},
    {"found unexpected end of stream", "while scanning a quoted scalar", true, YAML_SYNTAX,
     "this quote is never closed", NULL},
    {"found unexpected document indicator", "while scanning a quoted scalar", true, YAML_SYNTAX,
     "this quote is not closed before the next document", NULL},
    {"did not find expected ',' or '}'", NULL, true, YAML_SYNTAX,
     "this { is not closed, or a comma is missing", NULL},
    {"did not find expected ',' or ']'", NULL, true, YAML_SYNTAX,
     "this [ is not closed, or a comma is missing", NULL},
    {"block sequence entries are not allowed in this context", NULL, false, YAML_SYNTAX,
     "a list with `-` cannot begin here", "begin it on the next line, indented; or quote the text"},
    {"did not find expected key", "while parsing a block mapping", false, YAML_INDENT,
     "a key of the map above was expected here", "indent all keys of a map alike"},
    {"did not find expected node content", NULL, false, YAML_SYNTAX, "a value was expected here",
     "quote a text that begins with , ] or }"},
    {"did not find expected '-' indicator", NULL, false, YAML_INDENT,
     "a `-` of the list above was expected here", "indent all `-` of a list alike"},
    {"found a tab character that violates indentation", NULL, false, YAML_TAB,
     "tabs cannot indent a line", "write blanks"},
    {"found a tab character where an indentation space is expected", NULL, false, YAML_TAB,
     "tabs cannot indent a line", "write blanks"},
    {"found undefined tag handle", NULL, false, YAML_TAG, "an unquoted ! begins a YAML tag",
     "quote the text"},
    {"did not find expected <document start>", NULL, false, YAML_SYNTAX, "nothing can follow here",
     "a file is one map; is this line indented as the others?"},
};

/* libyaml stumbles over what was told already. */
static bool told(struct reader *reader, size_t at) {
    int line = source_place_at(&reader->source, at, 1).line;
    for (size_t i = 0; i < reader->diags->count; i++)
        if (reader->diags->items[i].place.line == line) return true;
    return false;
}

static bool behind_quote(struct reader *reader, const struct failure *failure) {
    size_t at = reader->end;
    while (source_at(&reader->source, at) == ' ') at++;
    if (!reader->last || reader->last->plain || at != failure->at || at == reader->source.length ||
        strchr("\r\n", source_at(&reader->source, at)))
        return false;
    reader_error(reader, YAML_SYNTAX, trap_extent(reader, at),
                 "quote the whole text; inside of '..' write '' for one '",
                 "a text stands behind the closing quote");
    return true;
}

/* A colon where none can stand: behind another one, on the line after its key, or without a key. */
static void refuse_colon(struct reader *reader, size_t at) {
    struct span colon = {at, at + 1};
    size_t before = at;
    while (before > 0 && is_space(source_at(&reader->source, before - 1))) before--;
    if (source_at(&reader->source, before - 1) == ':')
        reader_error(reader, YAML_COLON, trap_extent(reader, at), "quote it",
                     "inside of { } and [ ] an unquoted text cannot begin with a colon");
    else if (reader->flow > 0 && reader->end == before)
        reader_error(reader, YAML_COLON, colon, "write `key: value` on one line",
                     "a key and its colon stand on different lines");
    else
        reader_error(reader, YAML_KEY, colon, "write `key: value`", "a key is missing");
}

static void refuse_problem(struct reader *reader, const struct failure *failure) {
    layout_comment(reader);
    if (behind_quote(reader, failure)) return;
    if (source_at(&reader->source, failure->at) == '\t') {
        reader_error(reader, YAML_TAB, (struct span){failure->at, failure->at + 1}, "write blanks",
                     "tabs cannot indent a line");
        return;
    }
    if (source_at(&reader->source, failure->at) == ':') {
        if (!told(reader, failure->at)) refuse_colon(reader, failure->at);
        return;
    }
    for (size_t i = 0; i < array_length(problem_rows); i++) {
        const struct problem_row *row = &problem_rows[i];
        if (!text_equal(row->problem, failure->problem)) continue;
        if (row->context && !text_equal(row->context, failure->context)) continue;
        size_t at = row->begun ? failure->begun : failure->at;
        if (told(reader, at)) return;
        reader_error(reader, row->code, (struct span){at, at + 1}, row->hint, "%s", row->message);
        return;
    }
    if (told(reader, failure->at)) return;
    reader_error(reader, YAML_SYNTAX, (struct span){failure->at, failure->at + 1}, NULL,
                 "this is not YAML: %s%s%s", failure->context ? failure->context : "",
                 failure->context ? ", " : "", failure->problem);
}

void trap_error(struct reader *reader, const yaml_parser_t *parser, struct span *blank) {
    *blank = (struct span){0};
    struct failure failure = {.problem = parser->problem ? parser->problem : "out of memory",
                              .context = parser->context,
                              .at = source_offset(&reader->source, parser->problem_mark.index)};
    failure.begun =
        parser->context ? source_offset(&reader->source, parser->context_mark.index) : failure.at;
    if (bracket_trap(reader, &failure, blank)) return;
    if (behind_bracket_trap(reader, &failure, blank)) return;
    if (indicator_trap(reader, &failure, blank)) return;
    if (colon_trap(reader, &failure, blank)) return;
    refuse_problem(reader, &failure);
}
