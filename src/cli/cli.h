/** The command line: argv in, exit code out. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

/** Runs one command. Returns the process's exit code; re-raises the signal that ended the run, if
 * any. */
int cli_main(int argc, char **argv);

#endif
