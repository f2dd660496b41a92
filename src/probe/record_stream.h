/** Streams that may be too long to be kept: beyond `record->stream` samples of a metric all are
 * counted in buckets, and one of each 2, 4, 8, .. is kept in its order. */
#ifndef PROBE_RECORD_STREAM_H
#define PROBE_RECORD_STREAM_H

#include "probe/record.h"

/** Whether samples of that label are kept so: noisy ones that are pooled, of the first run. */
bool is_stream(const struct record *record, const struct slot *slot);
/** Whether its samples know their places among those of other labels. */
bool has_places(const struct record *record, const struct slot *slot);
/** Takes a sample of such a label. */
void stream_add(struct record *record, struct slot *slot, double value);

#endif
