/* Limit keys: what is the same key, what is none; and label globs. */
#include "fixture.h"

static struct metrics metrics_of(const struct probe *probe) {
    static const struct probe_metric *items[8];
    for (size_t i = 0; i < probe->metric_count; i++) items[i] = &probe->metrics[i];
    return (struct metrics){.items = items, .count = probe->metric_count};
}

static const char *canonical(struct arena *arena, const struct probe *probe, const char *text,
                             bool only_relative, struct limit *limit) {
    struct metrics metrics = metrics_of(probe);
    struct diags diags = diags_begin(arena);
    *limit = (struct limit){0};
    bool good = limit_key_read(arena, text, &metrics, only_relative, NO_PLACE, limit, &diags);
    if (good) return limit->key;
    assert_int_equal(diags.errors, 1);
    return diag_codes[diags.items[0].code].word;
}

static const struct {
    const struct probe *probe;
    const char *text, *key;
} rows[] = {
    {&runner_probe, "p95", "wall.p95"},
    {&runner_probe, "wall.p95", "wall.p95"},
    {&runner_probe, "p99.9", "wall.p99.9"},
    {&runner_probe, "wall.p99.9", "wall.p99.9"},
    {&runner_probe, "p50", "wall.median"},
    {&runner_probe, "median", "wall.median"},
    {&runner_probe, "wall", "wall.median"},
    {&runner_probe, "peak", "peak.max"},
    {&runner_probe, "ops", "ops.mean"},
    {&runner_probe, "ops.total", "ops.total"},
    {&runner_probe, "wal.p95", "unknown-metric"},
    {&runner_probe, "", "bad-limit-key"},
    {&runner_probe, ".p95", "bad-limit-key"},
    {&runner_probe, "wall.", "bad-limit-key"},
    {&runner_probe, "wall.p95.p95", "unknown-statistic"},
    {&runner_probe, "wall[a]", "bad-label"},
    {&files_probe, "gzip", "gzip"},
    {&files_probe, "gzip[*]", "gzip[*]"},
    {&files_probe, "gzip[file:*]", "gzip[*]"},
    {&files_probe, "gzip[dist/a.b.js]", "gzip[dist/a.b.js]"},
    {&files_probe, "gzip[pages/[id].js]", "gzip[pages/[id].js]"},
    {&files_probe, "gzip[my file.js]", "gzip[my file.js]"},
    {&files_probe, "gzip[my\\ file.js]", "gzip[my file.js]"},
    {&files_probe, "gzip[file:my\\ file.js]", "gzip[my file.js]"},
    {&files_probe, "gzip[a\\b]", "gzip[ab]"},
    {&files_probe, "gzip[a\\*]", "gzip[a\\*]"},
    {&files_probe, "gzip[http\\://x]", "gzip[http\\://x]"},
    {&files_probe, "gzip[C:x]", "gzip[C:x]"},
    {&files_probe, "gzip[http://x]", "bad-label"},
    {&files_probe, "gzip[a\\]", "bad-label"},
    {&files_probe, "gzip[]", "bad-label"},
    {&files_probe, "gzip[a]b", "bad-limit-key"},
    {&files_probe, "gzip]a[", "bad-limit-key"},
    {&files_probe, "[a]", "bad-limit-key"},
    {&files_probe, "gzip.x[a]", "bad-limit-key"},
    {&files_probe, "gzip.max", "unknown-statistic"},
    {&files_probe, "gzip[*].total", "unknown-statistic"},
    {&files_probe, "max", "unknown-statistic"},
    {&load_probe, "p95", "latency.p95"},
    {&load_probe, "latency[peak].p99", "latency[peak].p99"},
    {&load_probe, "latency[phase:peak].p99", "latency[peak].p99"},
    {&load_probe, "latency[request:x]", "latency[request:x].p95"},
    {&load_probe, "latency[request:x phase:peak].p99", "latency[phase:peak request:x].p99"},
    {&load_probe, "latency[phase:peak  request:x].p99", "latency[phase:peak request:x].p99"},
    {&load_probe, "latency[phase:a\\ b request:*]", "latency[phase:a\\ b request:*].p95"},
    {&load_probe, "latency[phase:a phase:b]", "bad-label"},
    {&load_probe, "latency[phase:a b]", "bad-label"},
    {&load_probe, "latency[a request:b]", "bad-label"},
    {&load_probe, "latency[phase:a reqest:b]", "bad-label"},
    {&load_probe, "latency[phase:]", "bad-label"},
    {&load_probe, "measure", "bad-label"},
    {&load_probe, "measure[inference]", "measure[inference].median"},
    {&load_probe, "seen", "seen"},
};

