#include "base/array.h"
#include "probes/decompress.h"
#include "probes/http_config.h"

#define DAY (24.0 * 60 * 60)

static const struct probe_option capture_rows[] = {
    {PROBE_OPTION(struct http_capture, PROBE_TEXT, json), .fallback = "",
     .help = "JSON pointer to the value in the answer's body."},
    {PROBE_OPTION(struct http_capture, PROBE_TEXT, header), .fallback = "",
     .help = "Header of the answer that holds the value."},
    {PROBE_OPTION(struct http_capture, PROBE_TEXT, pattern), .fallback = "",
     .help = "Regular expression (PCRE2) with one group around the value in the body."},
};
static const struct probe_record_table captures = {
    .what = "a captured value",
    .bare = "json",
    .options = capture_rows,
    .option_count = array_length(capture_rows),
    .option_size = sizeof *capture_rows,
    .record_size = sizeof(struct http_capture),
    .form = PROBE_FORM_NAMED,
};

static const struct probe_option expect_rows[] = {
    {PROBE_OPTION(struct http_expect, PROBE_TEXTS, status), .fallback = "2xx",
     .help = "Status codes that are right: `200`, `200-299`, `2xx`; any other is a failure."},
    {PROBE_OPTION(struct http_expect, PROBE_PAIRS, headers), .fallback = "",
     .help = "Headers the answer must have, each with a pattern (PCRE2) for its value."},
    {PROBE_OPTION(struct http_expect, PROBE_TEXT, body), .fallback = "",
     .help = "Pattern (PCRE2) that must match in the body."},
    {PROBE_OPTION(struct http_expect, PROBE_PAIRS, json), .fallback = "",
     .help =
         "JSON pointers into the body, each with the text, number, true, false or null that must "
         "stand there."},
};
static const struct probe_record_table expectation = {
    .what = "what is expected of an answer",
    .bare = "status",
    .options = expect_rows,
    .option_count = array_length(expect_rows),
    .option_size = sizeof *expect_rows,
    .record_size = sizeof(struct http_expect),
    .form = PROBE_FORM_ONE,
};

static const struct probe_option request_rows[] = {
    {PROBE_OPTION(struct http_request, PROBE_TEXT, path), .fallback = NULL,
     .help = "Path and query, from the root of the target's host, or relative to the target; or a "
             "URL of http or https, also of another host."},
    {PROBE_OPTION(struct http_request, PROBE_TEXT, name), .fallback = "",
     .help = "What the label `request` says; default: the path, and the method before "
             "it where that is not GET."},
    {PROBE_OPTION(struct http_request, PROBE_TEXT, method), .fallback = "",
     .help = "The method; default: POST where something is sent, else GET."},
    {PROBE_OPTION(struct http_request, PROBE_PAIRS, headers), .fallback = "",
     .help = "Headers of this request, over those of the budget."},
    {PROBE_OPTION(struct http_request, PROBE_PAIRS, query), .fallback = "",
     .help = "Parameters added to the path; encoded."},
    {PROBE_OPTION(struct http_request, PROBE_TEXT, json), .fallback = "",
     .help = "JSON that is sent, as a text."},
    {PROBE_OPTION(struct http_request, PROBE_PAIRS, form), .fallback = "",
     .help = "Form fields that are sent; encoded."},
    {PROBE_OPTION(struct http_request, PROBE_TEXT, body), .fallback = "",
     .help = "A text that is sent as it is."},
    {PROBE_OPTION(struct http_request, PROBE_TEXT, file), .fallback = "",
     .help = "A file that is sent as it is."},
    {PROBE_OPTION(struct http_request, PROBE_RECORDS, expect), .fallback = "",
     .records = &expectation, .help = "What an answer must be like, instead of the budget's."},
    {PROBE_OPTION(struct http_request, PROBE_RECORDS, capture), .fallback = "",
     .records = &captures,
     .help = "Values of the answer that later requests of the same user use as {{name}}."},
    {PROBE_OPTION(struct http_request, PROBE_TIME, think), .fallback = "", .max = DAY,
     .help = "How long the user waits afterwards."},
    {PROBE_OPTION(struct http_request, PROBE_TIME, think_to), .fallback = "", .max = DAY,
     .help = "Together with `think`: the wait is drawn evenly between the two."},
    {PROBE_OPTION(struct http_request, PROBE_TIME, timeout), .fallback = "", .max = DAY,
     .help = "Time for this request, instead of the budget's."},
};
static const struct probe_record_table requests = {
    .what = "a request",
    .bare = "path",
    .options = request_rows,
    .option_count = array_length(request_rows),
    .option_size = sizeof *request_rows,
    .record_size = sizeof(struct http_request),
    .form = PROBE_FORM_LIST,
};

