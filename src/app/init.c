#include "app/init.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "app/init_parts.h"
#include "base/file.h"
#include "base/text.h"

static bool folder_look(struct initing *init) {
    struct stat status;
    const char *shown = init->request->folder;
    if (stat(init->folder, &status))
        return diag_error(init->diags, INIT_FOLDER, NO_PLACE, NULL, "%s: %s", shown,
                          strerror(errno));
    if (!S_ISDIR(status.st_mode))
        return diag_error(init->diags, INIT_FOLDER, NO_PLACE, NULL, "%s: it is no folder", shown);
    if (lstat(init->file, &status) == 0 && !init->request->force)
        return diag_error(init->diags, INIT_EXISTS, NO_PLACE, "pass --force to overwrite it",
                          "%s is there already",
                          path_relative(init->arena, init->request->budget.directory, init->file));
    return true;
}

static bool something_found(struct initing *init) {
    size_t unasked = 0;
    for (size_t i = 0; i < init->count; i++)
        unasked += init->found[i].executes && !init->request->run;
    if (unasked < init->count) return true;
    if (unasked > 0)
        return diag_error(init->diags, INIT_NOTHING, NO_PLACE,
                          "pass --run to have programs and scripts started",
                          "nothing that is built was recognised in %s, only what would have to be "
                          "run: %s",
                          init->request->folder, init->found[0].target);
    return diag_error(init->diags, INIT_NOTHING, NO_PLACE,
                      "build first, name a running service with --url, or write a file by hand",
                      "nothing that is built was recognised in %s", init->request->folder);
}

static bool file_write(struct initing *init, const char *yaml) {
    struct output output;
    return output_open(init->arena, init->file, &output, init->diags) &&
           output_commit(&output, yaml, strlen(yaml), init->diags);
}

bool init_run(struct arena *arena, const struct init_request *request, const char **told,
              struct diags *diags) {
    const char *here = request->budget.directory, *yaml;
    struct initing *init = arena_new_object(arena, struct initing);
    init->arena = arena;
    init->request = request;
    init->folder = path_join(arena, here, request->folder);
    init->file = request->file ? path_join(arena, here, request->file)
                               : path_join(arena, init->folder, "perfbudget.yaml");
    init->diags = diags;
    if (!folder_look(init) || !init_find_service(init)) return false;
    init_find(init);
    if (!something_found(init) || !init_measure(init, &yaml) || !file_write(init, yaml))
        return false;
    *told = init_text(init);
    return true;
}
