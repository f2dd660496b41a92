/* Every kind of change of a budget file, one by one. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#include "budget/diff.h"

/* "class id what" of each change, joined by |. */
static const char *diff_text(struct fixture *f, const char *old_text, const char *new_text) {
    struct budget_set old, new;
    struct budget_diff diff = {0};
    f->request.unmoored = true;
    fixture_good(f, old_text);
    old = f->set;
    fixture_good(f, new_text);
    new = f->set;
    budget_diff(f->arena, &old, &new, &diff);
    struct text text = text_begin(f->arena);
    for (size_t i = 0; i < diff.count; i++) {
        const struct budget_change *change = &diff.items[i];
        text_add_format(&text, "%s%s %s %s", i ? "|" : "", change_words[change->class], change->id,
                        change->what);
    }
    return text.data;
}

#define FILES(rest) "version: 1\nbudgets:\n  b:\n    files: '*.js'\n" rest
#define RUNNER(rest) "version: 1\nbudgets:\n  b:\n    runner: ./run\n" rest
#define PLAIN "    limits: {gzip: 100KB}\n"
#define TIMED "    limits: {p95: 100ms}\n"
#define FIXED "    runs: 60\n    limits: {p95: 100ms}\n"

static const struct {
    const char *old, *new, *expected;
} rows[] = {
    /* words, and what means the same */
    {FILES(PLAIN), FILES("    title: T\n    why: W\n    fix: F\n    owner: O\n" PLAIN),
     "neutral b title|neutral b why|neutral b fix|neutral b owner"},
    {FILES(PLAIN), FILES("    severity: fail\n    limits: {gzip: {max: 100000}}\n"), ""},
    {FILES(PLAIN),
     "version: 1\nvars: {x: '*.js'}\nbudgets: {b: {files: '${x}', limits: {gzip: '<= "
     "0.1 MB'}}}\n",
     ""},
    {RUNNER(TIMED), RUNNER("    timeout: 10000ms\n    limits: {wall.p95: 0.1s}\n"), ""},
    {RUNNER(TIMED), "version: 1\nproject: p\nbudgets: {b: {runner: [./run], limits: {p95: 100ms}}}",
     ""},
    /* bounds */
    {FILES(PLAIN), FILES("    limits: {gzip: 101KB}\n"), "looser b gzip max"},
    {FILES(PLAIN), FILES("    limits: {gzip: 99KB}\n"), "tighter b gzip max"},
    {FILES(PLAIN), FILES("    limits: {gzip: '< 100KB'}\n"), "tighter b gzip max"},
    {FILES("    limits: {gzip: '< 100KB'}\n"), FILES(PLAIN), "looser b gzip max"},
    {FILES(PLAIN), FILES("    limits: {gzip: 100KB, raw: 1MB}\n"), "added b raw max"},
    {FILES(PLAIN), FILES("    limits: {raw: 1MB}\n"), "added b raw max|removed b gzip max"},
    {FILES("    limits: {gzip: {max: 9KB, warn: 8KB}}\n"), FILES("    limits: {gzip: 9KB}\n"),
     "removed b gzip warn"},
    {FILES("    limits: {gzip: {max: 9KB, min: 1KB}}\n"),
     FILES("    limits: {gzip: {max: 9KB, min: 2KB}}\n"), "tighter b gzip min"},
    {FILES("    limits: {gzip: {max: 9KB, min: 1KB}}\n"),
     FILES("    limits: {gzip: {max: 9KB, min: 999B}}\n"), "looser b gzip min"},
    {RUNNER("    limits: {ops: 100/s}\n"), RUNNER("    limits: {ops: 99/s}\n"),
     "looser b ops.mean min"},
    {RUNNER(TIMED), RUNNER("    limits: {p99: 100ms}\n"),
     "added b wall.p99 max|removed b wall.p95 max"},
    /* patterns: the last written decides */
    {FILES("    limits: {'gzip[*]': 60KB}\n"),
     FILES("    limits: {'gzip[*]': 60KB, 'gzip[v*]': 80KB}\n"), "looser b gzip[v*] max"},
    {FILES("    limits: {'gzip[*]': 60KB}\n"),
     FILES("    limits: {'gzip[v*]': 80KB, 'gzip[*]': 60KB}\n"), "added b gzip[v*] max"},
    {FILES("    limits: {'gzip[*]': 60KB}\n"),
     FILES("    limits: {'gzip[*]': 60KB, 'gzip[v*]': 50KB}\n"), "added b gzip[v*] max"},
    {FILES("    limits: {'gzip[a*]': 60KB, 'gzip[*b]': 50KB}\n"),
     FILES("    limits: {'gzip[*b]': 50KB, 'gzip[a*]': 60KB}\n"), "looser b gzip[a*] max"},
    /* against a baseline */
    {RUNNER("    limits: {p95: {regression: 5%}}\n"),
     RUNNER("    limits: {p95: {regression: 6%}}\n"), "looser b wall.p95 regression"},
    {RUNNER("    limits: {p95: {regression: 5%}}\n"),
     RUNNER("    limits: {p95: {regression: 5%, floor: 1ms}}\n"), "looser b wall.p95 regression"},
    {RUNNER("    limits: {p95: {regression: 5%}}\n"),
     RUNNER("    limits: {p95: {regression: 5%, baseline: 1s}}\n"), "looser b wall.p95 regression"},
    {RUNNER("    limits: {p95: {regression: 5%, baseline: 2s}}\n"),
     RUNNER("    limits: {p95: {regression: 5%, baseline: 1s}}\n"),
     "tighter b wall.p95 regression"},
    {RUNNER("    limits: {p95: {regression: 5%}}\n"),
     RUNNER("    limits: {p95: {regression: 50ms}}\n"), "looser b wall.p95 regression"},
    {RUNNER("    limits: {ops: {improvement: 5%, baseline: 10/s}}\n"),
     RUNNER("    limits: {ops: {improvement: 4%, baseline: 10/s}}\n"),
     "looser b ops.median improvement"},
    /* how it is judged */
    {FILES(PLAIN), FILES("    severity: warn\n" PLAIN), "looser b severity"},
    {FILES("    severity: warn\n" PLAIN), FILES(PLAIN), "tighter b severity"},
    {FILES(PLAIN), FILES("    enabled: false\n" PLAIN), "looser b enabled"},
    {RUNNER(TIMED), RUNNER("    on_inconclusive: warn\n" TIMED), "looser b on_inconclusive"},
    {RUNNER("    on_inconclusive: pass\n" TIMED), RUNNER("    on_inconclusive: warn\n" TIMED),
     "tighter b on_inconclusive"},
    {RUNNER(TIMED), RUNNER("    confidence: 90%\n" TIMED), "looser b confidence"},
    {RUNNER(TIMED), RUNNER("    confidence: 99%\n" TIMED), "looser b confidence"},
    {RUNNER(FIXED), RUNNER("    confidence: 99%\n" FIXED), "tighter b confidence"},
    {RUNNER("    on_inconclusive: pass\n" FIXED),
     RUNNER("    on_inconclusive: pass\n    confidence: 99%\n" FIXED), "looser b confidence"},
    {FILES(PLAIN), FILES("    confidence: 80%\n" PLAIN), "neutral b confidence"},
    {RUNNER(TIMED), RUNNER("    runs: {max: 2000}\n" TIMED), "looser b runs"},
    {RUNNER(TIMED), RUNNER("    runs: 5\n" TIMED), "looser b runs"},
    {RUNNER(TIMED), RUNNER("    time_limit: 90s\n" TIMED), "looser b time_limit"},
    {RUNNER(TIMED), RUNNER("    time_limit: 30s\n" TIMED), "looser b time_limit"},
    {FILES(PLAIN), FILES("    time_limit: 30s\n" PLAIN), "tighter b time_limit"},
    {RUNNER(TIMED), RUNNER("    timeout: 11s\n" TIMED), "looser b timeout"},
    {RUNNER(TIMED), RUNNER("    timeout: 9s\n" TIMED), "tighter b timeout"},
    {RUNNER(TIMED),
     "version: 1\ndefaults: {timeout: 11s}\nbudgets:\n  b:\n    runner: ./run\n" TIMED,
     "looser b timeout"},
    /* what is measured */
    {FILES(PLAIN), "version: 1\nbudgets:\n  b:\n    files: '*.css'\n" PLAIN, "looser b target"},
    {RUNNER(TIMED), "version: 1\nbudgets:\n  b:\n    runner: ./run --fast\n" TIMED,
     "looser b target"},
    {FILES(PLAIN), FILES("    tags: [pr]\n" PLAIN), "looser b tags"},
    {FILES(PLAIN), FILES("    with: {level: 5}\n" PLAIN), "looser b with.level"},
    {FILES(PLAIN), FILES("    with: {level: 9}\n" PLAIN), ""},
    {RUNNER(TIMED),
     RUNNER("    with: {metrics: {t: {pattern: '(.)', unit: ms, better: lower}}}\n" TIMED),
     "looser b with.metrics"},
    {RUNNER("    with: {metrics: {t: {pattern: '(.)', unit: ms, better: lower}}}\n" TIMED),
     RUNNER("    with: {metrics: {t: {pattern: '(.)', unit: ns, better: lower}}}\n" TIMED),
     "looser b with.metrics"},
    {FILES(PLAIN), "version: 1\ndirectory: sub\nbudgets:\n  b:\n    files: '*.js'\n" PLAIN,
     "looser b directory"},
    {FILES("    limits: {gzip: 100000}\n"),
     "version: 1\nkilobyte: 1024\nbudgets:\n  b:\n    files: '*.js'\n    limits: {gzip: 100000}\n",
     "looser b kilobyte"},
    {FILES(PLAIN), "version: 1\nbuild: make\nbudgets:\n  b:\n    files: '*.js'\n" PLAIN,
     "looser file:build build"},
    /* which budgets there are */
    {FILES(PLAIN), FILES(PLAIN "  c: {of: b, limits: {raw: 1MB}}\n"), "added c the budget"},
    {FILES(PLAIN "  c: {of: b, limits: {raw: 1MB}}\n"), FILES(PLAIN), "removed c the budget"},
    {FILES(PLAIN), "version: 1\nbudgets:\n  B:\n    files: '*.js'\n" PLAIN,
     "added B the budget|removed b the budget"},
    {FILES(PLAIN "  c: {of: b, limits: {raw: 1MB}}\n"),
     FILES(PLAIN "  d: {of: b, limits: {raw: 1MB}}\n  c: {of: b, after: d, limits: {raw: 1MB}}\n"),
     "added d the budget|looser c after"},
    /* waivers; today is 2026-11-20 */
    {FILES(PLAIN), FILES(PLAIN "    waiver: {until: 2027-01-31, reason: r, limits: {gzip: 1KB}}\n"),
     "looser b waiver"},
    {FILES(PLAIN), FILES(PLAIN "    waiver: {until: 2025-01-31, reason: r, limits: {gzip: 1MB}}\n"),
     ""},
    {FILES(PLAIN "    waiver: {until: 2027-01-31, reason: r, limits: {gzip: 1MB}}\n"), FILES(PLAIN),
     "tighter b waiver|tighter b gzip max"},
    {FILES(PLAIN "    waiver: {until: 2027-01-31, reason: r, limits: {raw: 1MB}}\n"), FILES(PLAIN),
     "tighter b waiver|removed b raw max"},
    {FILES(PLAIN "    waiver: {until: 2027-01-31, reason: r, limits: {gzip: 1MB}}\n"),
     FILES(PLAIN "    waiver: {until: 2027-02-01, reason: q, limits: {gzip: 1MB}}\n"),
     "looser b waiver|neutral b waiver"},
    {FILES(PLAIN "    waiver: {until: 2027-01-31, reason: r, limits: {gzip: 1MB}}\n"),
     FILES(PLAIN "    waiver: {until: 2027-01-31, reason: r, limits: {gzip: 2MB}}\n"),
     "looser b gzip max"},
    {FILES(PLAIN "    waiver: {until: 2027-01-31, reason: r, limits: {gzip: 1MB}}\n"),
     FILES("    limits: {gzip: 900KB}\n    waiver: {until: 2027-01-31, reason: r, limits: {gzip: "
           "1MB}}\n"),
     "looser b gzip max"},
};

