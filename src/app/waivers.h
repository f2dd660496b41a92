/** Waivers after a run. */
#ifndef APP_WAIVERS_H
#define APP_WAIVERS_H

#include "verdict/verdict.h"

/** Warns of each waiver whose limits would be met without it; call after verdicts_finish. */
void waivers_review(const struct verdicts *verdicts, struct diags *diags);

#endif
