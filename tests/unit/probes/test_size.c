/* The size probe on real files: rows F1 to F8, G1, G3 and G5 of the list of faults. */
#include "probe_host.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>

#include "base/array.h"
#include "probes/size.h"
#include "probes/size_config.h"
#include "temp_folder.h"

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

/** A fresh host on the patterns, the folder as its root. */
static struct probe_host *begin(struct fixture *fixture, const char *const *patterns) {
    size_t count = 0;
    while (patterns[count]) count++;
    if (fixture->begun) probe_host_end(&fixture->host);
    fixture->begun = true;
    probe_host_begin(&fixture->host, &size_probe, &fixture->config,
                     (struct probe_texts){patterns, count}, fixture->folder);
    fixture->host.run.root = fixture->folder;
    return &fixture->host;
}
#define BEGIN(fixture, ...) begin(fixture, (const char *const[]){__VA_ARGS__, NULL})
#define WANT(host, ...) probe_host_want(host, (const char *const[]){__VA_ARGS__, NULL})

static void expect_fault(struct probe_host *host, enum probe_fault fault, const char *message) {
    assert_false(probe_host_run(host, 1));
    assert_true(host->failed);
    if (strcmp(host->message, message) != 0) fail_msg("%s", host->message);
    assert_int_equal(host->fault, fault);
    assert_int_equal(host->emit_count, 0);
}

static void expect_emit(struct probe_host *host, const char *metric, const char *label,
                        double value) {
    assert_int_equal(probe_host_count(host, metric, label), 1);
    assert_true(probe_host_value(host, metric, label) == value);
}

static void run(struct probe_host *host) {
    if (!probe_host_run(host, 1)) fail_msg("%s", host->message);
    assert_false(host->failed);
}

static void each_file_and_count(void **state) {
    struct fixture *fixture = *state;
    temp_write_text(fixture->folder, "dist/b.js", "bbbbbbbbbb");
    temp_write_text(fixture->folder, "dist/a.js", "aaa");
    struct probe_host *host = BEGIN(fixture, "dist/*.js");
    run(host);
    expect_emit(host, "raw", "file:dist/a.js", 3);
    expect_emit(host, "raw", "file:dist/b.js", 10);
    expect_emit(host, "gzip", "file:dist/a.js", 23);
    expect_emit(host, "brotli", "file:dist/a.js", 7);
    expect_emit(host, "zstd", "file:dist/a.js", 12);
    expect_emit(host, "files", "", 2);
    assert_string_equal(host->labels[0], "file:dist/a.js");
    assert_int_equal(host->emit_count, 9);
    assert_non_null(strstr(host->methods[probe_host_metric(host, "gzip")], "level 9"));
}

static void only_what_is_wanted(void **state) {
    struct fixture *fixture = *state;
    temp_write_text(fixture->folder, "a", "aaa");
    struct probe_host *host = BEGIN(fixture, "a");
    WANT(host, "gzip");
    run(host);
    assert_int_equal(host->emit_count, 1);
    assert_null(host->methods[probe_host_metric(host, "brotli")]);
}

/* G1: a promise that nothing matches can be kept, and any other limit is an error */
static void no_match(void **state) {
    struct fixture *fixture = *state;
    temp_write_text(fixture->folder, "dist/a.js", "a");
    struct probe_host *host = BEGIN(fixture, "dist/*.map");
    WANT(host, "files");
    run(host);
    expect_emit(host, "files", "", 0);
    host = BEGIN(fixture, "dist/a.js.map");
    WANT(host, "files");
    run(host);
    expect_emit(host, "files", "", 0);
    host = BEGIN(fixture, "lost/*.map");
    WANT(host, "files");
    expect_fault(host, PROBE_FAULT_TARGET,
                 "lost, where lost/*.map looks for files, does not exist");
    static const char *const others[] = {"raw", "gzip", "brotli", "zstd"};
    for (size_t i = 0; i < array_length(others); i++) {
        host = BEGIN(fixture, "dist/*.map", "*.css");
        WANT(host, "files", others[i]);
        expect_fault(host, PROBE_FAULT_TARGET, "no file matches dist/*.map, *.css");
    }
}

static void wrong_configuration(void **state) {
    struct fixture *fixture = *state;
    expect_fault(BEGIN(fixture, "a["), PROBE_FAULT_TARGET, "the pattern a[ has a [ without its ]");
    fixture->config.strip = "(";
    expect_fault(BEGIN(fixture, "a"), PROBE_FAULT_TARGET,
                 "strip: missing closing parenthesis, at character 2");
}

