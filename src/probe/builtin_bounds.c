#include "probe/builtin_bounds.h"

#include "probe/cache_store.h"
#include "probe/conform.h"
#include "probe/labels.h"
#include "probe/plugin_exec.h"
#include "probe/record.h"
#include "probe/session_internal.h"
#include "probes/command_parts.h"
#include "probes/extract.h"
#include "probes/format.h"
#include "probes/glob.h"
#include "probes/http_config.h"
#include "probes/prometheus_query.h"
#include "probes/prometheus_scrape.h"
#include "probes/size_label.h"
#include "probes/websocket_config.h"
#include "wasm/component_sections.h"
#include "wasm/custom.h"
#include "wasm/demangle.h"
#include "wasm/dwarf.h"
#include "wasm/file.h"

const struct bound builtin_bounds[] = {
    {"samples of a metric", SAMPLES_MAX, PROBE_COUNT},
    {"samples of a metric under load that are kept one by one", STREAM_SAMPLES_MAX, PROBE_COUNT},
    {"labels of a budget", LABELS_MAX, PROBE_COUNT},
    {"one label", LABEL_BYTES_MAX, PROBE_BYTES},
    {"dimensions of a metric", METRIC_DIMENSIONS_MAX, PROBE_COUNT},
    {"metrics of a probe", PROBE_METRICS_MAX, PROBE_COUNT},
    {"metrics that options declare", SESSION_DECLARED_MAX, PROBE_COUNT},
    {"remarks of a budget", SESSION_REMARKS_MAX, PROBE_COUNT},
    {"one message of a probe", SESSION_MESSAGE_MAX, PROBE_BYTES},
    {"description of an executable plugin", PLUGIN_DESCRIPTION_MAX, PROBE_BYTES},
    {"what an executable plugin prints in one run", PLUGIN_OUTPUT_MAX, PROBE_BYTES},
    {"one line of it", PLUGIN_LINE_MAX, PROBE_BYTES},
    {"cached compressed sizes", CACHE_RECORDS_MAX, PROBE_COUNT},
    {"files a target matches", GLOB_FILES_MAX, PROBE_COUNT},
    {"folders a pattern walks", GLOB_FOLDERS_MAX, PROBE_COUNT},
    {"patterns that braces become", GLOB_ALTERNATIVES_MAX, PROBE_COUNT},
    {"one pattern of files", GLOB_PATTERN_MAX, PROBE_BYTES},
    {"steps of `strip` on one label", STRIP_MATCH_LIMIT, PROBE_COUNT},
    {"sections of a WASM module", WASM_SECTIONS_MAX, PROBE_COUNT},
    {"functions, imports or exports of a WASM module", WASM_ITEMS_MAX, PROBE_COUNT},
    {"memories or tables of a WASM module", WASM_MEMORIES_MAX, PROBE_COUNT},
    {"modules and components of a WASM file", WASM_UNITS_MAX, PROBE_COUNT},
    {"components of a WASM file inside each other", WASM_DEPTH_MAX, PROBE_COUNT},
    {"types of a component inside each other", COMPONENT_TYPE_DEPTH, PROBE_COUNT},
    {"items of one list in a custom section of a WASM file", CUSTOM_ITEMS_MAX, PROBE_COUNT},
    {"one path of a source file in DWARF", DWARF_PATH_MAX, PROBE_BYTES},
    {"one name of a function in a WASM file", WASM_NAME_MAX, PROBE_BYTES},
    {"output of a command that metrics are read from", COMMAND_OUTPUT_MAX, PROBE_BYTES},
    {"warm-up runs of a command", COMMAND_WARMUP_MAX, PROBE_COUNT},
    {"values one pattern or pointer finds in one output", EXTRACT_VALUES_MAX, PROBE_COUNT},
    {"steps of a pattern for one match", EXTRACT_MATCH_LIMIT, PROBE_COUNT},
    {"one pattern of a metric", EXTRACT_PATTERN_MAX, PROBE_BYTES},
    {"one file of samples, read line by line", FORMAT_FILE_MAX, PROBE_BYTES},
    {"one JSON file of samples", FORMAT_JSON_MAX, PROBE_BYTES},
    {"one line of a file of samples", FORMAT_LINE_MAX, PROBE_BYTES},
    {"samples of all files of a budget", FORMAT_SAMPLES_MAX, PROBE_COUNT},
    {"columns of a CSV line", FORMAT_COLUMNS_MAX, PROBE_COUNT},
    {"phases of a load", HTTP_PHASES_MAX, PROBE_COUNT},
    {"different requests of a load", HTTP_REQUESTS_MAX, PROBE_COUNT},
    {"users of a load at once", HTTP_CONCURRENCY_MAX, PROBE_COUNT},
    {"flows of one load", HTTP_FLOWS_MAX, PROBE_COUNT},
    {"body of an answer under load, or of a file that is sent", HTTP_BODY_MAX, PROBE_BYTES},
    {"one captured value", HTTP_VALUE_MAX, PROBE_BYTES},
    {"cookies of one user", HTTP_COOKIES_MAX, PROBE_COUNT},
    {"one cookie", HTTP_COOKIE_BYTES, PROBE_BYTES},
    {"redirects of one request", HTTP_REDIRECTS_MAX, PROBE_COUNT},
    {"hosts of one load", HTTP_HOSTS_MAX, PROBE_COUNT},
    {"headers of one request under load", HTTP_HEADERS_MAX, PROBE_COUNT},
    {"messages of one batch", WEBSOCKET_BATCH_MAX, PROBE_COUNT},
    {"all messages of one batch", WEBSOCKET_SENT_MAX, PROBE_BYTES},
    {"one answer of an endpoint of metrics", PROMETHEUS_BODY_MAX, PROBE_BYTES},
    {"one line of it", PROMETHEUS_LINE_MAX, PROBE_BYTES},
    {"labels of one of its series", PROMETHEUS_LABELS_MAX, PROBE_COUNT},
    {"series that selectors mean", PROMETHEUS_SERIES_MAX, PROBE_COUNT},
    {"points of one range query", PROMETHEUS_POINTS_MAX, PROBE_COUNT},
    {.what = NULL},
};
