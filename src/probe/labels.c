#include "probe/labels.h"

#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/text.h"

struct labels labels_begin(struct arena *arena, struct arena *scratch) {
    /* a seed nobody can know makes it pointless to craft labels that collide */
    return (struct labels){
        .arena = arena, .scratch = scratch, .seed = clock_now() ^ UINT64_C(0xcbf29ce484222325)};
}

const struct label *labels_find(const struct labels *labels, probe_label_id number) {
    return number > 0 && number <= labels->count ? pieces_at(labels->items, number - 1) : NULL;
}

static const char *name_kept(struct labels *labels, const char *name) {
    for (size_t i = 0; i < labels->name_count; i++)
        if (strcmp(labels->names[i], name) == 0) return labels->names[i];
    if (labels->name_count == LABEL_NAMES_MAX) return NULL;
    return *array_add(labels->scratch, labels->names, labels->name_count) =
               text_copy(labels->arena, name);
}

static uint64_t label_hash(const struct labels *labels, const struct label *label) {
    uint64_t hash = labels->seed;
    for (unsigned i = 0; i < label->count; i++) {
        hash = table_hash(hash, &label->dimensions[i], sizeof label->dimensions[i]);
        hash = table_hash(hash, label->values[i], strlen(label->values[i]) + 1);
    }
    return hash;
}

static bool label_same(const struct label *a, const struct label *b) {
    if (a->count != b->count) return false;
    for (unsigned i = 0; i < a->count; i++)
        if (a->dimensions[i] != b->dimensions[i] || strcmp(a->values[i], b->values[i]) != 0)
            return false;
    return true;
}

/* Puts the pair where its name belongs. */
static bool label_insert(struct label *label, const char *dimension, const char *value) {
    unsigned at = 0;
    while (at < label->count && strcmp(label->dimensions[at], dimension) < 0) at++;
    if (label->count == METRIC_DIMENSIONS_MAX) return false;
    if (at < label->count && label->dimensions[at] == dimension) return false;
    for (unsigned i = label->count++; i > at; i--) {
        label->dimensions[i] = label->dimensions[i - 1];
        label->values[i] = label->values[i - 1];
    }
    label->dimensions[at] = dimension;
    label->values[at] = value;
    return true;
}

static probe_label_id label_keep(struct labels *labels, struct label *label, const char *added) {
    uint64_t hash = label_hash(labels, label);
    uint32_t number;
    for (size_t at = 0; (number = table_next(&labels->table, hash, &at));)
        if (label_same(pieces_at(labels->items, number - 1), label)) return number;
    if (labels->count == LABELS_MAX) return 0;
    for (unsigned i = 0; i < label->count; i++)
        if (label->values[i] == added) label->values[i] = text_copy(labels->arena, added);
    *pieces_add(labels->scratch, labels->items, labels->count) = *label;
    table_add(labels->scratch, &labels->table, hash, (uint32_t)labels->count);
    return (probe_label_id)labels->count;
}

probe_label_id labels_add(struct labels *labels, probe_label_id base, const char *dimension,
                          const char *value, const char **problem) {
    const struct label *from = labels_find(labels, base);
    struct label label = from ? *from : (struct label){0};
    *problem = NULL;
    if (base && !from)
        *problem = "it built on a label that does not exist";
    else if (!dimension || !value)
        *problem = "it gave a label without a name or without a value";
    else if (strlen(value) > LABEL_BYTES_MAX)
        *problem = "it gave a label of more than 65,536 bytes";
    if (*problem) return 0;
    const char *name = name_kept(labels, dimension);
    if (!name || !label_insert(&label, name, value)) {
        *problem = "it gave a label a dimension twice, or too many of them";
        return 0;
    }
    probe_label_id number = label_keep(labels, &label, value);
    if (!number) *problem = "it gave more than 1,000,000 labels";
    return number;
}
