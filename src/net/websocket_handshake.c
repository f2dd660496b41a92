#include "net/websocket_handshake.h"

#include <errno.h>
#include <sha1.h>
#include <stdint.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/random.h>

#include "net/http1.h"

void websocket_random(void *bytes, size_t size) {
    for (char *to = bytes; size > 0;) {
        ssize_t count = getrandom(to, size, 0);
        if (count < 0 && errno != EINTR) abort(); /* without chance nothing may be sent */
        if (count < 0) continue;
        to += count;
        size -= (size_t)count;
    }
}

/* RFC 4648, section 4; NUL-terminated. */
static void base64(const uint8_t *bytes, size_t size, char *out) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i;
        uint32_t group = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                         (left > 2 ? bytes[i + 2] : 0);
        *out++ = digits[group >> 18];
        *out++ = digits[group >> 12 & 63];
        *out++ = left > 1 ? digits[group >> 6 & 63] : '=';
        *out++ = left > 2 ? digits[group & 63] : '=';
    }
    *out = '\0';
}

void websocket_accept(const char *key, char accept[WEBSOCKET_ACCEPT]) {
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    uint8_t digest[SHA1_DIGEST_LENGTH];
    SHA1_CTX context;
    SHA1Init(&context);
    SHA1Update(&context, (const uint8_t *)key, strnlen(key, WEBSOCKET_KEY - 1));
    SHA1Update(&context, (const uint8_t *)guid, sizeof guid - 1);
    SHA1Final(digest, &context);
    base64(digest, sizeof digest, accept);
}

void websocket_key_make(struct websocket_key *key) {
    uint8_t nonce[16];
    websocket_random(nonce, sizeof nonce);
    base64(nonce, sizeof nonce, key->key);
    websocket_accept(key->key, key->accept);
}

/* How many headers of that name there are, and the value of the last. */
static size_t find(struct net_span lines, const char *name, struct net_span *value) {
    struct http1_header header;
    size_t count = 0;
    *value = (struct net_span){NULL, 0};
    for (size_t at = 0; http1_header_next(lines, &at, &header);) {
        if (header.name.size != strlen(name) ||
            strncasecmp(header.name.data, name, header.name.size) != 0)
            continue;
        *value = header.value;
        count++;
    }
    return count;
}

static bool is_word(struct net_span value, const char *word) {
    return value.size == strlen(word) && strncasecmp(value.data, word, value.size) == 0;
}

static bool is_blank(char byte) {
    return byte == ' ' || byte == '\t';
}

/* Whether a list with commas holds the word, in any case of letters. */
static bool list_holds(struct net_span list, const char *word) {
    for (size_t at = 0; at < list.size;) {
        size_t end = at;
        while (end < list.size && list.data[end] != ',') end++;
        size_t from = at, to = end;
        while (from < to && is_blank(list.data[from])) from++;
        while (to > from && is_blank(list.data[to - 1])) to--;
        if (is_word((struct net_span){list.data + from, to - from}, word)) return true;
        at = end + 1;
    }
    return false;
}

static bool connection_upgrades(struct net_span lines) {
    struct http1_header header;
    for (size_t at = 0; http1_header_next(lines, &at, &header);)
        if (is_word(header.name, "connection") && list_holds(header.value, "upgrade")) return true;
    return false;
}

static const char *subprotocol_problem(struct net_span lines, const struct websocket_offer *offer) {
    struct net_span chosen;
    size_t count = find(lines, "sec-websocket-protocol", &chosen);
    if (count == 0)
        return offer->subprotocol_count ? "it chose none of the subprotocols offered" : NULL;
    for (size_t i = 0; count == 1 && i < offer->subprotocol_count; i++)
        if (net_span_equal(chosen, net_span_text(offer->subprotocols[i]))) return NULL;
    return "it chose a subprotocol that was not offered";
}

const char *websocket_answer_problem(struct net_span lines, const struct websocket_offer *offer) {
    struct net_span value;
    if (find(lines, "upgrade", &value) != 1 || !is_word(value, "websocket"))
        return "it does not upgrade to websocket";
    if (!connection_upgrades(lines)) return "its Connection does not say upgrade";
    if (find(lines, "sec-websocket-accept", &value) != 1 ||
        !net_span_equal(value, net_span_text(offer->accept)))
        return "its Sec-WebSocket-Accept is not that of the key sent";
    if (find(lines, "sec-websocket-extensions", &value) != 0)
        return "it claims an extension, and none was offered";
    return subprotocol_problem(lines, offer);
}
