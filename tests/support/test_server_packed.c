/* Compressed answers of the test server, whole and broken:
 *   /packed/CODINGS[?FAULT]   JSON under gzip, deflate, raw-deflate, br, zstd, or several with `+`
 * between them, the first applied first; FAULT: cut, flip, tail, plain, bomb */
#include <brotli/encode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "test_server.h"

#define BOMB (32u << 20) /* bytes, twice what the probe takes */

struct bytes {
    unsigned char *items;
    size_t size;
};

static struct bytes zlib_pack(struct bytes from, int window) {
    z_stream stream = {.next_in = from.items, .avail_in = (unsigned)from.size};
    if (deflateInit2(&stream, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) != Z_OK) abort();
    size_t room = deflateBound(&stream, from.size);
    struct bytes to = {server_memory(NULL, room), 0};
    stream.next_out = to.items;
    stream.avail_out = (unsigned)room;
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) abort();
    to.size = stream.total_out;
    deflateEnd(&stream);
    return to;
}

static struct bytes pack(const char *coding, struct bytes from) {
    if (strcmp(coding, "gzip") == 0 || strcmp(coding, "X-GZIP") == 0) return zlib_pack(from, 31);
    if (strcmp(coding, "deflate") == 0) return zlib_pack(from, 15);
    if (strcmp(coding, "raw-deflate") == 0) return zlib_pack(from, -15);
    size_t room = BrotliEncoderMaxCompressedSize(from.size) + ZSTD_compressBound(from.size);
    struct bytes to = {server_memory(NULL, room), room};
    if (strcmp(coding, "zstd") == 0) {
        to.size = ZSTD_compress(to.items, room, from.items, from.size, 3);
    } else if (strcmp(coding, "br") == 0) {
        if (!BrotliEncoderCompress(5, 22, BROTLI_MODE_GENERIC, from.size, from.items, &to.size,
                                   to.items))
            abort();
    } else { /* a coding that nobody knows: as it is */
        memcpy(to.items, from.items, from.size);
        to.size = from.size;
    }
    return to;
}

static struct bytes plain_body(const char *fault) {
    static const char text[] = "{\"status\": \"ok\", \"token\": \"p4cked\", \"text\": \"";
    size_t pad = strcmp(fault, "bomb") == 0 ? BOMB : 20000;
    struct bytes body = {server_memory(NULL, sizeof text + pad + 2), 0};
    memcpy(body.items, text, sizeof text - 1);
    memset(body.items + sizeof text - 1, 'x', pad);
    memcpy(body.items + sizeof text - 1 + pad, "\"}", 2);
    body.size = sizeof text - 1 + pad + 2;
    return body;
}

static void spoil(struct bytes *body, const char *fault) {
    if (strcmp(fault, "cut") == 0) body->size -= 4;
    if (strcmp(fault, "flip") == 0) body->items[body->size / 2] ^= 0x55;
    if (strcmp(fault, "tail") != 0) return;
    body->items = server_memory(body->items, body->size + 4);
    memcpy(body->items + body->size, "tail", 4);
    body->size += 4;
}

char *server_packed(const char *rest, char *header, size_t room, size_t *size) {
    char codings[64];
    const char *fault = strchr(rest, '?');
    snprintf(codings, sizeof codings, "%.*s", (int)strcspn(rest, "?"), rest);
    fault = fault ? fault + 1 : "";
    struct bytes body = plain_body(fault);
    size_t at = (size_t)snprintf(header, room, "200 OK\r\nContent-Encoding:");
    char *next = codings;
    for (const char *coding; (coding = strsep(&next, "+"));) {
        const char *named = strcmp(coding, "raw-deflate") == 0 ? "deflate" : coding;
        at += (size_t)snprintf(header + at, room - at, " %s%s", named, next ? "," : "");
        if (strcmp(fault, "plain") == 0) continue;
        struct bytes packed = pack(coding, body);
        free(body.items);
        body = packed;
    }
    spoil(&body, fault);
    *size = body.size;
    return (char *)body.items;
}
