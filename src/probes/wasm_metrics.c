#include "probes/wasm_metrics.h"

#include "probes/size_config.h"

static const struct probe_dimension section_dimensions[] = {
    {.name = "section",
     .help = "the section: preamble, type, import, function, table, memory, tag, global, export, "
             "start, element, datacount, code, data, component (glue), or a custom section's name"},
    {.name = "file", .help = "the file's path relative to `directory`, after `strip`"},
    {.name = NULL},
};

#define LABELLED(words, is_complete, text)                                                  \
    static const struct probe_dimension words##_dimensions[] = {                            \
        {.name = #words, .help = text, .complete = is_complete},                            \
        {.name = "file", .help = "the file's path relative to `directory`, after `strip`"}, \
        {.name = NULL},                                                                     \
    }
LABELLED(module, false,
         "`/` for the file itself, /module0, /component1/module0 inside a component");

#define FUNCTION_HELP \
    "a function's name, demangled and without hashes; function-12 where nothing names it"
LABELLED(function, true, FUNCTION_HELP);
/** Of the metric `function`, so that a broken namespace lists its own. */
static const struct probe_dimension spaced_dimensions[] = {
    {.name = "function", .help = FUNCTION_HELP, .complete = true},
    {.name = "namespace", .help = "its namespace, as of the metric `namespace`"},
    {.name = "file", .help = "the file's path relative to `directory`, after `strip`"},
    {.name = NULL},
};
LABELLED(namespace, true,
         "a Rust crate, C++ namespace or Go package; of a plain name the source file where DWARF "
         "names it, else (none), or (unnamed) without a name; of <A as B>::f the crate of A");
LABELLED(import, true, "module.field of the import");
LABELLED(feature, true, "the feature as the tool conventions call it: simd128, bulk-memory, ...");
LABELLED(export, true, "the pattern as written");

static const char *const parts_of_file[] = {"section", "namespace", "function", NULL};
static const char *const parts_of_code[] = {"namespace", "function", NULL};
static const char *const parts_of_namespace[] = {"function", NULL};

static const char unnamed_functions[] = "function-*", unnamed_namespace[] = "(unnamed)";

/** Members of a labelled row; those that few rows have may follow. */
#define LABELLED_MEMBERS(metric_name, words, metric_unit, metric_fold, text)                  \
    .name = metric_name, .help = text, .dimensions = words##_dimensions, .unit = metric_unit, \
    .better = PROBE_LOWER, .nature = PROBE_EXACT, .fold = metric_fold

#define LABELLED_ROW(...) \
    { LABELLED_MEMBERS(__VA_ARGS__) }

#define WASM_ROW(metric_name, metric_unit, metric_fold, text)                                      \
    {                                                                                              \
        .name = metric_name, .help = text, .dimensions = size_file_dimension, .unit = metric_unit, \
        .better = PROBE_LOWER, .nature = PROBE_EXACT, .fold = metric_fold                          \
    }

