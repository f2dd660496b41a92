/** Bytes that somebody else owns: where they begin and how many there are. */
#ifndef NET_SPAN_H
#define NET_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/** Not NUL-terminated; data may be NULL when size is 0. */
struct net_span {
    const char *data;
    size_t size;
};

static inline struct net_span net_span_text(const char *text) {
    return (struct net_span){text, text ? strlen(text) : 0};
}

static inline bool net_span_equal(struct net_span a, struct net_span b) {
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

#endif
