/** Files: bounded reading, atomic writing, and paths that stay below a root. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

/**
 * Reads a whole regular file (or standard input for "-"), at most `limit` bytes: one byte more is
 * an error, and no more than that is ever read. Opens with O_NONBLOCK, so a pipe or a device is
 * refused and never hangs. The bytes are NUL-terminated (the NUL is not counted).
 */
bool file_read(struct arena *arena, const char *path, size_t limit, const char **bytes,
               size_t *length, struct diags *diags);

/**
 * The absolute path of `path` (relative to `base`), without `.`, `..` where they cancel, symlinks
 * not resolved. Pure text work.
 */
const char *path_join(struct arena *arena, const char *base, const char *path);
const char *path_directory(struct arena *arena, const char *path);
/** `path` as seen from `base` ("src/a.c", "../x"); both absolute. */
const char *path_relative(struct arena *arena, const char *base, const char *path);
/** True when the absolute path lies in or is `root`, as text, without any `..` below it. */
bool path_below(const char *root, const char *path);

/**
 * Opens an existing regular file for reading below `root` (symlinks are followed only inside it;
 * magic links never, and nothing below a `.git`), with openat2(RESOLVE_BENEATH) or an equal walk
 * where the kernel lacks it. A relative path is relative to root. root NULL: anywhere, as open(2)
 * would. Returns the descriptor, or -1 with errno (EXDEV: it leaves the root; EINVAL: not a regular
 * file).
 */
int path_open(const char *root, const char *path);

/** Whether some part of the path is `.git`. */
bool path_in_git(const char *path);

/** True when the path, with all symlinks resolved, stays below root (root's own symlinks resolved
 * too). Of a path that does not exist the nearest existing folder counts; a symlink to nowhere or
 * in a loop is not confined. */
bool path_confined(const char *root, const char *path);

/** As path_confined, and not below a `.git`, whose configuration may hold a token. Of a file that
 * is to be read for a stranger. */
bool path_inside(const char *root, const char *path);

/** The root for a start folder: nearest folder upwards with `.git`, else the folder itself.
 * Absolute. */
const char *path_find_root(struct arena *arena, const char *start);

/** Writes all of it, however long whoever reads takes. False with errno. */
bool descriptor_write(int descriptor, const char *bytes, size_t length);

/**
 * An output file that appears whole or not at all: a temporary file beside the target, flushed,
 * renamed. An existing target survives any failure byte for byte. "-" writes to standard output
 * instead, as does /dev/stdout; /dev/null takes everything. The temporary file is named
 * `.NAME.PID-RANDOM.tmp` and locked (flock), so that the next run for the same target can tell what
 * a killed one left behind, and removes it.
 */
struct output {
    const char *path;
    char *temporary; /**< NULL for standard output */
    int descriptor;
};
/** Checks and opens, before anything is measured. Refuses directories, symlinks, pipes, devices and
 * read-only targets. `path` is copied. */
bool output_open(struct arena *arena, const char *path, struct output *output, struct diags *diags);
/** Opens a regular file to add to its end, made where there is none: for files that several steps
 * of a job write to, so nothing in it is replaced. */
bool output_open_end(struct arena *arena, const char *path, struct output *output,
                     struct diags *diags);
/** Writes all bytes, flushes to the disk, renames. On failure nothing is left and the old file
 * stands. */
bool output_commit(struct output *output, const char *bytes, size_t length, struct diags *diags);
/** Removes the temporary file; harmless after a commit. Async-signal-safe. */
void output_discard(struct output *output);

/** Makes a folder perfbudget-PID-RANDOM in TMPDIR or /tmp, for its owner alone; NULL with errno. */
const char *folder_temporary(struct arena *arena);
/** Removes a folder and the files in it; one that holds folders stays. */
void folder_remove(const char *path);

/** SHA-256 of bytes as 64 lower-case hex digits (FIPS 180-4, by libmd). */
const char *sha256_text(struct arena *arena, const char *bytes, size_t length);

#endif
