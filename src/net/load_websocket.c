#include "net/load_websocket.h"

#include <stdlib.h>

#include "base/arena.h"
#include "net/http1.h"

/* A connection. */
struct socket_state {
    bool upgraded;
    uint8_t interim;  /* 1xx answers before that of the handshake */
    uint32_t replies; /* to the request under way */
    uint32_t unasked; /* messages since the last request */
    char *head;       /* malloc'd: the handshake's answer so far */
    size_t head_size;
    struct websocket_reader reader;
};

static enum load_progress wrong(struct load_wire *wire, enum net_fault fault, const char *reason) {
    if (!wire->exchange) return LOAD_WRONG;
    wire->exchange->fault = (uint8_t)fault;
    wire->exchange->reason = reason;
    return LOAD_WRONG;
}

static void begin(struct load_wire *wire) {
    struct socket_state *state = wire->state;
    state->replies = 0;
}

static void head_drop(struct socket_state *state) {
    free(state->head);
    state->head = NULL;
    state->head_size = 0;
}

static void head_hold(struct socket_state *state, const char *bytes, size_t size) {
    char *head = realloc(state->head, state->head_size + size);
    if (!head) memory_exhausted();
    memcpy(head + state->head_size, bytes, size);
    state->head = head;
    state->head_size += size;
}

/* The whole head of the handshake's answer. */
static enum load_progress answer_note(struct load_wire *wire, const struct http1_head *head) {
    struct socket_state *state = wire->state;
    const struct load_websocket *ask = wire->request->ask;
    wire->exchange->status = head->status;
    if (head->status != 101) return LOAD_LAST;
    const char *problem = websocket_answer_problem(head->lines, &ask->offer);
    if (problem) return wrong(wire, NET_PROTOCOL, problem);
    state->upgraded = true;
    state->reader = (struct websocket_reader){.limit = wire->body_limit};
    return LOAD_WHOLE;
}

static enum load_progress handshake_take(struct load_wire *wire, const char *bytes, size_t size,
                                         size_t *used) {
    struct socket_state *state = wire->state;
    struct http1_head head;
    *used = size;
    if (!wire->exchange) return LOAD_WRONG; /* nobody asked */
    head_hold(state, bytes, size);
    for (;;) {
        const char *problem;
        struct net_span input = {state->head, state->head_size};
        enum http1_result result = http1_head_read(input, &head, &problem);
        if (result == HTTP1_MORE) return LOAD_PARTIAL;
        if (result != HTTP1_DONE)
            return wrong(wire, result == HTTP1_LARGE ? NET_TOO_LARGE : NET_PROTOCOL, problem);
        if (head.status >= 200 || head.status == 101) break;
        if (++state->interim > HTTP1_INTERIM_MOST)
            return wrong(wire, NET_PROTOCOL, "too many 1xx answers");
        state->head_size -= head.size;
        memmove(state->head, state->head + head.size, state->head_size);
    }
    *used = size - (state->head_size - head.size);
    enum load_progress progress = answer_note(wire, &head);
    head_drop(state);
    return progress;
}

/* Answers with the same payload (section 5.5.3), or the same code (5.5.1). */
static bool control_send(struct load_wire *wire, uint8_t opcode, struct net_span payload) {
    char bytes[WEBSOCKET_HEADER_MOST + WEBSOCKET_CONTROL_MOST];
    unsigned char mask[4];
    websocket_random(mask, sizeof mask);
    const struct websocket_frame frame = {.opcode = opcode, .mask = mask, .payload = payload};
    websocket_frame_write(&frame, bytes);
    return load_wire_send(wire, bytes, websocket_frame_size(&frame));
}

static const char *close_reason(uint16_t code) {
    switch (code) {
    case 1000:
        return "the server closed (1000, normal)";
    case 1001:
        return "the server closed (1001, going away)";
    case 1002:
        return "the server closed (1002, protocol error)";
    case 1003:
        return "the server closed (1003, unsupported data)";
    case 1005:
        return "the server closed without a code";
    case 1007:
        return "the server closed (1007, invalid payload)";
    case 1008:
        return "the server closed (1008, policy violation)";
    case 1009:
        return "the server closed (1009, message too big)";
    case 1011:
        return "the server closed (1011, internal error)";
    default:
        return code < 3000 ? "the server closed with another code"
                           : "the server closed with a code of its own";
    }
}

static enum load_progress message_note(struct load_wire *wire,
                                       const struct websocket_piece *piece) {
    struct socket_state *state = wire->state;
    const struct load_websocket *ask = wire->exchange ? wire->request->ask : NULL;
    if (!ask || ask->handshake) {
        state->unasked++;
        return LOAD_PARTIAL;
    }
    if (ask->strict && state->unasked)
        return wrong(wire, NET_PROTOCOL, "a message came that nothing had asked for");
    enum load_reply reply =
        ask->judge(ask->context, state->replies, piece->payload, piece->opcode == WEBSOCKET_TEXT);
    if (reply == LOAD_WRONG_REPLY) return LOAD_LAST;
    if (reply == LOAD_OTHER_REPLY) return LOAD_PARTIAL;
    wire->exchange->body_size += piece->payload.size;
    return ++state->replies == ask->replies ? LOAD_WHOLE : LOAD_PARTIAL;
}

static enum load_progress piece_note(struct load_wire *wire, const struct websocket_piece *piece) {
    switch ((enum websocket_opcode)piece->opcode) {
    case WEBSOCKET_PING:
        return control_send(wire, WEBSOCKET_PONG, piece->payload)
                   ? LOAD_PARTIAL
                   : wrong(wire, NET_PROTOCOL, "more pings came than pongs could be sent");
    case WEBSOCKET_CLOSE:
        return wrong(wire, NET_CLOSED, close_reason(piece->code));
    case WEBSOCKET_TEXT:
    case WEBSOCKET_BINARY:
        return message_note(wire, piece);
    case WEBSOCKET_PONG:
    case WEBSOCKET_CONTINUATION:
        break;
    }
    return LOAD_PARTIAL;
}

static enum load_progress take(struct load_wire *wire, char *bytes, size_t size, size_t *used) {
    struct socket_state *state = wire->state;
    if (!state->upgraded) return handshake_take(wire, bytes, size, used);
    for (*used = 0; *used < size;) {
        struct websocket_piece piece;
        struct net_span rest = {bytes + *used, size - *used};
        enum websocket_result result = websocket_read(&state->reader, rest, &piece);
        *used += piece.used;
        if (result == WEBSOCKET_MORE) break;
        if (result != WEBSOCKET_MESSAGE)
            return wrong(wire, result == WEBSOCKET_LARGE ? NET_TOO_LARGE : NET_PROTOCOL,
                         piece.problem);
        enum load_progress progress = piece_note(wire, &piece);
        if (progress != LOAD_PARTIAL) return progress;
    }
    return LOAD_PARTIAL;
}

static enum load_progress ended(struct load_wire *wire) {
    const struct socket_state *state = wire->state;
    return wrong(wire, NET_CLOSED,
                 state->upgraded ? "closed without a close frame" : "closed within the handshake");
}

static void release(struct load_wire *wire) {
    struct socket_state *state = wire->state;
    head_drop(state);
    websocket_reader_release(&state->reader);
}

static void told(struct load_wire *wire) {
    struct socket_state *state = wire->state;
    state->unasked = 0;
}

const struct load_protocol load_websocket = {
    .state_size = sizeof(struct socket_state),
    .begin = begin,
    .take = take,
    .ended = ended,
    .told = told,
    .release = release,
};
