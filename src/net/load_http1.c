#include <stdlib.h>

#include "base/arena.h"
#include "net/http1.h"
#include "net/protocol.h"

/* What a connection knows of the answer that is arriving. */
struct answer {
    struct http1_body body;
    bool in_body, keep_alive, upgraded;
    uint8_t interim;
    uint32_t head_size;
    uint32_t lines_at, lines_size; /* the header lines within the head */
    char *held; /* head and kept body, once they do not lie in one read; or NULL */
    size_t held_size, held_room;
};

/* The part of an answer that lies in the bytes of this read. */
struct here {
    char *head;  /* NULL: held */
    char *body;  /* the kept body, gathered */
    size_t size; /* of the kept body here */
};

static enum load_progress wrong(struct load_wire *wire, enum net_fault fault, const char *reason) {
    wire->exchange->fault = (uint8_t)fault;
    wire->exchange->reason = reason;
    return LOAD_WRONG;
}

static enum load_progress wrong_result(struct load_wire *wire, enum http1_result result,
                                       const char *problem) {
    return wrong(wire, result == HTTP1_LARGE ? NET_TOO_LARGE : NET_PROTOCOL, problem);
}

static void hold(struct answer *answer, const char *bytes, size_t size) {
    if (size == 0) return;
    if (answer->held_size + size > answer->held_room) {
        size_t room = 2 * answer->held_room > answer->held_size + size ? 2 * answer->held_room
                                                                       : answer->held_size + size;
        answer->held = realloc(answer->held, room);
        if (!answer->held) memory_exhausted();
        answer->held_room = room;
    }
    memcpy(answer->held + answer->held_size, bytes, size);
    answer->held_size += size;
}

static void drop_held(struct answer *answer) {
    free(answer->held);
    answer->held = NULL;
    answer->held_size = answer->held_room = 0;
}

static void begin(struct load_wire *wire) {
    struct answer *answer = wire->state;
    drop_held(answer);
    *answer = (struct answer){0};
}

/** The final head is there: what it says, and where. */
static void head_note(struct load_wire *wire, const struct http1_head *head, const char *base) {
    struct answer *answer = wire->state;
    wire->exchange->status = head->status;
    answer->in_body = true;
    answer->head_size = (uint32_t)head->size;
    answer->lines_at = (uint32_t)(head->lines.data - base);
    answer->lines_size = (uint32_t)head->lines.size;
    answer->upgraded = head->status == 101;
    http1_body_begin(&answer->body, head, wire->request->head || answer->upgraded);
    answer->keep_alive = head->keep_alive && answer->body.framing != HTTP1_UNTIL_CLOSE;
}

/** Reads heads until the final one; *at is how many of the bytes are behind. */
static enum load_progress head_take(struct load_wire *wire, char *bytes, size_t size, size_t *at,
                                    struct here *here) {
    struct answer *answer = wire->state;
    for (;;) {
        const char *problem;
        struct http1_head head;
        size_t before = answer->held_size;
        if (before > 0) hold(answer, bytes + *at, size - *at);
        struct net_span input = {bytes + *at, size - *at};
        if (before > 0) input = (struct net_span){answer->held, answer->held_size};
        if (input.size == 0) return LOAD_PARTIAL;
        enum http1_result result = http1_head_read(input, &head, &problem);
        if (result == HTTP1_MORE) {
            if (before == 0) hold(answer, input.data, input.size);
            *at = size;
            return LOAD_PARTIAL;
        }
        if (result != HTTP1_DONE) return wrong_result(wire, result, problem);
        bool interim = head.status < 200 && head.status != 101;
        here->head = before > 0 ? NULL : bytes + *at;
        *at += head.size - before;
        if (!interim) {
            head_note(wire, &head, input.data);
            if (before > 0) answer->held_size = head.size;
            return LOAD_WHOLE;
        }
        drop_held(answer);
        if (++answer->interim > HTTP1_INTERIM_MOST)
            return wrong(wire, NET_PROTOCOL, "too many 1xx answers");
    }
}

