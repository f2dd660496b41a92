#include "probes/compress.h"

#include <brotli/encode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

enum {
    GZIP_LEVEL = 9,
    GZIP_WINDOW = 15 + 16, /* + 16: a gzip header and trailer (zlib.h) */
    GZIP_MEMORY = 8,
    BROTLI_QUALITY = 11,
    BROTLI_WINDOW = 22,
    BROTLI_HINT_MAX = 1 << 30,
    ZSTD_LEVEL = 19,
    ADVANCE_OUTPUT = 1 << 10, /* so that zstd comes back after each block of 128 KiB */
};

struct compressor {
    enum codec codec;
    uint64_t announced, fed, written;
    const char *problem;
    z_stream zlib;
    BrotliEncoderState *brotli;
    ZSTD_CCtx *zstd;
    ZSTD_inBuffer whole; /* of compressor_advance */
    uint8_t output[COMPRESS_CHUNK];
};

/* gzip */

static bool gzip_begin(struct compressor *compressor) {
    return deflateInit2(&compressor->zlib, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY,
                        Z_DEFAULT_STRATEGY) == Z_OK;
}

static bool gzip_step(struct compressor *compressor, const uint8_t *bytes, size_t length,
                      bool last) {
    z_stream *zlib = &compressor->zlib;
    zlib->next_in = (Bytef *)bytes;
    zlib->avail_in = (uInt)length;
    for (;;) {
        zlib->next_out = compressor->output;
        zlib->avail_out = sizeof compressor->output;
        int status = deflate(zlib, last ? Z_FINISH : Z_NO_FLUSH);
        compressor->written += sizeof compressor->output - zlib->avail_out;
        if (status == Z_STREAM_END) return true;
        if (status != Z_OK && status != Z_BUF_ERROR) return false;
        if (!last && zlib->avail_in == 0 && zlib->avail_out > 0) return true;
    }
}

static void gzip_end(struct compressor *compressor) {
    deflateEnd(&compressor->zlib);
}

static void gzip_version(char *text) {
    snprintf(text, COMPRESS_VERSION_MAX, "%s", zlibVersion());
}

/* brotli */

static bool brotli_begin(struct compressor *compressor) {
    compressor->brotli = BrotliEncoderCreateInstance(NULL, NULL, NULL);
    if (!compressor->brotli) return false;
    uint64_t length = compressor->announced;
    uint32_t hint = length < BROTLI_HINT_MAX ? (uint32_t)length : BROTLI_HINT_MAX;
    return BrotliEncoderSetParameter(compressor->brotli, BROTLI_PARAM_QUALITY, BROTLI_QUALITY) &&
           BrotliEncoderSetParameter(compressor->brotli, BROTLI_PARAM_LGWIN, BROTLI_WINDOW) &&
           BrotliEncoderSetParameter(compressor->brotli, BROTLI_PARAM_MODE, BROTLI_MODE_GENERIC) &&
           BrotliEncoderSetParameter(compressor->brotli, BROTLI_PARAM_SIZE_HINT, hint);
}

static bool brotli_step(struct compressor *compressor, const uint8_t *bytes, size_t length,
                        bool last) {
    BrotliEncoderOperation operation = last ? BROTLI_OPERATION_FINISH : BROTLI_OPERATION_PROCESS;
    do {
        uint8_t *out = compressor->output;
        size_t room = sizeof compressor->output;
        if (!BrotliEncoderCompressStream(compressor->brotli, operation, &length, &bytes, &room,
                                         &out, NULL))
            return false;
        compressor->written += sizeof compressor->output - room;
    } while (length > 0 || BrotliEncoderHasMoreOutput(compressor->brotli));
    return !last || BrotliEncoderIsFinished(compressor->brotli);
}

static void brotli_end(struct compressor *compressor) {
    if (compressor->brotli) BrotliEncoderDestroyInstance(compressor->brotli);
}

static void brotli_version(char *text) {
    unsigned version = BrotliEncoderVersion();
    snprintf(text, COMPRESS_VERSION_MAX, "%u.%u.%u", version >> 24, version >> 12 & 0xfff,
             version & 0xfff);
}

/* zstd */

static bool zstd_begin(struct compressor *compressor) {
    compressor->zstd = ZSTD_createCCtx();
    if (!compressor->zstd) return false;
    ZSTD_CCtx *context = compressor->zstd;
    return !ZSTD_isError(ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, ZSTD_LEVEL)) &&
           !ZSTD_isError(ZSTD_CCtx_setPledgedSrcSize(context, compressor->announced));
}

static bool zstd_step(struct compressor *compressor, const uint8_t *bytes, size_t length,
                      bool last) {
    ZSTD_inBuffer in = {.src = bytes, .size = length};
    for (;;) {
        ZSTD_outBuffer out = {.dst = compressor->output, .size = sizeof compressor->output};
        size_t left =
            ZSTD_compressStream2(compressor->zstd, &out, &in, last ? ZSTD_e_end : ZSTD_e_continue);
        if (ZSTD_isError(left)) {
            compressor->problem = ZSTD_getErrorName(left);
            return false;
        }
        compressor->written += out.pos;
        if (last ? left == 0 : in.pos == in.size) return true;
    }
}

/* With the input promised to stay in place (`stable`), zstd reads it where it is and makes the very
 * blocks of ZSTD_compress2, yet comes back whenever the output is full. A library that does not
 * know the parameter yet copies the input. */