static void strips_hashes(void **state) {
    struct fixture *fixture = *state;
    temp_write_text(fixture->folder, "app.0123456789.js", "aaa");
    temp_write_text(fixture->folder, "b.fedcba9876.js", "bb");
    fixture->config.strip = "\\.[0-9a-f]{8,}";
    struct probe_host *host = BEGIN(fixture, "*.js");
    WANT(host, "raw");
    run(host);
    expect_emit(host, "raw", "file:app.js", 3);
    expect_emit(host, "raw", "file:b.js", 2);
    temp_write_text(fixture->folder, "app.ffffffffff.js", "old");
    host = BEGIN(fixture, "*.js");
    expect_fault(host, PROBE_FAULT_TARGET,
                 "app.0123456789.js and app.ffffffffff.js have the same label, app.js");
    fixture->config.strip = ".*";
    expect_fault(BEGIN(fixture, "b.*"), PROBE_FAULT_TARGET,
                 "strip, on b.fedcba9876.js: nothing is left of the label");
    fixture->config.strip = "(a+)+$";
    temp_write_text(fixture->folder, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "x");
    expect_fault(BEGIN(fixture, "aaa*"), PROBE_FAULT_TARGET,
                 "strip, on aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab: match limit "
                 "exceeded");
}

/* F1 */
static void no_regular_file(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(mkfifo(temp_path(fixture->folder, "pipe"), 0600), 0);
    expect_fault(BEGIN(fixture, "pipe"), PROBE_FAULT_TARGET,
                 "pipe is a pipe, a socket or a device, not a regular file");
    expect_fault(BEGIN(fixture, "p*"), PROBE_FAULT_TARGET, "no file matches p*");
    expect_fault(BEGIN(fixture, "."), PROBE_FAULT_TARGET, ". is a folder");
    struct probe_host *host = BEGIN(fixture, "/dev/zero");
    assert_false(probe_host_run(host, 1));
    assert_int_equal(host->fault, PROBE_FAULT_REFUSED);
    host = BEGIN(fixture, "/dev/zero");
    host->run.root = NULL;
    assert_false(probe_host_run(host, 1));
    assert_int_equal(host->fault, PROBE_FAULT_TARGET);
}

/* F2 */
static void out_of_the_root(void **state) {
    struct fixture *fixture = *state;
    temp_link(fixture->folder, "secret", "/etc/passwd");
    expect_fault(BEGIN(fixture, "secret"), PROBE_FAULT_REFUSED, "secret lies outside the root");
    expect_fault(BEGIN(fixture, "sec*"), PROBE_FAULT_REFUSED, "secret leads out of the root");
}

/* F3 */
static void unreadable(void **state) {
    struct fixture *fixture = *state;
    temp_write_text(fixture->folder, "shut", "x");
    assert_int_equal(chmod(temp_path(fixture->folder, "shut"), 0), 0);
    assert_int_equal(chmod(fixture->folder, 0755), 0);
    assert_true(temp_without_rights() || geteuid() != 0);
    struct probe_host *host = BEGIN(fixture, "shut");
    bool good = probe_host_run(host, 1);
    temp_with_rights();
    assert_false(good);
    assert_string_equal(host->message, "shut: Permission denied");
}

/* F5 */
static void sizes_out_of_bounds(void **state) {
    struct fixture *fixture = *state;
    temp_write_text(fixture->folder, "empty", "");
    expect_fault(BEGIN(fixture, "empty"), PROBE_FAULT_TARGET, "empty is empty");
    struct probe_host *host = BEGIN(fixture, "empty");
    WANT(host, "files");
    run(host);
    expect_emit(host, "files", "", 1);
    fixture->config.allow_empty = true;
    host = BEGIN(fixture, "empty");
    run(host);
    expect_emit(host, "raw", "file:empty", 0);
    expect_emit(host, "gzip", "file:empty", 20);
    temp_write_text(fixture->folder, "sparse", "");
    if (truncate(temp_path(fixture->folder, "sparse"), (off_t)1 << 40) == 0) {
        host = BEGIN(fixture, "sparse");
        assert_false(probe_host_run(host, 1));
        assert_non_null(strstr(host->message, "more than max_size (1 GB)"));
    }
    fixture->config.max_size = 3;
    temp_write_text(fixture->folder, "three", "333");
    temp_write_text(fixture->folder, "four", "4444");
    run(BEGIN(fixture, "three"));
    expect_fault(BEGIN(fixture, "four"), PROBE_FAULT_TARGET,
                 "four has 4 B, more than max_size (3 B)");
}

/* F4 and G5: `parallel` stands between finding and reading, so here is where files change */
struct meddling {
    const char *folder;
    void (*meddle)(const char *folder);
};
static struct meddling meddling;

