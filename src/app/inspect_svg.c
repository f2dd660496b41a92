/* A treemap: sections, in code namespaces, in those
 * functions. */
#include <stdlib.h>
#include <string.h>

#include "app/inspect.h"
#include "base/array.h"
#include "base/text.h"
#include "base/treemap.h"
#include "base/units.h"
#include "report/sheet.h"

enum {
    WIDTH = 1200,
    HEIGHT = 800,
    HEADING = 22,      /* pixels above the map */
    TITLE = 16,        /* pixels of a box's heading */
    LABEL_PIXELS = 7,  /* of a character, roughly */
    LETTERS_LEAST = 5, /* of a label that says something */
    SEEN_LEAST = 4     /* square pixels of what is drawn for itself */
};

/** What is laid out: the parts of one box, largest first. */
struct parts {
    const struct wasm_share *items;
    size_t count;
    double total;
};

static void add_escaped(struct text *out, const char *text) {
    for (; *text; text++) {
        if (*text == '<')
            text_add(out, "&lt;");
        else if (*text == '>')
            text_add(out, "&gt;");
        else if (*text == '&')
            text_add(out, "&amp;");
        else
            text_add_char(out, *text);
    }
}

/** One box: where, what it says when it is pointed at, and what stands in it where there is room.
 */
struct box {
    struct tile area;
    const char *name, *label; /* label: what is left of the name inside its surroundings */
    uint64_t bytes;
    unsigned hue;
    bool holds; /* other boxes, below its heading */
};

/** How many characters there is room for. */
static int letters_of(const struct box *box) {
    return (int)((box->area.width - 6) / LABEL_PIXELS);
}

static void add_line(struct text *out, const struct box *box, int line, const char *text) {
    int letters = letters_of(box);
    if (letters < LETTERS_LEAST || box->area.height < (line + 1) * TITLE) return;
    text_add_format(out, "<text x=\"%.1f\" y=\"%.1f\">", box->area.x + 3,
                    box->area.y + line * TITLE + 12);
    add_escaped(out, sheet_shorten(out->arena, text, letters));
    text_add(out, "</text>");
}

/** The name, and the size beside it in a heading or else below it, where it fits. */
static void add_label(struct text *out, const struct box *box, const char *size) {
    const char *both = text_format(out->arena, "%s %s", box->label, size);
    bool fits = (int)text_width(both) <= letters_of(box);
    add_line(out, box, 0, box->holds && fits ? both : box->label);
    if (!box->holds && (int)text_width(size) <= letters_of(box)) add_line(out, box, 1, size);
}

static void add_box(struct text *out, const struct box *box) {
    const char *size = unit_show(out->arena, (double)box->bytes, PROBE_BYTES);
    struct tile area = box->area;
    text_add(out, "<g><title>");
    add_escaped(out, box->name);
    text_add_format(out,
                    ": %s</title><rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" "
                    "fill=\"hsl(%u 45%% 75%%)\" stroke=\"#fff\"/>",
                    size, area.x, area.y, area.width, area.height, box->hue);
    add_label(out, box, size);
    text_add(out, "</g>\n");
}

/** The tiles of all parts inside `area`. */
static struct tile *lay_out(struct arena *arena, const struct parts *parts, struct tile area) {
    double *sizes = arena_alloc(arena, (parts->count + 1) * sizeof *sizes);
    for (size_t i = 0; i < parts->count; i++) sizes[i] = (double)parts->items[i].bytes;
    return treemap_lay_out(arena, sizes, parts->count, parts->total, area);
}

static struct parts parts_of(const struct wasm_shares *shares) {
    struct parts parts = {shares->items, shares->count, 0};
    for (size_t i = 0; i < shares->count; i++) parts.total += (double)shares->items[i].bytes;
    return parts;
}

/** Below a heading, where there is room for one. */
static struct tile inside(struct tile area) {
    if (area.width < 20 || area.height < 2 * TITLE) return (struct tile){0};
    return (struct tile){area.x + 2, area.y + TITLE, area.width - 4, area.height - TITLE - 2};
}

/** The functions of a namespace by name, in `scratch`. */
static struct wasm_shares functions_of(struct arena *scratch, const struct inspection *now,
                                       const char *namespace) {
    struct wasm_share *items = NULL;
    size_t count = 0;
    for (size_t i = 0; i < now->profile.count; i++) {
        const struct wasm_profiled *function = &now->profile.functions[i];
        if (strcmp(function->namespace, namespace) == 0)
            *array_add(scratch, items, count) =
                (struct wasm_share){function->name, function->bytes, 0, 1};
    }
    return wasm_shares_join(items, count, SIZE_MAX);
}

