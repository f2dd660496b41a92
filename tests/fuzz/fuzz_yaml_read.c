/* Any bytes as a budget file: a tree within all bounds, or mistakes with places; never both, never
 * neither. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "yaml/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds) {
    if (!holds) abort();
}

/* Nodes, aliases counted as copies. */
static size_t check_tree(const struct yaml_node *node, size_t depth) {
    size_t nodes = 1;
    require(depth <= yaml_bounds_default.depth);
    require(node->text && strlen(node->text) <= yaml_bounds_default.scalar);
    require(node->place.line > 0 && node->place.column > 0 && node->place.file);
    for (size_t i = 0; i < node->count; i++) {
        if (node->kind == YAML_LIST) {
            nodes += check_tree(node->items[i], depth + 1);
            continue;
        }
        require(node->kind == YAML_MAP);
        require(node->pairs[i].key->kind == YAML_SCALAR);
        require(yaml_get(node, node->pairs[i].key->text) == node->pairs[i].value); /* unique */
        nodes += 1 + check_tree(node->pairs[i].value, depth + 1);
    }
    return nodes;
}

static void check_mistakes(const struct diags *diags) {
    require(diags->errors > 0 && diags->count <= yaml_bounds_default.mistakes + 1);
    for (size_t i = 0; i < diags->count; i++) {
        const struct diag *diag = &diags->items[i];
        require(diag->message && text_equal(diag->place.file, "fuzz.yaml"));
        for (const char *at = diag->message; *at; at++) require((unsigned char)*at >= 0x20);
        for (const char *at = diag->hint; at && *at; at++) require((unsigned char)*at >= 0x20);
        require(!diag->place.source || strlen(diag->place.source) <= 200);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_new();
    struct diags diags = diags_begin(arena);
    struct yaml_node *root = NULL;
    bool fine = yaml_read(arena, "fuzz.yaml", (const char *)data, size, &yaml_bounds_default, &root,
                          &diags);
    require(fine == (root != NULL));
    if (fine) {
        require(diags.count == 0);
        require(check_tree(root, 0) <= yaml_bounds_default.nodes + yaml_bounds_default.alias_nodes);
        require(yaml_merge(arena, root, root) != NULL);
    } else {
        check_mistakes(&diags);
    }
    arena_free(arena);
    return 0;
}
