#include "cli/completion.h"

#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "cli/command.h"
#include "report/report.h"

/* What _arguments and _describe take a backslash before. */
#define ZSH_SPECIAL "[]:"

static void add_formats(struct text *out, const char *after) {
    for (const struct report_format *format = report_formats; format->name; format++)
        text_add_format(out, "%s%s%s", format == report_formats ? "" : " ", format->name, after);
}

/* Words an option's value may be, where there is a fixed set; NULL: files, "": nothing. */
static const char *value_words(struct arena *arena, const struct probe_option *row) {
    static const char *const free[] = {"only", "skip",       "profile",    "set",
                                       "jobs", "confidence", "time_limit", "expect"};
    struct text words = text_begin(arena);
    if (row->type == PROBE_CHOICE)
        for (const char *const *choice = row->choices; *choice; choice++)
            text_add_format(&words, "%s%s", choice == row->choices ? "" : " ", *choice);
    if (strcmp(row->name, "format") == 0) add_formats(&words, "");
    if (strcmp(row->name, "output") == 0) add_formats(&words, "=");
    if (words.length) return words.data;
    for (size_t i = 0; i < array_length(free); i++)
        if (strcmp(row->name, free[i]) == 0) return "";
    return NULL;
}

static void add_command_names(struct text *out) {
    for (const struct command *command = commands; command->name; command++)
        text_add_format(out, "%s%s", command == commands ? "" : " ", command->name);
}

/* Words a command's argument may be, where there is a fixed set; NULL: files, "": nothing. */
static const char *argument_words(struct arena *arena, const struct command *command) {
    static const char *const rows[][2] = {
        {"completion", "bash zsh fish"},
        {"schema", "budget report"},
        {"limits", ""},
        {"version", ""},
        {"explain", ""},
    };
    for (size_t i = 0; i < array_length(rows); i++)
        if (strcmp(rows[i][0], command->name) == 0) return rows[i][1];
    if (strcmp(command->name, "help") != 0) return NULL;
    struct text names = text_begin(arena);
    add_command_names(&names);
    return names.data;
}

static void bash_values(struct text *out) {
    text_add(out, "    case \"$previous\" in\n");
    for (size_t i = 0; i < cli_option_count; i++) {
        const struct probe_option *row = &cli_option_rows[i];
        if (row->type == PROBE_FLAG) continue;
        const char *words = value_words(out->arena, row);
        text_add_format(out, "    %s) ", cli_option_name(out->arena, row));
        if (words && text_ends(words, "=")) text_add(out, "compopt -o nospace 2>/dev/null; ");
        if (words)
            text_add_format(out, "COMPREPLY=($(compgen -W '%s' -- \"$word\"))", words);
        else
            text_add(out, "COMPREPLY=($(compgen -f -- \"$word\"))");
        text_add(out, "; return ;;\n");
    }
    text_add(out, "    esac\n");
}

static void bash_command(struct text *out, const struct command *command) {
    text_add_format(out, "    %s) options='", command->name);
    bool first = true;
    for (size_t i = 0; i < cli_option_count; i++) {
        if (!command_takes(command, &cli_option_rows[i])) continue;
        text_add_format(out, "%s%s", first ? "" : " ",
                        cli_option_name(out->arena, &cli_option_rows[i]));
        first = false;
    }
    const char *words = argument_words(out->arena, command);
    if (strcmp(command->name, "probes") == 0)
        text_add(out, "'; words=$(perfbudget probes 2>/dev/null | sed -n '/^$/q;s/ .*//p') ;;\n");
    else
        text_add_format(out, "'; words='%s' files=%s ;;\n", words ? words : "", words ? "" : "yes");
}

const char *completion_bash(struct arena *arena) {
    struct text out = text_begin(arena);
    text_add(&out, "# bash completion for perfbudget; made by `perfbudget completion bash`\n"
                   "_perfbudget() {\n"
                   "    local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
                   "    if [[ $word == = ]]; then word=; elif [[ $previous == = ]]; then "
                   "previous=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
                   "    local commands='");
    add_command_names(&out);
    text_add(&out, "' options='' words='' files=''\n"
                   "    COMPREPLY=()\n"
                   "    if ((COMP_CWORD == 1)); then\n"
                   "        COMPREPLY=($(compgen -W \"$commands --help --version\" -- \"$word\"))\n"
                   "        return\n"
                   "    fi\n");
    bash_values(&out);
    text_add(&out, "    case \"${COMP_WORDS[1]}\" in\n");
    for (const struct command *command = commands; command->name; command++)
        bash_command(&out, command);
    text_add(&out, "    esac\n"
                   "    if [[ $word == -* ]]; then\n"
                   "        COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
                   "    elif [[ ! $files ]]; then\n"
                   "        COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
                   "    else\n"
                   "        COMPREPLY=($(compgen -f -- \"$word\"))\n"
                   "    fi\n"
                   "}\n"
                   "complete -o filenames -F _perfbudget perfbudget\n");
    return out.data;
}

