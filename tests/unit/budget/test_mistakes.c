/* Every mistake of a budget file: text in, codes and places out. */
#include "fixture.h"

#define HEAD "version: 1\nbudgets:\n"
#define FILES HEAD "  a:\n    files: x\n    limits: "
#define RUN HEAD "  a:\n    runner: x\n    limits: "
#define LOAD HEAD "  a:\n    load: x\n    limits: "
/* columns: the value of `limits:` begins at 5:13 */

static const struct {
    const char *text, *problems;
} rows[] = {
    /* the file */
    {"budgets: {a: {files: x, limits: {gzip: 1KB}}}\n", "budget-version@1:1"},
    {"version: 2\nbudgets: {a: {files: x, limits: {gzip: 1KB}}}\n", "budget-version@1:10"},
    {"version: [1]\n", "budget-version@1:10"},
    {"version: 1\n", "no-budgets@0:0"},
    {"version: 1\nbudgets: {}\n", "missing-value@2:10"},
    {"version: 1\nbudgets:\n", "missing-value@2:9"},
    {"version: 1\nbudgets: null\n", "no-budgets@0:0"},
    {"version: 1\nbudgets: [a]\n", "wrong-kind@2:10"},
    {"- a\n", "wrong-kind@1:1"},
    {"text\n", "wrong-kind@1:1"},
    {"version: 1\nkilobyte: 1023\nbudgets: {a: {files: x, limits: {gzip: 1KB}}}\n",
     "unknown-choice@2:11"},
    /* servers, and what runs alongside */
    {"version: 1\nservers: {api: {}, 'a b': {command: x}, c: x, env: {command: x}}\n"
     "budgets: {a: {files: x, limits: {gzip: 1KB}}}\n",
     "missing-value@2:16 bad-id@2:20 wrong-kind@2:44 bad-id@2:47"},
    {"version: 1\nservers: {api: {ready: /x}, b: {command: x, ready: x, port: -1, pid: 3}}\n"
     "budgets: {a: {files: x, limits: {gzip: 1KB}}}\n",
     "missing-key@2:16 bad-server@2:52 out-of-range@2:61 unknown-key@2:65"},
    {"version: 1\nservers: {a: {command: x, ready: {pattern: '('}}, b: {command: x, ready: "
     "{path: /, pattern: x}}, c: {command: x, ready: {status: 204}}}\n"
     "budgets: {a: {files: x, limits: {gzip: 1KB}}}\n",
     "bad-server@2:34 bad-server@2:74 bad-server@2:121"},
    {"version: 1\nservers: {a: {command: 'x ${b.port}'}, b: {command: 'x ${a.url}'}}\n"
     "budgets: {a: {files: x, limits: {gzip: 1KB}}}\n",
     "leaning-cycle@2:11"},
    {"version: 1\nservers: {a: {command: 'x ${c.port}', directory: ../..}}\n"
     "budgets: {a: {files: x, limits: {gzip: 1KB}}}\n",
     "unknown-variable@2:24 path-outside-root@2:50"},
    {"version: 1\nservers: {api: {command: x}}\n"
     "budgets: {a: {files: x, server: apy, limits: {gzip: 1KB}}, b: {files: x, fresh: true, "
     "limits: "
     "{gzip: 1KB}}, c: {of: a, server: api, limits: {gzip: 1KB}}}\n",
     "bad-server@3:33 misplaced-key@3:81 misplaced-key@3:120"},
    {"version: 1\nservers: {api: {command: x}}\nvars: {u: '${api.url}'}\n"
     "budgets: {a: {files: '${api.pid}', limits: {gzip: 1KB}}, b: {title: '${api.url}', runner: "
     "'${u}', limits: {p95: 1s}}}\n",
     "unknown-variable@4:22 unknown-variable@4:69 unknown-variable@4:91"},
    {"version: 1\nservers: {api: {command: x}}\n"
     "budgets: {a: {runner: x, server: api, with: {metrics: {server_cpu: {json: /a, unit: s}}}, "
     "limits: {p95: 1s}}}\n",
     "probe-declared-metric@3:11"},
    {HEAD "  a: {files: x, during: a, limits: {gzip: 1KB}}\n", "leaning-cycle@3:3"},
    {HEAD "  a: {files: x, during: b, limits: {gzip: 1KB}}\n  b: {of: c, limits: {gzip: 1KB}}\n"
          "  c: {files: y, during: d}\n  d: {files: y}\n  e: {files: y, during: c, limits: {gzip: "
          "1KB}}\n  f: {files: y, during: x, limits: {gzip: 1KB}}\n",
     "bad-during@3:25 bad-during@7:25 unknown-budget@8:25"},
    {"version: 1\nbudget: {a: {files: x, limits: {gzip: 1KB}}}\n", "unknown-key@2:1"},
    {"version: 1\nlimits: {gzip: 1KB}\n"
     "budgets: {a: {files: x, limits: {gzip: 1KB}}}\n",
     "unknown-key@2:1"},
    {"version: 1\ndirectory: gone\nbudgets: {a: {files: x, limits: {gzip: 1KB}}}\n",
     "directory-missing@2:12"},
    {"version: 1\ndirectory: ..\nbudgets: {a: {files: x, limits: {gzip: 1KB}}}\n",
     "path-outside-root@2:12 path-outside-root@3:22"},
    {"version: 1\ninclude: ../x.yaml\nbudgets: {a: {files: x, limits: {gzip: 1KB}}}\n",
     "path-outside-root@2:10"},
    {"version: 1\ninclude: [gone.yaml]\nbudgets: {a: {files: x, limits: {gzip: 1KB}}}\n",
     "file-open@2:11"},

    /* ids and subjects */
    {HEAD "  -a: {files: x, limits: {gzip: 1KB}}\n", "bad-id@3:3"},
    {HEAD "  a b: {files: x, limits: {gzip: 1KB}}\n", "bad-id@3:3"},
    {HEAD "  a: text\n", "wrong-kind@3:6"},
    {HEAD "  a: {}\n", "missing-value@3:6"},
    {HEAD "  a:\n    limits: {gzip: 1KB}\n", "probe-count@3:3"},
    {HEAD "  a:\n    files: x\n    runner: y\n    limits: {gzip: 1KB}\n", "probe-count@3:3"},
    {HEAD "  a:\n    file: x\n    limits: {gzip: 1KB}\n", "unknown-key@4:5"},
    {HEAD "  a:\n    probe: files\n    target: x\n    limits: {gzip: 1KB}\n",
     "unknown-key@4:5 unknown-key@5:5"},
    {HEAD "  a:\n    files: x\n    lmits: {gzip: 1KB}\n", "unknown-key@5:5 no-limits@3:3"},
    {HEAD "  a: {files: x}\n", "no-limits@3:3"},
    {HEAD "  a:\n    files:\n    limits: {gzip: 1KB}\n", "missing-value@4:11"},
    {HEAD "  a:\n    files: ''\n    limits: {gzip: 1KB}\n", "missing-value@4:12"},
    {HEAD "  a:\n    files: {x: y}\n    limits: {gzip: 1KB}\n", "wrong-kind@4:12"},
    {HEAD "  a:\n    files: ../x\n    limits: {gzip: 1KB}\n", "path-outside-root@4:12"},
    {HEAD "  a:\n    files: [x, '!../y']\n    limits: {gzip: 1KB}\n", "path-outside-root@4:16"},
    {HEAD "  a:\n    runner: 'a | b'\n    limits: {p95: 1s}\n", "bad-command@4:13"},

    /* keys of a budget */
    {FILES "{gzip: 1KB}\n    severity: error\n", "unknown-choice@6:15"},
    {FILES "{gzip: 1KB}\n    enabled: no\n", "bad-value@6:14"},
    {FILES "{gzip: 1KB}\n    runs: 3\n", "misplaced-key@6:5"},
    {FILES "{gzip: 1KB}\n    time_limit: 5\n", "wrong-unit@6:17"},
    {FILES "{gzip: 1KB}\n    timeout: 0s\n", "out-of-range@6:14"},
    {FILES "{gzip: 1KB}\n    confidence: 95\n", "out-of-range@6:17"},
    {FILES "{gzip: 1KB}\n    confidence: 49%\n", "out-of-range@6:17"},
    {FILES "{gzip: 1KB}\n    with: {level: 10}\n", "out-of-range@6:19"},
    {FILES "{gzip: 1KB}\n    with: {levle: 9}\n", "unknown-key@6:12"},
    {FILES "{gzip: 1KB}\n    with: {}\n", "missing-value@6:11"},
    {FILES "{gzip: 1KB}\n    after: b\n", "unknown-budget@6:12"},
    {FILES "{gzip: 1KB}\n    title:\n", "missing-value@6:11"},
    {RUN "{p95: 1s}\n    runs: 0\n", "out-of-range@6:11"},
    {RUN "{p95: 1s}\n    runs: 1.5\n", "bad-value@6:11"},
    {RUN "{p95: 1s}\n    runs: {min: 9, max: 3}\n", "bad-runs@6:11"},
    {RUN "{p95: 1s}\n    runs: {least: 9}\n", "unknown-key@6:12"},
    {RUN "{p95: 1s}\n    with: {mode: bad}\n", "probe-options@3:3"},

    /* limits: keys */
    {FILES "{}\n", "missing-value@5:13"},
    {FILES "[gzip]\n", "wrong-kind@5:13"},
    {FILES "{gzp: 1KB}\n", "unknown-metric@5:14"},
    {FILES "{gzip.p95: 1KB}\n", "unknown-statistic@5:14"},
    {FILES "{p95: 1KB}\n", "unknown-statistic@5:14"},
    {FILES "{'files[a]': 1}\n", "bad-label@5:14"},
    {FILES "{'gzip[a': 1KB}\n", "bad-limit-key@5:14"},
    {FILES "{'gzip[]': 1KB}\n", "bad-label@5:14"},
    {FILES "{'gzip[fiel:a]': 1KB}\n", "bad-label@5:14"},
    {FILES "{'p95[a]': 1KB}\n", "bad-limit-key@5:14"},
    {FILES "{gzip: 1KB, raw: 2KB, 'gzip[a]': 1KB, 'gzip[file:a]': 2KB}\n", "duplicate-limit@5:51"},
    {RUN "{p95: 1s, wall.p95: 2s}\n", "duplicate-limit@5:23"},
    {RUN "{p50: 1s, median: 2s}\n", "duplicate-limit@5:23"},
    {RUN "{wall.p101: 1s}\n", "unknown-statistic@5:14"},
    {RUN "{wall.medain: 1s}\n", "unknown-statistic@5:14"},
    {RUN "{'wall.${x}': 1s}\n", "bad-limit-key@5:14"},
    {LOAD "{measure.p95: 1s}\n", "bad-label@5:14"},
    {LOAD "{'latency[a request:b]': 1s}\n", "bad-label@5:14"},

    /* limits: values */
    {FILES "{gzip: 1ms}\n", "wrong-unit@5:20"},
    {FILES "{gzip: 5%}\n", "wrong-unit@5:20"},
    {FILES "{gzip: 1Kb}\n", "bad-limit@5:20"},
    {FILES "{gzip: -1KB}\n", "bad-limit@5:20"},
    {FILES "{gzip: nan}\n", "bad-limit@5:20"},
    {FILES "{gzip: 0x10}\n", "bad-limit@5:20"},
    {FILES "{gzip: 012}\n", "bad-limit@5:20"},
    {FILES "{gzip: no}\n", "bad-limit@5:20"},
    {FILES "{gzip: 1_000}\n", "bad-limit@5:20"},
    {FILES "{gzip: 1:30}\n", "bad-limit@5:20"},
    {FILES "{gzip: .inf}\n", "bad-limit@5:20"},
    {FILES "{gzip: ~}\n", "bad-limit@5:20"},
    {FILES "{gzip: null}\n", "nothing-to-remove@5:14"},
    {FILES "\n      gzip:\n", "missing-value@6:12"},
    {FILES "{gzip: ''}\n", "missing-value@5:20"},
    {FILES "{gzip: {}}\n", "missing-value@5:20"},
    {FILES "{gzip: [1KB]}\n", "wrong-kind@5:20"},
    {FILES "{gzip: {max_sise: 1KB}}\n", "unknown-key@5:21"},
    {FILES "{gzip: {max: null}}\n", "nothing-to-remove@5:26"},
    {FILES "{gzip: {max: '< 5KB'}}\n", "bad-limit@5:26"},
    {FILES "{gzip: {max: [5KB]}}\n", "wrong-kind@5:26"},
    {FILES "{gzip: {max: 5KB, min: 6KB}}\n", "bounds-contradict@5:36"},
    {FILES "{gzip: {max: 5KB, warn: 6KB}}\n", "bounds-contradict@5:37"},
    {FILES "{gzip: {max: 5KB, floor: 1KB}}\n", "bounds-contradict@5:38"},
    {FILES "{gzip: {regression: 1s}}\n", "wrong-unit@5:33"},
    {FILES "{gzip: {regression: 0.05}}\n", "bad-limit@5:33"},
    {FILES "{gzip: {regression: -5%}}\n", "bad-limit@5:33"},
    {FILES "{gzip: {improvement: 100%}}\n", "bounds-contradict@5:34"},
    {RUN "{p95: 500}\n", "wrong-unit@5:19"},
    {LOAD "{seen: 5}\n", "no-direction@5:20"},
    {LOAD "{seen: {warn: 5}}\n", "bounds-contradict@5:27"},
    {LOAD "{seen: {regression: 5%}}\n", "no-direction@5:33"},

    /* waivers */
    {FILES "{gzip: 1KB}\n    waiver: {limits: {gzip: 2KB}}\n", "missing-key@6:13 missing-key@6:13"},
    {FILES "{gzip: 1KB}\n    waiver: {until: 2027-02-30, reason: x, limits: {gzip: 2KB}}\n",
     "waiver-date@6:21"},
    {FILES "{gzip: 1KB}\n    waiver: {until: 2027-02-28, reason: '', limits: {gzip: 2KB}}\n",
     "missing-value@6:41"},
    {FILES "{gzip: 1KB}\n    waiver: {until: 2027-02-28, reason: x, limits: {gzip: null}}\n",
     "no-limits@6:13"},
    {FILES "{gzip: 1KB}\n    waiver: {until: 2027-02-28, reason: x, limits: {raw: null}}\n",
     "nothing-to-remove@6:53"},
    {FILES "{gzip: 1KB}\n    waiver: {until: 2027-02-28, reason: x, limit: {raw: 1}}\n",
     "unknown-key@6:44 missing-key@6:13"},
    {FILES "{gzip: 1ms}\n    waiver: {until: 2027-02-28, reason: x, limits: {gzip: 2ms}}\n",
     "wrong-unit@5:20 wrong-unit@6:59"},
    {FILES "{gzip: 1KB}\n    waiver: later\n", "wrong-kind@6:13"},

    /* leaning */
    {FILES "{gzip: 1KB}\n  b: {of: c, limits: {gzip: 1KB}}\n", "unknown-budget@6:11"},
    {FILES "{gzip: 1KB}\n  b: {of: a, limits: {p95: 1KB}}\n", "unknown-statistic@6:23"},
    {FILES "{gzip: 1KB}\n  b: {of: a, limits: {gzip: 1KB}}\n  c: {of: b, limits: {gzip: 1KB}}\n",
     "bad-of@7:11"},
    {HEAD "  b: {of: b, limits: {gzip: 1KB}}\n", "leaning-cycle@3:3"},
    {FILES "{gzip: 1KB}\n    after: b\n  b: {of: a, limits: {gzip: 1KB}}\n", "leaning-cycle@3:3"},
    {FILES "{gzip: 1KB}\n  b: {of: a, runs: 3, with: {level: 1}, limits: {gzip: 1KB}}\n",
     "misplaced-key@6:23 misplaced-key@6:14"},
    {HEAD "  b: {derive: b.value / b.value, limits: {value: {max: 3}}}\n", "leaning-cycle@3:3"},
    {HEAD "  b: {derive: c.value, limits: {value: {max: 3}}}\n"
          "  c: {derive: b.value, limits: {value: {max: 3}}}\n",
     "leaning-cycle@3:3"},
    {FILES "{gzip: 1KB}\n  b: {derive: a.gzip / a.raw, limits: {value: 3}}\n", "no-direction@6:47"},
    {FILES "{gzip: 1KB}\n  b: {derive: a.gzip / a.raw, limits: {value.p95: {max: 3}}}\n",
     "unknown-statistic@6:40"},
    {FILES "{gzip: 1KB}\n  b: {derive: a.gzip / a.raw, limits: {value: {regression: 5%}}}\n",
     "no-direction@6:60"},

    /* variables */
    {"version: 1\nvars: {a: [x]}\nbudgets: {a: {files: x, limits: {gzip: 1KB}}}\n",
     "wrong-kind@2:11"},
    {"version: 1\nvars: {1a: x}\nbudgets: {a: {files: x, limits: {gzip: 1KB}}}\n",
     "bad-variable@2:8"},
    {"version: 1\nvars: {dist: x}\nbudgets: {a: {files: '${dits}', limits: {gzip: 1KB}}}\n",
     "unknown-variable@3:22"},
    {"version: 1\nvars: {a: '${b}', b: x}\nbudgets: {a: {files: '${a}', limits: {gzip: 1KB}}}\n",
     "nested-variable@3:22"},
    {"version: 1\nbudgets: {a: {files: '${a', limits: {gzip: 1KB}}}\n", "bad-variable@2:22"},
    {"version: 1\nbudgets: {a: {files: '${}', limits: {gzip: 1KB}}}\n", "bad-variable@2:22"},
    {"version: 1\nbudgets: {a: {files: '${api.url}', limits: {gzip: 1KB}}}\n",
     "unknown-variable@2:22"},
    {"version: 1\nbudgets: {a: {files: '${env:HOME}', limits: {gzip: 1KB}}}\n",
     "environment-variable@2:22"},
    {"version: 1\nenv: [PERFBUDGET_NOT_SET]\n"
     "budgets: {a: {files: '${env:PERFBUDGET_NOT_SET}', limits: {gzip: 1KB}}}\n",
     "environment-variable@3:22"},
    {"version: 1\nenv: [1x]\nbudgets: {a: {files: x, limits: {gzip: 1KB}}}\n", "bad-variable@2:6"},
    {"version: 1\nbudgets: {a: {files: x, limits: {gzip: '${max}'}}}\n", "unknown-variable@2:40"},

    /* defaults and profiles; mistakes in profiles nobody asked for are mistakes too */
    {"version: 1\ndefaults: {limits: {gzip: 1KB}, with: {level: 1}, confidnce: 5%}\n"
     "budgets: {a: {files: x, limits: {gzip: 1KB}}}\n",
     "misplaced-key@2:12 misplaced-key@2:33 unknown-key@2:51"},
    {"version: 1\ndefaults: {files: {levle: 1}, runner: {warmup: 900}}\n"
     "budgets: {a: {files: x, limits: {gzip: 1KB}}, b: {files: y, limits: {gzip: 1KB}}}\n",
     "unknown-key@2:20 out-of-range@2:48"},
    {"version: 1\nprofiles: {p: {budgets: {b: {owner: x}}}}\n"
     "budgets: {a: {files: x, limits: {gzip: 1KB}}}\n",
     "unknown-budget@2:26"},
    {"version: 1\nprofiles: {p: {confidence: 9%, budgets: {a: {limits: {gzp: 1KB}}}}}\n"
     "budgets: {a: {files: x, limits: {gzip: 1KB}}}\n",
     "unknown-key@2:16 unknown-metric@2:55"},
    {"version: 1\nprofiles: {p: {budgets: {a: {limits: {raw: null}}}}}\n"
     "budgets: {a: {files: x, limits: {gzip: 1KB}}}\n",
     "nothing-to-remove@2:39"},
    {"version: 1\nprofiles: {p: {budgets: {a: {severity: fatal}}}}\n"
     "budgets: {a: {files: x, limits: {gzip: 1KB}}}\n",
     "unknown-choice@2:40"},

    /* all of a file's mistakes at once */
    {HEAD "  a: {files: x, severity: bad, limits: {gzp: 1KB, raw: 1ms}}\n"
          "  b: {runner: y, runs: x, limits: {p95: 5}}\n  c: {limits: {x: 1}}\n",
     "unknown-choice@3:27 bad-value@4:24 probe-count@5:3 unknown-metric@3:41 wrong-unit@3:56 "
     "wrong-unit@4:41"},
};