const struct probe_metric wasm_metrics[WASM_METRICS] = {
    SIZE_METRIC_ROWS(parts_of_file),
    [WASM_CODE_BYTES] =
        SIZE_METRIC_ROW("code", parts_of_code, "Bytes of the code section, its header included."),
    [WASM_DATA_BYTES] = WASM_ROW("data", PROBE_BYTES, PROBE_FOLD_SUM,
                                 "Bytes of the data section, its header included."),
    [WASM_CUSTOM_BYTES] = WASM_ROW("custom", PROBE_BYTES, PROBE_FOLD_SUM,
                                   "Bytes of all custom sections, headers included."),
    [WASM_DEBUG_BYTES] =
        WASM_ROW("debug", PROBE_BYTES, PROBE_FOLD_SUM,
                 "Bytes of custom sections for debugging and linking: .debug_*, name, linking, "
                 "reloc.*, sourceMappingURL, external_debug_info."),
    [WASM_SECTION_BYTES] = LABELLED_ROW("section", section, PROBE_BYTES, PROBE_FOLD_SUM,
                                        "Bytes of each section, its header included; an absent "
                                        "standard section is 0; together the size of the file."),
    [WASM_FUNCTIONS] = WASM_ROW("functions", PROBE_COUNT, PROBE_FOLD_SUM,
                                "Functions with a body; imported ones are not counted."),
    [WASM_IMPORTS] = WASM_ROW("imports", PROBE_COUNT, PROBE_FOLD_SUM, "Imports of every kind."),
    [WASM_EXPORTS] = WASM_ROW("exports", PROBE_COUNT, PROBE_FOLD_SUM, "Exports of every kind."),
    [WASM_DATA_SEGMENTS] = WASM_ROW("data_segments", PROBE_COUNT, PROBE_FOLD_SUM,
                                    "Data segments, active and passive."),
    [WASM_LARGEST_FUNCTION] = WASM_ROW("largest_function", PROBE_BYTES, PROBE_FOLD_MAX,
                                       "Bytes of the largest function body."),
    [WASM_MEMORY_INITIAL] =
        WASM_ROW("memory_initial", PROBE_BYTES, PROBE_FOLD_SUM,
                 "Bytes that the memories, imported ones included, begin with."),
    [WASM_MEMORY_MAXIMUM] = WASM_ROW("memory_maximum", PROBE_BYTES, PROBE_FOLD_SUM,
                                     "Bytes that the memories, imported ones included, may grow "
                                     "to; a memory without a maximum breaks every bound."),
    [WASM_TABLE_ENTRIES] = WASM_ROW("table", PROBE_COUNT, PROBE_FOLD_SUM,
                                    "Entries that all tables, imported ones included, begin with."),
    [WASM_NAME_BYTES] = WASM_ROW("names", PROBE_BYTES, PROBE_FOLD_SUM,
                                 "Bytes of custom sections called name, headers included."),
    [WASM_EXPORT_BYTES] = WASM_ROW("exports_size", PROBE_BYTES, PROBE_FOLD_SUM,
                                   "Bytes of the export section, its header included."),
    [WASM_IMPORT_BYTES] = WASM_ROW("imports_size", PROBE_BYTES, PROBE_FOLD_SUM,
                                   "Bytes of the import section, its header included."),
    [WASM_GLUE_BYTES] =
        WASM_ROW("glue", PROBE_BYTES, PROBE_FOLD_SUM,
                 "Bytes of a component that are in none of its modules; 0 for a core module."),
    [WASM_MODULE_BYTES] =
        LABELLED_ROW("module", module, PROBE_BYTES, PROBE_FOLD_SUM,
                     "Bytes of each module, and of each component those outside of what is in it; "
                     "together the size of the file."),
    [WASM_FUNCTION_BYTES] = {LABELLED_MEMBERS(
                                 "function", spaced, PROBE_BYTES, PROBE_FOLD_SUM,
                                 "Bytes of the functions with a body, those of one name "
                                 "together. One that is not there passes only where what "
                                 "nothing names (function-12) is smaller than the limit."),
                             .unnamed = unnamed_functions},
    [WASM_NAMESPACE_BYTES] = {LABELLED_MEMBERS(
                                  "namespace", namespace, PROBE_BYTES, PROBE_FOLD_SUM,
                                  "Bytes of the functions of each Rust crate, C++ namespace, "
                                  "Go package or source file (by the line tables of DWARF "
                                  "2 to 5). What nothing names, (unnamed), may be of any: a "
                                  "limit passes only where it is met with that as well."),
                              .parts = parts_of_namespace, .unnamed = unnamed_namespace},
    [WASM_RETAINED_BYTES] =
        {LABELLED_MEMBERS(
             "retained", function, PROBE_BYTES, PROBE_FOLD_MAX,
             "Bytes of function bodies that would go if the function went: its own and of "
             "those that only it keeps (dominator tree of calls, function references, "
             "exports, start and element segments); of several with one name the largest. "
             "One that is not there passes as `function` does."),
         .unnamed = unnamed_functions},
    [WASM_DUPLICATE_BYTES] =
        WASM_ROW("duplicates", PROBE_BYTES, PROBE_FOLD_SUM,
                 "Bytes of function bodies that are the same as an earlier one of the file."),
    [WASM_UNREFERENCED_BYTES] =
        WASM_ROW("unreferenced", PROBE_BYTES, PROBE_FOLD_SUM,
                 "Bytes of functions that no export, start function or element segment leads to."),
    [WASM_DENIED_IMPORTS] =
        LABELLED_ROW("denied_imports", import, PROBE_COUNT, PROBE_FOLD_SUM,
                     "Imports of core modules that `deny_imports` names or `allow_imports` leaves "
                     "out; not measured without either."),
    [WASM_DENIED_FEATURES] = LABELLED_ROW(
        "denied_features", feature, PROBE_COUNT, PROBE_FOLD_SUM,
        "Features that types, imports, exports, limits, segments and instructions need and "
        "`allow_features` leaves out; not measured without it."),
    [WASM_MISSING_EXPORTS] = LABELLED_ROW(
        "missing_exports", export, PROBE_COUNT, PROBE_FOLD_SUM,
        "Names of `require_exports` that no core module exports; not measured without it."),
};
