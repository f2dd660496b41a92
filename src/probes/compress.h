/** How many bytes a file becomes under gzip, brotli and zstd, exactly as the reference libraries
 * make them. */
#ifndef PROBES_COMPRESS_H
#define PROBES_COMPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Encodings, each at the one setting that is measured: zlib level 9 with gzip's 10-byte header and
 * 8-byte trailer (RFC 1952; no name, no time), brotli quality 11, window 22, generic mode (RFC
 * 7932), zstd level 19 with the content size in the header and no checksum (RFC 8878). The sizes
 * are those of the libraries' one-shot calls; but zstd fed in parts may differ by some bytes where
 * a file is longer than its window of 8 MiB, so files up to COMPRESS_WHOLE_MAX are given to it
 * whole.
 */
enum codec { CODEC_GZIP, CODEC_BROTLI, CODEC_ZSTD, CODEC_COUNT };

enum {
    COMPRESS_CHUNK = 65536,   /**< bytes of input to feed at a time, and of the output buffer */
    COMPRESS_METHOD_MAX = 64, /**< bytes of a method's text */
    COMPRESS_WHOLE_MAX = 64 << 20, /**< bytes of a file that are held in memory at the most */
    COMPRESS_VERSION_MAX = 16      /**< bytes of a version's text */
};

/** "gzip", "brotli", "zstd". */
const char *codec_name(enum codec codec);

/** The library behind it and its version at run time: "zlib", "1.2.13". */
struct codec_library {
    const char *name;
    char version[COMPRESS_VERSION_MAX];
};
struct codec_library codec_library(enum codec codec);

/** How the size is made, for the report: "zlib 1.2.13 level 9". `text` holds COMPRESS_METHOD_MAX
 * bytes. */
void codec_method(enum codec codec, char *text);

/**
 * All that a size depends on beside the bytes: library, version, and every setting, those that the
 * method leaves out included. `text` holds COMPRESS_METHOD_MAX bytes.
 */
void codec_identity(enum codec codec, uint64_t length, char *text);

/** Whether a file that long is to be compressed by compressor_advance, from one buffer. */
bool codec_wants_whole(enum codec codec, uint64_t length);

/** Roughly how long a byte takes, gzip being 1: to start the longest work first. */
unsigned codec_cost(enum codec codec);

/** One stream being compressed. The compressed bytes are counted and thrown away. */
struct compressor;

/** A stream of exactly `length` bytes; NULL when the library cannot (no memory). */
struct compressor *compressor_new(enum codec codec, uint64_t length);

/** Feeds the next bytes. False: the library failed; compressor_problem says how. */
bool compressor_feed(struct compressor *compressor, const void *bytes, size_t length);

/**
 * Instead of feeding: goes on, for about a tenth of a second at the most, with `bytes`, which are
 * all of the stream and stay where they are between calls. `done` says whether that was the end.
 */
bool compressor_advance(struct compressor *compressor, const void *bytes, bool *done);

/** Ends the stream and gives its length in bytes. False: the library failed, or fewer or more bytes
 * were fed than announced. */
bool compressor_finish(struct compressor *compressor, uint64_t *size);

/** Why the last call failed, static text. */
const char *compressor_problem(const struct compressor *compressor);

/** Gives the stream back; NULL is fine. */
void compressor_free(struct compressor *compressor);

#endif