static bool zstd_advance(struct compressor *compressor, const uint8_t *bytes, bool *done) {
    if (compressor->whole.size == 0) {
        compressor->whole =
            (ZSTD_inBuffer){.src = bytes, .size = (size_t)compressor->announced, .pos = 0};
        ZSTD_CCtx_setParameter(compressor->zstd, ZSTD_c_experimentalParam9, 1);
    }
    ZSTD_outBuffer out = {.dst = compressor->output, .size = ADVANCE_OUTPUT};
    size_t left = ZSTD_compressStream2(compressor->zstd, &out, &compressor->whole, ZSTD_e_end);
    if (ZSTD_isError(left)) {
        compressor->problem = ZSTD_getErrorName(left);
        return false;
    }
    compressor->written += out.pos;
    *done = left == 0;
    return true;
}

static void zstd_end(struct compressor *compressor) {
    ZSTD_freeCCtx(compressor->zstd);
}

static void zstd_version(char *text) {
    snprintf(text, COMPRESS_VERSION_MAX, "%s", ZSTD_versionString());
}

static const struct {
    const char *name, *library, *setting;
    const char *unsaid; /* settings that are always so, and not worth a word in the report */
    unsigned cost; /* measured on web bundles and modules: 0.08, 1.9 and 0.6 CPU seconds a MB */
    bool (*begin)(struct compressor *);
    bool (*step)(struct compressor *, const uint8_t *, size_t, bool last);
    void (*end)(struct compressor *);
    void (*version)(char *text);
} codecs[CODEC_COUNT] = {
    [CODEC_GZIP] = {"gzip", "zlib", "level 9", "window 15 memory 8", 1, gzip_begin, gzip_step,
                    gzip_end, gzip_version},
    [CODEC_BROTLI] = {"brotli", "brotli", "quality 11 window 22", "generic", 24, brotli_begin,
                      brotli_step, brotli_end, brotli_version},
    [CODEC_ZSTD] = {"zstd", "zstd", "level 19", "no checksum", 8, zstd_begin, zstd_step, zstd_end,
                    zstd_version},
};

const char *codec_name(enum codec codec) {
    return codecs[codec].name;
}

unsigned codec_cost(enum codec codec) {
    return codecs[codec].cost;
}

struct codec_library codec_library(enum codec codec) {
    struct codec_library library = {.name = codecs[codec].library};
    codecs[codec].version(library.version);
    return library;
}

void codec_method(enum codec codec, char *text) {
    struct codec_library library = codec_library(codec);
    snprintf(text, COMPRESS_METHOD_MAX, "%s %s %s", library.name, library.version,
             codecs[codec].setting);
}

void codec_identity(enum codec codec, uint64_t length, char *text) {
    struct codec_library library = codec_library(codec);
    snprintf(text, COMPRESS_METHOD_MAX, "%s %s %s %s%s", library.name, library.version,
             codecs[codec].setting, codecs[codec].unsaid,
             codec_wants_whole(codec, length) ? " whole" : "");
}

bool codec_wants_whole(enum codec codec, uint64_t length) {
    return codec == CODEC_ZSTD && length > 0 && length <= COMPRESS_WHOLE_MAX;
}

struct compressor *compressor_new(enum codec codec, uint64_t length) {
    struct compressor *compressor = calloc(1, sizeof *compressor);
    if (!compressor) return NULL;
    compressor->codec = codec;
    compressor->announced = length;
    compressor->problem = "out of memory";
    if (codecs[codec].begin(compressor)) return compressor;
    compressor_free(compressor);
    return NULL;
}

static bool wrong_length(struct compressor *compressor) {
    compressor->problem = "the input is not as long as announced";
    return false;
}

/* The encoder hears of the end together with the last bytes, as in a one-shot call: told later,
 * zstd and brotli write an empty last block. */
bool compressor_feed(struct compressor *compressor, const void *bytes, size_t length) {
    if (length > compressor->announced - compressor->fed) return wrong_length(compressor);
    for (const uint8_t *at = bytes; length > 0;) {
        size_t part = length < COMPRESS_CHUNK ? length : COMPRESS_CHUNK;
        bool last = compressor->fed + part == compressor->announced;
        if (!codecs[compressor->codec].step(compressor, at, part, last)) return false;
        compressor->fed += part;
        at += part;
        length -= part;
    }
    return true;
}

bool compressor_advance(struct compressor *compressor, const void *bytes, bool *done) {
    if (compressor->codec == CODEC_ZSTD) {
        if (!zstd_advance(compressor, bytes, done)) return false;
        if (*done) compressor->fed = compressor->announced;
        return true;
    }
    uint64_t left = compressor->announced - compressor->fed;
    size_t part = left < COMPRESS_CHUNK ? (size_t)left : COMPRESS_CHUNK;
    if (!compressor_feed(compressor, (const uint8_t *)bytes + compressor->fed, part)) return false;
    *done = compressor->fed == compressor->announced;
    return true;
}

bool compressor_finish(struct compressor *compressor, uint64_t *size) {
    static const uint8_t nothing[1] = {0};
    if (compressor->fed != compressor->announced) return wrong_length(compressor);
    if (compressor->announced == 0 && !codecs[compressor->codec].step(compressor, nothing, 0, true))
        return false;
    *size = compressor->written;
    return true;
}

const char *compressor_problem(const struct compressor *compressor) {
    return compressor->problem;
}

void compressor_free(struct compressor *compressor) {
    if (!compressor) return;
    codecs[compressor->codec].end(compressor);
    free(compressor);
}
