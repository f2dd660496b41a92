/** What the parts of the reader share: events in (read.c), nodes out (build.c), and the checks
 * beside libyaml (layout.c, trap.c). */
#ifndef YAML_READER_H
#define YAML_READER_H

#include <yaml.h>

#include "yaml/source.h"
#include "yaml/yaml.h"

struct anchor {
    const char *name;
    struct yaml_node *node;
    bool open;     /**< its end was not read yet */
    size_t weight; /**< nodes, aliases counted as copies */
    size_t height; /**< levels of maps and lists */
};

/** A map or list that is being read. */
struct frame {
    struct yaml_node *node, *key; /**< key: of a map, waiting for its value */
    size_t weight, height;
    int anchor;  /**< index, -1 for none */
    int indent;  /**< column (from 0) of a block map or list; what goes on must be right of it */
    bool is_key; /**< a map or list where a key belongs, already reported */
    bool colon_seen; /**< a flow map with at least one `key: value` */
    bool reported;   /**< the trap of the missing colon was told for this map */
};

/** Bytes of an event, its properties (anchor, tag) not counted. */
struct span {
    size_t from, to;
};

struct reader {
    struct arena *arena;
    struct source source;
    const struct yaml_bounds *bounds;
    struct diags *diags;
    struct frame *frames;
    size_t depth;
    struct anchor *anchors;
    size_t anchor_count;
    size_t nodes, alias_nodes;
    size_t documents;
    struct yaml_node *root;
    size_t end;             /**< of the last event that has text */
    struct yaml_node *last; /**< the scalar that ended there, or NULL */
    struct span last_span;
    size_t muted; /**< open maps and lists in the place of a key: what is wrong is told */
    size_t flow;  /**< open flow maps and lists */
};

/* reader.c */
/** Column that what goes on inside flow and quotes must stand right of; -1 at the top. */
int reader_indent(const struct reader *reader);
/** Nothing more is added: enough mistakes are listed, or what is read now is told already. */
bool reader_full(const struct reader *reader);

/** Reports with the place of a span (underlined up to the end of its line). */
__attribute__((format(printf, 5, 6))) void reader_error(struct reader *reader, enum diag_code code,
                                                        struct span span, const char *hint,
                                                        const char *format, ...);

/* build.c: each returns false when reading must end. */
bool build_scalar(struct reader *reader, const yaml_event_t *event, struct span span);
bool build_begin(struct reader *reader, const yaml_event_t *event, struct span span);
bool build_end(struct reader *reader);
bool build_alias(struct reader *reader, const yaml_event_t *event, struct span span);

/* layout.c */
/** Checks what stands between texts from `from` to `to`: comments, tabs, `? `. */
void layout_gap(struct reader *reader, size_t from, size_t to);
/** Where the text of an event begins, behind its anchor, tag and the comments between. */
size_t layout_skip_properties(const struct reader *reader, size_t from, size_t to);
/** Checks the lines of a scalar after its first, and where a flow token begins a line. */
void layout_scalar(struct reader *reader, const yaml_event_t *event, struct span span);
void layout_flow_token(struct reader *reader, size_t offset);
/** Checks the comment behind the last event, if there is one: it may have swallowed a bracket. */
void layout_comment(struct reader *reader);

/* trap.c */
/** The traps that libyaml reads without complaint. */
void trap_scalar(struct reader *reader, const yaml_event_t *event, struct span span);
void trap_missing_value(struct reader *reader, struct frame *frame);
void trap_name(struct reader *reader, const yaml_event_t *event, const yaml_char_t *name);
void trap_tag(struct reader *reader, const yaml_event_t *event);
/** A map or list where a key belongs: `{{name}}`. */
void trap_key(struct reader *reader, const struct yaml_node *node, struct span span);
/** What to write instead of `version:1`. */
const char *trap_colon_hint(struct arena *arena, const char *text);
/** Bytes of an unquoted value as its writer saw it: to the line's end, in flow to the comma. */
struct span trap_extent(const struct reader *reader, size_t from);

/* trap_error.c */
/** Reports libyaml's error; *blank is the span to blank out before reading on, empty for none. */
void trap_error(struct reader *reader, const yaml_parser_t *parser, struct span *blank);

#endif
