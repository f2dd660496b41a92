/* Sizes that are known already: the size probe on a host that remembers. */
#include "probe_host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/array.h"
#include "probes/compress.h"
#include "probes/size.h"
#include "probes/size_config.h"
#include "temp_folder.h"

/* What the host remembers from run to run, and how often it was asked. */
struct memory {
    struct {
        char key[256];
        uint64_t value;
        bool claimed, known;
    } items[64];
    size_t count;
    unsigned computed, refused, waited;
    const char *busy; /* the first question about a key with this part is answered BUSY */
};
static struct memory memory;

static size_t memory_find(const char *key) {
    size_t i = 0;
    while (i < memory.count && strcmp(memory.items[i].key, key) != 0) i++;
    if (i == memory.count) snprintf(memory.items[memory.count++].key, 256, "%s", key);
    return i;
}

static enum probe_recalled memory_recall(struct probe_run *run, const char *key, bool wait,
                                         uint64_t *value) {
    (void)run;
    size_t i = memory_find(key);
    memory.waited += wait;
    if (memory.busy && strstr(key, memory.busy) && !wait) return PROBE_RECALLED_BUSY;
    if (memory.items[i].claimed) return PROBE_RECALLED_BUSY;
    *value = memory.items[i].value;
    if (memory.items[i].known) return PROBE_RECALLED_KNOWN;
    memory.items[i].claimed = true;
    return PROBE_RECALLED_YOURS;
}

static void memory_remember(struct probe_run *run, const char *key, const uint64_t *value) {
    (void)run;
    size_t i = memory_find(key);
    assert_true(memory.items[i].claimed);
    memory.items[i].claimed = false;
    memory.items[i].known = value != NULL;
    if (value) memory.items[i].value = *value;
    if (value)
        memory.computed++;
    else
        memory.refused++;
}

struct fixture {
    char folder[PATH_MAX];
    struct size_config config;
    struct probe_host host;
    bool begun;
};

static int set_up(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (!fixture) return -1;
    temp_folder_make(fixture->folder);
    fixture->config = (struct size_config){.max_size = 1e9};
    memset(&memory, 0, sizeof memory);
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    if (fixture->begun) probe_host_end(&fixture->host);
    temp_folder_remove(fixture->folder);
    free(fixture);
    return 0;
}

static struct probe_host *begin(struct fixture *fixture) {
    static const char *const patterns[] = {"*"};
    if (fixture->begun) probe_host_end(&fixture->host);
    fixture->begun = true;
    probe_host_begin(&fixture->host, &size_probe, &fixture->config,
                     (struct probe_texts){patterns, 1}, fixture->folder);
    fixture->host.run.root = fixture->folder;
    fixture->host.services.recall = memory_recall;
    fixture->host.services.remember = memory_remember;
    return &fixture->host;
}

static void run(struct probe_host *host) {
    if (!probe_host_run(host, 1)) fail_msg("%s", host->message);
}

static void known_by_content(void **state) {
    struct fixture *fixture = *state;
    temp_write_text(fixture->folder, "a", "the same bytes");
    temp_write_text(fixture->folder, "b", "other bytes of it");
    struct probe_host *host = begin(fixture);
    run(host);
    double size = probe_host_value(host, "brotli", "file:a");
    assert_int_equal(memory.computed, 6);
    temp_write_text(fixture->folder, "a", "the same bytes"); /* another time, another name */
    temp_write_text(fixture->folder, "c", "the same bytes");
    host = begin(fixture);
    run(host);
    assert_int_equal(memory.computed, 6);
    assert_true(probe_host_value(host, "brotli", "file:c") == size);
    temp_write_text(fixture->folder, "c", "The same bytes");
    run(begin(fixture));
    assert_int_equal(memory.computed, 9);
}

static void same_with_and_without(void **state) {
    struct fixture *fixture = *state;
    char name[16], text[3000];
    for (int i = 0; i < 20; i++) {
        snprintf(name, sizeof name, "f%02d", i);
        for (size_t k = 0; k < sizeof text; k++) text[k] = (char)('a' + k * k % (size_t)(i + 3));
        temp_write(fixture->folder, name, text, (size_t)(1 + i * 140));
    }
    struct probe_host *host = begin(fixture);
    host->services.recall = NULL; /* an older host */
    run(host);
    double values[128];
    size_t count = host->emit_count;
    assert_int_equal(count, 81);
    for (size_t i = 0; i < count; i++) values[i] = host->emits[i].value;
    for (int round = 0; round < 2; round++) {
        host = begin(fixture);
        run(host);
        assert_int_equal(host->emit_count, count);
        for (size_t i = 0; i < count; i++) assert_true(host->emits[i].value == values[i]);
        assert_int_equal(memory.computed, 60);
    }
}

