#include "wasm/graph.h"

#include <string.h>

#include "base/array.h"

/** Lengauer and Tarjan's arrays. Nodes are numbered in depth-first order, 0 being the root; NONE
 * stands for "no node". */
struct dominators {
    const struct wasm_module *module;
    struct arena *arena;
    size_t functions;
    uint32_t *roots;
    size_t root_count;
    uint32_t *number; /* of each function, or NONE */
    uint32_t *vertex; /* function of each node from 1 on */
    uint32_t *parent, *semi, *ancestor, *label, *dominator;
    uint32_t *bucket, *bucket_next; /* nodes by semidominator */
    uint32_t *stack;
    size_t count;
    size_t *into; /* where the predecessors of each node begin */
    uint32_t *predecessors;
};

static const uint32_t none = WASM_GRAPH_NONE;

static uint32_t *numbers(struct dominators *d, size_t count) {
    uint32_t *list = arena_alloc(d->arena, count * sizeof *list);
    for (size_t i = 0; i < count; i++) list[i] = none;
    return list;
}

static void add_root(struct dominators *d, uint32_t function) {
    if (function < d->functions) *array_add(d->arena, d->roots, d->root_count) = function;
}

static void find_roots(struct dominators *d) {
    const struct wasm_module *module = d->module;
    for (size_t i = 0; i < module->export_count; i++)
        if (module->exports[i].kind == WASM_KIND_FUNCTION) add_root(d, module->exports[i].index);
    if (module->has[WASM_START]) add_root(d, module->start);
    for (size_t i = 0; i < module->rooted.count; i++) add_root(d, module->rooted.items[i]);
}

/** What a function calls; an imported one nothing. */
static struct wasm_indexes calls_of(const struct dominators *d, uint32_t function) {
    const struct wasm_module *module = d->module;
    if (function < module->imported_functions) return (struct wasm_indexes){NULL, 0};
    size_t body = function - module->imported_functions, begin = module->call_begin[body];
    size_t count = module->call_begin[body + 1] - begin;
    return (struct wasm_indexes){count > 0 ? module->called.items + begin : NULL, count};
}

static struct wasm_indexes successors(const struct dominators *d, size_t node) {
    if (node == 0) return (struct wasm_indexes){d->roots, d->root_count};
    return calls_of(d, d->vertex[node]);
}

static void visit(struct dominators *d, uint32_t function, uint32_t from) {
    uint32_t node = (uint32_t)d->count++;
    d->number[function] = node;
    d->vertex[node] = function;
    d->parent[node] = from;
}

/** Numbers what can be reached, depth first. */
static void walk(struct dominators *d) {
    size_t *next = arena_alloc(d->arena, (d->functions + 1) * sizeof *next), depth = 0;
    d->stack[depth++] = 0;
    d->count = 1;
    while (depth > 0) {
        uint32_t node = d->stack[depth - 1];
        struct wasm_indexes to = successors(d, node);
        while (next[node] < to.count && d->number[to.items[next[node]]] != none) next[node]++;
        if (next[node] == to.count) {
            depth--;
            continue;
        }
        d->stack[depth++] = (uint32_t)d->count;
        visit(d, to.items[next[node]++], node);
    }
}

/** Predecessors of every node, as one array in the order of the nodes. */
static void turn_around(struct dominators *d) {
    d->into = arena_alloc(d->arena, (d->count + 2) * sizeof *d->into);
    size_t edges = 0;
    for (size_t node = 0; node < d->count; node++) {
        struct wasm_indexes to = successors(d, node);
        edges += to.count;
        for (size_t i = 0; i < to.count; i++) d->into[d->number[to.items[i]] + 2]++;
    }
    for (size_t node = 2; node < d->count + 2; node++) d->into[node] += d->into[node - 1];
    d->predecessors = arena_alloc(d->arena, edges * sizeof *d->predecessors);
    for (size_t node = 0; node < d->count; node++) {
        struct wasm_indexes to = successors(d, node);
        for (size_t i = 0; i < to.count; i++)
            d->predecessors[d->into[d->number[to.items[i]] + 1]++] = (uint32_t)node;
    }
}

