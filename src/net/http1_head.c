#include <strings.h>

#include "net/http1.h"

#define VERSION_LENGTH 9 /* "HTTP/1.1 " */
#define STATUS_LENGTH 12 /* "HTTP/1.1 200" */
#define LENGTH_DIGITS 18 /* always fits 64 bits */

/* What a byte may be part of. */
enum { TOKEN = 1, VALUE = 2 };

/** RFC 9110, section 5.6.2 (tokens) and 5.5 (values: visible, blank, tab and obs-text). */
static inline unsigned byte_class(unsigned char byte) {
    static const char classes[] = /* digits, 32 bytes a line */
        "00000000020000000000000000000000"
        "23233333223323323333333333222222"
        "23333333333333333333333333322233"
        "33333333333333333333333333323230"
        "22222222222222222222222222222222"
        "22222222222222222222222222222222"
        "22222222222222222222222222222222"
        "22222222222222222222222222222222";
    return (unsigned)(classes[byte] - '0');
}

static bool all_of(struct net_span text, unsigned class) {
    unsigned common = class;
    for (size_t i = 0; i < text.size; i++) common &= byte_class((unsigned char)text.data[i]);
    return common != 0;
}

static bool same_word(struct net_span text, const char *word) {
    return text.size == strlen(word) && strncasecmp(text.data, word, text.size) == 0;
}

static struct net_span trimmed(struct net_span text) {
    while (text.size > 0 && (*text.data == ' ' || *text.data == '\t')) text.data++, text.size--;
    while (text.size > 0 && (text.data[text.size - 1] == ' ' || text.data[text.size - 1] == '\t'))
        text.size--;
    return text;
}

static enum http1_result bad(const char **problem, const char *what) {
    *problem = what;
    return HTTP1_BAD;
}

/** The line without its CRLF. */
static enum http1_result line_read(struct net_span bytes, size_t at, struct net_span *line,
                                   const char **problem) {
    const char *from = bytes.data + at;
    const char *end = memchr(from, '\n', bytes.size - at);
    if (!end) return HTTP1_MORE;
    if (end == from || end[-1] != '\r') return bad(problem, "a line ends without a CR");
    *line = (struct net_span){from, (size_t)(end - from) - 1};
    return HTTP1_DONE;
}

/** Whether what has come so far can begin a status line: another protocol is told at once. */
static bool may_begin(struct net_span bytes) {
    static const char version[] = "HTTP/1.";
    size_t length = bytes.size < sizeof version - 1 ? bytes.size : sizeof version - 1;
    return memcmp(bytes.data, version, length) == 0;
}

static enum http1_result status_read(struct net_span line, struct http1_head *head,
                                     const char **problem) {
    const char *text = line.data;
    if (line.size < STATUS_LENGTH || (text[7] != '1' && text[7] != '0') || text[8] != ' ')
        return bad(problem, "the status line is malformed");
    unsigned status = 0;
    for (size_t i = VERSION_LENGTH; i < STATUS_LENGTH; i++) {
        if (text[i] < '0' || text[i] > '9') return bad(problem, "the status is no number");
        status = status * 10 + (unsigned)(text[i] - '0');
    }
    struct net_span reason = {text + STATUS_LENGTH, line.size - STATUS_LENGTH};
    if (status < 100) return bad(problem, "the status is below 100");
    if (reason.size > 0 && (*reason.data != ' ' || !all_of(reason, VALUE)))
        return bad(problem, "the status line is malformed");
    head->status = (uint16_t)status;
    head->keep_alive = text[7] == '1';
    return HTTP1_DONE;
}

static enum http1_result length_read(struct net_span value, struct http1_head *head,
                                     const char **problem) {
    uint64_t length = 0;
    if (value.size == 0 || value.size > LENGTH_DIGITS)
        return bad(problem, "Content-Length is no length");
    for (size_t i = 0; i < value.size; i++) {
        if (value.data[i] < '0' || value.data[i] > '9')
            return bad(problem, "Content-Length is no length");
        length = length * 10 + (unsigned)(value.data[i] - '0');
    }
    if (head->has_length && head->length != length)
        return bad(problem, "two different Content-Lengths");
    head->has_length = true;
    head->length = length;
    return HTTP1_DONE;
}

/** Connection: a list of words, of which two matter. */
static void connection_read(struct net_span value, struct http1_head *head) {
    while (value.size > 0) {
        const char *comma = memchr(value.data, ',', value.size);
        size_t length = comma ? (size_t)(comma - value.data) : value.size;
        struct net_span word = trimmed((struct net_span){value.data, length});
        if (same_word(word, "close"))
            head->keep_alive = false;
        else if (same_word(word, "keep-alive"))
            head->keep_alive = true;
        size_t step = comma ? length + 1 : length;
        value = (struct net_span){value.data + step, value.size - step};
    }
}

