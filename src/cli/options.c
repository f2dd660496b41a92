#include "cli/options.h"

#include <string.h>

#include "base/array.h"
#include "base/suggest.h"
#include "base/text.h"
#include "schema/field.h"

/* The words still to read. */
struct words {
    char *const *items;
    int count, at;
};

static const struct probe_option *row_named(const char *name, size_t length) {
    for (size_t i = 0; i < cli_option_count; i++) {
        const char *row = cli_option_rows[i].name;
        size_t at = 0;
        while (at < length && row[at] &&
               (row[at] == name[at] || (row[at] == '_' && name[at] == '-')))
            at++;
        if (at == length && !row[at]) return &cli_option_rows[i];
    }
    return NULL;
}

static const struct probe_option *row_short(const char *word) {
    static const char *const shorts[][2] = {{"-h", "help"}, {"-q", "quiet"}, {"-v", "verbose"}};
    for (size_t i = 0; i < array_length(shorts); i++)
        if (strcmp(word, shorts[i][0]) == 0) return row_named(shorts[i][1], strlen(shorts[i][1]));
    return NULL;
}

static bool option_unknown(struct cli *cli, const char *word) {
    const char *names[64];
    size_t count = 0;
    for (size_t i = 0; i < cli_option_count; i++)
        if (command_takes(cli->command, &cli_option_rows[i]))
            names[count++] = cli_option_name(cli->arena, &cli_option_rows[i]);
    size_t length = strcspn(word, "=");
    const char *name = text_copy_bytes(cli->arena, word, length);
    const char *near = suggest(name, names, count);
    const char *hint =
        near ? text_format(cli->arena, "did you mean `%s`?", near)
             : text_format(cli->arena, "see `perfbudget help %s`", cli->command->name);
    return diag_error(&cli->diags, CLI_OPTION, NO_PLACE, hint, "`%s` takes no option `%s`",
                      cli->command->name, text_inert(cli->arena, name));
}

static void texts_add(struct cli *cli, struct probe_texts *texts, const char *value) {
    const char **items = (const char **)texts->items; /* made by this function alone */
    *array_add(cli->arena, items, texts->count) = value;
    texts->items = items;
}

static bool pairs_add(struct cli *cli, const struct probe_option *row, struct probe_pairs *pairs,
                      const char *value) {
    size_t length = strcspn(value, "=");
    if (!value[length] || length == 0) {
        const char *name = cli_option_name(cli->arena, row);
        return diag_error(&cli->diags, CLI_VALUE, NO_PLACE,
                          text_format(cli->arena, "write `%s NAME=VALUE`", name),
                          "`%s` takes NAME=VALUE, not `%s`", name, text_inert(cli->arena, value));
    }
    struct probe_pair *items = (struct probe_pair *)pairs->items;
    *array_add(cli->arena, items, pairs->count) =
        (struct probe_pair){text_copy_bytes(cli->arena, value, length), value + length + 1};
    pairs->items = items;
    return true;
}

static bool option_store(struct cli *cli, const struct probe_option *row, const char *value) {
    void *member = (char *)&cli->options + row->offset;
    if (row->type == PROBE_TEXTS) {
        texts_add(cli, member, value);
        return true;
    }
    if (row->type == PROBE_PAIRS) return pairs_add(cli, row, member, value);
    if (row->type == PROBE_TEXT && !*value)
        return diag_error(&cli->diags, CLI_VALUE, NO_PLACE, NULL, "`%s` was given an empty value",
                          cli_option_name(cli->arena, row));
    const struct field_context context = {cli->arena, 1000, &cli->diags};
    struct probe_option shown = *row;
    shown.name = cli_option_name(cli->arena, row);
    return field_parse(&context, &shown, value, NO_PLACE, &cli->options);
}

static bool option_flag(struct cli *cli, const struct probe_option *row, const char *value) {
    if (value)
        return diag_error(&cli->diags, CLI_VALUE, NO_PLACE, NULL, "`%s` takes no value",
                          cli_option_name(cli->arena, row));
    *(bool *)((char *)&cli->options + row->offset) = true;
    return true;
}

static bool option_read(struct cli *cli, struct words *words, const char *word) {
    bool longer = word[1] == '-';
    const char *equals = longer ? strchr(word, '=') : NULL;
    size_t length = equals ? (size_t)(equals - word - 2) : strlen(word) - (longer ? 2 : 1);
    const struct probe_option *row = longer ? row_named(word + 2, length) : row_short(word);
    if (!row || !command_takes(cli->command, row)) return option_unknown(cli, word);
    const char *value = equals ? equals + 1 : NULL;
    if (row->type == PROBE_FLAG) return option_flag(cli, row, value);
    if (!value) {
        if (words->at >= words->count)
            return diag_error(&cli->diags, CLI_VALUE, NO_PLACE,
                              text_format(cli->arena, "write `%s %s`",
                                          cli_option_name(cli->arena, row),
                                          field_placeholder(cli->arena, row)),
                              "`%s` needs a value", cli_option_name(cli->arena, row));
        value = words->items[words->at++];
    }
    return option_store(cli, row, value);
}

static bool arguments_fit(struct cli *cli) {
    const struct command *command = cli->command;
    size_t count = cli->arguments.count;
    if (cli->options.help || (count >= command->least && count <= command->most)) return true;
    const char *usage = text_format(cli->arena, "perfbudget %s %s", command->name,
                                    *command->arguments ? command->arguments : "[OPTION]...");
    if (count < command->least)
        return diag_error(&cli->diags, CLI_ARGUMENTS, NO_PLACE,
                          text_format(cli->arena, "write `%s`", usage), "`%s` needs %s",
                          command->name, command->arguments);
    return diag_error(&cli->diags, CLI_ARGUMENTS, NO_PLACE,
                      text_format(cli->arena, "write `%s`", usage),
                      "`%s` was given %zu arguments, it takes %s%zu", command->name, count,
                      command->most ? "at most " : "", command->most);
}

bool options_read(struct cli *cli, int count, char *const *words_given) {
    const struct field_context context = {cli->arena, 1000, &cli->diags};
    struct words words = {words_given, count, 0};
    bool good = field_defaults(&context, cli_option_rows, cli_option_count, sizeof *cli_option_rows,
                               &cli->options);
    bool options = true;
    while (words.at < words.count) {
        const char *word = words.items[words.at++];
        if (options && strcmp(word, "--") == 0)
            options = false;
        else if (options && word[0] == '-' && word[1])
            good = option_read(cli, &words, word) && good;
        else
            texts_add(cli, &cli->arguments, word);
    }
    return arguments_fit(cli) && good;
}
