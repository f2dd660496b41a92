/** Which versions of the compression libraries measured, and which a budget was written for. */
#ifndef PROBES_SIZE_ENCODERS_H
#define PROBES_SIZE_ENCODERS_H

#include "base/arena.h"
#include "probes/compress.h"
#include "probes/size_config.h"

/** The metric that an encoding's sizes go to. */
extern const uint32_t size_codec_metrics[CODEC_COUNT];

/** In check(): `encoders` names libraries that there are. */
bool size_encoders_check(struct probe_run *run, struct arena *arena);

/** Says how the wanted sizes are made, and warns of each library that is not of the version that
 * `encoders` names. */
void size_encoders_say(struct probe_run *run, struct arena *arena);

#endif