static void makes_keys_canonical(void **state) {
    struct fixture *f = *state;
    for (size_t i = 0; i < array_length(rows); i++) {
        struct limit limit, again;
        const char *key = canonical(f->arena, rows[i].probe, rows[i].text, false, &limit);
        if (strcmp(key, rows[i].key) != 0) print_message("%s -> %s\n", rows[i].text, key);
        assert_string_equal(key, rows[i].key);
        if (!limit.key) continue;
        /* a canonical key means itself */
        assert_string_equal(canonical(f->arena, rows[i].probe, key, false, &again), key);
        assert_int_equal(again.pattern.named, limit.pattern.named);
        assert_int_equal(again.pattern.wild, limit.pattern.wild);
        for (size_t d = 0; d < METRIC_DIMENSIONS_MAX; d++)
            assert_true(text_equal(again.pattern.globs[d], limit.pattern.globs[d]));
    }
}

static void only_relative_means_the_median(void **state) {
    struct fixture *f = *state;
    struct limit limit;
    assert_string_equal(canonical(f->arena, &load_probe, "latency", true, &limit),
                        "latency.median");
    assert_string_equal(canonical(f->arena, &load_probe, "latency.p95", true, &limit),
                        "latency.p95");
    assert_string_equal(canonical(f->arena, &files_probe, "gzip", true, &limit), "gzip");
}

static void reads_patterns(void **state) {
    struct fixture *f = *state;
    struct limit limit;
    canonical(f->arena, &load_probe, "latency[phase:p* request:x]", false, &limit);
    assert_int_equal(limit.pattern.named, 3);
    assert_true(limit.pattern.wild);
    assert_string_equal(limit.pattern.globs[1], "x");
    canonical(f->arena, &files_probe, "gzip[a\\*b]", false, &limit);
    assert_false(limit.pattern.wild);
    assert_true(label_glob_match(limit.pattern.globs[0], "a*b"));
    struct series series = {.labels = {"peak", "x"}};
    canonical(f->arena, &load_probe, "latency[request:?]", false, &limit);
    assert_true(label_pattern_match(&limit.pattern, &series));
    series.labels[1] = "yy";
    assert_false(label_pattern_match(&limit.pattern, &series));
    series.labels[1] = NULL;
    assert_false(label_pattern_match(&limit.pattern, &series));
}

static void matches_globs(void **state) {
    static const struct {
        const char *glob, *label;
        bool match;
    } cases[] = {
        {"a", "a", true},
        {"a", "b", false},
        {"a", "ab", false},
        {"*", "", true},
        {"*", "a/b/c", true},
        {"a*", "a", true},
        {"a*c", "abbc", true},
        {"a*c", "abcb", false},
        {"*.js", "dist/x.js", true},
        {"?", "a", true},
        {"?", "", false},
        {"?", "\u00e9", true},
        {"??", "\u00e9", false},
        {"\\*", "*", true},
        {"\\*", "a", false},
        {"\\?", "?", true},
        {"\\\\", "\\", true},
        {"", "", true},
        {"", "a", false},
        {"**", "abc", true},
        {"a**b", "ab", true},
        {"*a*b*", "xaxbx", true},
        {"*ab", "aab", true},
        {"*a?c", "aabc", true},
        {"a\\", "a\\", true},
        {"*\u00e9", "x\u00e9", true},
        {"*?", "", false},
        {"*b",
         "\xff"
         "b",
         true},
    };
    (void)state;
    for (size_t i = 0; i < array_length(cases); i++) {
        if (label_glob_match(cases[i].glob, cases[i].label) != cases[i].match)
            print_message("%s on %s\n", cases[i].glob, cases[i].label);
        assert_true(label_glob_match(cases[i].glob, cases[i].label) == cases[i].match);
    }
}

/* With backtracking by recursion this would not come back in a lifetime. */
static void globs_do_not_explode(void **state) {
    char glob[512], label[4096];
    (void)state;
    for (size_t i = 0; i + 2 < sizeof glob; i += 2) {
        glob[i] = '*';
        glob[i + 1] = 'a';
    }
    memcpy(glob + sizeof glob - 3, "*b", 3);
    memset(label, 'a', sizeof label);
    label[sizeof label - 1] = '\0';
    assert_false(label_glob_match(glob, label));
    label[sizeof label - 2] = 'b';
    assert_true(label_glob_match(glob, label));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        fixture_test(makes_keys_canonical),     fixture_test(only_relative_means_the_median),
        fixture_test(reads_patterns),           cmocka_unit_test(matches_globs),
        cmocka_unit_test(globs_do_not_explode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
