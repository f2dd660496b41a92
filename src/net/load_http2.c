#include "net/load_http2.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "net/http1.h"
#include "net/http2_request.h"

#define STREAM_WINDOW                                                           \
    (16 << 20) /* of a body: as large as most may be, so that none waits for it \
                */
#define CONNECTION_WINDOW 0x3fffffff
#define FRAME_LARGEST 17000 /* bytes that nghttp2 hands out at once */
#define WORDS 128

/* A connection, and the answer that is arriving on it. */
struct http2_state {
    nghttp2_session *session;
    int32_t stream; /* of the request; 0: none */
    bool heard;     /* bytes came on this connection */
    bool final;     /* the head of the answer itself is there or arriving */
    bool done;      /* the answer is whole */
    bool closed;    /* the stream is, on both sides */
    bool going;     /* the server takes no more requests */
    bool unheard;   /* it never took this one up */
    uint8_t interim, fault;
    uint16_t status, fields;
    uint32_t field_bytes; /* as section 6.5.2 counts them */
    uint32_t going_code;
    size_t unasked; /* bytes since the last answer */
    size_t lines_size;
    struct net_span body; /* of the request: what is not sent yet */
    char *held;           /* header lines, then the kept body */
    size_t held_size, held_room;
    const char *reason;
    char words[WORDS];
};

static const struct http2_library *h2(void) {
    return http2_library(NULL);
}

bool load_http2_ready(const char **problem) {
    return http2_library(problem) != NULL;
}

/** The first fault is the one that counts. */
static int fail(struct http2_state *state, enum net_fault fault, const char *reason) {
    if (state->fault == NET_NONE) {
        state->fault = (uint8_t)fault;
        state->reason = reason;
    }
    return NGHTTP2_ERR_CALLBACK_FAILURE;
}

/** The same with the word of an error code (section 7). */
static void fail_code(struct http2_state *state, enum net_fault fault, const char *what,
                      uint32_t code) {
    if (state->fault != NET_NONE) return;
    snprintf(state->words, sizeof state->words, "%s (%s)", what, h2()->http2_strerror(code));
    fail(state, fault, state->words);
}

static void hold(struct http2_state *state, const void *bytes, size_t size) {
    if (size == 0) return;
    if (state->held_size + size > state->held_room) {
        size_t room = state->held_room ? state->held_room : 512;
        while (room < state->held_size + size) room *= 2;
        state->held = realloc(state->held, room);
        if (!state->held) memory_exhausted();
        state->held_room = room;
    }
    memcpy(state->held + state->held_size, bytes, size);
    state->held_size += size;
}

static bool is_ours(const struct http2_state *state, const nghttp2_frame *frame) {
    return state->stream > 0 && frame->hd.stream_id == state->stream && !state->done;
}

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *context) {
    struct load_wire *wire = context;
    struct http2_state *state = wire->state;
    (void)session;
    if (frame->hd.type == NGHTTP2_PUSH_PROMISE)
        return fail(state, NET_PROTOCOL, "the server pushes, though it was told not to");
    if (!is_ours(state, frame) || !wire->exchange) return 0;
    if (wire->exchange->first_byte == 0) wire->exchange->first_byte = wire->now;
    return 0;
}

/** Header lines as HTTP/1.1 writes them, for those who look into them. Trailers are only counted.
 */
static int on_header(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name,
                     size_t name_size, const uint8_t *value, size_t value_size, uint8_t flags,
                     void *context) {
    struct load_wire *wire = context;
    struct http2_state *state = wire->state;
    (void)session, (void)flags;
    if (frame->hd.type != NGHTTP2_HEADERS || !is_ours(state, frame)) return 0;
    state->field_bytes += (uint32_t)(name_size + value_size + 32);
    if (++state->fields > HTTP1_HEADERS_MOST || state->field_bytes > HTTP1_HEAD_LARGEST)
        return fail(state, NET_TOO_LARGE, "the headers are larger than the bound");
    if (state->final) return 0;
    if (name_size == 7 && memcmp(name, ":status", 7) == 0) {
        state->status = (uint16_t)((value[0] - '0') * 100 + (value[1] - '0') * 10 + value[2] - '0');
        return 0;
    }
    hold(state, name, name_size);
    hold(state, ": ", 2);
    hold(state, value, value_size);
    hold(state, "\r\n", 2);
    return 0;
}

