/* The cache of computed numbers: what it answers, and what becomes of damage, crowds and bad
 * folders. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/array.h"
#include "probe/cache.h"
#include "probe/cache_store.h"
#include "temp_folder.h"

enum { ONE, TWO }; /* owners are addresses of these */
static const char owners[2];

struct fixture {
    char base[PATH_MAX], folder[PATH_MAX + 16];
    struct arena *arena;
    struct diags diags;
};

static int set_up(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    if (!fixture) return -1;
    temp_folder_make(fixture->base);
    snprintf(fixture->folder, sizeof fixture->folder, "%s/a/perfbudget", fixture->base);
    fixture->arena = arena_new();
    fixture->diags = diags_begin(fixture->arena);
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    temp_folder_remove(fixture->base);
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

/* The value that belongs to key number i: nothing else may ever be answered. */
static uint64_t value_of(unsigned i) {
    return (uint64_t)i * 2654435761u + 17;
}

static const char *key_of(unsigned i, char key[32]) {
    snprintf(key, 32, "key %u", i);
    return key;
}

static enum probe_recalled ask(struct cache *cache, unsigned i, uint64_t *value) {
    char key[32];
    return cache_recall(cache, &owners[ONE], key_of(i, key), value);
}

/* Asks for keys from..end-1 and answers what is not known; returns how many were known. */
static unsigned ask_all(struct cache *cache, unsigned from, unsigned end) {
    unsigned known = 0;
    for (unsigned i = from; i < end; i++) {
        char key[32];
        uint64_t value = 0, right = value_of(i);
        if (ask(cache, i, &value) == PROBE_RECALLED_KNOWN) {
            assert_true(value == right);
            known++;
        } else {
            cache_remember(cache, &owners[ONE], key_of(i, key), &right);
        }
    }
    return known;
}

/* One run of a program: as ask_all, with a cache of its own. */
static unsigned run(struct fixture *fixture, unsigned from, unsigned end) {
    struct cache *cache = cache_new(fixture->folder);
    unsigned known = ask_all(cache, from, end);
    cache_end(cache, &fixture->diags);
    return known;
}

static const char *file_of(const struct fixture *fixture) {
    return temp_path(fixture->folder, CACHE_FILE);
}

static off_t size_of(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 ? status.st_size : -1;
}

static void expect_remark(struct fixture *fixture, enum diag_level level, const char *part) {
    assert_int_equal(fixture->diags.count, 1);
    const struct diag *diag = &fixture->diags.items[0];
    if (!strstr(diag->message, part)) fail_msg("%s", diag->message);
    assert_int_equal(diag->level, level);
    assert_int_equal(diag->code, PROBE_CACHE);
    fixture->diags = diags_begin(fixture->arena);
}

static void kept_from_run_to_run(void **state) {
    struct fixture *fixture = *state;
    assert_int_equal(run(fixture, 0, 3000), 0);
    assert_int_equal(run(fixture, 0, 3000), 3000);
    assert_int_equal(run(fixture, 2990, 3010), 10);
    assert_int_equal(size_of(file_of(fixture)), 3010 * CACHE_RECORD_BYTES);
    struct stat status;
    assert_int_equal(stat(fixture->folder, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    assert_int_equal(stat(file_of(fixture), &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(fixture->diags.count, 0);
}

static void in_memory_alone(void **state) {
    struct fixture *fixture = *state;
    struct cache *cache = cache_new(NULL);
    assert_int_equal(ask_all(cache, 0, 100), 0);
    assert_int_equal(ask_all(cache, 0, 100), 100);
    cache_end(cache, &fixture->diags);
    assert_int_equal(fixture->diags.count, 0);
}

static void claims(void **state) {
    struct fixture *fixture = *state;
    struct cache *cache = cache_new(NULL);
    uint64_t value = 0, seven = 7;
    assert_int_equal(cache_recall(cache, &owners[ONE], "k", &value), PROBE_RECALLED_YOURS);
    assert_int_equal(cache_recall(cache, &owners[TWO], "k", &value), PROBE_RECALLED_BUSY);
    assert_int_equal(cache_recall(cache, &owners[ONE], "k", &value), PROBE_RECALLED_BUSY);
    cache_remember(cache, &owners[TWO], "k", &seven); /* not its own */
    assert_int_equal(cache_recall(cache, &owners[TWO], "k", &value), PROBE_RECALLED_BUSY);
    cache_remember(cache, &owners[ONE], "k", NULL); /* could not be computed */
    assert_int_equal(cache_recall(cache, &owners[TWO], "k", &value), PROBE_RECALLED_YOURS);
    cache_release(cache, &owners[TWO]); /* left without an answer */
    assert_int_equal(cache_recall(cache, &owners[ONE], "k", &value), PROBE_RECALLED_YOURS);
    cache_remember(cache, &owners[ONE], "k", &seven);
    assert_int_equal(cache_recall(cache, &owners[TWO], "k", &value), PROBE_RECALLED_KNOWN);
    assert_int_equal(value, 7);
    cache_end(cache, &fixture->diags);
}

/* Threads that want the same keys at once: each is computed by one of them. */
struct crowd {
    struct cache *cache;
    atomic_uint computed;
};

static void *crowd_member(void *context) {
    struct crowd *crowd = context;
    char owner, key[32];
    for (unsigned i = 0; i < 500; i++) {
        uint64_t value = 0, right = value_of(i);
        enum probe_recalled answer;
        while ((answer = cache_recall(crowd->cache, &owner, key_of(i, key), &value)) ==
               PROBE_RECALLED_BUSY)
            cache_wait(crowd->cache);
        if (answer == PROBE_RECALLED_KNOWN && value != right) abort();
        if (answer == PROBE_RECALLED_KNOWN) continue;
        atomic_fetch_add(&crowd->computed, 1);
        cache_remember(crowd->cache, &owner, key, &right);
    }
    return NULL;
}

static void computed_once(void **state) {
    struct fixture *fixture = *state;
    struct crowd crowd = {.cache = cache_new(fixture->folder)};
    pthread_t threads[8];
    for (size_t i = 0; i < array_length(threads); i++)
        if (pthread_create(&threads[i], NULL, crowd_member, &crowd) != 0) abort();
    for (size_t i = 0; i < array_length(threads); i++) pthread_join(threads[i], NULL);
    assert_int_equal(crowd.computed, 500);
    cache_end(crowd.cache, &fixture->diags);
    assert_int_equal(run(fixture, 0, 500), 500);
}

/* Damage: what cannot be checked is never answered, is computed again, and is written anew */

static void flip(const char *path, off_t at, int bit) {
    FILE *file = fopen(path, "r+b");
    if (!file || fseek(file, at, SEEK_SET) != 0) abort();
    int byte = fgetc(file);
    fseek(file, at, SEEK_SET);
    fputc(byte ^ 1 << bit, file);
    if (fclose(file) != 0) abort();
}

static void every_flipped_bit(void **state) {
    struct fixture *fixture = *state;
    run(fixture, 0, 3);
    for (off_t at = 0; at < 3 * CACHE_RECORD_BYTES; at++) {
        flip(file_of(fixture), at, (int)(at % 8));
        assert_int_equal(run(fixture, 0, 3), 2);
        assert_int_equal(run(fixture, 0, 3), 3);
        assert_int_equal(size_of(file_of(fixture)), 3 * CACHE_RECORD_BYTES);
    }
    assert_int_equal(fixture->diags.count, 0);
}

static void every_cut(void **state) {
    struct fixture *fixture = *state;
    for (off_t length = 0; length <= 3 * CACHE_RECORD_BYTES; length++) {
        run(fixture, 0, 3);
        assert_int_equal(truncate(file_of(fixture), length), 0);
        assert_int_equal(run(fixture, 0, 3), length / CACHE_RECORD_BYTES);
        assert_int_equal(run(fixture, 0, 3), 3);
    }
    assert_int_equal(size_of(file_of(fixture)), 3 * CACHE_RECORD_BYTES);
}

static void foreign_bytes(void **state) {
    struct fixture *fixture = *state;
    static char bytes[200000];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (char)(i * i >> 3);
    temp_write(fixture->folder, CACHE_FILE, bytes, sizeof bytes);
    chmod(fixture->folder, 0700);
    chmod(file_of(fixture), 0600);
    assert_int_equal(run(fixture, 0, 5), 0);
    assert_int_equal(run(fixture, 0, 5), 5);
    assert_int_equal(size_of(file_of(fixture)), 5 * CACHE_RECORD_BYTES);
    /* a byte put in at the front shifts all records */
    char shifted[1 + 5 * CACHE_RECORD_BYTES] = {0};
    FILE *file = fopen(file_of(fixture), "rb");
    assert_non_null(file);
    assert_int_equal(fread(shifted + 1, 1, sizeof shifted - 1, file), sizeof shifted - 1);
    fclose(file);
    temp_write(fixture->folder, CACHE_FILE, shifted, sizeof shifted);
    assert_int_equal(run(fixture, 0, 5), 0);
    assert_int_equal(run(fixture, 0, 5), 5);
    assert_int_equal(truncate(file_of(fixture), (off_t)1 << 40), 0); /* absurdly long */
    assert_int_equal(run(fixture, 0, 5), 5);
    run(fixture, 5, 6);
    assert_int_equal(size_of(file_of(fixture)), 6 * CACHE_RECORD_BYTES);
}

static void oldest_go(void **state) {
    struct fixture *fixture = *state;
    run(fixture, 0, CACHE_RECORDS_MAX);
    assert_int_equal(size_of(file_of(fixture)), CACHE_RECORDS_MAX * CACHE_RECORD_BYTES);
    run(fixture, CACHE_RECORDS_MAX, CACHE_RECORDS_MAX + 1);
    assert_int_equal(size_of(file_of(fixture)), CACHE_RECORDS_KEPT * CACHE_RECORD_BYTES);
    assert_int_equal(
        run(fixture, CACHE_RECORDS_MAX + 1 - CACHE_RECORDS_KEPT, CACHE_RECORDS_MAX + 1),
        CACHE_RECORDS_KEPT);
    assert_int_equal(run(fixture, 0, 1), 0);
}

/* Eight processes at once, over and over, one of them damaging the file */
static void crowd_of_processes(void **state) {
    struct fixture *fixture = *state;
    pid_t children[8];
    for (unsigned c = 0; c < array_length(children); c++) {
        children[c] = fork();
        if (children[c] != 0) continue;
        for (unsigned round = 0; round < 20; round++) {
            run(fixture, c * 10, c * 10 + 40); /* a wrong answer fails an assertion */
            if (c == 0 && size_of(file_of(fixture)) > 100)
                flip(file_of(fixture), (off_t)(round * 7), 3);
        }
        _exit(0);
    }
    for (size_t c = 0; c < array_length(children); c++) {
        int status = 0;
        waitpid(children[c], &status, 0);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    run(fixture, 0, 110);
    assert_int_equal(run(fixture, 0, 110), 110);
}

enum { CROWD = 6, EACH = 50 };

/* Until all of its own are kept: while another writes, some are not. */
static void crowd_keep(struct fixture *fixture, unsigned child) {
    unsigned first = CACHE_RECORDS_MAX + child * EACH, known = 0;
    for (unsigned round = 0; round < 100 && known < EACH; round++)
        known = run(fixture, first, first + EACH);
    _exit(known == EACH ? 0 : 1);
}

/* A full file is replaced by one process at a time, and what another has kept is not lost. */
static void crowd_at_the_bound(void **state) {
    struct fixture *fixture = *state;
    enum { FULL = CACHE_RECORDS_MAX * CACHE_RECORD_BYTES };
    char *full = malloc(FULL);
    run(fixture, 0, CACHE_RECORDS_MAX);
    FILE *file = fopen(file_of(fixture), "rb");
    assert_non_null(file);
    assert_int_equal(fread(full, 1, FULL, file), FULL);
    fclose(file);
    for (unsigned round = 0; round < 3; round++) {
        temp_write(fixture->folder, CACHE_FILE, full, FULL);
        chmod(file_of(fixture), 0600);
        pid_t children[CROWD];
        for (unsigned c = 0; c < CROWD; c++)
            if ((children[c] = fork()) == 0) crowd_keep(fixture, c);
        for (unsigned c = 0; c < CROWD; c++) {
            int status = 0;
            waitpid(children[c], &status, 0);
            assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        }
        assert_true(size_of(file_of(fixture)) < FULL);
        assert_int_equal(run(fixture, CACHE_RECORDS_MAX, CACHE_RECORDS_MAX + CROWD * EACH),
                         CROWD * EACH);
    }
    free(full);
}

static void another_is_writing(void **state) {
    struct fixture *fixture = *state;
    run(fixture, 0, 1);
    int file = open(file_of(fixture), O_RDONLY);
    assert_int_equal(flock(file, LOCK_EX), 0);
    assert_int_equal(run(fixture, 0, 3), 1); /* not kept, and not waited for for ever */
    close(file);
    assert_int_equal(run(fixture, 0, 3), 1);
    assert_int_equal(run(fixture, 0, 3), 3);
    assert_int_equal(fixture->diags.count, 0);
}

/* Folders that cannot be used */

static void full_disk(void **state) {
    struct fixture *fixture = *state;
    run(fixture, 0, 10);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGXFSZ, SIG_IGN);
        const struct rlimit limit = {10 * CACHE_RECORD_BYTES + 20, 10 * CACHE_RECORD_BYTES + 20};
        setrlimit(RLIMIT_FSIZE, &limit);
        bool good = run(fixture, 0, 20) == 10 && fixture->diags.count == 1;
        _exit(good ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(size_of(file_of(fixture)), 10 * CACHE_RECORD_BYTES);
    assert_int_equal(run(fixture, 0, 20), 10);
    assert_int_equal(run(fixture, 0, 20), 20);
}

static void read_only_folder(void **state) {
    struct fixture *fixture = *state;
    if (!temp_without_rights() && geteuid() == 0) skip();
    temp_with_rights();
    chmod(fixture->base, 0777);
    temp_without_rights();
    run(fixture, 0, 5);
    chmod(file_of(fixture), 0400);
    chmod(fixture->folder, 0500);
    unsigned known = run(fixture, 0, 5), more = run(fixture, 0, 6);
    chmod(fixture->folder, 0700);
    temp_with_rights();
    assert_int_equal(known, 5);
    assert_int_equal(more, 5);
    expect_remark(fixture, DIAG_NOTE, "Permission denied");
}

static void others_may_write(void **state) {
    struct fixture *fixture = *state;
    run(fixture, 0, 5);
    static const mode_t folders[] = {0720, 0702, 01777};
    for (size_t i = 0; i < array_length(folders); i++) {
        chmod(fixture->folder, folders[i]);
        assert_int_equal(run(fixture, 0, 5), 0);
        expect_remark(fixture, DIAG_WARNING, "others may write to it");
    }
    chmod(fixture->folder, 0755);
    assert_int_equal(run(fixture, 0, 5), 5);
    chmod(file_of(fixture), 0666);
    assert_int_equal(run(fixture, 0, 5), 0);
    expect_remark(fixture, DIAG_WARNING, "others may write to it");
    assert_int_equal(size_of(file_of(fixture)), 5 * CACHE_RECORD_BYTES);
}

static void belongs_to_another(void **state) {
    struct fixture *fixture = *state;
    if (geteuid() != 0) skip();
    run(fixture, 0, 5);
    assert_int_equal(chown(file_of(fixture), TEMP_NOBODY, TEMP_NOBODY), 0);
    assert_int_equal(run(fixture, 0, 5), 0);
    expect_remark(fixture, DIAG_WARNING, "it belongs to another user");
    assert_int_equal(chown(fixture->folder, TEMP_NOBODY, TEMP_NOBODY), 0);
    assert_int_equal(run(fixture, 0, 5), 0);
    expect_remark(fixture, DIAG_WARNING, "it belongs to another user");
}

static void no_folder(void **state) {
    struct fixture *fixture = *state;
    char aside[PATH_MAX + 8];
    run(fixture, 0, 5);
    snprintf(aside, sizeof aside, "%s/aside", fixture->base);
    assert_int_equal(rename(fixture->folder, aside), 0);
    assert_int_equal(symlink(aside, fixture->folder), 0);
    assert_int_equal(run(fixture, 0, 5), 0);
    expect_remark(fixture, DIAG_NOTE, "it cannot be opened");
    unlink(fixture->folder);
    temp_write_text(fixture->base, "a/perfbudget", "a file");
    assert_int_equal(run(fixture, 0, 5), 0);
    expect_remark(fixture, DIAG_NOTE, "Not a directory");
    unlink(fixture->folder);
    assert_int_equal(rename(aside, fixture->folder), 0);
    assert_int_equal(run(fixture, 0, 5), 5);
}

static void no_file(void **state) {
    struct fixture *fixture = *state;
    run(fixture, 0, 5);
    unlink(file_of(fixture));
    temp_write_text(fixture->base, "victim", "do not touch");
    temp_link(fixture->folder, CACHE_FILE, temp_path(fixture->base, "victim"));
    assert_int_equal(run(fixture, 0, 5), 0);
    expect_remark(fixture, DIAG_NOTE, "cannot be opened");
    assert_int_equal(size_of(temp_path(fixture->base, "victim")), 12);
    unlink(file_of(fixture));
    assert_int_equal(mkfifo(file_of(fixture), 0600), 0);
    assert_int_equal(run(fixture, 0, 5), 0); /* and does not wait for somebody to write into it */
    expect_remark(fixture, DIAG_NOTE, "no regular file");
    unlink(file_of(fixture));
    assert_int_equal(mkdir(file_of(fixture), 0700), 0);
    assert_int_equal(run(fixture, 0, 5), 0);
    expect_remark(fixture, DIAG_NOTE, "no regular file");
}

static void where_it_is(void **state) {
    struct fixture *fixture = *state;
    setenv("XDG_CACHE_HOME", "/x", 1);
    setenv("HOME", "/h", 1);
    assert_string_equal(cache_folder(fixture->arena), "/x/perfbudget");
    setenv("XDG_CACHE_HOME", "relative", 1);
    assert_string_equal(cache_folder(fixture->arena), "/h/.cache/perfbudget");
    setenv("XDG_CACHE_HOME", "", 1);
    assert_string_equal(cache_folder(fixture->arena), "/h/.cache/perfbudget");
    unsetenv("XDG_CACHE_HOME");
    unsetenv("HOME");
    assert_null(cache_folder(fixture->arena));
    setenv("HOME", "relative", 1);
    assert_null(cache_folder(fixture->arena));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(kept_from_run_to_run),
        TEST(in_memory_alone),
        TEST(claims),
        TEST(computed_once),
        TEST(every_flipped_bit),
        TEST(every_cut),
        TEST(foreign_bytes),
        TEST(oldest_go),
        TEST(crowd_at_the_bound),
        TEST(crowd_of_processes),
        TEST(another_is_writing),
        TEST(full_disk),
        TEST(read_only_folder),
        TEST(others_may_write),
        TEST(belongs_to_another),
        TEST(no_folder),
        TEST(no_file),
        TEST(where_it_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
