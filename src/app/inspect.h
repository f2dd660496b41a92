/** Where the bytes of a WebAssembly file go, and what grew since another: `perfbudget inspect`. */
#ifndef APP_INSPECT_H
#define APP_INSPECT_H

#include "base/diag.h"
#include "base/json_stream.h"
#include "base/text.h"
#include "wasm/custom.h"
#include "wasm/profile.h"

enum inspect_format { INSPECT_TEXT, INSPECT_JSON, INSPECT_CSV, INSPECT_SVG };

enum {
    INSPECT_FILE_MAX = 1 << 30, /**< bytes of a file */
    INSPECT_SEGMENTS_MAX = 1000 /**< data segments that are listed one by one, the largest */
};

struct inspect_request {
    const char *path;
    const char *against;      /**< the file as it was, or NULL */
    const char *why;          /**< a function whose way in is asked for, or NULL */
    const char *symbols;      /**< an unstripped twin, or NULL */
    const char *symbols_then; /**< of `against`, likewise */
    const char *encoding;     /**< whose compressed bytes are estimated, or NULL */
    enum inspect_format format;
    uint64_t deadline;  /**< clock_now: compressing ends by then; 0: when it is done */
    size_t top;         /**< rows of each list in text; names of each that are compressed without */
    int columns;        /**< that long lines of text are cut to; 0: they are not cut */
    bool sections_only; /**< only what can be told without decoding function bodies */
    const struct compressed *compressed; /**< set by inspect_run: what came of `encoding` */
    const struct text *input;            /**< likewise: standard input, where it is read twice */
    struct thread_pool *pool;            /**< likewise: the threads to work on */
    /** Told of long work, one at a time, from any thread; may be NULL. */
    void (*observe)(void *observer, size_t done, size_t total);
    void *observer;
    /** Prints a piece of the result, in order; false: that failed, and it has said why. */
    bool (*print)(void *printer, const char *piece);
    void *printer;
};

/** One file taken apart. */
struct inspection {
    const char *path;   /**< inert */
    const char *twin;   /**< where names come from as well, inert, or NULL */
    bool sections_only; /**< bodies were not decoded: no profile, and no list of functions */
    struct wasm_file file;
    struct wasm_customs *customs; /**< by unit of the file */
    struct wasm_profile profile;
    struct wasm_shares sections, namespaces, functions, generics;
    struct wasm_shares sources; /**< source files by DWARF; empty without */
    struct wasm_shares doubles; /**< see wasm_profile_by_body */
    struct wasm_shares data;    /**< segments by name; "data 3" where nothing names it */
    uint64_t debug;             /**< bytes of sections for debugging and linking */
    const char **advice;
    size_t advice_count;
};

/** One of two files that are held against each other, or one that is compressed. */
struct inspect_side {
    const char *path, *symbols;       /**< symbols: NULL: none */
    struct arena *bytes;              /**< where the file goes: it can be freed when nothing more
                                         than names and numbers is wanted of it */
    bool decode;                      /**< its bodies too, to be refused where they are malformed */
    const struct wasm_profile *known; /**< of the other side, whose bytes are there; or NULL */
};

/** Takes apart only what can have grown: sections, names and bodies. */
bool inspect_take_side(struct arena *arena, const struct inspect_request *request,
                       const struct inspect_side *side, struct inspection *of, struct diags *diags);

/** One name that has other bytes than before. */
struct grown {
    const char *name;
    const char *renamed;    /**< what the same body was called before, or NULL */
    uint64_t before, after; /**< bytes; 0: new or gone */
};

/** By size of the change, largest first. */
struct growth {
    struct grown *items;
    size_t count;
};

/** Takes the file apart and prints what was found in the format asked for, or adds errors. */
bool inspect_run(struct arena *arena, const struct inspect_request *request, struct diags *diags);

/** A field by RFC 4180; a first = + - @ gets a ' before it, so that a spreadsheet sees text. */
void inspect_csv_field(struct text *out, const char *text);

/** What changed between two lists of shares, by name. */
struct growth inspect_growth(struct arena *arena, const struct wasm_shares *before,
                             const struct wasm_shares *after);

/** As inspect_growth of all functions, but a body that only changed its name is one entry. */
struct growth inspect_function_growth(struct arena *arena, const struct inspection *before,
                                      const struct inspection *after);

/** Facts about the file that something can be done about, into `advice`. */
void inspect_advise(struct arena *arena, struct inspection *inspection);

/** What custom sections say: as a part of the text, and of one module's object. */
void inspect_text_customs(struct text *out, const struct inspection *now);
void inspect_json_customs(struct arena *arena, json *module, const struct wasm_customs *customs);

/** A result being written: what has come together and was not printed yet. */
struct inspect_out {
    struct text text;
    struct json_stream json; /**< of inspect_json */
    const struct inspect_request *request;
    bool failed; /**< printing failed: nothing more is printed */
};

/** Prints what is there, once it is worth it; called wherever a line has come to its end, or where
 * one has begun in JSON. */
void inspect_pass(struct inspect_out *out);

/** The formats; `before` may be NULL. */
void inspect_text(struct text *out, const struct inspect_request *request,
                  const struct inspection *now, const struct inspection *before);
void inspect_json(struct inspect_out *out, const struct inspect_request *request,
                  const struct inspection *now, const struct inspection *before);
void inspect_csv(struct inspect_out *out, const struct inspection *now,
                 const struct inspection *before);
void inspect_svg(struct text *out, const struct inspection *now);

/** The functions from the host's way in to the first function of that name, `path` of them from
 * the outermost; false where there is none of the name, or nothing reaches it. */
struct inspect_path {
    const char **names;
    size_t count;
    const struct wasm_profiled *function;  /**< NULL: no function of that name */
    const struct wasm_profiled *outermost; /**< the first on the way, or NULL */
};
struct inspect_path inspect_why(struct arena *arena, const struct inspection *now,
                                const char *name);

#endif
