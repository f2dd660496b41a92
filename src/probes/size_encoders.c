#include "probes/size_encoders.h"

#include <string.h>

#include "base/text.h"

const uint32_t size_codec_metrics[CODEC_COUNT] = {
    [CODEC_GZIP] = SIZE_GZIP, [CODEC_BROTLI] = SIZE_BROTLI, [CODEC_ZSTD] = SIZE_ZSTD};

static const struct size_config *config_of(const struct probe_run *run) {
    return run->config;
}

/* CODEC_COUNT where no encoding is made by a library of that name. */
static enum codec codec_of_library(const char *name) {
    enum codec codec = 0;
    while (codec < CODEC_COUNT && strcmp(codec_library(codec).name, name) != 0) codec++;
    return codec;
}

bool size_encoders_check(struct probe_run *run, struct arena *arena) {
    const struct probe_pairs *encoders = &config_of(run)->encoders;
    for (size_t i = 0; i < encoders->count; i++) {
        if (codec_of_library(encoders->items[i].name) != CODEC_COUNT) continue;
        return probe_fail(run, PROBE_FAULT_TARGET,
                          text_format(arena, "encoders: no encoding is made by `%s`",
                                      text_inert(arena, encoders->items[i].name)),
                          "the libraries are zlib, brotli and zstd");
    }
    return true;
}

static void warn_of_version(struct probe_run *run, struct arena *arena,
                            const struct probe_pair *written) {
    enum codec codec = codec_of_library(written->name);
    if (codec == CODEC_COUNT || !probe_wanted(run, size_codec_metrics[codec])) return;
    struct codec_library library = codec_library(codec);
    if (strcmp(library.version, written->value) == 0) return;
    probe_remark(run, PROBE_WARNING,
                 text_format(arena, "%s is measured by %s %s; the limits were written for %s",
                             codec_name(codec), library.name, library.version,
                             text_inert(arena, written->value)),
                 "sizes can differ by some bytes between versions: measure with the one the limits "
                 "were written for, or look at the limits again and correct `encoders`");
}

void size_encoders_say(struct probe_run *run, struct arena *arena) {
    for (enum codec codec = 0; codec < CODEC_COUNT; codec++) {
        if (!probe_wanted(run, size_codec_metrics[codec])) continue;
        char text[COMPRESS_METHOD_MAX];
        codec_method(codec, text);
        probe_method(run, size_codec_metrics[codec], text);
    }
    const struct probe_pairs *encoders = &config_of(run)->encoders;
    for (size_t i = 0; i < encoders->count; i++) warn_of_version(run, arena, &encoders->items[i]);
}
