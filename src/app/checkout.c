#include "app/checkout.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "app/worktree.h"
#include "base/clock.h"
#include "base/text.h"
#include "report/revision.h"

/* Seeds stand in reports, whose numbers are exact up to here. */
static const uint64_t SEED_BITS = (UINT64_C(1) << 53) - 1;

static const char *real_folder(struct arena *arena, const char *folder) {
    char path[PATH_MAX];
    struct stat found;
    if (!realpath(folder, path) || stat(path, &found) != 0 || !S_ISDIR(found.st_mode)) return NULL;
    return text_copy(arena, path);
}

static uint64_t seed_of(const struct checkout_request *request) {
    uint64_t seed = request->seed ? request->seed : clock_now() * 0x9e3779b97f4a7c15u >> 11;
    return seed & SEED_BITS ? seed & SEED_BITS : 1;
}

static bool checkout_begin(struct arena *arena, const struct checkout_request *request,
                           const char *root, struct checkout *checkout) {
    struct report_against *against = arena_new_object(arena, struct report_against);
    *against = (struct report_against){
        .basis = BASIS_PAIRED,
        .name = request->folder ? request->folder : request->revision,
        .revision = revision_read(arena, root).id,
        .seed = seed_of(request),
        .bases = arena_alloc(arena, (request->set->count + 1) * sizeof *against->bases),
    };
    checkout->root = root;
    checkout->against = against;
    return true;
}

bool checkout_open(struct arena *arena, const struct checkout_request *request,
                   struct checkout *checkout, struct diags *diags) {
    const char *head = real_folder(arena, request->set->root);
    *checkout = (struct checkout){0};
    if (request->revision) {
        const char *root = worktree_open(arena, request, checkout, diags);
        return root && checkout_begin(arena, request, root, checkout);
    }
    const char *root = real_folder(arena, request->folder);
    const char *named = text_inert(arena, request->folder);
    if (!root)
        return diag_error(diags, CHECKOUT_FOLDER, NO_PLACE, NULL, "`%s` is no folder", named);
    if (text_equal(root, head))
        return diag_error(diags, CHECKOUT_FOLDER, NO_PLACE, NULL,
                          "`%s` is the checkout at hand itself", named);
    return checkout_begin(arena, request, root, checkout);
}

void checkout_close(struct arena *arena, struct checkout *checkout, struct diags *diags) {
    if (checkout->worktree) worktree_close(arena, checkout, diags);
    checkout->worktree = NULL;
}
