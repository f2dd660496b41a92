#include "probes/decompress.h"

#include <brotli/decode.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>
#include <zstd.h>

#include "base/arena.h"
#include "base/array.h"

enum {
    GZIP_WINDOW = 15 + 16, /* + 16: with gzip's header and trailer (zlib.h) */
    ZLIB_WINDOW = 15,
    RAW_WINDOW = -15,     /* without any header */
    ZSTD_WINDOW_LOG = 23, /* RFC 8878, section 3.1.1.1.2: 8 MiB are to be supported */
    ROOM_LEAST = 16 << 10,
};

/* A body under way: what is left of the input, and the output so far. */
struct stage {
    struct net_span in;
    char *out;
    size_t size, room, limit;
};

/* Room for more; false: the limit is reached. */
static bool stage_grow(struct stage *stage) {
    if (stage->size < stage->room) return true;
    if (stage->room > stage->limit) return false;
    size_t room = stage->room ? 2 * stage->room : ROOM_LEAST;
    if (room > stage->limit) room = stage->limit + 1; /* one more tells that it is too large */
    char *grown = realloc(stage->out, room);
    if (!grown) memory_exhausted();
    stage->out = grown;
    stage->room = room;
    return true;
}

static enum decompress_result inflate_member(struct stage *stage, z_stream *zlib) {
    for (;;) {
        if (!stage_grow(stage)) return DECOMPRESS_LARGE;
        size_t room = stage->room - stage->size;
        zlib->next_in = (Bytef *)(uintptr_t)stage->in.data;
        zlib->avail_in = (uInt)stage->in.size;
        zlib->next_out = (Bytef *)stage->out + stage->size;
        zlib->avail_out = (uInt)room;
        int status = inflate(zlib, Z_NO_FLUSH);
        size_t taken = stage->in.size - zlib->avail_in, made = room - zlib->avail_out;
        stage->in = (struct net_span){stage->in.data + taken, zlib->avail_in};
        stage->size += made;
        if (status == Z_STREAM_END) return DECOMPRESS_DONE;
        if (status != Z_OK || (taken == 0 && made == 0)) return DECOMPRESS_CORRUPT;
    }
}

static enum decompress_result inflate_all(struct stage *stage, int window) {
    z_stream zlib = {0};
    if (inflateInit2(&zlib, window) != Z_OK) memory_exhausted();
    enum decompress_result result = inflate_member(stage, &zlib);
    while (result == DECOMPRESS_DONE && window == GZIP_WINDOW && stage->in.size > 0 &&
           inflateReset(&zlib) == Z_OK)
        result = inflate_member(stage, &zlib);
    inflateEnd(&zlib);
    return result;
}

static enum decompress_result gunzip(struct stage *stage) {
    return inflate_all(stage, GZIP_WINDOW);
}

/* RFC 1950, section 2.2, tells a header of zlib by its first two bytes. */
static enum decompress_result undeflate(struct stage *stage) {
    const unsigned char *bytes = (const unsigned char *)stage->in.data;
    bool header = stage->in.size >= 2 && (bytes[0] & 0x0f) == Z_DEFLATED &&
                  (bytes[0] << 8 | bytes[1]) % 31 == 0;
    return inflate_all(stage, header ? ZLIB_WINDOW : RAW_WINDOW);
}

static enum decompress_result unbrotli(struct stage *stage) {
    BrotliDecoderState *brotli = BrotliDecoderCreateInstance(NULL, NULL, NULL);
    if (!brotli) memory_exhausted();
    const uint8_t *in = (const uint8_t *)stage->in.data;
    BrotliDecoderResult status = BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT;
    bool room = true;
    while (status == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT && (room = stage_grow(stage))) {
        size_t left = stage->room - stage->size;
        uint8_t *out = (uint8_t *)stage->out + stage->size;
        status = BrotliDecoderDecompressStream(brotli, &stage->in.size, &in, &left, &out, NULL);
        stage->size = stage->room - left;
    }
    stage->in.data = (const char *)in;
    BrotliDecoderDestroyInstance(brotli);
    if (!room) return DECOMPRESS_LARGE;
    return status == BROTLI_DECODER_RESULT_SUCCESS ? DECOMPRESS_DONE : DECOMPRESS_CORRUPT;
}

/* Frames in a row; the last one must be whole. */
static enum decompress_result unzstd(struct stage *stage) {
    ZSTD_DCtx *zstd = ZSTD_createDCtx();
    if (!zstd) memory_exhausted();
    ZSTD_DCtx_setParameter(zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG);
    ZSTD_inBuffer in = {stage->in.data, stage->in.size, 0};
    enum decompress_result result = DECOMPRESS_DONE;
    for (size_t due = 1; result == DECOMPRESS_DONE && (due > 0 || in.pos < in.size);) {
        if (!stage_grow(stage)) {
            result = DECOMPRESS_LARGE;
            break;
        }
        size_t before = in.pos, size = stage->size;
        ZSTD_outBuffer out = {stage->out, stage->room, stage->size};
        due = ZSTD_decompressStream(zstd, &out, &in);
        stage->size = out.pos;
        bool stuck = in.pos == before && out.pos == size && due > 0;
        if (ZSTD_isError(due) || stuck) result = DECOMPRESS_CORRUPT;
    }
    ZSTD_freeDCtx(zstd);
    stage->in.size = 0;
    return result;
}

static const struct {
    const char *name;
    enum decompress_result (*undo)(struct stage *stage);
} codings[] = {
    {"gzip", gunzip}, {"x-gzip", gunzip}, {"deflate", undeflate},
    {"br", unbrotli}, {"zstd", unzstd},
};

static bool is_named(struct net_span coding, const char *name) {
    return coding.size == strlen(name) && strncasecmp(coding.data, name, coding.size) == 0;
}

enum decompress_result decompress(struct net_span coding, struct net_span body, size_t limit,
                                  struct decompressed *out) {
    size_t i = 0;
    while (i < array_length(codings) && !is_named(coding, codings[i].name)) i++;
    if (i == array_length(codings)) return DECOMPRESS_UNKNOWN;
    struct stage stage = {.in = body, .limit = limit};
    enum decompress_result result = codings[i].undo(&stage);
    if (result == DECOMPRESS_DONE && stage.in.size > 0) result = DECOMPRESS_CORRUPT;
    if (stage.size > limit) result = DECOMPRESS_LARGE;
    if (result == DECOMPRESS_DONE)
        *out = (struct decompressed){stage.out, stage.size};
    else
        free(stage.out);
    return result;
}
