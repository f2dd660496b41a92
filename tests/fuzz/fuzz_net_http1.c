/* Any bytes as an answer: read whole and in steps of any size, heads and bodies come out the same.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "net/http1.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct outcome {
    enum http1_result result;
    size_t used;
    uint64_t length, sum; /* of the body, with a checksum */
};

/** The body read in pieces of at most `step` bytes. */
static struct outcome read_body(const struct http1_head *head, struct net_span bytes, size_t step) {
    struct outcome outcome = {.result = HTTP1_MORE, .used = head->size};
    struct http1_body body;
    http1_body_begin(&body, head, false);
    while (outcome.result == HTTP1_MORE && outcome.used < bytes.size) {
        const char *problem = NULL;
        struct http1_piece piece;
        size_t left = bytes.size - outcome.used;
        struct net_span part = {bytes.data + outcome.used, left < step ? left : step};
        outcome.result = http1_body_read(&body, part, &piece, &problem);
        if (piece.used > part.size || piece.data.size > piece.used) abort();
        if (outcome.result == HTTP1_MORE && piece.used == 0) abort();
        if (outcome.result != HTTP1_MORE && outcome.result != HTTP1_DONE && !problem) abort();
        outcome.used += piece.used;
        outcome.length += piece.data.size;
        for (size_t i = 0; i < piece.data.size; i++)
            outcome.sum = outcome.sum * 31 + (unsigned char)piece.data.data[i];
    }
    return outcome;
}

static void check_head(const struct http1_head *head, struct net_span bytes) {
    struct http1_header header;
    if (head->size > bytes.size || head->size > HTTP1_HEAD_LARGEST) abort();
    if (head->status < 100 || head->status > 999) abort();
    for (size_t at = 0; http1_header_next(head->lines, &at, &header);) {
        if (header.name.size == 0 || header.name.data < head->lines.data) abort();
        if (header.value.data + header.value.size > bytes.data + head->size) abort();
    }
    /* What is a head stays one however much follows, and is none when it is cut. */
    struct http1_head again;
    const char *problem;
    struct net_span whole = {bytes.data, head->size}, cut = {bytes.data, head->size - 1};
    if (http1_head_read(whole, &again, &problem) != HTTP1_DONE || again.size != head->size) abort();
    if (http1_head_read(cut, &again, &problem) != HTTP1_MORE) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct net_span bytes = {(const char *)data, size};
    struct http1_head head;
    const char *problem = NULL;
    enum http1_result result = http1_head_read(bytes, &head, &problem);
    if (result != HTTP1_DONE) {
        if (result != HTTP1_MORE && !problem) abort();
        return 0;
    }
    check_head(&head, bytes);
    struct outcome whole = read_body(&head, bytes, SIZE_MAX);
    static const size_t steps[] = {1, 2, 7};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct outcome parts = read_body(&head, bytes, steps[i]);
        if (parts.result != whole.result || parts.length != whole.length || parts.sum != whole.sum)
            abort();
        if (parts.used != whole.used) abort();
    }
    return 0;
}