static const struct probe_option flow_rows[] = {
    {PROBE_OPTION(struct http_flow, PROBE_TEXT, name), .fallback = "",
     .help = "A name for people."},
    {PROBE_OPTION(struct http_flow, PROBE_INTEGER, weight), .fallback = "1", .min = 1,
     .max = 1000000, .help = "How often it is walked, compared with the other flows."},
    {PROBE_OPTION(struct http_flow, PROBE_RECORDS, requests), .fallback = NULL,
     .records = &requests, .help = "Its requests, one after the other; the first failure ends it."},
};
static const struct probe_record_table flows = {
    .what = "a flow",
    .options = flow_rows,
    .option_count = array_length(flow_rows),
    .option_size = sizeof *flow_rows,
    .record_size = sizeof(struct http_flow),
    .form = PROBE_FORM_LIST,
};

static const struct probe_option phase_rows[] = {
    {PROBE_OPTION(struct http_phase, PROBE_TIME, duration), .fallback = "", .max = 7 * DAY,
     .help = "How long flows begin."},
    {PROBE_OPTION(struct http_phase, PROBE_INTEGER, requests), .fallback = "", .min = 1,
     .max = HTTP_FLOWS_MAX, .help = "How many flows begin, instead of a duration."},
    {PROBE_OPTION(struct http_phase, PROBE_RATE, rate), .fallback = "", .min = 0.001, .max = 1e6,
     .help = "Open model: so many flows begin a second, whatever the target does."},
    {PROBE_OPTION(struct http_phase, PROBE_INTEGER, concurrency), .fallback = "", .min = 1,
     .max = HTTP_CONCURRENCY_MAX,
     .help = "Closed model: so many users, each beginning a flow when its last one is over."},
    {PROBE_OPTION(struct http_phase, PROBE_TEXT, ramp_to), .fallback = "",
     .help = "The rate (`500/s`) or concurrency (`200`) at the end of the duration."},
    {PROBE_OPTION(struct http_phase, PROBE_FLAG, judged), .fallback = "true",
     .help = "false: measured and told in a remark, but no sample of it is judged."},
};
const struct probe_record_table http_phase_rows = {
    .what = "a phase",
    .options = phase_rows,
    .option_count = array_length(phase_rows),
    .option_size = sizeof *phase_rows,
    .record_size = sizeof(struct http_phase),
    .form = PROBE_FORM_NAMED,
};

static const char *const versions[] = {[HTTP_VERSION_1] = "1.1", [HTTP_VERSION_2] = "2", NULL};

#define ROW(kind, member) PROBE_OPTION(struct http_config, kind, member)

