#include "probes/wasm_symbols.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "probes/wasm_config.h"

static bool fail(struct probe_run *run, struct arena *arena, const char *path, const char *why) {
    return probe_fail(run, PROBE_FAULT_TARGET,
                      text_format(arena, "symbols: %s: %s", text_inert(arena, path), why),
                      "`symbols` names a WebAssembly module with names, below the root");
}

/** All of the file, or NULL with errno. */
static uint8_t *read_all(struct arena *arena, int descriptor, size_t size) {
    uint8_t *bytes = arena_alloc(arena, size);
    for (size_t at = 0; at < size;) {
        ssize_t got = read(descriptor, bytes + at, size - at);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) {
            if (got == 0) errno = EIO;
            return NULL;
        }
        at += (size_t)got;
    }
    return bytes;
}

bool wasm_symbols_read(struct probe_run *run, struct arena *arena,
                       const struct wasm_file **symbols) {
    const struct wasm_config *config = run->config;
    struct stat found;
    *symbols = NULL;
    if (!config->symbols) return true;
    const char *path = path_join(arena, run->directory, config->symbols);
    CLEANUP(cleanup_descriptor) int descriptor = path_open(run->root, path);
    if (descriptor < 0 || fstat(descriptor, &found) != 0)
        return fail(run, arena, config->symbols,
                    errno == EXDEV ? "leads out of the root" : strerror(errno));
    if ((double)found.st_size > config->size.max_size)
        return fail(run, arena, config->symbols, "larger than max_size");
    uint8_t *bytes = read_all(arena, descriptor, (size_t)found.st_size);
    if (!bytes) return fail(run, arena, config->symbols, strerror(errno));
    struct wasm_file *file = arena_alloc(arena, sizeof *file);
    struct wasm_span span = {bytes, 0, (size_t)found.st_size};
    struct wasm_problem problem;
    if (!wasm_file_read(arena, span, WASM_WALK, file, &problem))
        return fail(
            run, arena, config->symbols,
            text_format(arena, "malformed at byte %zu: %s", problem.offset, problem.reason));
    *symbols = file;
    return true;
}
