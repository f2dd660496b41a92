/* Layers: defaults, profiles, waivers; what wins, what stays, what is removed. */
#include "fixture.h"

static void use(struct fixture *f, const char *const *profiles, size_t count) {
    f->request.profiles = (struct probe_texts){profiles, count};
}

static void limits_take_every_form(void **state) {
    struct fixture *f = *state;
    fixture_good(f,
                 "version: 1\nkilobyte: 1024\nbudgets:\n"
                 "  a:\n    files: x\n    limits:\n"
                 "      gzip: 100KB\n"
                 "      raw: '< 1kB'\n"
                 "      files: {max: 3, warn: 2, min: 1}\n"
                 "      gzip[*]: '<= 2 pages'\n"
                 "      gzip[b]: {regression: 16KiB, floor: 10, improvement: 5%, baseline: 8KB}\n"
                 "  b:\n    runner: x\n    limits:\n"
                 "      ops: 1000/s\n"
                 "      p95: 0.5 s\n"
                 "      wall: {regression: 5%}\n"
                 "      ops.p50: '> 5/min'\n"
                 "      peak: {max: 1MB, warn: 512KB}\n");
    assert_string_equal(fixture_limits(f, "a"),
                        "gzip max<=102400|raw max<1000|files max<=3|files min>=1|files warn<=2|"
                        "gzip[*] max<=131072|"
                        "gzip[b] regression<=16384 floor 10 base 8192|"
                        "gzip[b] improvement>=0.05rel floor 10 base 8192");
    assert_string_equal(fixture_limits(f, "b"),
                        "ops.mean min>=1000|wall.p95 max<=0.5|wall.median regression<=0.05rel|"
                        "ops.median min>0.08333333333|peak.max max<=1048576|"
                        "peak.max warn<=524288");
    const struct limit *bare = &fixture_budget(f, "a")->limits[0];
    assert_string_equal(bare->text, "100KB");
    assert_int_equal(bare->place.line, 7);
    assert_int_equal(bare->unit, PROBE_BYTES);
    assert_int_equal(fixture_budget(f, "a")->limits[7].unit, PROBE_BYTES);
    assert_string_equal(fixture_budget(f, "a")->limits[1].text, "< 1kB");
}

static void a_warning_looks_the_way_its_bound_does(void **state) {
    struct fixture *f = *state;
    fixture_good(f, "version: 1\nbudgets:\n"
                    "  a:\n    runner: x\n    limits: {ops: {min: 5/s, warn: 7/s}}\n"
                    "  b:\n    load: x\n    limits: {seen: {min: 5, warn: 7}, p95: {warn: 1s}}\n"
                    "  c:\n    runner: x\n    limits: {ops: {warn: 7/s}}\n");
    assert_string_equal(fixture_limits(f, "a"), "ops.mean min>=5|ops.mean warn>=7");
    assert_string_equal(fixture_limits(f, "b"), "seen min>=5|seen warn>=7|latency.p95 warn<=1");
    assert_string_equal(fixture_limits(f, "c"), "ops.mean warn>=7");
}

static void defaults_lie_under_budgets(void **state) {
    struct fixture *f = *state;
    fixture_good(f, "version: 1\n"
                    "defaults:\n  confidence: 99%\n  owner: all\n  tags: [x]\n  runs: {min: 7}\n"
                    "  timeout: 2s\n  runner: {warmup: 3, mode: quick}\n  files: {level: 4}\n"
                    "budgets:\n"
                    "  a: {runner: x, owner: me, with: {warmup: 1}, limits: {p95: 1s}}\n"
                    "  b: {runner: x, tags: [y, z], runs: {max: 70}, limits: {p95: 1s}}\n"
                    "  c: {files: x, owner: null, limits: {gzip: 1KB}}\n"
                    "  d: {of: a, limits: {p99: 1s}}\n");
    const struct budget *a = fixture_budget(f, "a"), *b = fixture_budget(f, "b");
    const struct budget *c = fixture_budget(f, "c");
    const struct runner_config *config = a->config;
    assert_string_equal(a->owner, "me");
    assert_string_equal(b->owner, "all");
    assert_null(c->owner);
    assert_true(a->confidence > 0.989 && a->confidence < 0.991);
    assert_int_equal(config->warmup, 1);
    assert_string_equal(config->mode, "quick");
    assert_int_equal(b->tags.count, 2);
    assert_int_equal(b->runs.min, 7);
    assert_int_equal(b->runs.max, 70);
    assert_int_equal(a->runs.max, 1000);
    assert_true(c->runs.fixed); /* `runs` of the defaults is not for probes that run once */
    assert_int_equal(c->runs.max, 1);
    assert_true(a->timeout == 2 && a->time_limit == 60);
    assert_string_equal(fixture_budget(f, "d")->owner, "all");
}