/** The headers that decide where the body ends. */
static enum http1_result meaning_read(const struct http1_header *header, struct http1_head *head,
                                      const char **problem) {
    switch (header->name.size) {
    case 10:
        if (same_word(header->name, "connection")) connection_read(header->value, head);
        return HTTP1_DONE;
    case 14:
        if (!same_word(header->name, "content-length")) return HTTP1_DONE;
        return length_read(header->value, head, problem);
    case 17:
        if (!same_word(header->name, "transfer-encoding")) return HTTP1_DONE;
        if (head->framing == HTTP1_CHUNKED || !same_word(header->value, "chunked"))
            return bad(problem, "a Transfer-Encoding other than chunked");
        head->framing = HTTP1_CHUNKED;
        return HTTP1_DONE;
    default:
        return HTTP1_DONE;
    }
}

static enum http1_result header_read(struct net_span line, struct http1_head *head,
                                     const char **problem) {
    const char *colon = memchr(line.data, ':', line.size);
    if (!colon) return bad(problem, "a header line has no colon");
    struct http1_header header = {
        .name = {line.data, (size_t)(colon - line.data)},
        .value = {colon + 1, line.size - (size_t)(colon - line.data) - 1},
    };
    if (header.name.size == 0 || !all_of(header.name, TOKEN))
        return bad(problem, "a header's name is none, or is folded over lines");
    if (!all_of(header.value, VALUE)) return bad(problem, "a control byte in a header");
    header.value = trimmed(header.value);
    return meaning_read(&header, head, problem);
}

/** What the headers together say (RFC 9112, section 6.3). */
static enum http1_result framing_settle(struct http1_head *head, bool old, const char **problem) {
    bool never = head->status < 200 || head->status == 204 || head->status == 304;
    if (head->framing == HTTP1_CHUNKED) {
        if (head->has_length) return bad(problem, "both Content-Length and Transfer-Encoding");
        if (old) return bad(problem, "Transfer-Encoding in an answer of HTTP/1.0");
    } else {
        head->framing = head->has_length ? HTTP1_LENGTH : HTTP1_UNTIL_CLOSE;
    }
    if (never) head->framing = HTTP1_EMPTY;
    return HTTP1_DONE;
}

static enum http1_result lines_read(struct net_span bytes, struct http1_head *head,
                                    const char **problem) {
    struct net_span line;
    enum http1_result result = line_read(bytes, 0, &line, problem);
    if (result == HTTP1_DONE) result = status_read(line, head, problem);
    if (result != HTTP1_DONE) return result;
    bool old = line.data[7] == '0';
    size_t first = line.size + 2, at = first;
    for (unsigned count = 0;; count++) {
        result = line_read(bytes, at, &line, problem);
        if (result != HTTP1_DONE) return result;
        at += line.size + 2;
        if (line.size == 0) break;
        if (count == HTTP1_HEADERS_MOST) return HTTP1_LARGE;
        result = header_read(line, head, problem);
        if (result != HTTP1_DONE) return result;
    }
    head->lines = (struct net_span){bytes.data + first, at - first - 2};
    head->size = at;
    return framing_settle(head, old, problem);
}

enum http1_result http1_head_read(struct net_span bytes, struct http1_head *head,
                                  const char **problem) {
    struct http1_head read = {0};
    *problem = "the head is larger than 64 KiB or 256 lines";
    if (!may_begin(bytes)) return bad(problem, "the answer is not HTTP/1.1");
    enum http1_result result = lines_read(bytes, &read, problem);
    if (result == HTTP1_MORE && bytes.size > HTTP1_HEAD_LARGEST) return HTTP1_LARGE;
    if (result == HTTP1_DONE && read.size > HTTP1_HEAD_LARGEST) return HTTP1_LARGE;
    if (result == HTTP1_DONE) *head = read;
    return result;
}

bool http1_header_next(struct net_span lines, size_t *at, struct http1_header *header) {
    if (*at >= lines.size) return false;
    struct net_span rest = {lines.data + *at, lines.size - *at};
    const char *end = memchr(rest.data, '\r', rest.size);
    size_t length = end ? (size_t)(end - rest.data) : rest.size;
    const char *colon = memchr(rest.data, ':', length);
    if (!colon) return false;
    size_t name = (size_t)(colon - rest.data);
    header->name = (struct net_span){rest.data, name};
    header->value = trimmed((struct net_span){colon + 1, length - name - 1});
    *at += length + 2;
    return true;
}

struct net_span http1_header_find(struct net_span lines, const char *name) {
    struct http1_header header;
    for (size_t at = 0; http1_header_next(lines, &at, &header);)
        if (same_word(header.name, name)) return header.value;
    return (struct net_span){0};
}