/* Text inside single quotes; `special` are the characters that a specification takes a backslash
 * before. */
static const char *quoted(struct arena *arena, const char *text, const char *special) {
    struct text out = text_begin(arena);
    for (; *text; text++) {
        if (*text == '\'')
            text_add(&out, "'\\''");
        else if (strchr(special, *text))
            text_add_format(&out, "\\%c", *text);
        else
            text_add_char(&out, *text);
    }
    return out.data;
}

static void zsh_option(struct text *out, const struct probe_option *row) {
    const char *name = cli_option_name(out->arena, row);
    bool many = row->type == PROBE_TEXTS || row->type == PROBE_PAIRS;
    text_add_format(out, " \\\n            '%s%s[%s]", many ? "*" : "", name,
                    quoted(out->arena, row->help, ZSH_SPECIAL));
    const char *words = row->type == PROBE_FLAG ? NULL : value_words(out->arena, row);
    if (words && *words)
        text_add_format(out, ":%s:(%s)", row->name, words);
    else if (row->type != PROBE_FLAG)
        text_add_format(out, ":%s:%s", row->name, words ? " " : "_files");
    text_add(out, "'");
}

static void zsh_command(struct text *out, const struct command *command) {
    text_add_format(out, "    %s)\n        _arguments", command->name);
    for (size_t i = 0; i < cli_option_count; i++)
        if (command_takes(command, &cli_option_rows[i])) zsh_option(out, &cli_option_rows[i]);
    const char *words = argument_words(out->arena, command);
    if (words && *words) {
        text_add_format(out, " \\\n            '1:what:(%s)'", words);
    } else if (!words) {
        text_add(out, " \\\n            '*:file:_files'");
    }
    text_add(out, " ;;\n");
}

const char *completion_zsh(struct arena *arena) {
    struct text out = text_begin(arena);
    text_add(&out, "#compdef perfbudget\n"
                   "# zsh completion for perfbudget; made by `perfbudget completion zsh`\n"
                   "_perfbudget() {\n"
                   "    local -a commands\n"
                   "    commands=(\n");
    for (const struct command *command = commands; command->name; command++)
        text_add_format(&out, "        '%s:%s'\n", command->name,
                        quoted(arena, command->summary, ZSH_SPECIAL));
    text_add(&out, "    )\n"
                   "    if ((CURRENT == 2)); then\n"
                   "        _describe command commands\n"
                   "        return\n"
                   "    fi\n"
                   "    local command=$words[2]\n"
                   "    shift words\n"
                   "    ((CURRENT--))\n"
                   "    case $command in\n");
    for (const struct command *command = commands; command->name; command++)
        zsh_command(&out, command);
    text_add(&out, "    esac\n"
                   "}\n"
                   "if [[ $funcstack[1] == _perfbudget ]]; then _perfbudget \"$@\"; else compdef "
                   "_perfbudget perfbudget; fi\n");
    return out.data;
}

static void fish_option(struct text *out, const struct command *command,
                        const struct probe_option *row) {
    text_add_format(out, "complete -c perfbudget -n '__fish_seen_subcommand_from %s' -l %s",
                    command->name, cli_option_name(out->arena, row) + 2);
    const char *words = row->type == PROBE_FLAG ? NULL : value_words(out->arena, row);
    if (words)
        text_add_format(out, " -%c -a '%s'", text_ends(words, "=") ? 'r' : 'x', words);
    else if (row->type != PROBE_FLAG)
        text_add(out, " -r");
    text_add_format(out, " -d '%s'\n", quoted(out->arena, row->help, ""));
}

const char *completion_fish(struct arena *arena) {
    struct text out = text_begin(arena);
    text_add(&out, "# fish completion for perfbudget; made by `perfbudget completion fish`\n");
    for (const struct command *command = commands; command->name; command++)
        text_add_format(&out, "complete -c perfbudget -n __fish_use_subcommand -f -a %s -d '%s'\n",
                        command->name, quoted(arena, command->summary, ""));
    for (const struct command *command = commands; command->name; command++) {
        for (size_t i = 0; i < cli_option_count; i++)
            if (command_takes(command, &cli_option_rows[i]))
                fish_option(&out, command, &cli_option_rows[i]);
        const char *words = argument_words(arena, command);
        if (words)
            text_add_format(
                &out, "complete -c perfbudget -n '__fish_seen_subcommand_from %s' -f -a '%s'\n",
                command->name, words);
    }
    return out.data;
}