static int on_data(nghttp2_session *session, uint8_t flags, int32_t stream, const uint8_t *bytes,
                   size_t size, void *context) {
    struct load_wire *wire = context;
    struct http2_state *state = wire->state;
    (void)session, (void)flags;
    if (stream != state->stream || state->done || !wire->exchange) return 0;
    wire->exchange->body_size += size;
    if (wire->exchange->body_size > wire->body_limit)
        return fail(state, NET_TOO_LARGE, "the body is larger than the bound");
    if (wire->request->keep_body) hold(state, bytes, size);
    return 0;
}

/** A head is whole: an interim one makes room for the next. */
static int head_note(struct load_wire *wire) {
    struct http2_state *state = wire->state;
    if (state->final) return 0;
    if (state->status < 200) {
        state->held_size = 0;
        if (++state->interim > HTTP1_INTERIM_MOST)
            return fail(state, NET_PROTOCOL, "too many 1xx answers");
        return 0;
    }
    state->final = true;
    state->lines_size = state->held_size;
    if (wire->exchange) wire->exchange->status = state->status;
    return 0;
}

static void going_away(struct http2_state *state) {
    fail_code(state, NET_CLOSED, "the server ended the connection: GOAWAY", state->going_code);
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *context) {
    struct load_wire *wire = context;
    struct http2_state *state = wire->state;
    (void)session;
    if (frame->hd.type == NGHTTP2_GOAWAY) {
        state->going = true;
        state->going_code = frame->goaway.error_code;
        /* With an error the connection ends at once (section 5.4.1). */
        if (state->going_code != NGHTTP2_NO_ERROR && wire->exchange && !state->done)
            going_away(state);
    }
    if (!is_ours(state, frame)) return 0;
    if (frame->hd.type == NGHTTP2_RST_STREAM)
        fail_code(state, NET_RESET, "the server reset the stream", frame->rst_stream.error_code);
    if (frame->hd.type == NGHTTP2_HEADERS && head_note(wire) != 0)
        return NGHTTP2_ERR_CALLBACK_FAILURE;
    bool carries = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (carries && frame->hd.flags & NGHTTP2_FLAG_END_STREAM && state->final) state->done = true;
    return 0;
}

static int on_invalid_frame(nghttp2_session *session, const nghttp2_frame *frame, int error,
                            void *context) {
    struct load_wire *wire = context;
    (void)session, (void)frame;
    fail(wire->state, NET_PROTOCOL, h2()->strerror(error));
    return 0;
}

/** Streams beyond the last that a GOAWAY names are closed by nghttp2 (section 6.8). */
static int on_stream_close(nghttp2_session *session, int32_t stream, uint32_t code, void *context) {
    struct load_wire *wire = context;
    struct http2_state *state = wire->state;
    (void)session;
    if (stream != state->stream) return 0;
    state->closed = true;
    if (state->done) return 0;
    if (state->going && code == NGHTTP2_REFUSED_STREAM && state->fault == NET_NONE) {
        state->unheard = state->going_code == NGHTTP2_NO_ERROR;
        going_away(state);
    }
    fail_code(state, NET_PROTOCOL, "the answer is not what HTTP/2 allows", code);
    return 0;
}

