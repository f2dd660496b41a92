#include "cli/reference.h"

#include <ctype.h>
#include <string.h>

#include "app/describe.h"
#include "app/exit_code.h"
#include "app/schema_budget.h"
#include "cli/manual.h"
#include "report/report.h"
#include "schema/field.h"

static const char made_by[] =
    "<!-- Made from the tables in the code by `./tests/run --accept-docs`; do not edit. -->\n\n";

/* A cell of a Markdown table: no bar or line end gets through. */
static const char *cell(struct arena *arena, const char *text) {
    struct text out = text_begin(arena);
    for (; *text; text++) {
        if (*text == '|')
            text_add(&out, "\\|");
        else
            text_add_char(&out, *text == '\n' ? ' ' : *text);
    }
    return out.data;
}

static void add_metric_rows(struct text *out, const struct probe *probe) {
    if (!probe->metric_count) {
        text_add(out, "Its metrics are named by its options.\n\n");
        return;
    }
    text_add(out, "| metric | unit | better | nature | labels | what it is |\n"
                  "| --- | --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; i < probe->metric_count; i++) {
        const struct probe_metric *metric = describe_metric(probe, i);
        text_add_format(out, "| `%s` | %s | %s | %s | ", metric->name, describe_unit(metric->unit),
                        describe_better(metric->better), describe_nature(out->arena, metric));
        for (const struct probe_dimension *d = metric->dimensions; d && d->name; d++)
            text_add_format(out, "%s`%s`: %s%s", d == metric->dimensions ? "" : "; ", d->name,
                            cell(out->arena, d->help), d->complete ? " (absent means 0)" : "");
        if (metric->dimensions) text_add_format(out, "; %s", describe_fold(metric->fold));
        text_add_format(out, " | %s%s |\n", cell(out->arena, metric->help),
                        describe_parts(out->arena, metric));
    }
    text_add(out, "\nThe first metric is what a bare statistic (`p95: 10ms`) means.\n\n");
}

static void add_option_rows(struct text *out, const struct probe *probe) {
    size_t count = 0;
    const struct described_option *options = describe_options(out->arena, probe, &count);
    if (!count) return;
    text_add(out,
             "| option (`with:`) | value | default | what it does |\n| --- | --- | --- | --- |\n");
    for (size_t i = 0; i < count; i++) {
        const struct probe_option *row = options[i].row;
        const char *fallback = !row->fallback   ? "required"
                               : *row->fallback ? text_format(out->arena, "`%s`", row->fallback)
                                                : "none";
        text_add_format(out, "| `%s` | %s | %s | %s |\n", options[i].path,
                        cell(out->arena, field_expectation(out->arena, row)), fallback,
                        cell(out->arena, row->help));
    }
    text_add(out, "\n");
}

static const char *write_probes(struct arena *arena, const struct registry *registry) {
    struct text out = text_begin(arena);
    text_add_format(&out, "# Probes\n\n%s", made_by);
    for (size_t i = 0; i < registry->count; i++) {
        const struct probe *probe = registry->probes[i];
        text_add_format(&out, "## `%s`\n\n%s\n\nTarget: %s.\n", probe->name, probe->summary,
                        probe->target_help);
        const char *needs = describe_needs(arena, probe->needs);
        text_add_format(&out, "%s%s%s\n", *needs ? "It " : "", needs, *needs ? ".\n" : "");
        add_metric_rows(&out, probe);
        add_option_rows(&out, probe);
    }
    return out.data;
}

static const char *write_errors(struct arena *arena, const struct registry *registry) {
    (void)registry;
    struct text out = text_begin(arena);
    text_add_format(
        &out,
        "# Error codes\n\n%sEvery message ends with its code in brackets; `perfbudget "
        "explain CODE` shows the same text. The exit code is that of an error; the same "
        "code may stand on a warning, which has none.\n\n"
        "| code | exit | what it means | what to do |\n| --- | --- | --- | --- |\n",
        made_by);
    for (int code = 0; code < DIAG_CODE_COUNT; code++) {
        const struct diag_code_row *row = &diag_codes[code];
        text_add_format(&out, "| `%s` | %d | %s | %s |\n", row->word, (int)row->class,
                        cell(arena, row->meaning), cell(arena, row->remedy));
    }
    text_add(&out, "\n## Exit codes\n\n| code | name | when |\n| --- | --- | --- |\n");
    for (const struct exit_code_row *row = exit_codes; row->name; row++)
        text_add_format(&out, "| %s | %s | %s |\n",
                        row->code == EXIT_SIGNAL ? "128+N" : text_format(arena, "%d", row->code),
                        row->name, cell(arena, row->when));
    return out.data;
}

static const char *write_report_schema(struct arena *arena, const struct registry *registry) {
    (void)registry;
    return report_schema(arena);
}

static const char *write_report(struct arena *arena, const struct registry *registry) {
    (void)registry;
    return text_format(arena, "# The JSON report\n\n%s%s", made_by, report_reference(arena));
}

/* A golden case writes one report in every format into such a file. */
static void add_format(struct text *out, const struct report_format *format) {
    text_add_format(out,
                    "## `%s`\n\n%c%s. [A report of every kind of outcome in it]"
                    "(../../tests/cli/cases/formats/%s/out).\n\n"
                    "```sh\nperfbudget check --output %s=%s\n```\n\n",
                    format->name, toupper((unsigned char)*format->help), format->help + 1,
                    format->name, format->name, format->file);
}

static const char *write_formats(struct arena *arena, const struct registry *registry) {
    (void)registry;
    struct text out = text_begin(arena);
    text_add_format(
        &out,
        "# Report formats\n\n%s`check`, `judge` and `merge` print a report in the format of "
        "`--format` and write it to files with `--output FORMAT=FILE`, as often as wanted. "
        "`perfbudget judge report.json --format FORMAT` turns a stored JSON report into any of "
        "them. All follow the effects that decide the exit code: what is inconclusive, failed or "
        "not measured is broken in each of them, and a run that failed as a whole says so.\n\n"
        "Text that comes from data (names, reasons, labels, output of commands) is inert in "
        "every format: no escape codes, no markup, no workflow commands, no formulas.\n\n",
        made_by);
    for (const struct report_format *format = report_formats; format->name; format++)
        add_format(&out, format);
    return out.data;
}

static const char *write_manual(struct arena *arena, const struct registry *registry) {
    (void)registry;
    return manual_page(arena);
}

const struct reference_document reference_documents[] = {
    {"reference/budget.schema.json", schema_budget_json},
    {"reference/report.schema.json", write_report_schema},
    {"reference/budget.md", schema_budget_markdown},
    {"reference/probes.md", write_probes},
    {"reference/errors.md", write_errors},
    {"reference/report.md", write_report},
    {"reference/formats.md", write_formats},
    {"man/perfbudget.1", write_manual},
    {NULL, NULL},
};