static void meddle_first(struct probe_run *run_, size_t count, void (*work)(void *, size_t),
                         void *context) {
    (void)run_;
    meddling.meddle(meddling.folder);
    for (size_t i = 0; i < count; i++) work(context, i);
}
static void grow(const char *folder) {
    FILE *file = fopen(temp_path(folder, "a"), "a");
    if (!file || fputc('x', file) == EOF || fclose(file) != 0) abort();
}
static void shrink(const char *folder) {
    if (truncate(temp_path(folder, "a"), 1) != 0) abort();
}
static void rewrite(const char *folder) {
    usleep(20000); /* past the file system's clock tick */
    FILE *file = fopen(temp_path(folder, "a"), "r+");
    if (!file || fputc('z', file) == EOF || fclose(file) != 0) abort();
}
static void replace(const char *folder) {
    temp_write_text(folder, "b", "12345678");
    if (rename(temp_path(folder, "b"), temp_path(folder, "a")) != 0) abort();
}
static void remove_it(const char *folder) {
    if (unlink(temp_path(folder, "a")) != 0) abort();
}

static void changes(void **state) {
    struct fixture *fixture = *state;
    static const struct {
        void (*meddle)(const char *folder);
        const char *message;
    } rows[] = {
        {grow, "a changed while it was read"},       {shrink, "a changed while it was read"},
        {rewrite, "a changed while it was read"},    {replace, "a changed while it was read"},
        {remove_it, "a: No such file or directory"},
    };
    for (size_t i = 0; i < array_length(rows); i++) {
        temp_write_text(fixture->folder, "a", "12345678");
        meddling = (struct meddling){fixture->folder, rows[i].meddle};
        struct probe_host *host = BEGIN(fixture, "a");
        host->services.parallel = meddle_first;
        expect_fault(host, PROBE_FAULT_TARGET, rows[i].message);
    }
}

/* F4: a writer that never rests; a run gives an error or the size of one whole version */
static void *write_restlessly(void *context) {
    const struct fixture *fixture = context;
    static const char bytes[300000];
    for (int i = 0; i < 40; i++)
        temp_write(fixture->folder, "busy", bytes, i % 2 ? 300000 : 150000);
    return NULL;
}

static void restless_writer(void **state) {
    struct fixture *fixture = *state;
    temp_write_text(fixture->folder, "busy", "x");
    pthread_t writer;
    assert_int_equal(pthread_create(&writer, NULL, write_restlessly, fixture), 0);
    for (int i = 0; i < 40; i++) {
        struct probe_host *host = BEGIN(fixture, "busy");
        WANT(host, "raw", "gzip");
        if (!probe_host_run(host, 1)) {
            assert_int_equal(host->emit_count, 0);
            continue;
        }
        double raw = probe_host_value(host, "raw", "file:busy");
        double gzip = probe_host_value(host, "gzip", "file:busy");
        if (raw == 300000) assert_true(gzip > 300);
        if (raw == 1) assert_true(gzip == 21);
    }
    pthread_join(writer, NULL);
}

/* F6 */
static void out_of_time(void **state) {
    struct fixture *fixture = *state;
    temp_write_text(fixture->folder, "a", "12345678");
    struct probe_host *host = BEGIN(fixture, "a");
    WANT(host, "brotli");
    host->run.deadline = clock_now() + 1; /* gone by the first look */
    assert_false(probe_host_run(host, 1));
    assert_int_equal(host->fault, PROBE_FAULT_TIMEOUT);
    host = BEGIN(fixture, "a");
    host->stop = true;
    WANT(host, "brotli");
    expect_fault(host, PROBE_FAULT_CANCELLED, "brotli of a was cancelled");
}

static void deadline_during(void **state) {
    struct fixture *fixture = *state;
    size_t length = 8 << 20;
    char *bytes = malloc(length);
    assert_non_null(bytes);
    for (size_t i = 0; i < length; i++) bytes[i] = (char)(i * i >> 7);
    temp_write(fixture->folder, "big", bytes, length);
    free(bytes);
    struct probe_host *host = BEGIN(fixture, "big");
    WANT(host, "brotli");
    host->run.deadline = clock_now() + 50000000;
    expect_fault(host, PROBE_FAULT_TIMEOUT,
                 "brotli of big (8.389 MB) was not finished within the time");
}

/* F7 */
static void same_every_time(void **state) {
    struct fixture *fixture = *state;
    double first = 0;
    for (int i = 0; i < 20; i++) {
        temp_write_text(fixture->folder, "a", "the same bytes, at another time, the same bytes");
        struct probe_host *host = BEGIN(fixture, "a");
        run(host);
        double size = probe_host_value(host, "gzip", "file:a");
        if (i == 0) first = size;
        assert_true(size == first);
    }
}

/* F8: the probe's own read() calls come here first */
static struct {
    int error_at, error; /* the call that fails, from 1 on; 0: none */
    bool interrupted;    /* every other call is interrupted */
    size_t most;         /* bytes a call gives at most; 0: as many as asked */
    atomic_int calls;
} fault;

