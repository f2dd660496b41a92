#include "net/http1.h"

#define SIZE_DIGITS 15 /* hex digits of a chunk's size: always fits 64 bits */

/* Of a chunked body (RFC 9112, section 7.1). */
enum {
    CHUNK_SIZE, /* the first digit */
    CHUNK_DIGITS,
    CHUNK_EXTENSION,
    CHUNK_LINE_FEED,
    CHUNK_DATA,
    CHUNK_DATA_RETURN,
    CHUNK_DATA_FEED,
    TRAILER_BEGIN,
    TRAILER_LINE,
    TRAILER_FEED,
    LAST_FEED,
    BODY_OVER,
};

void http1_body_begin(struct http1_body *body, const struct http1_head *head, bool no_body) {
    *body = (struct http1_body){
        .framing = no_body ? HTTP1_EMPTY : head->framing,
        .left = head->length,
    };
}

static enum http1_result bad(const char **problem, const char *what) {
    *problem = what;
    return HTTP1_BAD;
}

/** Up to `left` bytes are the body's. */
static void take_data(struct http1_body *body, struct net_span bytes, struct http1_piece *piece) {
    size_t size = bytes.size < body->left ? bytes.size : (size_t)body->left;
    piece->data = (struct net_span){bytes.data, size};
    piece->used = size;
    body->left -= size;
}

static int hex_value(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return -1;
}

static enum http1_result size_digit(struct http1_body *body, char byte, const char **problem) {
    int value = hex_value(byte);
    if (value >= 0) {
        if (body->line > SIZE_DIGITS) return bad(problem, "a chunk's size is too long");
        body->left = body->left * 16 + (unsigned)value;
        body->state = CHUNK_DIGITS;
        return HTTP1_MORE;
    }
    if (body->state == CHUNK_SIZE) return bad(problem, "a chunk begins without its size");
    if (byte == '\r')
        body->state = CHUNK_LINE_FEED;
    else if (byte == ';' || byte == ' ' || byte == '\t')
        body->state = CHUNK_EXTENSION;
    else
        return bad(problem, "a chunk's size is no hexadecimal number");
    return HTTP1_MORE;
}

static bool is_control(char byte) {
    return ((unsigned char)byte < ' ' && byte != '\t') || byte == 0x7f;
}

/** A line's end must be exactly CR LF. */
static enum http1_result feed(struct http1_body *body, char byte, uint8_t then,
                              const char **problem) {
    if (byte != '\n') return bad(problem, "a line of a chunked body ends without LF");
    body->state = then;
    body->line = 0;
    return HTTP1_MORE;
}

static enum http1_result trailer_byte(struct http1_body *body, char byte, const char **problem) {
    if (byte == '\r') {
        body->state = body->state == TRAILER_BEGIN ? LAST_FEED : TRAILER_FEED;
        return HTTP1_MORE;
    }
    if (is_control(byte)) return bad(problem, "a control byte in a trailer");
    body->state = TRAILER_LINE;
    return HTTP1_MORE;
}

/** One byte of the framing. */
static enum http1_result chunk_byte(struct http1_body *body, char byte, const char **problem) {
    switch (body->state) {
    case CHUNK_SIZE:
    case CHUNK_DIGITS:
        return size_digit(body, byte, problem);
    case CHUNK_EXTENSION:
        if (byte == '\r')
            body->state = CHUNK_LINE_FEED;
        else if (is_control(byte))
            return bad(problem, "a control byte in a chunk's size line");
        return HTTP1_MORE;
    case CHUNK_LINE_FEED:
        return feed(body, byte, body->left > 0 ? CHUNK_DATA : TRAILER_BEGIN, problem);
    case CHUNK_DATA_RETURN:
        if (byte != '\r') return bad(problem, "a chunk is longer than its size");
        body->state = CHUNK_DATA_FEED;
        return HTTP1_MORE;
    case CHUNK_DATA_FEED:
        return feed(body, byte, CHUNK_SIZE, problem);
    case TRAILER_FEED:
        if (byte != '\n') return bad(problem, "a trailer ends without LF");
        body->state = TRAILER_BEGIN; /* its bytes go on counting: all trailers share one bound */
        return HTTP1_MORE;
    case LAST_FEED:
        if (byte != '\n') return bad(problem, "a chunked body ends without LF");
        body->state = BODY_OVER;
        return HTTP1_DONE;
    default:
        return trailer_byte(body, byte, problem);
    }
}

static enum http1_result chunked_read(struct http1_body *body, struct net_span bytes,
                                      struct http1_piece *piece, const char **problem) {
    for (size_t at = 0; at < bytes.size;) {
        if (body->state == CHUNK_DATA) {
            take_data(body, (struct net_span){bytes.data + at, bytes.size - at}, piece);
            piece->used += at;
            if (body->left == 0) body->state = CHUNK_DATA_RETURN;
            return HTTP1_MORE;
        }
        if (++body->line > HTTP1_CHUNK_LINE) return HTTP1_LARGE;
        enum http1_result result = chunk_byte(body, bytes.data[at++], problem);
        piece->used = at;
        if (result != HTTP1_MORE) return result;
    }
    return HTTP1_MORE;
}

enum http1_result http1_body_read(struct http1_body *body, struct net_span bytes,
                                  struct http1_piece *piece, const char **problem) {
    *piece = (struct http1_piece){.data = {bytes.data, 0}};
    *problem = "a line of the chunked body is longer than 4096 bytes";
    switch ((enum http1_framing)body->framing) {
    case HTTP1_EMPTY:
        return HTTP1_DONE;
    case HTTP1_LENGTH:
        take_data(body, bytes, piece);
        return body->left == 0 ? HTTP1_DONE : HTTP1_MORE;
    case HTTP1_CHUNKED:
        if (body->state == BODY_OVER) return HTTP1_DONE;
        return chunked_read(body, bytes, piece, problem);
    case HTTP1_UNTIL_CLOSE:
        break;
    }
    *piece = (struct http1_piece){.used = bytes.size, .data = bytes};
    return HTTP1_MORE;
}

enum http1_result http1_body_end(const struct http1_body *body) {
    return body->framing == HTTP1_UNTIL_CLOSE ? HTTP1_DONE : HTTP1_BAD;
}
