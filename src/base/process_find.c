#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/process_parts.h"

/* What a shell uses when PATH is not set. */
static const char path_default[] = "/usr/local/bin:/usr/bin:/bin";

const char *environment_get(const char *const *environment, const char *name) {
    size_t length = strlen(name);
    for (; *environment; environment++)
        if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
            return *environment + length + 1;
    return NULL;
}

/* 0, or the errno execve would end with. Relative places are seen from the child's directory. */
static int program_check(struct arena *arena, const char *candidate, const char *directory) {
    struct stat status;
    if (directory && *candidate != '/')
        candidate = text_format(arena, "%s/%s", directory, candidate);
    if (stat(candidate, &status) != 0) return errno;
    if (!S_ISREG(status.st_mode)) return EACCES;
    return faccessat(AT_FDCWD, candidate, X_OK, AT_EACCESS) == 0 ? 0 : errno;
}

const char *process_program(struct arena *arena, const struct process_plan *plan) {
    const char *name = plan->argv[0];
    if (strchr(name, '/')) return name;
    const char *const *environment =
        plan->environment ? plan->environment : (const char *const *)environ;
    const char *path = environment_get(environment, "PATH");
    int failure = ENOENT;
    if (!path) path = path_default;
    while (*name) {
        size_t length = strcspn(path, ":");
        const char *folder = length ? text_copy_bytes(arena, path, length) : ".";
        const char *candidate = text_format(arena, "%s/%s", folder, name);
        int problem = program_check(arena, candidate, plan->directory);
        if (!problem) return candidate;
        if (problem == EACCES) failure = EACCES; /* as execvp: go on, but remember */
        if (!path[length]) break;
        path += length + 1;
    }
    errno = failure;
    return NULL;
}
