/** The unstripped twin that names may come from. */
#ifndef PROBES_WASM_SYMBOLS_H
#define PROBES_WASM_SYMBOLS_H

#include "perfbudget/probe.h"
#include "wasm/file.h"

/** Reads the file that `with: {symbols: path}` names; *symbols is NULL where there is none. On
 * failure the run has been failed. All memory is in `arena`. */
bool wasm_symbols_read(struct probe_run *run, struct arena *arena,
                       const struct wasm_file **symbols);

#endif
