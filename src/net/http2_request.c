#include "net/http2_request.h"

#include <strings.h>

static void field_set(nghttp2_nv *field, struct net_span name, struct net_span value) {
    *field = (nghttp2_nv){
        .name = (uint8_t *)(uintptr_t)name.data,
        .namelen = name.size,
        .value = (uint8_t *)(uintptr_t)value.data,
        .valuelen = value.size,
    };
}

/** What stands before the next `mark` of `rest`, which then begins behind it; data NULL: none. */
static struct net_span before(struct net_span *rest, const char *mark) {
    size_t length = strlen(mark);
    const char *found = memmem(rest->data, rest->size, mark, length);
    if (!found) return (struct net_span){NULL, 0};
    struct net_span part = {rest->data, (size_t)(found - rest->data)};
    *rest = (struct net_span){found + length, rest->size - part.size - length};
    return part;
}

/** `Host` is :authority (section 8.3.1); every other header goes as it is, its name in lower case
 * once nghttp2 has copied it. */
static bool line_add(struct http2_request *request, struct net_span line) {
    struct net_span name = before(&line, ": ");
    if (!name.data) return false;
    if (name.size == 4 && strncasecmp(name.data, "host", 4) == 0) {
        field_set(&request->fields[3], net_span_text(":authority"), line);
        return true;
    }
    if (request->count == HTTP2_FIELDS_MOST + 4) return false;
    field_set(&request->fields[request->count++], name, line);
    return true;
}

bool http2_request_read(struct net_span text, bool secure, struct http2_request *request) {
    struct net_span rest = text, first = before(&rest, "\r\n");
    if (!first.data) return false;
    struct net_span method = before(&first, " "), target = before(&first, " ");
    if (!method.data || !target.data) return false;
    field_set(&request->fields[0], net_span_text(":method"), method);
    field_set(&request->fields[1], net_span_text(":scheme"),
              net_span_text(secure ? "https" : "http"));
    field_set(&request->fields[2], net_span_text(":path"), target);
    request->fields[3] = (nghttp2_nv){0};
    request->count = 4;
    for (;;) {
        struct net_span line = before(&rest, "\r\n");
        if (!line.data || (line.size > 0 && !line_add(request, line))) return false;
        if (line.size > 0) continue;
        request->body = rest;
        return request->fields[3].name != NULL;
    }
}
