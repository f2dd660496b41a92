/* What endpoints of metrics say: read strictly, selected, and made one number. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/text.h"
#include "probes/prometheus_query.h"
#include "probes/prometheus_value.h"

#include <cmocka.h>

static struct arena *arena;
static const double now = 1700000000;

static int set_up(void **state) {
    (void)state;
    arena = arena_new();
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    arena_free(arena);
    return 0;
}

/* Every sample as `key value`, one a line. */
static bool all_wanted(void *context, const char *name, size_t length) {
    (void)context, (void)name, (void)length;
    return true;
}
static void sample_note(void *context, const struct prometheus_sample *sample) {
    text_add_format(context, "%s %g", prometheus_key(arena, sample, NULL), sample->value);
    if (sample->stamped) text_add_format(context, " @%g", sample->timestamp);
    text_add_char(context, '|');
}
static bool type_note(void *context, const char *name, size_t length, enum prometheus_type type) {
    text_add_format(context, "%.*s=%d|", (int)length, name, (int)type);
    return true;
}

/* What was read, or "line: problem". */
static const char *read_as(const char *text, bool open) {
    struct text seen = text_begin(arena);
    const struct prometheus_reader reader = {.context = &seen,
                                             .open_metrics = open,
                                             .wants = all_wanted,
                                             .sample = sample_note,
                                             .type = type_note};
    struct prometheus_problem problem;
    bool good = prometheus_read(arena, text, strlen(text), &reader, &problem);
    assert_true(good == (problem.message == NULL));
    return good ? seen.data : text_format(arena, "%zu: %s", problem.line, problem.message);
}

