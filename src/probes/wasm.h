/** The probe of WebAssembly modules: everything `size` measures, and what is inside. */
#ifndef PROBES_WASM_H
#define PROBES_WASM_H

#include "perfbudget/probe.h"

extern const struct probe wasm_probe;

#endif
