#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

/* Adds the components of `path`; `text` holds an absolute path without a final slash, "" for /. */
static void components_add(struct text *text, const char *path) {
    while (*path) {
        size_t length = strcspn(path, "/");
        if (length == 2 && path[0] == '.' && path[1] == '.') {
            while (text->length > 0 && text->data[text->length - 1] != '/') text->length--;
            if (text->length > 0) text->length--;
            text->data[text->length] = '\0';
        } else if (length > 0 && !(length == 1 && path[0] == '.')) {
            text_add_char(text, '/');
            text_add_bytes(text, path, length);
        }
        path += length;
        path += *path == '/';
    }
}

const char *path_join(struct arena *arena, const char *base, const char *path) {
    struct text text = text_begin(arena);
    if (path[0] != '/') {
        assert(base[0] == '/');
        components_add(&text, base);
    }
    components_add(&text, path);
    if (text.length == 0) text_add_char(&text, '/');
    return text.data;
}

const char *path_directory(struct arena *arena, const char *path) {
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/') length--;
    while (length > 0 && path[length - 1] != '/') length--;
    if (length == 0) return ".";
    while (length > 1 && path[length - 1] == '/') length--;
    return text_copy_bytes(arena, path, length);
}

const char *path_relative(struct arena *arena, const char *base, const char *path) {
    base = path_join(arena, "/", base);
    path = path_join(arena, "/", path);
    size_t common = 0; /* length of the shared leading components, without a slash at their end */
    size_t at = 0;
    while (base[at] && base[at] == path[at]) {
        at++;
        bool base_ends = base[at] == '/' || base[at] == '\0';
        bool path_ends = path[at] == '/' || path[at] == '\0';
        if (base_ends && path_ends) common = at;
    }
    struct text text = text_begin(arena);
    for (const char *up = base + common; *up; up++)
        if (*up == '/' && up[1]) text_add(&text, text.length ? "/.." : "..");
    const char *down = path + common;
    down += *down == '/';
    if (*down && text.length) text_add_char(&text, '/');
    text_add(&text, down);
    if (text.length == 0) text_add_char(&text, '.');
    return text.data;
}

static bool has_parent_component(const char *path) {
    while (*path) {
        size_t length = strcspn(path, "/");
        if (length == 2 && path[0] == '.' && path[1] == '.') return true;
        path += length;
        path += *path == '/';
    }
    return false;
}

bool path_below(const char *root, const char *path) {
    size_t length = strlen(root);
    while (length > 0 && root[length - 1] == '/') length--;
    if (strncmp(root, path, length) != 0) return false;
    if (path[length] != '/' && path[length] != '\0') return false;
    return !has_parent_component(path + length);
}

/* Resolves the nearest existing folder above what does not exist. */
static bool missing_is_confined(const char *root, const char *path) {
    char parent[PATH_MAX], resolved[PATH_MAX];
    size_t length = strlen(path);
    if (length >= sizeof parent) return false;
    memcpy(parent, path, length + 1);
    for (;;) {
        struct stat status;
        if (lstat(parent, &status) == 0) return false; /* a symlink to nowhere */
        while (length > 0 && parent[length - 1] != '/') length--;
        while (length > 1 && parent[length - 1] == '/') length--;
        if (length == 0 || has_parent_component(path + length)) return false;
        parent[length] = '\0';
        if (realpath(parent, resolved)) return path_below(root, resolved);
        if (errno != ENOENT || length == 1) return false;
    }
}

bool path_confined(const char *root, const char *path) {
    char real_root[PATH_MAX], resolved[PATH_MAX];
    if (!realpath(root, real_root)) return false;
    if (realpath(path, resolved)) return path_below(real_root, resolved);
    return errno == ENOENT && missing_is_confined(real_root, path);
}

bool path_in_git(const char *path) {
    for (const char *found = strstr(path, "/.git"); found; found = strstr(found + 1, "/.git"))
        if (found[5] == '/' || found[5] == '\0') return true;
    return false;
}

bool path_inside(const char *root, const char *path) {
    char real_root[PATH_MAX], resolved[PATH_MAX];
    if (!path_confined(root, path) || !realpath(root, real_root)) return false;
    return !realpath(path, resolved) || !path_in_git(resolved + strlen(real_root));
}

const char *path_find_root(struct arena *arena, const char *start) {
    start = path_join(arena, "/", start);
    for (const char *folder = start;; folder = path_directory(arena, folder)) {
        struct stat status;
        const char *mark = path_join(arena, folder, ".git");
        if (lstat(mark, &status) == 0) return folder;
        if (folder[1] == '\0') return start;
    }
}
