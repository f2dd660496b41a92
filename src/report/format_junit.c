#include <string.h>

#include "report/formats.h"
#include "report/items.h"
#include "report/markup.h"
#include "report/table.h"

/* JUnit's XML as Jenkins' xUnit plugin has written it down (junit-10.xsd), the strictest of its
 * readers: no attribute that it does not know. A file is a suite, a limit a case. */

/* What a case of a suite came to, by the element that says so; NULL: it passed. */
static const char *element_of(const struct report_item *item) {
    switch (item->effect) {
    case OUTCOME_SKIPPED:
        return "skipped";
    case OUTCOME_ERROR:
        return "error";
    case OUTCOME_FAIL:
    case OUTCOME_INCONCLUSIVE:
        return "failure";
    case OUTCOME_PASS:
    case OUTCOME_WARN:
    case OUTCOME_WAIVED:
        break;
    }
    return NULL;
}

struct counts {
    size_t tests, failures, errors, skipped;
    double time;
};

/* A budget's duration counts once, in the case of its first row. */
static double item_time(const struct report *report, const struct report_item *item) {
    const struct measurement *measurement =
        item->budget ? report->evidence[item->index].measurement : NULL;
    const struct budget_verdict *verdict = &report->verdicts->budgets[item->index];
    if (!measurement || !item->row || item->row != verdict->rows) return 0;
    return measurement->duration > 0 ? measurement->duration : 0;
}

/* Counts the items of a file; of all files where it is NULL. */
static struct counts count(const struct report *report, const struct report_item *items,
                           size_t length, const char *file) {
    struct counts counts = {0};
    for (size_t i = 0; i < length; i++) {
        if (file && !text_equal(item_file(&items[i]), file)) continue;
        const char *element = element_of(&items[i]);
        counts.tests++;
        counts.failures += text_equal(element, "failure");
        counts.errors += text_equal(element, "error");
        counts.skipped += text_equal(element, "skipped");
        counts.time += item_time(report, &items[i]);
    }
    return counts;
}

static void add_line(struct text *out, const char *name, const char *value) {
    if (!value || !*value) return;
    text_add_format(out, "%s: ", name);
    markup_add(out, value);
    text_add_char(out, '\n');
}

static void add_body(struct text *out, const struct report_item *item) {
    if (*item->message) add_line(out, outcome_words[item->effect], item->message);
    if (item->row) {
        add_line(out, "range", row_interval(out->arena, item->row));
        add_line(out, "settle", item->row->settle);
    }
    add_line(out, "at", place_text(out->arena, item_place(item)));
    add_line(out, "waiver", item->waiver);
    if (!item->budget) return;
    add_line(out, "why", item->budget->why);
    add_line(out, "fix", item->budget->fix);
    add_line(out, "owner", item->budget->owner);
}

static void add_case(struct text *out, const struct report *report,
                     const struct report_item *item) {
    const char *element = element_of(item);
    text_add(out, "    <testcase");
    markup_attribute(out, "name", item->name);
    markup_attribute(out, "classname", item->budget ? item->budget->id : "perfbudget");
    text_add_format(out, " time=\"%.6f\"", item_time(report, item));
    if (!element && !*item->message && !item->waiver) {
        text_add(out, "/>\n");
        return;
    }
    text_add_format(out, ">\n      <%s", element ? element : "system-out");
    if (element) markup_attribute(out, "message", item->message);
    if (text_equal(element, "skipped")) {
        text_add(out, "/>\n    </testcase>\n");
        return;
    }
    if (element) markup_attribute(out, "type", outcome_words[item->effect]);
    text_add_char(out, '>');
    add_body(out, item);
    text_add_format(out, "</%s>\n    </testcase>\n", element ? element : "system-out");
}

static void add_numbers(struct text *out, const struct counts *counts) {
    text_add_format(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" time=\"%.6f\"",
                    counts->tests, counts->failures, counts->errors, counts->time);
}

static void add_suite(struct text *out, const struct report *report,
                      const struct report_item *items, size_t length, const char *file) {
    struct counts counts = count(report, items, length, file);
    text_add(out, "  <testsuite");
    markup_attribute(out, "name", file);
    add_numbers(out, &counts);
    text_add_format(out, " skipped=\"%zu\"", counts.skipped);
    /* ISO 8601 without a zone, as the readers parse it. */
    if (report->started_at)
        markup_attribute(
            out, "timestamp",
            text_copy_bytes(out->arena, report->started_at, strcspn(report->started_at, "Z")));
    markup_attribute(out, "hostname", report->environment.host);
    text_add(out, ">\n");
    for (size_t i = 0; i < length; i++)
        if (text_equal(item_file(&items[i]), file)) add_case(out, report, &items[i]);
    text_add(out, "  </testsuite>\n");
}

const char *report_junit(struct arena *arena, const struct report *report,
                         const struct report_text_options *options) {
    (void)options;
    struct report_item *items;
    size_t length = report_items(arena, report, &items);
    struct counts counts = count(report, items, length, NULL);
    struct text out = text_begin(arena);
    text_add(&out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites");
    markup_attribute(&out, "name", report->set->project ? report->set->project : "perfbudget");
    add_numbers(&out, &counts);
    text_add(&out, ">\n");
    for (size_t i = 0; i < length; i++) {
        bool seen = false;
        for (size_t before = 0; before < i && !seen; before++)
            seen = text_equal(item_file(&items[before]), item_file(&items[i]));
        if (!seen) add_suite(&out, report, items, length, item_file(&items[i]));
    }
    text_add(&out, "</testsuites>\n");
    return out.data;
}
