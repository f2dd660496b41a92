#include "base/array.h"
#include "probes/websocket_config.h"

#define DAY (24.0 * 60 * 60)

static const struct probe_option reply_rows[] = {
    {PROBE_OPTION(struct websocket_reply, PROBE_TEXT, pattern), .fallback = "",
     .help = "Pattern (PCRE2) that matches in a reply."},
    {PROBE_OPTION(struct websocket_reply, PROBE_PAIRS, json), .fallback = "",
     .help = "JSON pointers into a reply, each with the text, number, true, false or null that "
             "must stand there."},
};
static const struct probe_record_table replies = {
    .what = "what a reply is",
    .bare = "pattern",
    .options = reply_rows,
    .option_count = array_length(reply_rows),
    .option_size = sizeof *reply_rows,
    .record_size = sizeof(struct websocket_reply),
    .form = PROBE_FORM_ONE,
};

#define SHARED(kind, member) PROBE_OPTION(struct http_config, kind, member)
#define ROW(kind, member) PROBE_OPTION(struct websocket_config, kind, member)

const struct probe_option websocket_options[WEBSOCKET_OPTIONS] = {
    {ROW(PROBE_TEXT, message), .fallback = "",
     .help = "The message that is sent, as it is; default: one that is made."},
    {ROW(PROBE_SIZE, size), .fallback = "", .min = 1, .max = WEBSOCKET_SENT_MAX,
     .help = "Size of messages that are made, each another; default 32 B."},
    {ROW(PROBE_FLAG, binary), .fallback = "false",
     .help = "true: messages are sent as binary, not as text."},
    {ROW(PROBE_INTEGER, batch), .fallback = "1", .min = 1, .max = WEBSOCKET_BATCH_MAX,
     .help = "Messages sent together; a round trip ends with as many replies."},
    {ROW(PROBE_RECORDS, reply), .fallback = "", .records = &replies,
     .help = "Which messages are replies, others being passed over; default: exactly the message "
             "that was sent, and any other is a failure."},
    {SHARED(PROBE_TIME, duration), .fallback = "", .max = 7 * DAY,
     .help = "How long round trips begin; default 10s where nothing says how much load there is."},
    {SHARED(PROBE_INTEGER, requests), .fallback = "", .min = 1, .max = HTTP_FLOWS_MAX,
     .help = "How many round trips begin, instead of a duration."},
    {SHARED(PROBE_INTEGER, concurrency), .fallback = "", .min = 1, .max = HTTP_CONCURRENCY_MAX,
     .help = "Closed model: so many users, each with a connection, sending when its last reply is "
             "there; default 1."},
    {SHARED(PROBE_RATE, rate), .fallback = "", .min = 0.001, .max = 1e6,
     .help = "Open model: so many round trips begin a second, whatever the target does; latency "
             "counts from when each was to begin."},
    {SHARED(PROBE_TEXT, ramp_to), .fallback = "",
     .help = "The rate (`500/s`) or concurrency (`200`) at the end of the duration."},
    {SHARED(PROBE_RECORDS, phases), .fallback = "", .records = &http_phase_rows,
     .help = "Several loads, one after the other, each with its own labels."},
    {ROW(PROBE_TEXTS, subprotocols), .fallback = "",
     .help = "Subprotocols to offer; a server that chooses none of them fails."},
    {SHARED(PROBE_PAIRS, headers), .fallback = "", .help = "Headers of the handshake."},
    {SHARED(PROBE_TIME, timeout), .fallback = "", .max = DAY,
     .help = "Time for one handshake, connecting included, and for one round trip; default: the "
             "budget's `timeout`."},
    {SHARED(PROBE_TIME, late), .fallback = "5ms", .max = DAY,
     .help = "Open model: a message that is sent this much after its time was sent late; over 1 % "
             "of them make the run inconclusive, as the load machine was too slow."},
    {SHARED(PROBE_INTEGER, connections), .fallback = "", .min = 1, .max = HTTP_CONCURRENCY_MAX,
     .help = "Open model: most users at once; default: what the rate and the timeout can need, up "
             "to 10,000."},
    {SHARED(PROBE_TEXT, basic), .fallback = "", .help = "USER:PASSWORD for basic authorization."},
    {SHARED(PROBE_TEXT, bearer), .fallback = "", .help = "Token for bearer authorization."},
    {SHARED(PROBE_TEXT, ca), .fallback = "",
     .help =
         "PEM file of authorities that certificates are checked with, instead of the system's."},
    {SHARED(PROBE_FLAG, insecure), .fallback = "false",
     .help = "true: certificates are not checked, which stands in the report."},
    {SHARED(PROBE_TEXT, unix_socket), .fallback = "",
     .help = "Path of a Unix socket to connect to, whatever the target's host is."},
    {SHARED(PROBE_TEXT, proxy), .fallback = "",
     .help =
         "URL of a proxy, asked for a tunnel: http://HOST:PORT, https:// (TLS with it), socks5:// "
         "or socks5h:// (it looks names up), with USER:PASSWORD@ where it wants them; those in "
         "the environment are never used."},
};
