#include "app/inspect_compressed.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "app/compress_without.h"
#include "base/array.h"
#include "base/file.h"
#include "base/text.h"

/* What of a file can be left out under one name. */
struct piece {
    const char *name, *namespace;
    uint64_t begin, size;
};

struct pieces {
    struct piece *items;
    size_t count;
};

/* A file, taken apart as far as names go; its bytes are not kept. */
struct side {
    struct source source;
    struct inspection inspection;
    struct pieces sections, functions;
};

/* What is tried, and with which files. */
struct trying {
    struct arena *arena;   /* of the jobs */
    struct arena *scratch; /* of names: gone before anything is compressed */
    const struct inspect_request *request;
    enum codec codec;
    struct side *now, *old; /* old: NULL: none */
    struct job *jobs;
    size_t count;
};

/* Taking apart */

static void add_sections(struct arena *arena, const struct inspection *of, struct pieces *pieces) {
    for (size_t u = 0; u < of->file.unit_count; u++) {
        const struct wasm_module *module = &of->file.units[u].module;
        for (size_t i = 0; i < module->section_count; i++) {
            const struct wasm_section *section = &module->sections[i];
            *array_add(arena, pieces->items, pieces->count) =
                (struct piece){.name = wasm_section_label(arena, section),
                               .begin = section->offset,
                               .size = section->header + section->size};
        }
    }
}

static void add_functions(struct arena *arena, const struct inspection *of, struct pieces *pieces) {
    pieces->items = arena_alloc(arena, of->profile.count * sizeof *pieces->items);
    for (size_t i = 0; i < of->profile.count; i++) {
        const struct wasm_profiled *profiled = &of->profile.functions[i];
        const struct wasm_module *module = &of->file.units[profiled->unit].module;
        const struct wasm_function *function =
            &module->functions[profiled->index - module->imported_functions];
        pieces->items[pieces->count++] =
            (struct piece){profiled->name, profiled->namespace, function->offset, function->size};
    }
}

static void open_source(const struct inspect_request *request, const char *path,
                        struct source *source) {
    if (!request->input || strcmp(path, "-") != 0) {
        source_open(source, path);
        return;
    }
    *source = (struct source){.path = path,
                              .bytes = (const uint8_t *)request->input->data,
                              .descriptor = -1,
                              .length = request->input->length};
}

/* The file's bytes live no longer than this. */
static bool take_side(const struct trying *trying, struct inspect_side of, struct side *side,
                      struct diags *diags) {
    open_source(trying->request, of.path, &side->source);
    of.bytes = arena_new();
    of.decode = true;
    bool good = inspect_take_side(trying->scratch, trying->request, &of, &side->inspection, diags);
    if (good) {
        add_sections(trying->scratch, &side->inspection, &side->sections);
        add_functions(trying->scratch, &side->inspection, &side->functions);
    }
    side->inspection.file = (struct wasm_file){0};
    arena_free(of.bytes);
    return good && source_unchanged(&side->source, diags);
}

/* Which bytes a name of each list stands for. */

static void add_range(struct arena *arena, struct ranges *ranges, const struct piece *piece) {
    *array_add(arena, ranges->items, ranges->count) =
        (struct range){piece->begin, piece->begin + piece->size};
}

static struct ranges sections_named(struct arena *arena, const struct side *of, const char *name) {
    struct ranges ranges = {0};
    for (size_t i = 0; i < of->sections.count; i++)
        if (strcmp(of->sections.items[i].name, name) == 0)
            add_range(arena, &ranges, &of->sections.items[i]);
    return ranges;
}

static struct ranges namespace_functions(struct arena *arena, const struct side *of,
                                         const char *name) {
    struct ranges ranges = {0};
    for (size_t i = 0; i < of->functions.count; i++)
        if (strcmp(of->functions.items[i].namespace, name) == 0)
            add_range(arena, &ranges, &of->functions.items[i]);
    return ranges;
}

static struct ranges functions_named(struct arena *arena, const struct side *of, const char *name) {
    struct ranges ranges = {0};
    for (size_t i = 0; i < of->functions.count; i++)
        if (strcmp(of->functions.items[i].name, name) == 0)
            add_range(arena, &ranges, &of->functions.items[i]);
    return ranges;
}