static void runs_fit_each_other(void **state) {
    struct fixture *f = *state;
    fixture_good(f, "version: 1\nbudgets:\n"
                    "  a: {runner: x, runs: 30, limits: {p95: 1s}}\n"
                    "  b: {runner: x, runs: {min: 5000}, limits: {p95: 1s}}\n"
                    "  c: {runner: x, runs: {max: 2}, limits: {p95: 1s}}\n"
                    "  d: {runner: x, limits: {p95: 1s}}\n");
    static const struct budget_runs expected[] = {
        {30, 30, true}, {5000, 5000, false}, {2, 2, false}, {5, 1000, false}};
    for (size_t i = 0; i < array_length(expected); i++) {
        assert_int_equal(f->set.budgets[i].runs.min, expected[i].min);
        assert_int_equal(f->set.budgets[i].runs.max, expected[i].max);
        assert_int_equal(f->set.budgets[i].runs.fixed, expected[i].fixed);
    }
}

static const char layered[] =
    "version: 1\n"
    "vars: {size: 100KB, where: x}\n"
    "defaults: {owner: all}\n"
    "profiles:\n"
    "  tight:\n"
    "    vars: {size: 50KB}\n"
    "    defaults: {owner: tight, why: tight}\n"
    "    budgets:\n"
    "      a: {limits: {wall.p95: 300ms, peak: {warn: null}, wall: {regression: 3%}}}\n"
    "  loose:\n"
    "    budgets:\n"
    "      a: {runner: other, limits: {p95: {max: 900ms}, peak: null, p99: 1s}}\n"
    "      b: {severity: warn, limits: {gzip: '< 1MB'}}\n"
    "  gone:\n"
    "    budgets:\n"
    "      a: {limits: null, waiver: null}\n"
    "      c: {of: a, limits: {p95: 1s}}\n"
    "budgets:\n"
    "  a:\n"
    "    runner: x\n"
    "    why: own\n"
    "    limits: {p95: {max: 500ms, warn: 400ms}, peak: {max: 1MB, warn: 500KB}, wall: "
    "{regression: 5%, floor: 1ms}}\n"
    "  b:\n"
    "    files: ${where}\n"
    "    limits: {gzip: '${size}'}\n"
    "  c:\n"
    "    of: a\n"
    "    limits: {p99: 1s}\n";

static void profiles_lie_over_the_file(void **state) {
    static const char *const tight[] = {"tight"}, *const both[] = {"tight", "loose"};
    struct fixture *f = *state;
    fixture_good(f, layered);
    assert_string_equal(fixture_limits(f, "a"),
                        "wall.p95 max<=0.5|wall.p95 warn<=0.4|peak.max max<=1000000|"
                        "peak.max warn<=500000|wall.median regression<=0.05rel floor 0.001");
    assert_string_equal(fixture_limits(f, "b"), "gzip max<=100000");

    use(f, tight, 1);
    fixture_good(f, layered);
    assert_string_equal(fixture_limits(f, "a"),
                        "wall.p95 max<=0.3|wall.p95 warn<=0.4|peak.max max<=1000000|"
                        "wall.median regression<=0.03rel floor 0.001");
    assert_string_equal(fixture_limits(f, "b"), "gzip max<=50000");
    assert_string_equal(fixture_budget(f, "a")->owner, "tight");
    assert_string_equal(fixture_budget(f, "a")->why, "own");
    assert_int_equal(f->set.profiles.count, 1);

    use(f, both, 2);
    fixture_good(f, layered);
    assert_string_equal(fixture_limits(f, "a"),
                        "wall.p95 max<=0.9|wall.p95 warn<=0.4|"
                        "wall.median regression<=0.03rel floor 0.001|wall.p99 max<=1");
    assert_string_equal(fixture_limits(f, "b"), "gzip max<1000000");
    assert_string_equal(fixture_budget(f, "a")->target_text, "other");
    assert_int_equal(fixture_budget(f, "b")->severity, SEVERITY_WARN);
}

static const char phased[] = "version: 1\n"
                             "vars: {long: 60s}\n"
                             "defaults: {runner: {phases: {settle: {rate: 1/s}}}}\n"
                             "profiles:\n"
                             "  short:\n"
                             "    budgets:\n"
                             "      a: {with: {phases: {peak: {duration: 5s}, warm-up: null}}}\n"
                             "budgets:\n"
                             "  a:\n"
                             "    runner: x\n"
                             "    with:\n"
                             "      phases:\n"
                             "        warm-up: {duration: 5s, rate: 10/s}\n"
                             "        peak: {duration: '${long}', rate: 100/s}\n"
                             "    limits: {p95: 1s}\n";

