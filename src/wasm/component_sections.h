/** The contents of a component's own sections, read only to know that they are well formed: for
 * sizes they are glue. */
#ifndef WASM_COMPONENT_SECTIONS_H
#define WASM_COMPONENT_SECTIONS_H

#include "wasm/reader.h"

/** Section ids of components (Component Model, Binary.md). */
enum component_section_id {
    COMPONENT_CUSTOM,
    COMPONENT_CORE_MODULE,
    COMPONENT_CORE_INSTANCE,
    COMPONENT_CORE_TYPE,
    COMPONENT_COMPONENT,
    COMPONENT_INSTANCE,
    COMPONENT_ALIAS,
    COMPONENT_TYPE,
    COMPONENT_CANON,
    COMPONENT_START,
    COMPONENT_IMPORT,
    COMPONENT_EXPORT,
    COMPONENT_VALUE,
    COMPONENT_SECTION_IDS
};

enum { COMPONENT_TYPE_DEPTH = 100 /**< types inside types deeper than this are refused */ };

/** Reads a section that is neither custom, module nor component; the caller checks that nothing is
 * left over. */
bool component_section_read(struct wasm_reader *reader, enum component_section_id id);

#endif
