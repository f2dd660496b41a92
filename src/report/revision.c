#include "report/revision.h"

#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"
#include "report/glance.h"

enum { LINE_MAX_BYTES = 4096, PACKED_REFS_MAX = 4 * 1024 * 1024 };

static const char *id_or_null(const char *text) {
    if (!text) return NULL;
    size_t length = strspn(text, "0123456789abcdef");
    return text[length] == '\0' && (length == 40 || length == 64) ? text : NULL;
}

/* The folder that .git is, or that a worktree's or submodule's .git file names. */
static const char *git_folder(struct arena *arena, const char *root) {
    const char *mark = path_join(arena, root, ".git");
    struct stat status;
    if (stat(mark, &status) != 0) return NULL;
    if (S_ISDIR(status.st_mode)) return mark;
    const char *line = glance_line(arena, mark, LINE_MAX_BYTES);
    if (!line || !text_starts(line, "gitdir: ")) return NULL;
    return path_join(arena, root, line + strlen("gitdir: "));
}

static const char *packed_ref(struct arena *arena, const char *folder, const char *ref) {
    const char *packed = glance(arena, path_join(arena, folder, "packed-refs"), PACKED_REFS_MAX);
    size_t ref_length = strlen(ref);
    for (const char *line = packed; line && *line;) {
        size_t length = strcspn(line, "\n");
        const char *blank = memchr(line, ' ', length);
        if (blank && line + length == blank + 1 + ref_length &&
            memcmp(blank + 1, ref, ref_length) == 0)
            return id_or_null(text_copy_bytes(arena, line, (size_t)(blank - line)));
        line += length;
        line += *line == '\n';
    }
    return NULL;
}

static const char *ref_id(struct arena *arena, const char *folder, const char *ref) {
    const char *loose = glance_line(arena, path_join(arena, folder, ref), LINE_MAX_BYTES);
    if (id_or_null(loose)) return loose;
    const char *common = glance_line(arena, path_join(arena, folder, "commondir"), LINE_MAX_BYTES);
    if (common) {
        folder = path_join(arena, folder, common);
        loose = glance_line(arena, path_join(arena, folder, ref), LINE_MAX_BYTES);
        if (id_or_null(loose)) return loose;
    }
    return packed_ref(arena, folder, ref);
}

struct revision revision_read(struct arena *arena, const char *root) {
    const char *folder = root ? git_folder(arena, root) : NULL;
    if (!folder) return (struct revision){0};
    const char *head = glance_line(arena, path_join(arena, folder, "HEAD"), LINE_MAX_BYTES);
    if (!head) return (struct revision){0};
    if (!text_starts(head, "ref: ")) return (struct revision){.id = id_or_null(head)};
    const char *ref = head + strlen("ref: ");
    static const char heads[] = "refs/heads/";
    return (struct revision){.id = ref_id(arena, folder, ref),
                             .branch = text_starts(ref, heads) ? ref + strlen(heads) : ref};
}