static const struct wasm_shares *sections_of(const struct inspection *of) {
    return &of->sections;
}
static const struct wasm_shares *namespaces_of(const struct inspection *of) {
    return &of->namespaces;
}
static const struct wasm_shares *functions_all(const struct inspection *of) {
    return &of->functions;
}

static const struct {
    const char *title;
    const struct wasm_shares *(*shares)(const struct inspection *of);
    struct ranges (*find)(struct arena *arena, const struct side *of, const char *name);
} kinds[COMPRESSED_LISTS] = {
    {"sections", sections_of, sections_named},
    {"namespaces", namespaces_of, namespace_functions},
    {"functions", functions_all, functions_named},
};

/* What is to be tried: the largest names, or those that changed most. */

static bool is_somewhere(const struct trying *trying, size_t kind, const char *name) {
    return kinds[kind].find(trying->scratch, trying->now, name).count > 0 ||
           (trying->old && kinds[kind].find(trying->scratch, trying->old, name).count > 0);
}

static void add_name(const struct trying *trying, struct compressed_list *list,
                     struct compressed_part part) {
    part.name = text_copy(trying->arena, part.name);
    *array_add(trying->arena, list->items, list->count) = part;
}

static void list_largest(const struct trying *trying, size_t kind, struct compressed_list *list) {
    const struct wasm_shares *shares = kinds[kind].shares(&trying->now->inspection);
    for (size_t i = 0; i < shares->count; i++) {
        const struct wasm_share *share = &shares->items[i];
        bool wanted = list->count < trying->request->top;
        if (wanted && !is_somewhere(trying, kind, share->name)) continue;
        list->all++;
        if (wanted)
            add_name(trying, list,
                     (struct compressed_part){.name = share->name, .raw = share->bytes});
    }
}

/* Not what only changed its name, and not the sum of what has none. */
static void list_changed(const struct trying *trying, size_t kind, const struct growth *growth,
                         struct compressed_list *list) {
    for (size_t i = 0; i < growth->count; i++) {
        const struct grown *grown = &growth->items[i];
        bool wanted = list->count < trying->request->top;
        if (grown->renamed || (wanted && !is_somewhere(trying, kind, grown->name))) continue;
        list->all++;
        if (wanted)
            add_name(trying, list,
                     (struct compressed_part){
                         .name = grown->name, .raw = grown->after, .raw_before = grown->before});
    }
}

static void list_names(const struct trying *trying, size_t kind, struct compressed_list *list) {
    *list = (struct compressed_list){.title = kinds[kind].title};
    if (!trying->old) {
        list_largest(trying, kind, list);
        return;
    }
    const struct inspection *now = &trying->now->inspection, *old = &trying->old->inspection;
    struct growth growth =
        kinds[kind].find == functions_named
            ? inspect_function_growth(trying->scratch, old, now)
            : inspect_growth(trying->scratch, kinds[kind].shares(old), kinds[kind].shares(now));
    list_changed(trying, kind, &growth, list);
}

/* Jobs */

/* Names by their place in the lists, the first of each kind first: where time runs out, it is the
 * last that are left out. */
struct turn {
    size_t kind, place;
};

static bool next_turn(const struct compressed *compressed, struct turn *turn) {
    size_t most = 0;
    for (size_t kind = 0; kind < COMPRESSED_LISTS; kind++)
        if (compressed->lists[kind].count > most) most = compressed->lists[kind].count;
    do {
        if (++turn->kind < COMPRESSED_LISTS) continue;
        turn->kind = 0;
        turn->place++;
    } while (turn->place < most && turn->place >= compressed->lists[turn->kind].count);
    return turn->place < most;
}

static const struct turn first_turn = {COMPRESSED_LISTS - 1, SIZE_MAX};

static void add_job(struct trying *trying, const struct side *of, struct ranges without) {
    *array_add(trying->arena, trying->jobs, trying->count) =
        (struct job){.of = &of->source, .without = without};
}

