/** Signals that end a run: turned into a readable descriptor, so that everything ends in order. */
#ifndef CLI_SIGNALS_H
#define CLI_SIGNALS_H

/**
 * From now on SIGINT, SIGTERM and SIGHUP make the returned descriptor readable for good and are
 * known to ending_asked(); a second one ends the process at once with all its children. -1 if that
 * failed.
 */
int signals_catch(void);

/** Ends the process by that signal's default action, so that the caller's shell sees it. */
void signals_raise(int number);

#endif