static void finds_every_mistake(void **state) {
    struct fixture *f = *state;
    size_t wrong = 0;
    for (size_t i = 0; i < array_length(rows); i++) {
        bool good = fixture_text(f, rows[i].text);
        const char *found = fixture_problems(f);
        bool hinted = true;
        for (size_t d = 0; d < f->diags.count; d++)
            hinted &= f->diags.items[d].message && f->diags.items[d].message[0];
        if (!good && hinted && strcmp(found, rows[i].problems) == 0) continue;
        print_message("%s\n-> %s\n   not %s\n", rows[i].text, found, rows[i].problems);
        fixture_show(f);
        wrong++;
    }
    assert_int_equal(wrong, 0);
}

/* The nearest right word is offered. */
static void suggests(void **state) {
    static const struct {
        const char *text, *hint;
    } cases[] = {
        {FILES "{gzp: 1KB}\n", "did you mean `gzip`?"},
        {RUN "{wall.medain: 1s}\n", "did you mean `median`?"},
        {HEAD "  a: {fils: x, limits: {gzip: 1KB}}\n", "did you mean `files`?"},
        {FILES "{'gzip[fiel:a]': 1KB}\n", "did you mean `file:`?"},
        {FILES "{gzip: 1KB}\n    sevrity: warn\n", "did you mean `severity`?"},
        {FILES "{gzip: 1KB}\n  bcd: {of: bundel, limits: {gzip: 1KB}}\n  bundle: {of: a, limits: "
               "{gzip: 1KB}}\n",
         "did you mean `bundle`?"},
        {FILES "{gzip: 1ms}\n", "write a size, such as 100KB"},
        {LOAD "{seen: 5}\n", "write `{max: 5}` or `{min: 5}`"},
        {HEAD "  a: {probe: files, limits: {gzip: 1KB}}\n",
         "the probe is the key and its target the value, as in `size: dist/*.js`"},
        {FILES "{gzip: {regression: 0.05}}\n", "for a share write `5%`"},
        {FILES "{gzip.p95: 1KB}\n", "write `gzip`"},
        {FILES "{gzip: 1KB}\n    max: 3\n", "it is a key of a limit"},
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < array_length(cases); i++) {
        assert_false(fixture_text(f, cases[i].text));
        assert_string_equal(f->diags.items[0].hint, cases[i].hint);
    }
}

