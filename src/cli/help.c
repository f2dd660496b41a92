#include "cli/help.h"

#include <string.h>

#include "app/exit_code.h"
#include "report/report.h"
#include "schema/field.h"

enum { WIDTH = 80, OPTION_COLUMN = 26, COMMAND_COLUMN = 14, FORMAT_COLUMN = 22 };

static void add_indent(struct text *out, size_t indent) {
    for (size_t i = 0; i < indent; i++) text_add_char(out, ' ');
}

void help_add_wrapped(struct text *out, const char *text, size_t indent, size_t width) {
    size_t column = 0; /* 0: at the start of a line */
    while (*text) {
        if (*text == '\n') {
            if (column) text_add_char(out, '\n');
            if (text[1] == '\n') text_add_char(out, '\n');
            text += strspn(text, "\n");
            column = 0;
            continue;
        }
        size_t word = strcspn(text, " \n");
        if (column && column + 1 + word > width) {
            text_add_char(out, '\n');
            column = 0;
        }
        if (column)
            text_add_char(out, ' ');
        else
            add_indent(out, indent);
        column = column ? column + 1 : indent;
        text_add_bytes(out, text, word);
        column += word;
        text += word;
        while (*text == ' ') text++;
    }
    if (column) text_add_char(out, '\n');
}

/* A term in the left column, its explanation wrapped in the right one. */
static void add_row(struct text *out, const char *term, size_t column, const char *explanation) {
    text_add_format(out, "  %s", term);
    size_t used = 2 + strlen(term);
    struct text wrapped = text_begin(out->arena);
    help_add_wrapped(&wrapped, explanation, column, WIDTH);
    if (used + 1 >= column) {
        text_add_char(out, '\n');
        text_add(out, wrapped.data);
    } else {
        add_indent(out, column - used);
        text_add(out, wrapped.data + column);
    }
}

/* What stands for the value in help, where the option's type does not say it. */
static const char *const placeholders[][2] = {
    {"only", "ID|TAG"},         {"skip", "ID|TAG"},         {"profile", "NAME"},
    {"plugin", "PATH"},         {"set", "VAR=VALUE"},       {"output", "FORMAT=PATH"},
    {"confidence", "SHARE"},    {"time_limit", "TIME"},     {"root", "DIR"},
    {"format", "FORMAT"},       {"budget", "FILE"},         {"against", "DIR|FILE"},
    {"against_ref", "REF"},     {"baseline", "REPORT"},     {"report", "REPORT"},
    {"policy", "FILE|DIR"},     {"allow_loosening", "ID"},  {"allow_host", "HOST"},
    {"allow_env", "NAME"},      {"file", "FILE"},           {"from", "TOOL"},
    {"symbols", "FILE"},        {"symbols_before", "FILE"}, {"why", "FUNCTION"},
    {"compressed", "ENCODING"},
};

const char *help_option_usage(struct arena *arena, const struct probe_option *row) {
    const char *name = cli_option_name(arena, row);
    if (row->type == PROBE_FLAG) return name;
    for (size_t i = 0; i < sizeof placeholders / sizeof *placeholders; i++)
        if (strcmp(row->name, placeholders[i][0]) == 0)
            return text_format(arena, "%s %s", name, placeholders[i][1]);
    return text_format(arena, "%s %s", name, field_placeholder(arena, row));
}

static void add_exit_codes(struct text *out) {
    text_add(out, "\nExit codes:\n");
    for (const struct exit_code_row *row = exit_codes; row->name; row++) {
        const char *code =
            row->code == EXIT_SIGNAL ? "128+N" : text_format(out->arena, "%d", row->code);
        add_row(out, code, 9, text_format(out->arena, "%s: %s", row->name, row->when));
    }
}

/* The table of formats, where the command writes reports in them. */
static void add_formats(struct text *out, const struct command *command) {
    bool writes = false;
    for (const char *const *name = command->options; *name; name++)
        if (strcmp(*name, "output") == 0) writes = true;
    if (!writes) return;
    text_add(out, "\nFormats:\n");
    for (const struct report_format *format = report_formats; format->name; format++)
        add_row(out, format->name, FORMAT_COLUMN, format->help);
}

const char *help_command_text(struct arena *arena, const struct command *command) {
    struct text out = text_begin(arena);
    text_add_format(&out, "Usage: perfbudget %s [OPTION]... %s\n\n", command->name,
                    command->arguments);
    help_add_wrapped(&out, command->description, 0, WIDTH);
    text_add(&out, "\nOptions:\n");
    for (size_t i = 0; i < cli_option_count; i++)
        if (command_takes(command, &cli_option_rows[i]))
            add_row(&out, help_option_usage(arena, &cli_option_rows[i]), OPTION_COLUMN,
                    cli_option_rows[i].help);
    add_formats(&out, command);
    text_add(&out, "\nExample:\n");
    for (const char *line = command->example; line && *line;) {
        size_t length = strcspn(line, "\n");
        text_add_format(&out, "  %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
    if (strcmp(command->name, "check") == 0) add_exit_codes(&out);
    return out.data;
}

const char *help_overview_text(struct arena *arena) {
    struct text out = text_begin(arena);
    text_add(&out, "perfbudget " PERFBUDGET_VERSION ": hold software to what it may cost\n\n"
                   "Usage: perfbudget COMMAND [OPTION]... [ARGUMENT]...\n\nCommands:\n");
    for (const struct command *command = commands; command->name; command++)
        add_row(&out, command->name, COMMAND_COLUMN, command->summary);
    text_add(&out, "\nA first budget file, perfbudget.yaml:\n\n"
                   "  version: 1\n"
                   "  budgets:\n"
                   "    bundle:\n"
                   "      why: Download time on phones\n"
                   "      size: dist/*.js\n"
                   "      limits: {gzip: 150KB}\n"
                   "    start-up:\n"
                   "      command: ./app --version\n"
                   "      limits: {p95: 200ms}\n\n"
                   "Then: `perfbudget check`. Help for a command: `perfbudget help check`.\n");
    add_exit_codes(&out);
    return out.data;
}
