/* Any bytes as frames: read whole and in steps of any size, the same messages come out, and each
 * one written again is read as itself. The first byte says whether the peer masks. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "net/websocket_frames.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LIMIT 4096

struct outcome {
    enum websocket_result result;
    size_t used;
    uint64_t count, sum; /* of messages; a checksum of all that was handed out */
};

static void check_message(const struct websocket_piece *piece) {
    static const unsigned char mask[4] = {1, 0, 0xff, 0x80};
    const struct websocket_frame frame = {
        .opcode = piece->opcode, .mask = mask, .payload = piece->payload};
    struct websocket_reader reader = {.limit = LIMIT, .masked = true};
    struct websocket_piece again;
    size_t size = websocket_frame_size(&frame);
    char *bytes = malloc(size);
    if (!bytes) abort();
    websocket_frame_write(&frame, bytes);
    if (websocket_read(&reader, (struct net_span){bytes, size}, &again) != WEBSOCKET_MESSAGE)
        abort();
    if (again.opcode != piece->opcode || again.code != piece->code || again.used != size) abort();
    if (!net_span_equal(again.payload, piece->payload)) abort();
    websocket_reader_release(&reader);
    free(bytes);
}

static struct outcome read_all(struct net_span bytes, size_t step, bool masked) {
    struct websocket_reader reader = {.limit = LIMIT, .masked = masked};
    struct outcome outcome = {.result = WEBSOCKET_MORE};
    while (outcome.result < WEBSOCKET_BAD && outcome.used < bytes.size) {
        struct websocket_piece piece;
        size_t left = bytes.size - outcome.used;
        struct net_span part = {bytes.data + outcome.used, left < step ? left : step};
        outcome.result = websocket_read(&reader, part, &piece);
        if (piece.used == 0 || piece.used > part.size) abort();
        if (outcome.result == WEBSOCKET_MORE && piece.used != part.size) abort();
        if (outcome.result >= WEBSOCKET_BAD && !piece.problem) abort();
        outcome.used += piece.used;
        if (outcome.result != WEBSOCKET_MESSAGE) continue;
        if (piece.payload.size > LIMIT) abort();
        outcome.count++;
        outcome.sum = outcome.sum * 31 + piece.opcode + piece.code;
        for (size_t i = 0; i < piece.payload.size; i++)
            outcome.sum = outcome.sum * 31 + (unsigned char)piece.payload.data[i];
        check_message(&piece);
    }
    websocket_reader_release(&reader);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) return 0;
    struct net_span bytes = {(const char *)data + 1, size - 1};
    static const size_t steps[] = {1, 2, 7};
    bool masked = data[0] & 1;
    struct outcome whole = read_all(bytes, SIZE_MAX, masked);
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct outcome parts = read_all(bytes, steps[i], masked);
        if (parts.count != whole.count || parts.sum != whole.sum) abort();
        if ((parts.result >= WEBSOCKET_BAD) != (whole.result >= WEBSOCKET_BAD)) abort();
    }
    return 0;
}