static void plan(struct trying *trying, struct compressed *compressed) {
    const struct side *now = trying->now, *old = trying->old;
    for (size_t kind = 0; kind < COMPRESSED_LISTS; kind++)
        list_names(trying, kind, &compressed->lists[kind]);
    add_job(trying, now, (struct ranges){0});
    if (old) add_job(trying, old, (struct ranges){0});
    for (struct turn turn = first_turn; next_turn(compressed, &turn);) {
        const char *name = compressed->lists[turn.kind].items[turn.place].name;
        add_job(trying, now, kinds[turn.kind].find(trying->arena, now, name));
        if (old) add_job(trying, old, kinds[turn.kind].find(trying->arena, old, name));
    }
}

static int by_weight(const void *left, const void *right) {
    const struct compressed_part *a = left, *b = right;
    double one = fabs(a->bytes - a->before), two = fabs(b->bytes - b->before);
    if (one != two) return one < two ? 1 : -1;
    return strcmp(a->name, b->name);
}

/* What was tried, in order; the rest goes. */
static void order_list(struct compressed_list *list) {
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].tried) list->items[kept++] = list->items[i];
    list->count = kept;
    if (kept > 1) qsort(list->items, kept, sizeof *list->items, by_weight);
}

static void take_sizes(const struct job *job, struct compressed *compressed) {
    bool old = compressed->compared, whole = job[0].done && (!old || job[1].done);
    compressed->whole = whole;
    compressed->bytes = (job++)->size;
    if (old) compressed->before = (job++)->size;
    for (struct turn turn = first_turn; next_turn(compressed, &turn); job += old ? 2 : 1) {
        struct compressed_part *part = &compressed->lists[turn.kind].items[turn.place];
        part->tried = whole && job[0].done && (!old || job[1].done);
        part->bytes = (double)compressed->bytes - (double)job[0].size;
        if (old) part->before = (double)compressed->before - (double)job[1].size;
    }
    for (size_t kind = 0; kind < COMPRESSED_LISTS; kind++) order_list(&compressed->lists[kind]);
}

static bool find_codec(const char *word, enum codec *codec, struct diags *diags) {
    for (*codec = 0; *codec < CODEC_COUNT; (*codec)++)
        if (strcmp(codec_name(*codec), word) == 0) return true;
    return diag_error(diags, CLI_FORMAT, NO_PLACE, "write gzip, brotli or zstd",
                      "there is no encoding `%s`", text_inert(diags->arena, word));
}

/* Names take much memory, encoders too: not both at once. */
static bool find_jobs(struct trying *trying, struct compressed *compressed, struct diags *diags) {
    const struct inspect_request *request = trying->request;
    trying->scratch = arena_new();
    bool good =
        take_side(trying, (struct inspect_side){.path = request->path, .symbols = request->symbols},
                  trying->now, diags) &&
        (!trying->old || take_side(trying,
                                   (struct inspect_side){.path = request->against,
                                                         .symbols = request->symbols_then},
                                   trying->old, diags));
    if (good) plan(trying, compressed);
    arena_free(trying->scratch);
    return good;
}

static bool do_jobs(const struct trying *trying, struct compressed *compressed,
                    struct diags *diags) {
    const struct inspect_request *request = trying->request;
    const char *problem = compress_without(
        &(struct compressing){trying->codec, trying->jobs, trying->count, request->deadline,
                              request->pool, request->observe, request->observer});
    if (problem)
        return diag_error(diags, INSPECT_COMPRESSION, NO_PLACE, NULL, "%s failed: %s",
                          compressed->encoding, problem);
    take_sizes(trying->jobs, compressed);
    return source_unchanged(&trying->now->source, diags) &&
           (!trying->old || source_unchanged(&trying->old->source, diags));
}

bool inspect_compress(struct arena *arena, const struct inspect_request *request,
                      struct compressed *compressed, struct diags *diags) {
    struct side now = {.source = {.descriptor = -1}}, old = now;
    struct trying trying = {
        .arena = arena, .request = request, .now = &now, .old = request->against ? &old : NULL};
    *compressed = (struct compressed){.compared = request->against != NULL};
    if (!find_codec(request->encoding, &trying.codec, diags)) return false;
    char *method = arena_alloc(arena, COMPRESS_METHOD_MAX);
    codec_method(trying.codec, method);
    compressed->encoding = codec_name(trying.codec);
    compressed->method = method;
    bool good = find_jobs(&trying, compressed, diags) && do_jobs(&trying, compressed, diags);
    source_close(&now.source);
    source_close(&old.source);
    return good;
}