static void test_rows(void **state) {
    struct fixture *f = *state;
    for (size_t i = 0; i < array_length(rows); i++) {
        const char *found = diff_text(f, rows[i].old, rows[i].new);
        if (strcmp(found, rows[i].expected) != 0)
            print_message("%s---\n%s", rows[i].old, rows[i].new);
        assert_string_equal(found, rows[i].expected);
    }
}

/* The first limit on errors takes an error away: without one the first failed request ends all. */
static void test_errors_bounded(void **state) {
    struct fixture *f = *state;
    assert_string_equal(diff_text(f, "version: 1\nbudgets: {b: {load: x, limits: {p95: 1s}}}",
                                  "version: 1\nbudgets: {b: {load: x, limits: {p95: 1s, "
                                  "error_rate: 50%}}}"),
                        "looser b error_rate.mean max");
}

/* A value of the environment is compared and never shown; one that is not set is itself. */
static void test_environment(void **state) {
    struct fixture *f = *state;
    struct budget_diff diff = {0};
    struct budget_set old;
    unsetenv("PB_TEST_A");
    setenv("PB_TEST_B", "canary", 1);
    f->request.unmoored = true;
    fixture_good(f, "version: 1\nenv: [PB_TEST_A, PB_TEST_B]\nbudgets: {b: {runner: ./r, with: "
                    "{mode: '${env:PB_TEST_A}'}, limits: {p95: 1s}}}");
    old = f->set;
    fixture_good(f, "version: 1\nenv: [PB_TEST_A, PB_TEST_B]\nbudgets: {b: {runner: ./r, with: "
                    "{mode: '${env:PB_TEST_B}'}, limits: {p95: 1s}}}");
    budget_diff(f->arena, &old, &f->set, &diff);
    assert_int_equal(diff.count, 1);
    assert_string_equal(diff.items[0].what, "with.mode");
    assert_null(diff.items[0].before);
    assert_null(diff.items[0].after);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        fixture_test(test_rows),
        fixture_test(test_errors_bounded),
        fixture_test(test_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
