/* The peak memory of a child, and that asking for it changes nothing else: row C15. */
#include <sys/mman.h>

#include "base/units.h"
#include "processes.h"

#include <pthread.h>

/* Straight from the kernel: an allocator, or a sanitizer's, would add its own. */
static char *memory_touch(size_t size) {
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) abort();
    for (size_t i = 0; i < size; i += 1024) ((volatile char *)memory)[i] = 1;
    return memory;
}

/* C15: ru_maxrss of a child of ours would begin with our own peak. */
static void the_peak_is_the_childs_own(void **state) {
    (void)state;
    skip_under_valgrind();
    static const char *const argv[] = {"true", NULL};
    char *memory = memory_touch(200u << 20);
    struct process_result result =
        run(&(struct process_plan){.argv = argv, .cancel_fd = -1, .want_peak_rss = true});
    munmap(memory, 200u << 20);
    assert_int_equal(result.status, 0);
    if (isnan(result.peak_rss)) skip(); /* valgrind */
    assert_true(result.peak_rss > 100e3 && result.peak_rss < 10e6);
}

/* This program itself, called with a number of MiB. */
static void the_peak_is_right(void **state) {
    (void)state;
    skip_under_valgrind();
    skip_under_valgrind();
    struct process_plan plan = {.cancel_fd = -1, .want_peak_rss = true};
    const char *const small[] = {"/proc/self/exe", "touch", "1", NULL};
    const char *const large[] = {"/proc/self/exe", "touch", "61", NULL};
    plan.argv = small;
    struct process_result base = run(&plan);
    plan.argv = large;
    struct process_result result = run(&plan);
    assert_int_equal(base.status, 0);
    assert_int_equal(result.status, 0);
    if (isnan(base.peak_rss)) skip();
    double grown = (result.peak_rss - base.peak_rss) / (60 << 20);
    assert_true(grown > 0.95 && grown < 1.05);
}

static void wanting_the_peak_changes_nothing_else(void **state) {
    (void)state;
    skip_under_valgrind();
    static const struct {
        const char *script;
        enum process_end end;
        int status;
    } rows[] = {
        {"exit 7", PROCESS_EXITED, 7},
        {"kill -SEGV $$", PROCESS_SIGNALLED, SIGSEGV},
        {"kill -KILL $$", PROCESS_SIGNALLED, SIGKILL},
        {"trap 'exit 4' USR1; kill -USR1 $$; exit 5", PROCESS_EXITED, 4},
        {"for i in 1 2 3; do (exit 0) & done; wait; exit 6", PROCESS_EXITED, 6},
        {"(sleep 0.2; kill -CONT $$) & kill -STOP $$; exit 8", PROCESS_EXITED, 8},
        {"exec sh -c 'exit 9'", PROCESS_EXITED, 9},
        {"trap '' TERM; kill -STOP $$; sleep 1000", PROCESS_TIMED_OUT, SIGKILL},
        {"sleep 1000", PROCESS_TIMED_OUT, SIGTERM},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool endless = rows[i].end == PROCESS_TIMED_OUT;
        struct process_result result = run(&(struct process_plan){
            .argv = shell(rows[i].script),
            .cancel_fd = -1,
            .want_peak_rss = true,
            .grace = 0.2,
            .deadline = clock_now() + (uint64_t)(endless ? 0.2e9 : HANG_SECONDS * 1e9)});
        assert_int_equal(result.end, rows[i].end);
        assert_int_equal(result.status, rows[i].status);
    }
    assert_int_equal(run(&(struct process_plan){.argv = shell("exit 0"),
                                                .cancel_fd = -1,
                                                .directory = "/no/such",
                                                .want_peak_rss = true})
                         .end,
                     PROCESS_NOT_STARTED);
}

static int touch_main(const char *megabytes) {
    double count = 0;
    if (!number_parse(megabytes, &count)) return 2;
    return memory_touch((size_t)count << 20)[0] == 1 ? 0 : 1;
}

enum { LARGE = 32 * 1024 * 1024 };

/* A thread that starts a child, which takes memory and says so, and then waits for its end. */
static void *thread_start_child(void *context) {
    const int *ends = context;
    pid_t child = fork();
    if (child == 0) {
        char *large = malloc(LARGE);
        if (large) memset(large, 1, LARGE);
        pid_t self = getpid();
        ssize_t ignored = write(ends[1], &self, sizeof self);
        (void)ignored;
        for (;;) pause();
    }
    waitpid(child, NULL, 0);
    return NULL;
}

/* The kernel lists children by thread. */
static void children_of_every_thread_count(void **state) {
    (void)state;
    skip_under_valgrind();
    int ends[2];
    pid_t child;
    pthread_t thread;
    double before = process_memory(getpid(), false);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(pthread_create(&thread, NULL, thread_start_child, ends), 0);
    assert_int_equal(read(ends[0], &child, sizeof child), sizeof child);
    double rss = process_memory(getpid(), false), pss = process_memory(getpid(), true);
    kill(child, SIGKILL);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(rss >= before + LARGE);
    assert_true(pss >= LARGE);
    close(ends[0]);
    close(ends[1]);
}

int main(int count, char **arguments) {
    if (count == 3 && strcmp(arguments[1], "touch") == 0) return touch_main(arguments[2]);
    process_setup();
    process_prepare();
    const struct CMUnitTest tests[] = {
        CASE(the_peak_is_the_childs_own),
        CASE(the_peak_is_right),
        CASE(wanting_the_peak_changes_nothing_else),
        CASE(children_of_every_thread_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