/* A profile shortens one phase, removes another, and leaves the order. */
static void profiles_lie_over_records(void **state) {
    struct fixture *f = *state;
    fixture_good(f, phased);
    const struct runner_config *config = fixture_budget(f, "a")->config;
    const struct runner_phase *phases = config->phases.items;
    assert_int_equal(config->phases.count, 3);
    assert_string_equal(config->phases.names[0], "settle");
    assert_string_equal(config->phases.names[2], "peak");
    assert_true(phases[2].duration == 60 && phases[2].rate == 100);
    use(f, (const char *const[]){"short"}, 1);
    fixture_good(f, phased);
    config = fixture_budget(f, "a")->config;
    phases = config->phases.items;
    assert_int_equal(config->phases.count, 2);
    assert_string_equal(config->phases.names[1], "peak");
    assert_true(phases[1].duration == 5 && phases[1].rate == 100);
}

static void null_removes_all_limits(void **state) {
    static const char *const gone[] = {"gone"};
    struct fixture *f = *state;
    use(f, gone, 1);
    fixture_good(f, layered);
    assert_int_equal(fixture_budget(f, "a")->limit_count, 0);
    assert_false(fixture_budget(f, "a")->selected);
    assert_true(fixture_budget(f, "a")->leaned_on);
    assert_string_equal(fixture_limits(f, "c"), "wall.p99 max<=1|wall.p95 max<=1");

    /* removing once more what another profile removed is no mistake */
    static const char *const both[] = {"gone", "tight"};
    use(f, both, 2);
    fixture_good(f, layered);
    assert_string_equal(fixture_limits(f, "a"),
                        "wall.p95 max<=0.3|wall.median regression<=0.03rel");
}

/* By itself `regression` means the median; over a limit that bounds it elsewhere it means that. */
static void a_regression_alone_changes_what_is_there(void **state) {
    static const char *const p[] = {"p"};
    struct fixture *f = *state;
    use(f, p, 1);
    fixture_good(f, "version: 1\n"
                    "profiles: {p: {budgets: {a: {limits: {latency: {regression: 9%}}}, "
                    "b: {limits: {latency: {regression: 9%}}}}}}\n"
                    "budgets:\n"
                    "  a: {load: x, limits: {latency: {max: 1s, regression: 5%}}}\n"
                    "  b: {load: x, limits: {latency: {max: 1s}}}\n");
    assert_string_equal(fixture_limits(f, "a"),
                        "latency.p95 max<=1|latency.p95 regression<=0.09rel");
    assert_string_equal(fixture_limits(f, "b"),
                        "latency.p95 max<=1|latency.median regression<=0.09rel");
}

static void profiles_name_themselves(void **state) {
    static const char *const misspelt[] = {"tigth"};
    struct fixture *f = *state;
    use(f, misspelt, 1);
    assert_false(fixture_text(f, layered));
    assert_string_equal(fixture_problems(f), "unknown-profile@0:0");
    assert_string_equal(f->diags.items[0].hint, "did you mean `tight`?");
}

#define WAIVED(until, limits)                                                             \
    "version: 1\nbudgets:\n  a:\n    runner: x\n"                                         \
    "    limits: {p95: {max: 500ms, warn: 400ms}, ops: 1000/s, wall: {regression: 5%}}\n" \
    "    waiver: {until: " until ", reason: 'see #1', limits: " limits "}\n"

static void live_waivers_count_instead(void **state) {
    struct fixture *f = *state;
    fixture_good(f, WAIVED("2026-11-20", "{wall.p95: 800ms, ops: {min: 500/s, warn: 600/s}, "
                                         "p99: 2s, wall: {floor: 2ms}}"));
    assert_string_equal(fixture_limits(f, "a"),
                        "wall.p95 max<=0.8 instead 0.5|wall.p95 warn<=0.4|"
                        "ops.mean min>=500 instead 1000|ops.mean warn>=600 instead -1|"
                        "wall.median regression<=0.05rel floor 0.002 instead 0.05|"
                        "wall.p99 max<=2 instead -1");
    const struct waiver *waiver = &fixture_budget(f, "a")->waiver;
    assert_int_equal(waiver->state, WAIVER_LIVE);
    assert_int_equal(waiver->days_left, 0);
    assert_string_equal(waiver->reason, "see #1");
    assert_string_equal(waiver->until_text, "2026-11-20");
    assert_int_equal(f->diags.count, 0);

    fixture_good(f, WAIVED("2026-12-01", "{p95: null}"));
    assert_string_equal(fixture_limits(f, "a"),
                        "ops.mean min>=1000|wall.median regression<=0.05rel");
    assert_int_equal(fixture_budget(f, "a")->waiver.days_left, 11);
}

