/* Sizes against the libraries' own one-shot calls: rows F6 and F7 of the list of faults. */
#include <brotli/encode.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <zlib.h>
#include <zstd.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/array.h"
#include "probes/compress.h"

enum { LARGEST = 1 << 18 }; /* two blocks of zstd exactly */

/** The kinds of bytes that sizes are taken of. */
enum pattern { ZEROS, TEXT, NOISE, PATTERNS };

static void fill(uint8_t *bytes, size_t length, enum pattern pattern) {
    static const char *const words[] = {"budget ", "probe ",  "limit;\n", "return ",
                                        "const ",  "verdict", "(x) => ",  "sample "};
    uint32_t state = 12345;
    for (size_t i = 0; i < length;) {
        state = state * 1664525u + 1013904223u;
        const char *word = words[state >> 29];
        if (pattern == TEXT)
            for (; *word && i < length; word++) bytes[i++] = (uint8_t)*word;
        else
            bytes[i++] = pattern == NOISE ? (uint8_t)(state >> 24) : 0;
    }
}

static size_t one_shot(enum codec codec, const uint8_t *bytes, size_t length) {
    size_t room = length + length / 8 + 1024, size = room;
    uint8_t *out = malloc(room);
    assert_non_null(out);
    z_stream zlib = {.next_in = (Bytef *)(uintptr_t)bytes,
                     .avail_in = (uInt)length,
                     .next_out = out,
                     .avail_out = (uInt)room};
    switch (codec) {
    case CODEC_GZIP:
        assert_int_equal(deflateInit2(&zlib, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
        assert_int_equal(deflate(&zlib, Z_FINISH), Z_STREAM_END);
        size = zlib.total_out;
        assert_memory_equal(out, "\x1f\x8b\x08\0\0\0\0\0\x02\x03", 10); /* no name, no time */
        deflateEnd(&zlib);
        break;
    case CODEC_BROTLI:
        assert_true(BrotliEncoderCompress(11, 22, BROTLI_MODE_GENERIC, length, bytes, &size, out));
        break;
    case CODEC_ZSTD:
        size = ZSTD_compress(out, room, bytes, length, 19);
        assert_false(ZSTD_isError(size));
        break;
    case CODEC_COUNT:
        break;
    }
    free(out);
    return size;
}

static uint64_t streamed(enum codec codec, const uint8_t *bytes, size_t length, size_t chunk) {
    struct compressor *compressor = compressor_new(codec, length);
    uint64_t size = 0;
    assert_non_null(compressor);
    for (size_t at = 0; at < length; at += chunk)
        assert_true(
            compressor_feed(compressor, bytes + at, length - at < chunk ? length - at : chunk));
    assert_true(compressor_finish(compressor, &size));
    compressor_free(compressor);
    return size;
}

static void equal_to_one_shot(void **state) {
    (void)state;
    static const size_t lengths[] = {0, 1, 2, 100, 4095, 65535, 65536, 65537, 100000};
    static const size_t chunks[] = {1, 777, 65536, LARGEST};
    uint8_t *bytes = malloc(LARGEST);
    assert_non_null(bytes);
    for (enum pattern pattern = ZEROS; pattern < PATTERNS; pattern++)
        for (size_t i = 0; i < array_length(lengths); i++)
            for (enum codec codec = 0; codec < CODEC_COUNT; codec++) {
                fill(bytes, lengths[i], pattern);
                size_t chunk = chunks[(i + codec) % array_length(chunks)];
                assert_int_equal(streamed(codec, bytes, lengths[i], chunk),
                                 one_shot(codec, bytes, lengths[i]));
            }
    free(bytes);
}

/** Beyond every codec's block and deflate's window. */
static void large_input(void **state) {
    (void)state;
    uint8_t *bytes = malloc(LARGEST);
    assert_non_null(bytes);
    fill(bytes, LARGEST, TEXT);
    fill(bytes, LARGEST / 4, NOISE);
    for (enum codec codec = 0; codec < CODEC_COUNT; codec++)
        assert_int_equal(streamed(codec, bytes, LARGEST, 10000), one_shot(codec, bytes, LARGEST));
    free(bytes);
}

static uint64_t advanced(enum codec codec, const uint8_t *bytes, size_t length, unsigned *calls) {
    struct compressor *compressor = compressor_new(codec, length);
    uint64_t size = 0;
    assert_non_null(compressor);
    *calls = 0;
    for (bool done = false; !done; ++*calls)
        assert_true(compressor_advance(compressor, bytes, &done));
    assert_true(compressor_finish(compressor, &size));
    compressor_free(compressor);
    return size;
}

static void advancing(void **state) {
    (void)state;
    static const size_t lengths[] = {1, 1000, 131073};
    uint8_t *bytes = malloc(LARGEST);
    assert_non_null(bytes);
    for (enum pattern pattern = ZEROS; pattern < PATTERNS; pattern++)
        for (size_t i = 0; i < array_length(lengths); i++)
            for (enum codec codec = 0; codec < CODEC_COUNT; codec++) {
                unsigned calls; /* of the others a block's end is equal_to_one_shot's matter */
                size_t length = codec == CODEC_ZSTD ? lengths[i] : lengths[i] % 5000;
                fill(bytes, length, pattern);
                assert_int_equal(advanced(codec, bytes, length, &calls),
                                 one_shot(codec, bytes, length));
            }
    free(bytes);
}

/** Beyond zstd's window of 8 MiB, where feeding in parts gives another size. */
static void larger_than_the_window(void **state) {
    (void)state;
    enum { LENGTH = 8700000, PERIOD = 3000000 };
    const char *preloaded = getenv("LD_PRELOAD");
    if (preloaded && strstr(preloaded, "vgpreload")) skip(); /* minutes */
    uint8_t *bytes = malloc(LENGTH);
    assert_non_null(bytes);
    fill(bytes, PERIOD, NOISE);
    for (uint32_t i = PERIOD, noise = 1; i < LENGTH; i++) {
        noise = noise * 1664525u + 1013904223u;
        bytes[i] = (noise >> 20) % 997 ? bytes[i - PERIOD] : (uint8_t)(noise >> 8);
    }
    unsigned calls;
    uint64_t size = one_shot(CODEC_ZSTD, bytes, LENGTH);
    assert_int_equal(advanced(CODEC_ZSTD, bytes, LENGTH, &calls), size);
    assert_true(calls >= LENGTH / 131072); /* so a run that is to end can */
    assert_true(streamed(CODEC_ZSTD, bytes, LENGTH, 65536) != size);
    assert_true(codec_wants_whole(CODEC_ZSTD, LENGTH));
    assert_false(codec_wants_whole(CODEC_ZSTD, COMPRESS_WHOLE_MAX + 1));
    assert_false(codec_wants_whole(CODEC_BROTLI, LENGTH));
    free(bytes);
}

/** Whatever changes a size changes its identity. */
static void identities(void **state) {
    (void)state;
    char text[COMPRESS_METHOD_MAX], other[COMPRESS_METHOD_MAX], method[COMPRESS_METHOD_MAX];
    for (enum codec codec = 0; codec < CODEC_COUNT; codec++) {
        codec_identity(codec, 1000, text);
        codec_method(codec, method);
        assert_int_equal(strncmp(text, method, strlen(method)), 0);
        assert_true(strlen(text) < COMPRESS_METHOD_MAX - 1);
        codec_identity((codec + 1) % CODEC_COUNT, 1000, other);
        assert_string_not_equal(text, other);
    }
    codec_identity(CODEC_ZSTD, COMPRESS_WHOLE_MAX, text);
    codec_identity(CODEC_ZSTD, COMPRESS_WHOLE_MAX + 1, other);
    assert_string_not_equal(text, other);
}

/** Runs a command with `bytes` in a file as its standard input, and counts what it writes. */
static bool command_size(const char *const *argv, const uint8_t *bytes, size_t length,
                         uint64_t *size) {
    FILE *input = tmpfile(), *output = tmpfile();
    if (!input || !output || fwrite(bytes, 1, length, input) != length || fflush(input) != 0)
        abort();
    rewind(input);
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        dup2(fileno(input), 0);
        dup2(fileno(output), 1);
        execvp(argv[0], (char *const *)(uintptr_t)argv);
        _exit(127);
    }
    waitpid(child, &status, 0);
    fseek(output, 0, SEEK_END);
    *size = (uint64_t)ftell(output);
    fclose(input);
    fclose(output);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/** The tools people compare with, where they are installed. A pipe hides the length from zstd, so
 * it is told. */
static void equal_to_commands(void **state) {
    (void)state;
    static const struct {
        enum codec codec;
        const char *argv[8];
    } rows[] = {
        {CODEC_BROTLI, {"brotli", "-c", "-q", "11", "-w", "22", "-"}},
        {CODEC_ZSTD, {"zstd", "-q", "-19", "--no-check", "--stream-size=300000", "-c"}},
    };
    uint8_t *bytes = malloc(300000);
    assert_non_null(bytes);
    fill(bytes, 300000, TEXT);
    for (size_t i = 0; i < array_length(rows); i++) {
        uint64_t size = 0;
        if (command_size(rows[i].argv, bytes, 300000, &size))
            assert_int_equal(streamed(rows[i].codec, bytes, 300000, 65536), size);
        else
            print_message("not compared with %s: it does not run here\n", rows[i].argv[0]);
    }
    free(bytes);
}

/* F7 */
static void same_every_time(void **state) {
    (void)state;
    uint8_t bytes[5000];
    fill(bytes, sizeof bytes, TEXT);
    for (enum codec codec = 0; codec < CODEC_COUNT; codec++) {
        uint64_t first = streamed(codec, bytes, sizeof bytes, sizeof bytes);
        for (int i = 0; i < 10; i++)
            assert_int_equal(streamed(codec, bytes, sizeof bytes, sizeof bytes), first);
    }
}

static void announced_length(void **state) {
    (void)state;
    for (enum codec codec = 0; codec < CODEC_COUNT; codec++) {
        uint64_t size = 0;
        struct compressor *compressor = compressor_new(codec, 10);
        assert_non_null(compressor);
        assert_true(compressor_feed(compressor, "12345", 5));
        assert_false(compressor_finish(compressor, &size));
        assert_string_equal(compressor_problem(compressor),
                            "the input is not as long as announced");
        compressor_free(compressor);
    }
    compressor_free(NULL);
}

/* F6: a child whose address space is too small for any encoder */
static void no_memory(void **state) {
    (void)state;
#if defined(__SANITIZE_ADDRESS__)
    skip(); /* the sanitizer itself needs the address space */
#endif
    const char *preloaded = getenv("LD_PRELOAD");
    if (preloaded && strstr(preloaded, "vgpreload")) skip(); /* so does valgrind */
    for (enum codec codec = 0; codec < CODEC_COUNT; codec++) {
        int status = 0;
        pid_t child = fork();
        if (child == 0) {
            static uint8_t bytes[LARGEST];
            struct rlimit limit = {1 << 16, 1 << 16}; /* less than is mapped already */
            setrlimit(RLIMIT_AS, &limit);
            while (malloc(1024)) {
            }
            struct compressor *compressor = compressor_new(codec, sizeof bytes);
            uint64_t size = 0;
            bool good = compressor && compressor_feed(compressor, bytes, sizeof bytes) &&
                        compressor_finish(compressor, &size);
            _exit(good ? 1 : 0);
        }
        waitpid(child, &status, 0);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
}

static void methods(void **state) {
    (void)state;
    char text[COMPRESS_METHOD_MAX], expected[COMPRESS_METHOD_MAX];
    codec_method(CODEC_GZIP, text);
    snprintf(expected, sizeof expected, "zlib %s level 9", zlibVersion());
    assert_string_equal(text, expected);
    codec_method(CODEC_ZSTD, text);
    snprintf(expected, sizeof expected, "zstd %s level 19", ZSTD_versionString());
    assert_string_equal(text, expected);
    codec_method(CODEC_BROTLI, text);
    assert_non_null(strstr(text, "quality 11 window 22"));
    assert_string_equal(codec_library(CODEC_BROTLI).name, "brotli");
    assert_true(codec_library(CODEC_BROTLI).version[0] >= '1');
    assert_string_equal(codec_name(CODEC_BROTLI), "brotli");
    assert_true(codec_cost(CODEC_BROTLI) > codec_cost(CODEC_GZIP));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_to_one_shot),
        cmocka_unit_test(large_input),
        cmocka_unit_test(equal_to_commands),
        cmocka_unit_test(same_every_time),
        cmocka_unit_test(announced_length),
        cmocka_unit_test(no_memory),
        cmocka_unit_test(methods),
        cmocka_unit_test(advancing),
        cmocka_unit_test(larger_than_the_window),
        cmocka_unit_test(identities),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