/** The node of least semidominator on the way up in the forest, paths shortened as it goes. */
static uint32_t evaluate(struct dominators *d, uint32_t node) {
    if (d->ancestor[node] == none) return node;
    size_t depth = 0;
    for (uint32_t at = node; d->ancestor[d->ancestor[at]] != none; at = d->ancestor[at])
        d->stack[depth++] = at;
    while (depth > 0) {
        uint32_t at = d->stack[--depth], above = d->ancestor[at];
        if (d->semi[d->label[above]] < d->semi[d->label[at]]) d->label[at] = d->label[above];
        d->ancestor[at] = d->ancestor[above];
    }
    return d->label[node];
}

static void empty_bucket(struct dominators *d, uint32_t parent) {
    for (uint32_t v = d->bucket[parent]; v != none; v = d->bucket_next[v]) {
        uint32_t least = evaluate(d, v);
        d->dominator[v] = d->semi[least] < d->semi[v] ? least : parent;
    }
    d->bucket[parent] = none;
}

static void dominate(struct dominators *d) {
    for (size_t i = 0; i < d->count; i++) d->semi[i] = d->label[i] = (uint32_t)i;
    for (size_t i = d->count; i-- > 1;) {
        uint32_t node = (uint32_t)i, parent = d->parent[i];
        for (size_t p = d->into[i]; p < d->into[i + 1]; p++) {
            uint32_t least = evaluate(d, d->predecessors[p]);
            if (d->semi[least] < d->semi[node]) d->semi[node] = d->semi[least];
        }
        d->bucket_next[node] = d->bucket[d->semi[node]];
        d->bucket[d->semi[node]] = node;
        d->ancestor[node] = parent;
        empty_bucket(d, parent);
    }
    for (size_t i = 1; i < d->count; i++)
        if (d->dominator[i] != d->semi[i]) d->dominator[i] = d->dominator[d->dominator[i]];
}

static uint64_t bytes_of(const struct wasm_module *module, size_t function) {
    return function < module->imported_functions
               ? 0
               : module->functions[function - module->imported_functions].size;
}

static uint32_t function_of(const struct dominators *d, uint32_t node) {
    return node == 0 ? WASM_GRAPH_ROOT : d->vertex[node];
}

static void add_up(const struct dominators *d, struct wasm_graph *graph) {
    for (size_t i = 0; i < d->functions; i++)
        if (d->number[i] == none) graph->unreferenced += bytes_of(d->module, i);
    for (size_t i = d->count; i-- > 1;) {
        uint32_t function = d->vertex[i], above = function_of(d, d->dominator[i]);
        graph->dominator[function] = above;
        graph->caller[function] = function_of(d, d->parent[i]);
        graph->retained[function] += bytes_of(d->module, function);
        if (above != WASM_GRAPH_ROOT) graph->retained[above] += graph->retained[function];
    }
}

struct wasm_graph wasm_graph_make(struct arena *arena, const struct wasm_module *module) {
    struct arena *scratch = arena_new();
    struct dominators d = {.module = module, .arena = scratch};
    d.functions = module->imported_functions + module->function_count;
    size_t nodes = d.functions + 1;
    uint32_t **const lists[] = {&d.number, &d.vertex,    &d.parent, &d.semi,        &d.ancestor,
                                &d.label,  &d.dominator, &d.bucket, &d.bucket_next, &d.stack};
    for (size_t i = 0; i < array_length(lists); i++) *lists[i] = numbers(&d, nodes);
    struct wasm_graph graph = {
        .count = d.functions,
        .dominator = arena_alloc(arena, nodes * sizeof *graph.dominator),
        .caller = arena_alloc(arena, nodes * sizeof *graph.caller),
        .retained = arena_alloc(arena, nodes * sizeof *graph.retained),
    };
    memset(graph.dominator, 0xff, nodes * sizeof *graph.dominator);
    memset(graph.caller, 0xff, nodes * sizeof *graph.caller);
    find_roots(&d);
    walk(&d);
    turn_around(&d);
    dominate(&d);
    add_up(&d, &graph);
    arena_free(scratch);
    return graph;
}
