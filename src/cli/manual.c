#include "cli/manual.h"

#include <string.h>

#include "app/exit_code.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/help.h"
#include "report/report.h"

/* roff text: a leading dot or quote, backslashes and hyphens are made literal. */
static void add_roff(struct text *out, const char *text) {
    bool start = true;
    for (; *text; text++) {
        if (start && (*text == '.' || *text == '\'')) text_add(out, "\\&");
        start = *text == '\n';
        if (*text == '\\')
            text_add(out, "\\e");
        else if (*text == '-')
            text_add(out, "\\-");
        else if (*text == '\n' && text[1] == '\n')
            text_add(out, "\n.PP");
        else
            text_add_char(out, *text);
    }
}

static void add_term(struct text *out, const char *term, const char *explanation) {
    text_add(out, ".TP\n.B ");
    add_roff(out, term);
    text_add(out, "\n");
    add_roff(out, explanation);
    text_add(out, "\n");
}

static void add_command(struct text *out, const struct command *command) {
    text_add(out, ".SS ");
    add_roff(out, text_format(out->arena, "perfbudget %s %s", command->name, command->arguments));
    text_add(out, "\n");
    add_roff(out, command->description);
    text_add(out, "\n.PP\n.EX\n");
    add_roff(out, command->example);
    text_add(out, "\n.EE\n");
    struct text names = text_begin(out->arena);
    for (size_t i = 0; i < cli_option_count; i++)
        if (command_takes(command, &cli_option_rows[i]))
            text_add_format(&names, "%s%s", names.length ? ", " : "",
                            cli_option_name(out->arena, &cli_option_rows[i]));
    text_add(out, ".PP\nOptions: ");
    add_roff(out, names.data);
    text_add(out, ".\n");
}

const char *manual_page(struct arena *arena) {
    struct text out = text_begin(arena);
    text_add(&out,
             ".\\\" Made from the tables in the code by ./tests/run --accept-docs; do not edit.\n"
             ".TH PERFBUDGET 1 \"\" \"perfbudget " PERFBUDGET_VERSION "\"\n"
             ".SH NAME\nperfbudget \\- hold software to what it may cost\n"
             ".SH SYNOPSIS\n.B perfbudget\n.I COMMAND\n[\\fIOPTION\\fR]... "
             "[\\fIARGUMENT\\fR]...\n.SH DESCRIPTION\n"
             "Reads budget files in YAML, measures what they name with probes (sizes, WASM "
             "modules, commands, recorded samples), judges every limit with a stated "
             "confidence, prints a report and ends with an exit code.\n.SH COMMANDS\n");
    for (const struct command *command = commands; command->name; command++)
        add_command(&out, command);
    text_add(&out, ".SH OPTIONS\n");
    for (size_t i = 0; i < cli_option_count; i++)
        add_term(&out, help_option_usage(arena, &cli_option_rows[i]), cli_option_rows[i].help);
    text_add(&out, ".SH REPORT FORMATS\n");
    for (const struct report_format *format = report_formats; format->name; format++)
        add_term(&out, format->name, format->help);
    text_add(&out, ".SH EXIT STATUS\n");
    for (const struct exit_code_row *row = exit_codes; row->name; row++)
        add_term(&out, row->code == EXIT_SIGNAL ? "128+N" : text_format(arena, "%d", row->code),
                 text_format(arena, "%s: %s", row->name, row->when));
    text_add(&out, ".SH ENVIRONMENT\n");
    add_term(&out, "NO_COLOR", "When set and not empty, no colours unless --color always.");
    text_add(&out, ".SH FILES\n");
    add_term(&out, "perfbudget.yaml, budgets/*.yaml", "The budget files that are read by default.");
    return out.data;
}
