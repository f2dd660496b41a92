#include "net/websocket_handshake.h"

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <stdlib.h>
#include <strings.h>

#include "net/http1.h"

void websocket_random(void *bytes, size_t size) {
    if (RAND_bytes(bytes, (int)size) != 1) abort(); /* no entropy: nothing may be sent */
}

void websocket_accept(const char *key, char accept[WEBSOCKET_ACCEPT]) {
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char digest[EVP_MAX_MD_SIZE] = {0};
    char text[WEBSOCKET_KEY + sizeof guid];
    size_t length = strnlen(key, WEBSOCKET_KEY - 1);
    memcpy(text, key, length);
    memcpy(text + length, guid, sizeof guid - 1);
    EVP_Digest(text, length + sizeof guid - 1, digest, NULL, EVP_sha1(), NULL);
    EVP_EncodeBlock((unsigned char *)accept, digest, 20);
}

void websocket_key_make(struct websocket_key *key) {
    unsigned char nonce[16];
    websocket_random(nonce, sizeof nonce);
    EVP_EncodeBlock((unsigned char *)key->key, nonce, sizeof nonce);
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
