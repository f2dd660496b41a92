/** The files of a target: found, labelled, opened below the root, and read without ever mixing two
 * versions. */
#ifndef PROBES_MEASURED_FILES_H
#define PROBES_MEASURED_FILES_H

#include <stdatomic.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "probes/size_config.h"

/** One file. */
struct measured_file {
    const char *path;  /**< absolute */
    const char *name;  /**< relative to the directory, inert: for messages */
    const char *label; /**< the name after `strip` */
    uint64_t size;     /**< bytes */
    struct stat found; /**< as it was when first opened */
};

/** Sorted by label, bytewise. */
struct measured_files {
    struct measured_file *items;
    size_t count;
};

/** Why a file could not be read; made by any thread, told by the probe's own. */
enum reading_fault {
    READING_FINE,
    READING_ERRNO,   /**< `error` */
    READING_CHANGED, /**< another size, time or file than when first opened */
    READING_STOPPED, /**< the deadline passed or the host cancelled */
    READING_TAKER,   /**< what took the bytes refused them; it knows why */
};
struct reading {
    enum reading_fault fault;
    int error;
};

/**
 * Finds the files of the run's targets, `contents` saying whether they will be read (else only
 * `path` and `name` are set, and a literal path that does not exist counts as no file). On failure
 * the run has been failed. Texts live in `arena`.
 */
bool measured_files_find(struct probe_run *run, struct arena *arena, bool contents,
                         struct measured_files *files);

/** Fails the run because no file matches. */
bool measured_files_none(struct probe_run *run, struct arena *arena);

/**
 * Hands the bytes of a file to `take`, 64 KiB at a time, and checks before and after that it is
 * the file that was found. Any thread.
 */
struct reading measured_file_read(const struct probe_run *run, const struct measured_file *file,
                                  bool (*take)(void *context, const uint8_t *bytes, size_t length),
                                  void *context);

/** The whole file in memory from malloc, at least one byte; NULL with `reading` set on failure. */
uint8_t *measured_file_load(const struct probe_run *run, const struct measured_file *file,
                            struct reading *reading);

/** Fails the run for what happened to a file, READING_TAKER excepted. `doing` says what was being
 * done: "brotli". */
bool measured_file_fail(struct probe_run *run, struct arena *arena,
                        const struct measured_file *file, const struct reading *reading,
                        const char *doing);

#endif
