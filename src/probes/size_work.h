/** Compresses many files with many encodings on all cores, the dearest first. */
#ifndef PROBES_SIZE_WORK_H
#define PROBES_SIZE_WORK_H

#include "probes/measured_files.h"

/**
 * Emits files, and raw, gzip, brotli and zstd of each file in the order of the labels, those that
 * are wanted, and says their methods. False: the run has been failed, and nothing was emitted.
 */
bool size_emit_all(struct probe_run *run, struct arena *arena, const struct measured_files *files);

/** Whether a metric whose number lies in first..end-1 is wanted. */
bool size_wants_any(struct probe_run *run, uint32_t first, uint32_t end);

#endif
