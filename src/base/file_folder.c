#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

const char *folder_temporary(struct arena *arena) {
    const char *temporary = getenv("TMPDIR");
    const char *pattern =
        text_format(arena, "%s/perfbudget-%ld-XXXXXX",
                    temporary && *temporary == '/' ? temporary : "/tmp", (long)getpid());
    size_t size = strlen(pattern) + 1;
    return mkdtemp(memcpy(arena_alloc(arena, size), pattern, size));
}

void folder_remove(const char *path) {
    DIR *directory = opendir(path);
    if (!directory) return;
    for (const struct dirent *entry; (entry = readdir(directory));)
        unlinkat(dirfd(directory), entry->d_name, 0);
    closedir(directory);
    rmdir(path);
}
