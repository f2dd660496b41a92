/* Any bytes as what a server sends over HTTP/2: an answer that is whole is the same answer whether
 * it is read whole or in steps, and nothing is read beyond the bounds. The first byte is the size
 * of the steps.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "net/load_http2.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LIMIT 4096

struct outcome {
    enum load_progress progress;
    uint16_t status;
    uint64_t body_size;
    size_t lines;
};

/* What the engine would send is thrown away, but nghttp2 tells of what it found while it is made.
 */
static enum load_progress drain(struct load_wire *wire) {
    char room[65536];
    size_t size;
    enum load_progress progress;
    do {
        size = sizeof room;
        progress = load_http2.give(wire, room, &size);
    } while (progress == LOAD_PARTIAL && size > 0);
    return progress;
}

static void check_answer(const struct load_exchange *exchange) {
    if (exchange->status < 200 || exchange->body_size > LIMIT) abort();
    if (exchange->body.size != exchange->body_size) abort();
    if (exchange->lines.size > 0 && exchange->lines.data[exchange->lines.size - 1] != '\n') abort();
}

static struct outcome read_all(const uint8_t *data, size_t size, size_t step) {
    struct load_exchange exchange = {0};
    const struct load_request request = {
        .bytes = net_span_text("GET / HTTP/1.1\r\nHost: h\r\n\r\n"), .keep_body = true};
    void *state = calloc(1, load_http2.state_size);
    struct load_wire wire = {
        .state = state, .exchange = &exchange, .request = &request, .body_limit = LIMIT, .now = 1};
    load_http2.begin(&wire);
    enum load_progress progress = drain(&wire);
    for (size_t at = 0; progress == LOAD_PARTIAL && at < size; at += step) {
        size_t part = size - at < step ? size - at : step, used = 0;
        char *bytes = malloc(part);
        if (!bytes) abort();
        memcpy(bytes, data + at, part);
        exchange.bytes_in += part;
        progress = load_http2.take(&wire, bytes, part, &used);
        free(bytes);
        if (progress == LOAD_PARTIAL && used != part) abort();
        if (progress == LOAD_PARTIAL) progress = drain(&wire);
    }
    if (progress == LOAD_PARTIAL) progress = load_http2.ended(&wire);
    if (progress == LOAD_WHOLE || progress == LOAD_LAST) check_answer(&exchange);
    if ((progress == LOAD_WRONG || progress == LOAD_UNHEARD) && exchange.fault == NET_NONE) abort();
    struct outcome outcome = {progress, exchange.status, exchange.body_size, exchange.lines.size};
    load_http2.told(&wire);
    load_http2.release(&wire);
    free(state);
    return outcome;
}

static bool is_answer(const struct outcome *outcome) {
    return outcome->progress == LOAD_WHOLE || outcome->progress == LOAD_LAST;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *problem;
    if (!load_http2_ready(&problem) || size == 0) return 0;
    struct outcome whole = read_all(data + 1, size - 1, size),
                   steps = read_all(data + 1, size - 1, (size_t)data[0] + 1);
    /* What follows an answer may spoil it where it came together with it; and nghttp2 1.52 bounds
     * the reads within a run of CONTINUATION frames, not the frames. */
    if (is_answer(&whole) && is_answer(&steps) &&
        (whole.status != steps.status || whole.lines != steps.lines ||
         whole.body_size != steps.body_size))
        abort();
    return 0;
}