const struct probe_option http_options[HTTP_OPTIONS] = {
    {ROW(PROBE_TIME, duration), .fallback = "", .max = 7 * DAY,
     .help = "How long flows begin; default 10s where nothing says how much load there is."},
    {ROW(PROBE_INTEGER, requests), .fallback = "", .min = 1, .max = HTTP_FLOWS_MAX,
     .help = "How many flows begin (requests, where there is no scenario), instead of a duration."},
    {ROW(PROBE_INTEGER, concurrency), .fallback = "", .min = 1, .max = HTTP_CONCURRENCY_MAX,
     .help = "Closed model: so many users, each sending when its last answer is there; default 1."},
    {ROW(PROBE_RATE, rate), .fallback = "", .min = 0.001, .max = 1e6,
     .help = "Open model: so many flows begin a second, whatever the target does; latency counts "
             "from when each was to begin."},
    {ROW(PROBE_TEXT, ramp_to), .fallback = "",
     .help = "The rate (`500/s`) or concurrency (`200`) at the end of the duration."},
    {ROW(PROBE_RECORDS, phases), .fallback = "", .records = &http_phase_rows,
     .help = "Several loads, one after the other, each with its own labels."},
    {ROW(PROBE_RECORDS, scenario), .fallback = "", .records = &flows,
     .help = "What users do, instead of one request of the target: flows, drawn by weight."},
    {ROW(PROBE_RECORDS, login), .fallback = "", .records = &requests,
     .help = "Requests that each user sends once, before its first flow."},
    {ROW(PROBE_TEXT, method), .fallback = "",
     .help = "The method; default: POST where something is sent, else GET."},
    {ROW(PROBE_PAIRS, headers), .fallback = "",
     .help = "Headers of all requests to the target's host."},
    {ROW(PROBE_PAIRS, query), .fallback = "", .help = "Parameters added to the target; encoded."},
    {ROW(PROBE_TEXT, json), .fallback = "", .help = "JSON that is sent, as a text."},
    {ROW(PROBE_PAIRS, form), .fallback = "", .help = "Form fields that are sent; encoded."},
    {ROW(PROBE_TEXT, body), .fallback = "", .help = "A text that is sent as it is."},
    {ROW(PROBE_TEXT, file), .fallback = "", .help = "A file that is sent as it is."},
    {ROW(PROBE_RECORDS, expect), .fallback = "", .records = &expectation,
     .help = "What answers must be like; default: a status of 2xx."},
    {ROW(PROBE_TIME, timeout), .fallback = "", .max = DAY,
     .help = "Time for one request, connecting included; default: the budget's `timeout`."},
    {ROW(PROBE_TIME, late), .fallback = "5ms", .max = DAY,
     .help =
         "Open model: a request that is sent this much after its time was sent late; over 1 % of "
         "them make the run inconclusive, as the load machine was too slow."},
    {ROW(PROBE_INTEGER, connections), .fallback = "", .min = 1, .max = HTTP_CONCURRENCY_MAX,
     .help = "Open model: most users at once; default: what the rate and the timeout can need, up "
             "to 10,000."},
    {ROW(PROBE_TEXT, basic), .fallback = "",
     .help = "USER:PASSWORD for basic authorization at the target's host."},
    {ROW(PROBE_TEXT, bearer), .fallback = "",
     .help = "Token for bearer authorization at the target's host."},
    {ROW(PROBE_FLAG, cookies), .fallback = "true",
     .help = "Whether each user keeps cookies and sends them back, to the host they came from."},
    {ROW(PROBE_FLAG, compression), .fallback = "false",
     .help =
         "true: asks for compressed answers as browsers do (`accept-encoding: " DECOMPRESS_CODINGS
         "`). `received` counts the bytes on the wire; they are decompressed where `expect` or "
         "`capture` looks into them."},
    {ROW(PROBE_INTEGER, redirects), .fallback = "0", .max = HTTP_REDIRECTS_MAX,
     .help = "How many redirects of one request are followed, on the same scheme, host and port "
             "only; its latency is that of all together."},
    {ROW(PROBE_TEXT, ca), .fallback = "",
     .help =
         "PEM file of authorities that certificates are checked with, instead of the system's."},
    {ROW(PROBE_FLAG, insecure), .fallback = "false",
     .help = "true: certificates are not checked, which stands in the report."},
    {ROW(PROBE_TEXT, unix_socket), .fallback = "",
     .help = "Path of a Unix socket to connect to, whatever the target's host is."},
    {ROW(PROBE_TEXT, proxy), .fallback = "",
     .help =
         "URL of a proxy, for all hosts: http://HOST:PORT, https:// (TLS with it), socks5:// or "
         "socks5h:// (it looks names up), with USER:PASSWORD@ where it wants them; those in the "
         "environment are never used."},
    {ROW(PROBE_CHOICE, version), .fallback = "1.1", .choices = versions,
     .help =
         "2: HTTP/2, over TLS where the server chooses it (ALPN), else in clear text with prior "
         "knowledge; one request at a time over each connection."},
};
