/* A limit key, a line further a label, and a line further an expression of `derive`: each refused
 * with one reason, or read. What is read of a key is written so that it reads the same again, and a
 * label without wildcards matches itself alone; an expression stays within its bounds. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "budget/budget.h"
#include "budget/derive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct probe_dimension by_file[] = {{.name = "file"}, {0}};
static const struct probe_dimension by_phase[] = {{.name = "phase"}, {.name = "request"}, {0}};
static const struct probe_metric metrics[] = {
    {.name = "wall", .unit = PROBE_SECONDS, .nature = PROBE_NOISY, .fold = PROBE_FOLD_POOL},
    {.name = "raw", .dimensions = by_file, .unit = PROBE_BYTES, .fold = PROBE_FOLD_SUM},
    {.name = "latency",
     .dimensions = by_phase,
     .unit = PROBE_SECONDS,
     .nature = PROBE_NOISY,
     .fold = PROBE_FOLD_POOL,
     .statistic = "p95"},
    {.name = "ratio", .unit = PROBE_RATIO, .nature = PROBE_NOISY},
};
static const struct probe_metric *const items[] = {&metrics[0], &metrics[1], &metrics[2],
                                                   &metrics[3]};
static const struct metrics known = {.items = (const struct probe_metric **)items,
                                     .count = array_length(items)};
static const struct probe probe = {.name = "fuzzed"};

static void require(bool holds) {
    if (!holds) abort();
}

static void check_refused(const struct diags *diags) {
    require(diags->errors > 0);
    for (size_t i = 0; i < diags->count; i++) {
        const char *message = diags->items[i].message, *hint = diags->items[i].hint;
        require(message[0] != '\0');
        for (const char *at = message; *at; at++) require((unsigned char)*at >= 0x20);
        for (const char *at = hint; at && *at; at++) require((unsigned char)*at >= 0x20);
    }
}

static bool same_text(const char *a, const char *b) {
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static void check_again(struct arena *arena, const struct limit *limit) {
    struct diags diags = diags_begin(arena);
    struct limit again = {0};
    require(limit_key_read(arena, limit->key, &known, false, NO_PLACE, &again, &diags));
    require(diags.count == 0 && strcmp(again.key, limit->key) == 0);
    require(again.metric == limit->metric && again.statistical == limit->statistical);
    require(again.pattern.named == limit->pattern.named);
    require(again.pattern.wild == limit->pattern.wild);
    for (size_t d = 0; d < METRIC_DIMENSIONS_MAX; d++)
        require(same_text(again.pattern.globs[d], limit->pattern.globs[d]));
}

static void check_key(struct arena *arena, const char *text, const char *label) {
    struct diags diags = diags_begin(arena);
    struct limit limit = {0};
    if (!limit_key_read(arena, text, &known, false, NO_PLACE, &limit, &diags)) {
        check_refused(&diags);
        return;
    }
    require(diags.count == 0 && limit.metric < known.count);
    check_again(arena, &limit);
    struct series series = {.metric = limit.metric};
    for (size_t d = 0; d < METRIC_DIMENSIONS_MAX; d++)
        if (limit.pattern.named >> d & 1) series.labels[d] = label;
    bool matches = label_pattern_match(&limit.pattern, &series);
    for (size_t d = 0; matches && !limit.pattern.wild && d < METRIC_DIMENSIONS_MAX; d++)
        if (limit.pattern.globs[d] && !strchr(limit.pattern.globs[d], '\\'))
            require(strcmp(limit.pattern.globs[d], label) == 0);
}

static void check_tree(const struct derive_node *node, size_t depth, size_t *left) {
    require(depth <= DERIVE_NODES_MAX && (*left)-- > 0);
    if (node->kind == DERIVE_NUMBER) require(isfinite(node->number));
    if (node->kind == DERIVE_OPERAND)
        require(node->budget < 2 && node->operand.metric < known.count &&
                !node->operand.pattern.wild);
    if (node->kind < DERIVE_ADD) return;
    check_tree(node->left, depth + 1, left);
    check_tree(node->right, depth + 1, left);
}

static void check_expression(struct arena *arena, const char *text) {
    struct diags diags = diags_begin(arena);
    struct budget budgets[] = {{.id = "a", .probe = &probe, .metrics = known},
                               {.id = "b-c", .probe = &probe, .metrics = known}};
    const struct budget_set set = {
        .arena = arena, .budgets = budgets, .count = array_length(budgets)};
    struct derive derive = {0};
    if (!derive_parse(arena, &set, text, 1000, NO_PLACE, &derive, &diags)) {
        check_refused(&diags);
        return;
    }
    require(diags.errors == 0 && derive.root && derive.nodes <= DERIVE_NODES_MAX);
    size_t left = derive.nodes;
    check_tree(derive.root, 0, &left);
    require(left == 0 && derive.noisy <= derive.operands && derive.operands <= derive.nodes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_new();
    char *key = (char *)text_copy_bytes(arena, (const char *)data, size);
    char *label = strchr(key, '\n');
    if (label) *label++ = '\0';
    char *expression = label ? strchr(label, '\n') : NULL;
    if (expression) *expression++ = '\0';
    check_key(arena, key, label ? label : "");
    check_expression(arena, expression ? expression : key);
    arena_free(arena);
    return 0;
}