/** Adds a piece of the body to what is kept of it in this read. */
static void gather(struct here *here, struct net_span data) {
    char *from = (char *)(uintptr_t)data.data;
    if (here->size == 0)
        here->body = from;
    else if (data.size > 0 && from != here->body + here->size)
        memmove(here->body + here->size, from, data.size);
    here->size += data.size;
}

static enum load_progress body_take(struct load_wire *wire, char *bytes, size_t size, size_t *at,
                                    struct here *here) {
    struct answer *answer = wire->state;
    enum http1_result result;
    do {
        const char *problem;
        struct http1_piece piece;
        struct net_span input = {bytes + *at, size - *at};
        result = http1_body_read(&answer->body, input, &piece, &problem);
        *at += piece.used;
        wire->exchange->body_size += piece.data.size;
        if (result != HTTP1_MORE && result != HTTP1_DONE)
            return wrong_result(wire, result, problem);
        if (wire->exchange->body_size > wire->body_limit)
            return wrong(wire, NET_TOO_LARGE, "the body is larger than the bound");
        if (wire->request->keep_body) gather(here, piece.data);
    } while (result == HTTP1_MORE && *at < size);
    return result == HTTP1_DONE ? LOAD_WHOLE : LOAD_PARTIAL;
}

/** Keeps what this read brought for when the rest has come. */
static void keep(struct load_wire *wire, const struct here *here) {
    struct answer *answer = wire->state;
    if (here->head) hold(answer, here->head, answer->head_size);
    if (here->size > 0) hold(answer, here->body, here->size);
}

/** Points the exchange at the whole answer. */
static void show(struct load_wire *wire, struct here *here) {
    struct answer *answer = wire->state;
    struct load_exchange *exchange = wire->exchange;
    if (!here->head && here->size > 0) {
        hold(answer, here->body, here->size);
        here->size = 0;
    }
    const char *head = here->head ? here->head : answer->held;
    exchange->head = (struct net_span){head, answer->head_size};
    exchange->lines = (struct net_span){head + answer->lines_at, answer->lines_size};
    if (!wire->request->keep_body) return;
    if (here->head)
        exchange->body = (struct net_span){here->body, here->size};
    else
        exchange->body =
            (struct net_span){head + answer->head_size, answer->held_size - answer->head_size};
}

static enum load_progress take(struct load_wire *wire, char *bytes, size_t size, size_t *used) {
    struct answer *answer = wire->state;
    struct here here = {0};
    size_t at = 0;
    *used = size;
    if (!wire->exchange) return LOAD_WRONG; /* nobody asked */
    if (!answer->in_body) {
        enum load_progress progress = head_take(wire, bytes, size, &at, &here);
        if (progress != LOAD_WHOLE) return progress;
    }
    enum load_progress progress = body_take(wire, bytes, size, &at, &here);
    if (progress == LOAD_PARTIAL) keep(wire, &here);
    if (progress != LOAD_WHOLE) return progress;
    if (at < size && !answer->upgraded)
        return wrong(wire, NET_PROTOCOL, "bytes after the end of the answer");
    show(wire, &here);
    return answer->keep_alive && !answer->upgraded ? LOAD_WHOLE : LOAD_LAST;
}

static enum load_progress ended(struct load_wire *wire) {
    struct answer *answer = wire->state;
    if (!answer->in_body)
        return wrong(wire, NET_CLOSED,
                     answer->held_size > 0 ? "closed within the head" : "closed without an answer");
    if (http1_body_end(&answer->body) != HTTP1_DONE)
        return wrong(wire, NET_CLOSED, "closed within the body");
    struct here none = {0};
    show(wire, &none);
    return LOAD_LAST;
}

static void drop(struct load_wire *wire) {
    drop_held(wire->state);
}

const struct load_protocol load_http1 = {
    .state_size = sizeof(struct answer),
    .begin = begin,
    .take = take,
    .ended = ended,
    .told = drop,
    .release = drop,
};
