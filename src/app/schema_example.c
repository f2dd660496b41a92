#include <string.h>

#include "app/schema_value.h"
#include "base/diag.h"
#include "yaml/yaml.h"

/* Into a list where `name` is NULL. Scalars are text, as the loader has them. */
static void put_node(json *parent, const char *name, const struct yaml_node *node) {
    json *made;
    switch (node->kind) {
    case YAML_SCALAR:
        if (name)
            json_put_text(parent, name, node->text);
        else
            json_push_text(parent, node->text);
        return;
    case YAML_MAP:
        made = name ? json_put_object(parent, name) : json_push(parent, json_new_object());
        for (size_t i = 0; i < node->count; i++)
            put_node(made, node->pairs[i].key->text, node->pairs[i].value);
        return;
    case YAML_LIST:
        made = name ? json_put_list(parent, name) : json_push(parent, json_new_list());
        for (size_t i = 0; i < node->count; i++) put_node(made, NULL, node->items[i]);
        return;
    }
}

void put_example(struct arena *arena, json *schema, const char *yaml) {
    struct diags unheard = diags_begin(arena);
    struct yaml_node *node;
    json *list = json_put_list(schema, "examples");
    if (yaml_read(arena, "", yaml, strlen(yaml), &yaml_bounds_default, &node, &unheard))
        put_node(list, NULL, node);
    else
        json_push_text(list, yaml);
}
