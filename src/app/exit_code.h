/** The exit codes, in one table from which help, the man page and the tests are made. */
#ifndef APP_EXIT_CODE_H
#define APP_EXIT_CODE_H

/** Contract of design section 4. A run ended by signal N exits with EXIT_SIGNAL + N. */
enum exit_code {
    EXIT_PASS = 0,
    EXIT_FAIL = 1,
    EXIT_CONFIG = 2,
    EXIT_UNMEASURED = 3,
    EXIT_INTERNAL = 4,
    EXIT_POLICY = 5,
    EXIT_INCONCLUSIVE = 6,
    EXIT_SIGNAL = 128,
};

struct exit_code_row {
    int code;
    const char *name, *when;
};

/** All codes, ending with a NULL name. */
extern const struct exit_code_row exit_codes[];

/** The row's name for a code ("fail"), "signal" above 128, never NULL. */
const char *exit_code_name(int code);

/**
 * The one code of a run: `signal` (0: none) before internal, policy, config in `errors` (an exit
 * code of diags_exit_code, or 0), before the code of the outcomes.
 */
int exit_code_of(int signal, int errors, int outcome);

#endif