/** What nghttp2 sends by itself when the server breaks the rules tells what it found. */
static int on_sent(nghttp2_session *session, const nghttp2_frame *frame, void *context) {
    struct load_wire *wire = context;
    struct http2_state *state = wire->state;
    (void)session;
    bool carries = frame->hd.type == NGHTTP2_HEADERS || frame->hd.type == NGHTTP2_DATA;
    if (carries && frame->hd.flags & NGHTTP2_FLAG_END_STREAM) wire->holding = false;
    if (frame->hd.type == NGHTTP2_GOAWAY && frame->goaway.error_code != NGHTTP2_NO_ERROR)
        fail_code(state, NET_PROTOCOL, "what came is not what HTTP/2 allows",
                  frame->goaway.error_code);
    return 0;
}

static int on_not_sent(nghttp2_session *session, const nghttp2_frame *frame, int error,
                       void *context) {
    struct load_wire *wire = context;
    (void)session;
    if (frame->hd.type == NGHTTP2_HEADERS) fail(wire->state, NET_CLOSED, h2()->strerror(error));
    return 0;
}

static ssize_t body_read(nghttp2_session *session, int32_t stream, uint8_t *room, size_t size,
                         uint32_t *flags, nghttp2_data_source *source, void *context) {
    struct load_wire *wire = context;
    struct http2_state *state = wire->state;
    (void)session, (void)stream, (void)source;
    size_t count = state->body.size < size ? state->body.size : size;
    memcpy(room, state->body.data, count);
    state->body = (struct net_span){state->body.data + count, state->body.size - count};
    if (state->body.size == 0) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return (ssize_t)count;
}