/* One content in several files is computed once, also where its files follow each other. */
static void twins(void **state) {
    struct fixture *fixture = *state;
    temp_write_text(fixture->folder, "a", "twin twin twin");
    temp_write_text(fixture->folder, "b", "twin twin twin");
    struct probe_host *host = begin(fixture);
    probe_host_want(host, (const char *const[]){"gzip", NULL});
    memory.busy = "zlib"; /* another budget is at it */
    run(host);
    assert_int_equal(memory.waited, 2);
    assert_int_equal(memory.computed, 1);
    assert_true(probe_host_value(host, "gzip", "file:a") ==
                probe_host_value(host, "gzip", "file:b"));
}

/* What takes longest is begun first, whichever file and encoding it is, so that no core is left
 * with a long one at the end. */
static void longest_first(void **state) {
    struct fixture *fixture = *state;
    static const size_t sizes[] = {10, 3000, 500};
    static const char *const names[] = {"a", "b", "c"};
    static char bytes[3000];
    for (size_t i = 0; i < array_length(sizes); i++)
        temp_write(fixture->folder, names[i], bytes, sizes[i]);
    run(begin(fixture));
    static const char *const expected[][2] = {
        {"brotli", "3000"}, {"zstd", "3000"}, {"brotli", "500"}, {"zstd", "500"}, {"zlib", "3000"},
        {"zlib", "500"},    {"brotli", "10"}, {"zstd", "10"},    {"zlib", "10"},
    };
    assert_int_equal(memory.count, array_length(expected));
    for (size_t i = 0; i < memory.count; i++) {
        char size[32];
        snprintf(size, sizeof size, " of %s bytes", expected[i][1]);
        assert_memory_equal(memory.items[i].key, expected[i][0], strlen(expected[i][0]));
        assert_non_null(strstr(memory.items[i].key, size));
    }
}

/* The key names all that the size depends on. */
static const char *key_with(const char *start) {
    for (size_t i = 0; i < memory.count; i++)
        if (strncmp(memory.items[i].key, start, strlen(start)) == 0) return memory.items[i].key;
    fail_msg("no key begins with %s", start);
    return "";
}

static void keys(void **state) {
    struct fixture *fixture = *state;
    temp_write_text(fixture->folder, "a", "x");
    run(begin(fixture));
    static const char *const settings[] = {"level 9 window 15 memory 8",
                                           "quality 11 window 22 generic", "level 19"};
    for (enum codec codec = 0; codec < CODEC_COUNT; codec++) {
        char start[80];
        snprintf(start, sizeof start, "%s %s %s", codec_library(codec).name,
                 codec_library(codec).version, settings[codec]);
        assert_non_null(strstr(key_with(start), " of 1 bytes, xxh3 "));
    }
}

/* A claim that cannot be kept is given back. */
static const char *meddled;
static unsigned rounds;
static void meddle_second(struct probe_run *run_, size_t count, void (*work)(void *, size_t),
                          void *context) {
    (void)run_;
    if (++rounds == 2) temp_write_text(meddled, "a", "87654321 and more");
    for (size_t i = 0; i < count; i++) work(context, i);
}

static void changed_in_between(void **state) {
    struct fixture *fixture = *state;
    temp_write_text(fixture->folder, "a", "12345678");
    struct probe_host *host = begin(fixture);
    meddled = fixture->folder;
    rounds = 0;
    host->services.parallel = meddle_second;
    assert_false(probe_host_run(host, 1));
    assert_string_equal(host->message, "a changed while it was read");
    assert_int_equal(memory.computed, 0);
    assert_true(memory.refused > 0);
    for (size_t i = 0; i < memory.count; i++) assert_false(memory.items[i].claimed);
}

/* Option `encoders` */

static void encoders(void **state) {
    struct fixture *fixture = *state;
    struct codec_library zlib = codec_library(CODEC_GZIP);
    struct probe_pair pairs[] = {{"zlib", zlib.version}, {"brotli", "0.0.1"}, {"zstd", "0.0.1"}};
    temp_write_text(fixture->folder, "a", "x");
    fixture->config.encoders = (struct probe_pairs){pairs, 3};
    struct probe_host *host = begin(fixture);
    probe_host_want(host, (const char *const[]){"gzip", "brotli", NULL});
    run(host);
    assert_int_equal(host->remark_count, 1); /* zlib is right, zstd is not asked for */
    assert_int_equal(host->remarks[0].weight, PROBE_WARNING);
    char expected[128];
    snprintf(expected, sizeof expected,
             "brotli is measured by brotli %s; the limits were written for 0.0.1",
             codec_library(CODEC_BROTLI).version);
    assert_string_equal(host->remarks[0].message, expected);
    pairs[0].name = "gzip";
    host = begin(fixture);
    assert_false(probe_host_run(host, 1));
    assert_string_equal(host->message, "encoders: no encoding is made by `gzip`");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(known_by_content),
        TEST(same_with_and_without),
        TEST(twins),
        TEST(longest_first),
        TEST(keys),
        TEST(changed_in_between),
        TEST(encoders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
