/* Text a target printed, read by a pattern or pointer. The first byte chooses how, the first line
 * is the pattern or pointer, the rest is the text. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "probes/extract.h"

enum { PATTERN_MAX = 200, TEXT_MAX = 20000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds) {
    if (!holds) abort();
}

static void check(const struct extract_values *values, const struct probe_reading *reading) {
    require(values->count > 0);
    for (size_t i = 0; i < values->count; i++) {
        require(isfinite(values->items[i]));
        require(values->items[i] >= 0 || reading->unit == PROBE_COUNT);
    }
}

static void read_with(struct arena *arena, const struct probe_reading *reading, const char *bytes,
                      size_t length) {
    const char *problem = NULL;
    struct extractor *extractor =
        extract_open(arena, &(struct probe_readings){reading, 1}, &problem);
    if (!extractor) {
        require(problem != NULL);
        return;
    }
    struct extract_text text = {.bytes = bytes, .length = length};
    struct extract_values values = extract_read(arena, extractor, 0, &text);
    if (!values.problem) check(&values, reading);
    extract_text_release(&text);
    extract_close(extractor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) return 0;
    const char *from = (const char *)data + 1, *end = (const char *)data + size;
    const char *line = memchr(from, '\n', size - 1);
    if (!line || line - from > PATTERN_MAX || end - line > TEXT_MAX) return 0;
    struct arena *arena = arena_new();
    const char *key = text_copy_bytes(arena, from, (size_t)(line - from));
    bool timed = data[0] & 2;
    struct probe_reading reading = {.name = "fuzzed",
                                    .pattern = data[0] & 1 ? key : NULL,
                                    .json = data[0] & 1 ? NULL : key,
                                    .scale = timed ? 0.001 : 1,
                                    .unit = timed ? PROBE_SECONDS : PROBE_COUNT};
    read_with(arena, &reading, text_copy_bytes(arena, line + 1, (size_t)(end - line - 1)),
              (size_t)(end - line - 1));
    arena_free(arena);
    return 0;
}