static nghttp2_session *session_new(struct load_wire *wire) {
    static const nghttp2_settings_entry settings[] = {
        {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
        {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, STREAM_WINDOW},
        {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, HTTP1_HEAD_LARGEST},
    };
    const struct http2_library *lib = h2();
    nghttp2_session_callbacks *calls;
    nghttp2_session *session;
    if (lib->session_callbacks_new(&calls) != 0) memory_exhausted();
    lib->session_callbacks_set_on_begin_headers_callback(calls, on_begin_headers);
    lib->session_callbacks_set_on_header_callback(calls, on_header);
    lib->session_callbacks_set_on_data_chunk_recv_callback(calls, on_data);
    lib->session_callbacks_set_on_frame_recv_callback(calls, on_frame);
    lib->session_callbacks_set_on_invalid_frame_recv_callback(calls, on_invalid_frame);
    lib->session_callbacks_set_on_stream_close_callback(calls, on_stream_close);
    lib->session_callbacks_set_on_frame_send_callback(calls, on_sent);
    lib->session_callbacks_set_on_frame_not_send_callback(calls, on_not_sent);
    if (lib->session_client_new(&session, calls, wire) != 0) memory_exhausted();
    lib->session_callbacks_del(calls);
    size_t count = sizeof settings / sizeof *settings;
    if (lib->submit_settings(session, NGHTTP2_FLAG_NONE, settings, count) != 0 ||
        lib->session_set_local_window_size(session, NGHTTP2_FLAG_NONE, 0, CONNECTION_WINDOW) != 0)
        memory_exhausted();
    return session;
}

static void drop_held(struct http2_state *state) {
    free(state->held);
    state->held = NULL;
    state->held_size = state->held_room = state->lines_size = 0;
}

static void begin(struct load_wire *wire) {
    struct http2_state *state = wire->state;
    struct http2_request request;
    nghttp2_session *session = state->session ? state->session : session_new(wire);
    drop_held(state);
    *state = (struct http2_state){.session = session, .heard = state->heard};
    wire->holding = wire->wants = true;
    if (!http2_request_read(wire->request->bytes, wire->secure, &request)) {
        fail(state, NET_CLIENT, "the request has too many headers for HTTP/2");
        return;
    }
    state->body = request.body;
    const nghttp2_data_provider body = {.read_callback = body_read};
    state->stream = h2()->submit_request(session, NULL, request.fields, request.count,
                                         request.body.size ? &body : NULL, NULL);
    if (state->stream < 0) fail(state, NET_CLIENT, h2()->strerror(state->stream));
}

static enum load_progress wrong(struct load_wire *wire) {
    const struct http2_state *state = wire->state;
    if (wire->exchange) {
        wire->exchange->fault = state->fault;
        wire->exchange->reason = state->reason;
    }
    return state->unheard ? LOAD_UNHEARD : LOAD_WRONG;
}

static enum load_progress give(struct load_wire *wire, char *room, size_t *size) {
    struct http2_state *state = wire->state;
    size_t most = *size;
    *size = 0;
    wire->wants = false;
    while (state->session && state->fault == NET_NONE && most - *size >= FRAME_LARGEST) {
        const uint8_t *bytes;
        ssize_t count = h2()->session_mem_send(state->session, &bytes);
        if (count == 0) break;
        if (count < 0 || (size_t)count > most - *size) {
            fail(state, NET_CLIENT, count < 0 ? h2()->strerror((int)count) : "a frame too large");
            break;
        }
        memcpy(room + *size, bytes, (size_t)count);
        *size += (size_t)count;
    }
    if (state->fault == NET_NONE) return LOAD_PARTIAL;
    wrong(wire);
    return LOAD_WRONG;
}

static void show(struct load_wire *wire) {
    const struct http2_state *state = wire->state;
    struct load_exchange *exchange = wire->exchange;
    exchange->head = exchange->lines = (struct net_span){state->held, state->lines_size};
    if (wire->request->keep_body && state->held)
        exchange->body = (struct net_span){state->held + state->lines_size,
                                           state->held_size - state->lines_size};
}

/** Bytes without end are none of an answer's. */
static bool within_bounds(struct load_wire *wire, size_t size) {
    struct http2_state *state = wire->state;
    if (wire->exchange && wire->exchange->bytes_in > 2 * wire->body_limit + HTTP2_OVERHEAD_MOST)
        fail(state, NET_TOO_LARGE, "more frames came than an answer needs");
    if (!wire->exchange && (state->unasked += size) > HTTP2_UNASKED_MOST)
        fail(state, NET_TOO_LARGE, "frames come without end");
    return state->fault == NET_NONE;
}

static enum load_progress take(struct load_wire *wire, char *bytes, size_t size, size_t *used) {
    struct http2_state *state = wire->state;
    *used = size;
    if (!state->session) return LOAD_WRONG; /* nobody asked */
    bool first = !state->heard;
    state->heard = true;
    if (first && size >= 5 && memcmp(bytes, "HTTP/", 5) == 0)
        fail(state, NET_PROTOCOL, "the server answers in HTTP/1, not in HTTP/2");
    else if (within_bounds(wire, size)) {
        ssize_t count = h2()->session_mem_recv(state->session, (const uint8_t *)bytes, size);
        if (count < 0) fail(state, NET_PROTOCOL, h2()->strerror((int)count));
    }
    if (state->fault != NET_NONE) return wrong(wire);
    wire->wants = h2()->session_want_write(state->session) != 0;
    if (!wire->exchange) return state->going ? LOAD_WRONG : LOAD_PARTIAL;
    if (!state->done) return LOAD_PARTIAL;
    show(wire);
    return state->going || !state->closed ? LOAD_LAST : LOAD_WHOLE;
}

static enum load_progress ended(struct load_wire *wire) {
    struct http2_state *state = wire->state;
    if (state->going) going_away(state);
    fail(state, NET_CLOSED, state->final ? "closed within the answer" : "closed without an answer");
    return wrong(wire);
}

static void told(struct load_wire *wire) {
    struct http2_state *state = wire->state;
    drop_held(state);
    state->stream = 0;
}

static void release(struct load_wire *wire) {
    struct http2_state *state = wire->state;
    drop_held(state);
    if (state->session) h2()->session_del(state->session);
    state->session = NULL;
}

const struct load_protocol load_http2 = {
    .state_size = sizeof(struct http2_state),
    .begin = begin,
    .take = take,
    .give = give,
    .marks_first_byte = true,
    .ended = ended,
    .told = told,
    .release = release,
};