/* Both places of a duplicate are named, in files and in limits. */
static void names_both_places(void **state) {
    struct fixture *f = *state;
    fixture_text(f, RUN "{p95: 1s, wall.p95: 2s}\n");
    assert_non_null(strstr(f->diags.items[0].message, "5:14"));
    temp_write_text(f->folder, "b.yaml", FILES "{gzip: 1KB}\n");
    fixture_text(f, "include: b.yaml\n" FILES "{gzip: 1KB}\n");
    assert_string_equal(fixture_problems(f), "duplicate-id@3:3");
    assert_non_null(strstr(f->diags.items[0].message, "perfbudget.yaml:4:3"));
    assert_string_equal(f->diags.items[0].place.file, "b.yaml");
}

/* Y4: the reader refuses what would let a later limit hide an earlier one. */
static void refuses_duplicate_keys(void **state) {
    static const char *const texts[] = {
        FILES "{gzip: 1KB, gzip: 9KB}\n",
        FILES "{gzip: 1KB, \"gzip\": 9KB}\n",
        FILES "{gzip: 1KB}\n  a: {files: y, limits: {gzip: 9KB}}\n",
        FILES "{gzip: 1KB}\n    limits: {gzip: 9KB}\n",
    };
    struct fixture *f = *state;
    for (size_t i = 0; i < array_length(texts); i++) {
        assert_false(fixture_text(f, texts[i]));
        assert_non_null(strstr(fixture_problems(f), "duplicate"));
    }
}

/* A probe that refuses its options may know more metrics than its table says. */
static void a_broken_probe_misses_no_metric(void **state) {
    struct fixture *f = *state;
    fixture_text(f, HEAD "  a:\n    runner: x\n    with: {warmup: x, metrics: {merge: {pattern: "
                         "'(.*)', unit: ms}}}\n    limits: {merge.p95: 1ms, wall.p95: 5}\n");
    assert_string_equal(fixture_problems(f), "bad-value@5:20 wrong-unit@6:40");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        fixture_test(finds_every_mistake),
        fixture_test(suggests),
        fixture_test(names_both_places),
        fixture_test(refuses_duplicate_keys),
        fixture_test(a_broken_probe_misses_no_metric),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
