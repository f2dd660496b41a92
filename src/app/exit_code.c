#include "app/exit_code.h"

#include <stddef.h>

const struct exit_code_row exit_codes[] = {
    {EXIT_PASS, "pass",
     "everything asked for was measured and met (warnings and live waivers included), and every "
     "report is on disk"},
    {EXIT_FAIL, "fail", "the worst outcome is `fail`: a limit is broken"},
    {EXIT_CONFIG, "config", "the command line or a budget file is wrong; nothing was run"},
    {EXIT_UNMEASURED, "unmeasured",
     "the worst outcome is `error`: something could not be measured"},
    {EXIT_INTERNAL, "internal",
     "perfbudget or its environment failed (memory, report not written)"},
    {EXIT_POLICY, "policy",
     "refused: execution, a plugin, a path outside the root, or a loosened budget"},
    {EXIT_INCONCLUSIVE, "inconclusive",
     "the worst outcome is `inconclusive`: the samples prove neither pass nor fail"},
    {EXIT_SIGNAL, "signal", "ended by signal N; children are gone, reports are marked incomplete"},
    {0, NULL, NULL},
};

const char *exit_code_name(int code) {
    if (code > EXIT_SIGNAL) return "signal";
    for (const struct exit_code_row *row = exit_codes; row->name; row++)
        if (row->code == code) return row->name;
    return "internal";
}

int exit_code_of(int signal, int errors, int outcome) {
    if (signal) return EXIT_SIGNAL + signal;
    if (errors == EXIT_INTERNAL || errors == EXIT_POLICY || errors == EXIT_CONFIG) return errors;
    if (errors == EXIT_UNMEASURED && outcome != EXIT_INTERNAL) return EXIT_UNMEASURED;
    return outcome;
}
