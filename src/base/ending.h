/** Whether a signal has asked perfbudget to end: for what waits where no cancel descriptor reaches.
 */
#ifndef BASE_ENDING_H
#define BASE_ENDING_H

/** Notes the signal; async-signal-safe. */
void ending_ask(int number);

/** The first signal that asked, or 0. */
int ending_asked(void);

#endif
