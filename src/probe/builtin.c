#include "probe/builtin.h"

#include "base/array.h"
#include "base/text.h"
#include "probe/registry.h"
#include "probes/command.h"
#include "probes/compress.h"
#include "probes/http.h"
#include "probes/memory.h"
#include "probes/prometheus.h"
#include "probes/samples.h"
#include "probes/size.h"
#include "probes/wasm.h"
#include "probes/websocket.h"

static const struct probe *const probes[] = {
    &size_probe,    &wasm_probe, &command_probe,   &memory_probe,
    &samples_probe, &http_probe, &websocket_probe, &prometheus_probe,
};

const struct probe *const *builtin_probes(size_t *count) {
    *count = array_length(probes);
    return probes;
}

const struct library_version *builtin_libraries(struct arena *arena) {
    struct library_version *versions = arena_alloc(arena, (CODEC_COUNT + 1) * sizeof *versions);
    for (size_t i = 0; i < CODEC_COUNT; i++) {
        struct codec_library library = codec_library((enum codec)i);
        versions[i].name = text_copy(arena, library.name);
        versions[i].version = text_copy(arena, library.version);
    }
    return versions;
}