static void expired_waivers_warn_and_do_not_count(void **state) {
    struct fixture *f = *state;
    fixture_good(f, WAIVED("2026-11-19", "{p95: 800ms}"));
    assert_string_equal(fixture_problems(f), "!waiver-expired@6:21");
    assert_string_equal(fixture_limits(f, "a"),
                        "wall.p95 max<=0.5|wall.p95 warn<=0.4|ops.mean min>=1000|"
                        "wall.median regression<=0.05rel");
    assert_int_equal(fixture_budget(f, "a")->waiver.state, WAIVER_EXPIRED);
    assert_int_equal(fixture_budget(f, "a")->waiver.days_left, -1);
    /* its mistakes are mistakes all the same */
    assert_false(fixture_text(f, WAIVED("2026-11-19", "{p95: 800KB}")));
}

static void waivers_cannot_contradict(void **state) {
    struct fixture *f = *state;
    assert_false(fixture_text(f, WAIVED("2026-11-20", "{p95: {min: 800ms}}")));
    assert_string_equal(fixture_problems(f), "bounds-contradict@6:71");
}

static void declared_metrics_take_limits(void **state) {
    struct fixture *f = *state;
    fixture_good(f, "version: 1\nbudgets:\n  a:\n    runner: x\n"
                    "    with: {metrics: {merge: {pattern: '(.*)', unit: ms, better: lower}, "
                    "seen: {json: /n}}}\n"
                    "    limits: {merge.p95: 10ms, seen: {max: 3}}\n"
                    "  b: {of: a, limits: {merge: {regression: 5%}}}\n");
    assert_string_equal(fixture_limits(f, "a"), "merge.p95 max<=0.01|seen.median max<=3");
    const struct budget *a = fixture_budget(f, "a"), *b = fixture_budget(f, "b");
    assert_int_equal(a->metrics.count, 5);
    assert_ptr_equal(a->metrics.items, b->metrics.items);
    assert_ptr_equal(a->wanted, b->wanted);
    assert_int_equal(b->source, 0);
    assert_false(a->wanted[0]);
    assert_true(a->wanted[3] && a->wanted[4]);
}

static void the_command_line_wins(void **state) {
    struct fixture *f = *state;
    const char *text = "version: 1\nbudgets:\n"
                       "  a: {files: x, confidence: 90%, time_limit: 9s, limits: {gzip: 1KB}}\n";
    f->request.confidence = "99%";
    f->request.time_limit = "2 min";
    fixture_good(f, text);
    assert_true(f->set.budgets[0].confidence > 0.98);
    assert_true(f->set.budgets[0].time_limit == 120);
    f->request.confidence = "30%";
    f->request.time_limit = "x";
    assert_false(fixture_text(f, text));
    assert_string_equal(fixture_problems(f), "out-of-range@0:0 bad-value@0:0");
    assert_non_null(strstr(f->diags.items[0].message, "--confidence"));
}

/* What only reads files may take long to compress them; what is written counts, and a stranger's
 * file stays within its bounds. */
static void probes_of_files_have_their_time(void **state) {
    struct fixture *f = *state;
    static const char text[] =
        "version: 1\nbudgets:\n  read: {files: a, limits: {raw: 1KB}}\n"
        "  written: {files: a, timeout: 3s, time_limit: 4s, limits: {raw: 1KB}}\n"
        "  run: {runner: ./run, limits: {p95: 1s}}\n";
    assert_true(fixture_text(f, text));
    const struct budget *read = fixture_budget(f, "read"), *run = fixture_budget(f, "run");
    const struct budget *written = fixture_budget(f, "written");
    assert_true(read->timeout == 600 && read->time_limit == 600);
    assert_true(written->timeout == 3 && written->time_limit == 4);
    assert_true(run->timeout == 10 && run->time_limit == 60);
    static const char *const only[] = {"read"};
    f->request.untrusted = f->request.no_exec = true;
    f->request.only = (struct probe_texts){only, 1};
    assert_true(fixture_text(f, text));
    read = fixture_budget(f, "read");
    assert_true(read->timeout == 60 && read->time_limit == 60);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        fixture_test(limits_take_every_form),
        fixture_test(a_warning_looks_the_way_its_bound_does),
        fixture_test(defaults_lie_under_budgets),
        fixture_test(probes_of_files_have_their_time),
        fixture_test(runs_fit_each_other),
        fixture_test(profiles_lie_over_the_file),
        fixture_test(null_removes_all_limits),
        fixture_test(profiles_lie_over_records),
        fixture_test(a_regression_alone_changes_what_is_there),
        fixture_test(profiles_name_themselves),
        fixture_test(live_waivers_count_instead),
        fixture_test(expired_waivers_warn_and_do_not_count),
        fixture_test(waivers_cannot_contradict),
        fixture_test(declared_metrics_take_limits),
        fixture_test(the_command_line_wins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
