#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/process_parts.h"

enum { KEEP_DEFAULT = 64 * 1024, CHUNK = 32 * 1024, DRAIN_CHUNKS = 64 };

struct capture capture_begin(struct arena *arena, const struct process_plan *plan, int descriptor) {
    size_t keep = plan->keep ? plan->keep : KEEP_DEFAULT;
    size_t tail = plan->keep_whole ? 0 : keep / 2;
    return (struct capture){.descriptor = descriptor,
                            .head = text_begin(arena),
                            .head_limit = keep - tail,
                            .tail_limit = tail};
}

/* Byte number n of what comes after the head stands at n modulo the ring's size. */
static void tail_add(struct capture *capture, const char *bytes, size_t length) {
    uint64_t position = capture->total - capture->head_limit;
    if (!capture->tail_limit) return;
    if (!capture->tail) capture->tail = arena_alloc(capture->head.arena, capture->tail_limit);
    if (length > capture->tail_limit) {
        size_t skipped = length - capture->tail_limit;
        bytes += skipped;
        length -= skipped;
        position += skipped;
    }
    size_t at = (size_t)(position % capture->tail_limit);
    size_t first = length < capture->tail_limit - at ? length : capture->tail_limit - at;
    memcpy(capture->tail + at, bytes, first);
    memcpy(capture->tail, bytes + first, length - first);
}

static void capture_add(struct capture *capture, const char *bytes, size_t length) {
    size_t room = capture->head_limit - capture->head.length;
    size_t first = length < room ? length : room;
    text_add_bytes(&capture->head, bytes, first);
    capture->total += first;
    if (first == length) return;
    tail_add(capture, bytes + first, length - first);
    capture->total += length - first;
}

void capture_close(struct capture *capture) {
    if (capture->descriptor >= 0 && !capture->lasting) close(capture->descriptor);
    capture->descriptor = -1;
}

void capture_read(struct capture *capture, const struct process_listener *listener, bool error) {
    char chunk[CHUNK];
    ssize_t length = read(capture->descriptor, chunk, sizeof chunk);
    if (length > 0) {
        capture_add(capture, chunk, (size_t)length);
        if (listener && listener->heard)
            listener->heard(listener->context, error, chunk, (size_t)length);
        return;
    }
    if (length < 0 && (errno == EAGAIN || errno == EINTR)) return;
    capture_close(capture);
}

void capture_drain(struct capture *capture, const struct process_listener *listener, bool error) {
    for (int chunks = 0; capture->descriptor >= 0 && chunks < DRAIN_CHUNKS; chunks++) {
        struct pollfd ready = {.fd = capture->descriptor, .events = POLLIN};
        if (poll(&ready, 1, 0) <= 0) return;
        capture_read(capture, listener, error);
    }
}

void capture_finish(struct arena *arena, struct capture *capture, struct process_output *output) {
    uint64_t after = capture->total - capture->head.length;
    bool cut = after > capture->tail_limit;
    struct text bytes = text_begin(arena);
    text_add_bytes(&bytes, capture->head.data, capture->head.length);
    if (cut && capture->tail_limit) text_add(&bytes, "\n...\n");
    if (capture->tail && cut) {
        size_t oldest = (size_t)(after % capture->tail_limit);
        text_add_bytes(&bytes, capture->tail + oldest, capture->tail_limit - oldest);
        text_add_bytes(&bytes, capture->tail, oldest);
    } else if (capture->tail) {
        text_add_bytes(&bytes, capture->tail, (size_t)after);
    }
    *output = (struct process_output){
        .bytes = bytes.data, .length = bytes.length, .total = capture->total, .cut = cut};
}
