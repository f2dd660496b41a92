#include "probes/http_body.h"

#include <stdlib.h>
#include <strings.h>

#include "net/http1.h"
#include "probes/decompress.h"
#include "probes/http_config.h"

/* The names of one or several headers, in the order they were applied. */
struct names {
    struct net_span items[DECOMPRESS_CODINGS_MAX];
    size_t count;
    bool too_many;
};

static bool is_blank(char byte) {
    return byte == ' ' || byte == '\t';
}

static void name_add(struct names *names, struct net_span name) {
    while (name.size > 0 && is_blank(name.data[0])) name.data++, name.size--;
    while (name.size > 0 && is_blank(name.data[name.size - 1])) name.size--;
    if (name.size == 0 || (name.size == 8 && strncasecmp(name.data, "identity", 8) == 0)) return;
    names->too_many = names->count == DECOMPRESS_CODINGS_MAX;
    if (!names->too_many) names->items[names->count++] = name;
}

static bool is_coding(struct net_span name) {
    static const char word[] = "content-encoding";
    return name.size == sizeof word - 1 && strncasecmp(name.data, word, name.size) == 0;
}

static struct names names_read(struct net_span lines) {
    struct names names = {0};
    struct http1_header header;
    for (size_t at = 0; !names.too_many && http1_header_next(lines, &at, &header);) {
        if (!is_coding(header.name)) continue;
        struct net_span rest = header.value;
        while (rest.size > 0 && !names.too_many) {
            const char *comma = memchr(rest.data, ',', rest.size);
            size_t size = comma ? (size_t)(comma - rest.data) : rest.size;
            name_add(&names, (struct net_span){rest.data, size});
            size += comma != NULL;
            rest = (struct net_span){rest.data + size, rest.size - size};
        }
    }
    return names;
}

static const char *result_text(enum decompress_result result) {
    switch (result) {
    case DECOMPRESS_DONE:
        return NULL;
    case DECOMPRESS_UNKNOWN:
        return "its body is compressed in a way that is not known, and so cannot be looked into";
    case DECOMPRESS_CORRUPT:
        return "its compressed body is corrupt or cut short";
    case DECOMPRESS_LARGE:
        return "its body is larger than the bound once it is decompressed";
    }
    return NULL;
}

const char *http_body_open(const struct load_exchange *answer, struct http_body *body,
                           bool *large) {
    struct names names = names_read(answer->lines);
    *body = (struct http_body){.bytes = answer->body};
    *large = false;
    if (names.too_many) return result_text(DECOMPRESS_UNKNOWN);
    for (size_t i = names.count; i-- > 0 && body->bytes.size > 0;) {
        struct decompressed made;
        enum decompress_result result =
            decompress(names.items[i], body->bytes, HTTP_BODY_MAX, &made);
        *large = result == DECOMPRESS_LARGE;
        if (result != DECOMPRESS_DONE) return result_text(result);
        free(body->owned);
        body->owned = made.bytes;
        body->bytes = (struct net_span){made.bytes, made.size};
    }
    return NULL;
}

void http_body_close(struct http_body *body) {
    free(body->owned);
    *body = (struct http_body){0};
}
