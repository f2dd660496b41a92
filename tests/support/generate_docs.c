/* generate_docs DIRECTORY: writes every reference document below DIRECTORY, as docs/ holds them. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/reference.h"

static bool document_write(struct arena *arena, const char *directory,
                           const struct reference_document *document,
                           const struct registry *registry) {
    struct diags diags = diags_begin(arena);
    const char *path = text_format(arena, "%s/%s", directory, document->path);
    const char *text = document->write(arena, registry);
    struct output output;
    if (output_open(arena, path, &output, &diags) &&
        output_commit(&output, text, strlen(text), &diags))
        return true;
    fprintf(stderr, "generate_docs: %s: %s\n", path,
            diags.count ? diags.items[0].message : "not written");
    return false;
}

int main(int argc, char **argv) {
    if (argc != 2) {
        fprintf(stderr, "usage: generate_docs DIRECTORY\n");
        return 2;
    }
    struct arena *arena = arena_new();
    struct registry registry;
    registry_init(&registry, arena);
    bool good = true;
    for (const struct reference_document *d = reference_documents; d->path; d++)
        good = document_write(arena, argv[1], d, &registry) && good;
    registry_release(&registry);
    arena_free(arena);
    return good ? 0 : 1;
}