ssize_t read(int descriptor, void *buffer, size_t count) {
    int call = atomic_fetch_add(&fault.calls, 1) + 1;
    if (fault.error_at && call >= fault.error_at) {
        errno = fault.error;
        return -1;
    }
    if (fault.interrupted && call % 2) {
        errno = EINTR;
        return -1;
    }
    if (fault.most && count > fault.most) count = fault.most;
    return syscall(SYS_read, descriptor, buffer, count);
}

static void faulty_reads(void **state) {
    struct fixture *fixture = *state;
    enum { LENGTH = 200000, CALLS = 5 /* four chunks and the end */ };
    char *bytes = calloc(1, LENGTH);
    assert_non_null(bytes);
    for (int i = 0; i < LENGTH; i++) bytes[i] = (char)(i * 7 % 251);
    temp_write(fixture->folder, "a", bytes, LENGTH);
    free(bytes);
    struct probe_host *host = BEGIN(fixture, "a");
    WANT(host, "gzip");
    memset(&fault, 0, sizeof fault);
    run(host);
    assert_int_equal(fault.calls, CALLS);
    double size = probe_host_value(host, "gzip", "file:a");
    for (int at = 1; at <= CALLS; at++) {
        host = BEGIN(fixture, "a");
        WANT(host, "gzip");
        memset(&fault, 0, sizeof fault);
        fault.error_at = at;
        fault.error = EIO;
        expect_fault(host, PROBE_FAULT_TARGET, "a: Input/output error");
    }
    host = BEGIN(fixture, "a");
    WANT(host, "gzip");
    memset(&fault, 0, sizeof fault);
    fault.interrupted = true;
    fault.most = 1000;
    run(host);
    assert_true(fault.calls > LENGTH / 1000);
    assert_true(probe_host_value(host, "gzip", "file:a") == size);
    memset(&fault, 0, sizeof fault);
}

/* G3 */
static void strange_names(void **state) {
    struct fixture *fixture = *state;
    temp_write_text(fixture->folder, "-rf", "1");
    temp_write_text(fixture->folder, "a\nb", "22");
    temp_write_text(fixture->folder, "bad\xff", "333");
    struct probe_host *host = BEGIN(fixture, "*");
    WANT(host, "raw", "files");
    run(host);
    expect_emit(host, "raw", "file:-rf", 1);
    expect_emit(host, "raw", "file:a\\nb", 2);
    expect_emit(host, "raw", "file:bad\\xff", 3);
    expect_emit(host, "files", "", 3);
}

/** Eight threads at once: what a host with many cores does. */
struct crowd {
    void (*work)(void *, size_t);
    void *context;
    size_t count;
    atomic_size_t next;
};
static void *crowd_member(void *context) {
    struct crowd *crowd = context;
    for (size_t i; (i = atomic_fetch_add(&crowd->next, 1)) < crowd->count;)
        crowd->work(crowd->context, i);
    return NULL;
}
static void in_a_crowd(struct probe_run *run_, size_t count, void (*work)(void *, size_t),
                       void *context) {
    (void)run_;
    struct crowd crowd = {.work = work, .context = context, .count = count};
    pthread_t threads[8];
    for (size_t i = 0; i < array_length(threads); i++)
        if (pthread_create(&threads[i], NULL, crowd_member, &crowd) != 0) abort();
    for (size_t i = 0; i < array_length(threads); i++) pthread_join(threads[i], NULL);
}

static void parallel_is_serial(void **state) {
    struct fixture *fixture = *state;
    char name[16], text[400];
    for (int i = 0; i < 60; i++) {
        snprintf(name, sizeof name, "f%02d", i);
        memset(text, 'a' + i % 26, sizeof text);
        temp_write(fixture->folder, name, text, (size_t)(1 + i * 6));
    }
    double values[180];
    struct probe_host *host = BEGIN(fixture, "*");
    WANT(host, "raw", "gzip", "zstd");
    run(host);
    assert_int_equal(host->emit_count, 180);
    for (size_t i = 0; i < 180; i++) values[i] = host->emits[i].value;
    host = BEGIN(fixture, "*");
    WANT(host, "raw", "gzip", "zstd");
    host->services.parallel = in_a_crowd;
    run(host);
    assert_int_equal(host->emit_count, 180);
    for (size_t i = 0; i < 180; i++) assert_true(host->emits[i].value == values[i]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(each_file_and_count),
        TEST(only_what_is_wanted),
        TEST(no_match),
        TEST(wrong_configuration),
        TEST(strips_hashes),
        TEST(no_regular_file),
        TEST(out_of_the_root),
        TEST(unreadable),
        TEST(sizes_out_of_bounds),
        TEST(changes),
        TEST(restless_writer),
        TEST(out_of_time),
        TEST(deadline_during),
        TEST(same_every_time),
        TEST(strange_names),
        TEST(parallel_is_serial),
        TEST(faulty_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