static void the_text_format_is_read(void **state) {
    (void)state;
    static const struct {
        const char *text, *read;
    } cases[] = {
        {"a 1\n", "a 1|"},
        {"# anything at all\n\n  \t\na:b_c  -2.5e3 1700000000123\n", "a:b_c -2500 @1.7e+09|"},
        {"a{} 1\na{x=\"1\",} 2\na { y = \"2\" , x=\"1\" } 3\n",
         "a 1|a{x=\"1\"} 2|a{x=\"1\",y=\"2\"} 3|"},
        {"a{x=\"q\\\"b\\\\n\\n\"} NaN\n", "a{x=\"q\\\"b\\\\n\\n\"} nan|"},
        {"a +Inf\nb -Inf\nc Inf\nd .5\ne 5.\nf 007\ng +1\n",
         "a inf|b -inf|c inf|d 0.5|e 5|f 7|g 1|"},
        {"# HELP a b\\c\n# TYPE a counter\na 1\n", "a=1|a 1|"},
        {"# TYPE h histogram\n# TYPE s summary\n# TYPE u untyped\n# TYPE g gauge\n",
         "h=3|s=4|u=0|g=2|"},
        {"a{x=\"\xc3\xa4\"} 1\n", "a{x=\"\xc3\xa4\"} 1|"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_string_equal(read_as(cases[i].text, false), cases[i].read);
}

static void malformed_text_is_refused(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int line; /* 0: of the whole */
    } cases[] = {
        {"", 0},
        {"a 1", 1},
        {"a 1\nb", 2},
        {"a\n", 1},
        {"a \n", 1},
        {"a one\n", 1},
        {"a 0x10\n", 1},
        {"a 1e\n", 1},
        {"a 1e400\n", 1},
        {"a .\n", 1},
        {"a 1 2 3\n", 1},
        {"a 1 now\n", 1},
        {"a 1 1.5\n", 1},
        {"1a 1\n", 1},
        {"a-b 1\n", 1},
        {"a{ 1\n", 1},
        {"a{x} 1\n", 1},
        {"a{x=1} 1\n", 1},
        {"a{x=\"1} 1\n", 1},
        {"a{x=\"\\t\"} 1\n", 1},
        {"a{x=\"1\"y=\"2\"} 1\n", 1},
        {"a{,} 1\n", 1},
        {"a{1x=\"1\"} 1\n", 1},
        {"a{x=\"1\",x=\"2\"} 1\n", 1},
        {"a 1\r\n", 1},
        {"a{x=\"\xff\"} 1\n", 1},
        {"a 1\n<html>\n", 2},
        {"{\"status\":\"ok\"}\n", 1},
        {"# TYPE a\n", 1},
        {"# TYPE a number\n", 1},
        {"# TYPE a counter more\n", 1},
        {"# TYPE 1 counter\n", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *read = read_as(cases[i].text, false);
        const char *line = text_format(arena, "%d: ", cases[i].line);
        if (!text_starts(read, line)) print_message("%s -> %s\n", cases[i].text, read);
        assert_true(text_starts(read, line));
    }
    /* a NUL is no text */
    struct prometheus_problem problem;
    struct text seen = text_begin(arena);
    const struct prometheus_reader reader = {
        .context = &seen, .wants = all_wanted, .sample = sample_note, .type = type_note};
    assert_false(prometheus_read(arena, "a 1\0\n", 5, &reader, &problem));
}

static void open_metrics_is_stricter(void **state) {
    (void)state;
    static const char *const good[][2] = {
        {"# EOF\n", ""},
        {"# TYPE a counter\n# UNIT a seconds\n# HELP a b\na_total 1 1700000000.5\n# EOF",
         "a=1|a_total 1 @1.7e+09|"},
        {"a_bucket{le=\"1\"} 1 # {id=\"x\"} 0.5 1700000000\na_total 1 # {} 2\n# EOF\n",
         "a_bucket{le=\"1\"} 1|a_total 1|"},
        {"# TYPE a unknown\n# TYPE b info\n# TYPE c stateset\n# TYPE d gaugehistogram\n# EOF\n",
         "a=0|b=0|c=0|d=3|"},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_string_equal(read_as(good[i][0], true), good[i][1]);
    static const char *const bad[] = {
        "a 1\n",
        "a 1\n# EOF\na 2\n",
        "a  1\n# EOF\n",
        "\n# EOF\n",
        "# note\n# EOF\n",
        "a 1 # x\n# EOF\n",
        "a{x=\"1\",} 1\n# EOF\n",
        "# TYPE a untyped\n# EOF\n",
        "a 1 2 3\n# EOF\n",
        "a 1\n# EOF\n\n",
        "a 1 # {x=\"1\"} y\n# EOF\n",
        "a 1 \n# EOF \n",
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (!strchr(read_as(bad[i], true), ':')) print_message("%s\n", bad[i]);
        assert_non_null(strchr(read_as(bad[i], true), ':'));
    }
}

static void selectors_are_read(void **state) {
    (void)state;
    static const char *const bad[] = {"",       "{a=\"b\"}", "a{",          "a{b}",
                                      "a{b=c}", "a{b=\"c",   "a{b=~\"(\"}", "a{b=\"c\"} x",
                                      "sum(a)", "1a",        "a{b==\"c\"}", "a{b=\"c\" d=\"e\"}"};
    struct prometheus_selector selector;
    const char *problem;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(prometheus_select(arena, bad[i], &selector, &problem));
        assert_non_null(strstr(problem, "no selector"));
        prometheus_unselect(&selector);
    }
}

/* The scrape of a text by selectors, or NULL with `problem`. */
static struct prometheus_selector selectors[4];
static const char *problem;

static struct prometheus_scrape *scrape_of(const char *text, size_t count, bool buckets) {
    struct prometheus_scrape *scrape = arena_new_object(arena, struct prometheus_scrape);
    *scrape = (struct prometheus_scrape){.arena = arena,
                                         .selectors = selectors,
                                         .selector_count = count,
                                         .now = now,
                                         .buckets = buckets};
    return prometheus_scrape_read(scrape, text, strlen(text), "text/plain", &problem) ? scrape
                                                                                      : NULL;
}

/* The value of one selector before and after (NULL: one look), or its problem. */
static const char *value_of(const char *what, const char *before, const char *after, bool sum,
                            enum prometheus_take take) {
    double value;
    assert_true(prometheus_select(arena, what, &selectors[0], &problem));
    struct prometheus_question question = {.arena = arena,
                                           .before = before ? scrape_of(before, 1, false) : NULL,
                                           .after = scrape_of(after, 1, false),
                                           .seconds = 4,
                                           .take = take,
                                           .sum = sum};
    bool good = (question.before || !before) && question.after &&
                prometheus_value(&question, 0, &value, &problem);
    prometheus_unselect(&selectors[0]);
    return good ? text_format(arena, "%g", value) : problem;
}

static void values_and_changes_are_taken(void **state) {
    (void)state;
    const enum prometheus_take automatic = PROMETHEUS_AUTO;
    static const char several[] = "a{x=\"1\"} 1\na{x=\"2\",y=\"3\"} 2\n";
    assert_string_equal(value_of("a", NULL, "a 5\nab 6\n", false, automatic), "5");
    assert_string_equal(value_of("a{x=\"1\"}", NULL, several, false, automatic), "1");
    assert_string_equal(value_of("a{x!=\"1\"}", NULL, several, false, automatic), "2");
    assert_string_equal(value_of("a{y=\"\"}", NULL, several, false, automatic), "1");
    assert_string_equal(value_of("a{x=~\"1|3\"}", NULL, several, false, automatic), "1");
    assert_string_equal(value_of("a{x!~\"1.*\"}", NULL, several, false, automatic), "2");
    assert_string_equal(value_of("a", NULL, several, true, automatic), "3");
    assert_string_equal(value_of("a", NULL, several, false, automatic),
                        "`a` means 2 series: a{x=\"1\"}, a{x=\"2\",y=\"3\"}");
    assert_string_equal(value_of("b", NULL, several, false, automatic), "there is no series `b`");
    assert_string_equal(value_of("a", NULL, "a NaN\n", false, automatic), "the value of a is NaN");
    assert_string_equal(value_of("a", NULL, "a +Inf\n", false, automatic),
                        "the value of a is infinite");
    assert_string_equal(value_of("a", NULL, "a 1\na 1\n", false, automatic),
                        "line 2: the series a stands there twice");
    assert_string_equal(value_of("a", NULL, "a 1 1699999699000\n", false, automatic),
                        "line 1: the value of a is stale: its time is 301 s ago");
    assert_string_equal(value_of("a", NULL, "a 1 1699999701000\n", false, automatic), "1");

    /* counters by type or name as changes, gauges as they stand */
    assert_string_equal(value_of("a_total", "a_total 3\n", "a_total 8\n", false, automatic), "5");
    assert_string_equal(value_of("a", "a 3\n", "a 8\n", false, automatic), "8");
    assert_string_equal(
        value_of("a", "# TYPE a counter\na 3\n", "# TYPE a counter\na 8\n", false, automatic), "5");
    assert_string_equal(value_of("a_total", "# TYPE a_total gauge\na_total 3\n",
                                 "# TYPE a_total gauge\na_total 8\n", false, automatic),
                        "8");
    assert_string_equal(value_of("a", "a 8\n", "a 3\n", false, PROMETHEUS_VALUE), "3");
    assert_string_equal(value_of("a", "a 3\n", "a 8\n", false, PROMETHEUS_DELTA), "5");
    assert_string_equal(value_of("a", "a 3\n", "a 8\n", false, PROMETHEUS_PER_SECOND), "1.25");
    /* a series that is new began at 0; one that is gone, or fell, was reset */
    assert_string_equal(value_of("a_total", "b 1\n", "a_total 8\n", false, automatic), "8");
    assert_string_equal(value_of("a_total", "a_total 3\n", "a_total 1\n", false, automatic),
                        "the counter a_total was reset: it went from 3 to 1");
    assert_string_equal(value_of("a_total", "a_total{x=\"1\"} 3\na_total{x=\"2\"} 3\n",
                                 "a_total{x=\"1\"} 4\n", true, automatic),
                        "the series a_total{x=\"2\"} is gone");
    assert_string_equal(value_of("a_total", "process_start_time_seconds 1\na_total 3\n",
                                 "process_start_time_seconds 2\na_total 8\n", false, automatic),
                        "it was started anew meanwhile (process_start_time_seconds)");
    assert_string_equal(value_of("a", NULL, "a 1\n# TYPE a counter\n", false, automatic),
                        "line 2: its type was said before, or comes after its samples");
}

static const char *quantile_of(double q, const char *before, const char *after, bool sum) {
    struct prometheus_between between;
    assert_true(prometheus_select(arena, "h", &selectors[0], &problem));
    struct prometheus_question question = {.arena = arena,
                                           .before = before ? scrape_of(before, 1, true) : NULL,
                                           .after = scrape_of(after, 1, true),
                                           .sum = sum};
    bool good = question.after && prometheus_quantile(&question, q, &between, &problem);
    prometheus_unselect(&selectors[0]);
    return good ? text_format(arena, "%g in %g..%g", between.value, between.low, between.high)
                : problem;
}

static void quantiles_lie_in_their_bucket(void **state) {
    (void)state;
    static const char one[] =
        "# TYPE h histogram\nh_bucket{le=\"0.1\"} 50\nh_bucket{le=\"0.2\"} 90\n"
        "h_bucket{le=\"+Inf\"} 100\nh_sum 3\nh_count 100\n";
    assert_string_equal(quantile_of(0.5, NULL, one, false), "0.1 in 0..0.1");
    assert_string_equal(quantile_of(0.7, NULL, one, false), "0.15 in 0.1..0.2");
    assert_string_equal(quantile_of(0.9, NULL, one, false), "0.2 in 0.1..0.2");
    assert_string_equal(quantile_of(0.95, NULL, one, false), "0.2 in 0.2..inf");
    static const char later[] =
        "# TYPE h histogram\nh_bucket{le=\"0.1\"} 50\nh_bucket{le=\"0.2\"} 190"
        "\nh_bucket{le=\"+Inf\"} 200\n";
    assert_string_equal(quantile_of(0.5, one, later, false), "0.15 in 0.1..0.2");
    assert_string_equal(quantile_of(0.5, one, one, false), "nothing was observed");
    assert_string_equal(quantile_of(0.5, later, one, false),
                        "the counter h_bucket{le=\"+Inf\"} was reset: it went from 200 to 100");
    static const char two[] = "h_bucket{x=\"a\",le=\"1\"} 1\nh_bucket{x=\"a\",le=\"+Inf\"} 2\n"
                              "h_bucket{x=\"b\",le=\"1.0\"} 3\nh_bucket{x=\"b\",le=\"+Inf\"} 4\n";
    assert_string_equal(quantile_of(0.5, NULL, two, true), "0.75 in 0..1");
    assert_string_equal(quantile_of(0.5, NULL, two, false),
                        "`h` means 2 histograms: h_bucket{x=\"a\"}, h_bucket{x=\"b\"}");
}

static void broken_histograms_are_refused(void **state) {
    (void)state;
    assert_string_equal(quantile_of(0.5, NULL, "h 1\n", false), "there is no histogram `h`");
    assert_string_equal(
        quantile_of(0.5, NULL, "h_bucket{le=\"1\"} 1\nh_bucket{le=\"2\"} 2\n", false),
        "the histogram has no bucket +Inf besides others");
    assert_string_equal(
        quantile_of(0.5, NULL, "h_bucket{le=\"1\"} 3\nh_bucket{le=\"+Inf\"} 2\n", false),
        "the counts of the buckets do not grow with their edges");
    assert_string_equal(
        quantile_of(0.5, NULL, "h_bucket{le=\"1\"} 0\nh_bucket{le=\"+Inf\"} 0\n", false),
        "nothing was observed");
    assert_string_equal(quantile_of(0.5, NULL, "h_bucket 3\nh_bucket{le=\"+Inf\"} 2\n", false),
                        "the bucket h_bucket has no edge (le)");
    assert_string_equal(
        quantile_of(0.5, NULL,
                    "h_bucket{x=\"a\",le=\"1\"} 1\nh_bucket{x=\"a\",le=\"+Inf\"} 2\n"
                    "h_bucket{x=\"b\",le=\"2\"} 3\nh_bucket{x=\"b\",le=\"+Inf\"} 4\n",
                    true),
        "the histograms it means have different buckets");
}

static void web_pages_are_no_metrics(void **state) {
    (void)state;
    struct prometheus_scrape scrape = {.arena = arena, .now = now};
    assert_false(prometheus_scrape_read(&scrape, "a 1\n", 4, "text/html; charset=utf-8", &problem));
    assert_string_equal(problem, "it is a web page, and no metrics");
}

#define VECTOR(items) \
    "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[" items "]}}"
#define ONE(value) "{\"metric\":{\"__name__\":\"up\",\"job\":\"x\"},\"value\":[1,\"" value "\"]}"

static void answers_to_queries_are_read(void **state) {
    (void)state;
    static const struct {
        const char *text, *read;
    } cases[] = {
        {VECTOR(ONE("1.5")), "1.5 "},
        {"{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"3\"]}}",
         "3 "},
        {"{\"status\":\"success\",\"data\":{\"resultType\":\"matrix\",\"result\":[{\"metric\":{},"
         "\"values\":[[1,\"3\"],[2,\"4\"]]}]}}",
         "3 4 "},
        {VECTOR(""), "the query gives no series: no such metric, or no samples in its range"},
        {VECTOR(ONE("1") "," ONE("2")), "the query gives 2 series: up{job=\"x\"}, up{job=\"x\"}"},
        {VECTOR(ONE("NaN")), "the value is NaN: there was nothing to compute it from"},
        {VECTOR(ONE("+Inf")), "the value is infinite"},
        {VECTOR(ONE("1x")), "the answer holds a value that is no number"},
        {VECTOR("{\"metric\":{},\"value\":[1,2]}"), "the answer holds a value that is no number"},
        {VECTOR("{\"metric\":{},\"histogram\":[1,{}]}"),
         "the query gives a native histogram, and no number"},
        {"{\"status\":\"success\",\"data\":{\"resultType\":\"string\",\"result\":[1,\"3\"]}}",
         "the query gives neither a number nor series"},
        {"{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"parse error\"}",
         "the server says: parse error"},
        {"{\"status\":\"success\"}", "the query gives neither a number nor series"},
        {"{\"ok\":true}", "the answer is not that of a Prometheus server"},
        {"[]", "the answer is not that of a Prometheus server"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct prometheus_points points;
        bool good =
            prometheus_answer(arena, cases[i].text, strlen(cases[i].text), &points, &problem);
        struct text seen = text_begin(arena);
        for (size_t p = 0; good && p < points.count; p++)
            text_add_format(&seen, "%g ", points.items[p]);
        assert_string_equal(good ? seen.data : problem, cases[i].read);
    }
    struct prometheus_points points;
    assert_false(prometheus_answer(arena, "<html>", 6, &points, &problem));
    assert_true(text_starts(problem, "the answer is no JSON"));
    static const char warned[] = "{\"status\":\"success\",\"warnings\":[\"half\",\"the data\"],"
                                 "\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"3\"]}}";
    assert_true(prometheus_answer(arena, warned, strlen(warned), &points, &problem));
    assert_string_equal(points.warnings, "half; the data");
}

static void the_length_of_the_other_budget_is_filled_in(void **state) {
    (void)state;
    assert_string_equal(prometheus_filled(arena, "rate(a[{{during}}]) / b[{{during}}]", 12.1),
                        "rate(a[13s]) / b[13s]");
    assert_string_equal(prometheus_filled(arena, "a[{{during}}]", 0.01), "a[1s]");
    assert_string_equal(prometheus_filled(arena, "a", 3), "a");
    assert_true(prometheus_asks_for_during("a[{{during}}]"));
    assert_false(prometheus_asks_for_during("a[5m]"));
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        CASE(the_text_format_is_read),       CASE(malformed_text_is_refused),
        CASE(open_metrics_is_stricter),      CASE(selectors_are_read),
        CASE(values_and_changes_are_taken),  CASE(quantiles_lie_in_their_bucket),
        CASE(broken_histograms_are_refused), CASE(web_pages_are_no_metrics),
        CASE(answers_to_queries_are_read),   CASE(the_length_of_the_other_budget_is_filled_in),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