static bool is_seen(struct tile area) {
    return area.width * area.height >= SEEN_LEAST;
}

/** Joins the parts too small to be seen to one, where it belongs by size; they are tens of
 * thousands of functions, and may be half of a module. */
static void join_unseen(struct arena *arena, struct parts *parts, struct tile area) {
    const struct tile *areas = lay_out(arena, parts, area);
    struct wasm_share rest = {0}, *items = arena_alloc(arena, (parts->count + 1) * sizeof *items);
    size_t seen = 0, count = 0;
    while (seen < parts->count && is_seen(areas[seen])) seen++;
    for (size_t i = seen; i < parts->count; i++) rest.bytes += parts->items[i].bytes;
    if (seen + 1 >= parts->count) return;
    rest.name = text_format(arena, "%zu smaller ones", parts->count - seen);
    for (size_t i = 0; i < seen; i++) {
        if (rest.name && rest.bytes >= parts->items[i].bytes)
            items[count++] = rest, rest.name = NULL;
        items[count++] = parts->items[i];
    }
    if (rest.name) items[count++] = rest;
    parts->items = items;
    parts->count = count;
}

/** A function's name inside the box of its namespace: what follows that. */
static const char *within(const char *name, const char *namespace) {
    size_t length = strlen(namespace);
    const char *rest = name + (*name == '<');
    bool begins = strncmp(rest, namespace, length) == 0 && text_starts(rest + length, "::");
    return begins ? rest + length + 2 : name;
}

static void add_functions(struct text *out, const struct inspection *now, const char *namespace,
                          struct tile area, unsigned hue) {
    struct arena *scratch = arena_new();
    struct wasm_shares shares = functions_of(scratch, now, namespace);
    struct parts parts = parts_of(&shares);
    join_unseen(scratch, &parts, area);
    struct tile *areas = lay_out(scratch, &parts, area);
    for (size_t i = 0; i < parts.count; i++) {
        const struct wasm_share *share = &parts.items[i];
        struct box box = {areas[i],     share->name, within(share->name, namespace),
                          share->bytes, hue + 10,    false};
        if (is_seen(areas[i])) add_box(out, &box);
    }
    arena_free(scratch);
}

static void add_namespaces(struct text *out, const struct inspection *now, struct tile area) {
    struct parts parts = parts_of(&now->namespaces);
    struct tile *areas = lay_out(out->arena, &parts, area);
    for (size_t i = 0; i < parts.count; i++) {
        const struct wasm_share *share = &parts.items[i];
        struct tile room = inside(areas[i]);
        struct box box = {
            areas[i],      share->name, share->name, share->bytes, (unsigned)(i * 47 % 360),
            room.width > 0};
        if (!is_seen(areas[i])) continue;
        add_box(out, &box);
        if (box.holds) add_functions(out, now, share->name, room, box.hue);
    }
}

static void add_heading(struct text *out, const struct inspection *now) {
    text_add_format(out,
                    "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" "
                    "height=\"%d\" font-family=\"sans-serif\" font-size=\"11\">\n"
                    "<text x=\"3\" y=\"14\" font-size=\"14\" font-weight=\"bold\">",
                    WIDTH, HEIGHT + HEADING, WIDTH, HEIGHT + HEADING);
    add_escaped(out, now->path);
    text_add_format(out, ": %s</text>\n",
                    unit_show(out->arena, (double)now->file.length, PROBE_BYTES));
}

void inspect_svg(struct text *out, const struct inspection *now) {
    struct parts parts = parts_of(&now->sections);
    struct tile whole = {0, HEADING, WIDTH, HEIGHT};
    struct tile *areas = lay_out(out->arena, &parts, whole);
    add_heading(out, now);
    for (size_t i = 0; i < parts.count; i++) {
        const struct wasm_share *share = &parts.items[i];
        struct tile room = inside(areas[i]);
        bool holds = strcmp(share->name, "code") == 0 && room.width > 0 && now->profile.count > 0;
        struct box box = {areas[i], share->name, share->name, share->bytes, 210, holds};
        if (!is_seen(areas[i])) continue;
        add_box(out, &box);
        if (holds) add_namespaces(out, now, room);
    }
    text_add(out, "</svg>\n");
}
