#include "probes/websocket_drive.h"

#include <stdlib.h>

#include "base/text.h"

enum { TAG_HANDSHAKE, TAG_MESSAGE };

static const struct http_call handshake = {.name = "handshake"}, message = {.name = "message"};

static char *room(size_t size) {
    char *bytes = malloc(size);
    if (!bytes) memory_exhausted();
    return bytes;
}

void websocket_drive_begin(struct websocket_drive *drive, const struct http_plan *load,
                           const struct websocket_plan *plan, struct http_book *book) {
    size_t opening = strlen(plan->opening) + WEBSOCKET_KEY + 4;
    size_t batch = plan->batch * (plan->size + WEBSOCKET_HEADER_MOST);
    *drive =
        (struct websocket_drive){.load = load, .plan = plan, .book = book, .scratch = arena_new()};
    drive->users = arena_alloc(load->arena, load->users * sizeof *drive->users);
    drive->message = room(plan->size + 1);
    drive->out = room(batch > opening ? batch : opening);
}

static enum load_reply reply_judge(void *context, uint32_t number, struct net_span bytes,
                                   bool text) {
    struct websocket_user *user = context;
    struct websocket_drive *drive = user->drive;
    const struct websocket_plan *plan = drive->plan;
    if (plan->matched) {
        const struct load_exchange answer = {.status = 200, .body = bytes};
        struct http_refusal refusal;
        return http_answer_take(drive->scratch, &plan->reply, &answer, NULL, &refusal)
                   ? LOAD_REPLY
                   : LOAD_OTHER_REPLY;
    }
    if (text != plan->binary && websocket_plan_is_message(plan, user->number + number, bytes))
        return LOAD_REPLY;
    user->wrong = true;
    return LOAD_WRONG_REPLY;
}

static void handshake_make(struct websocket_drive *drive, struct websocket_user *user,
                           struct load_request *request) {
    const struct probe_texts *offered =
        &((const struct websocket_config *)drive->book->run->config)->subprotocols;
    size_t length = strlen(drive->plan->opening), key = WEBSOCKET_KEY - 1;
    websocket_key_make(&user->key);
    memcpy(drive->out, drive->plan->opening, length);
    memcpy(drive->out + length, user->key.key, key);
    memcpy(drive->out + length + key, "\r\n\r\n", 4);
    request->bytes = (struct net_span){drive->out, length + key + 4};
    request->tag = TAG_HANDSHAKE;
    user->ask = (struct load_websocket){
        .handshake = true, .offer = {user->key.accept, offered->items, offered->count}};
}

static const unsigned char *mask_draw(struct websocket_drive *drive) {
    if (drive->masks_left == 0) {
        websocket_random(drive->masks, sizeof drive->masks);
        drive->masks_left = WEBSOCKET_MASKS;
    }
    return drive->masks[--drive->masks_left];
}

static void messages_make(struct websocket_drive *drive, struct websocket_user *user,
                          struct load_request *request) {
    const struct websocket_plan *plan = drive->plan;
    size_t size = 0;
    user->number = drive->sent;
    user->wrong = false;
    for (uint32_t i = 0; i < plan->batch; i++) {
        websocket_plan_message(plan, drive->sent++, drive->message);
        const struct websocket_frame frame = {.opcode =
                                                  plan->binary ? WEBSOCKET_BINARY : WEBSOCKET_TEXT,
                                              .mask = mask_draw(drive),
                                              .payload = {drive->message, plan->size}};
        websocket_frame_write(&frame, drive->out + size);
        size += websocket_frame_size(&frame);
    }
    request->bytes = (struct net_span){drive->out, size};
    request->tag = TAG_MESSAGE;
    request->same_connection = true;
    user->ask = (struct load_websocket){
        .strict = !plan->matched, .replies = plan->batch, .judge = reply_judge, .context = user};
}

static enum load_next drive_next(void *context, const struct load_user *who,
                                 struct load_request *request) {
    struct websocket_drive *drive = context;
    struct websocket_user *user = &drive->users[who->index];
    user->drive = drive;
    http_book_start(drive->book, who->phase);
    if (who->step == 0) user->shaken = user->over = false;
    if (user->over || drive->book->failure) return LOAD_END;
    if (who->open || user->shaken)
        messages_make(drive, user, request);
    else
        handshake_make(drive, user, request);
    request->ask = &user->ask;
    request->transient = true;
    request->once = true;
    return LOAD_REQUEST;
}

/* Why the exchange failed: a kind and a phrase; kind NULL: it did not. */
static struct http_refusal refusal_of(struct websocket_drive *drive,
                                      const struct websocket_user *user,
                                      const struct load_exchange *exchange) {
    enum net_fault fault = (enum net_fault)exchange->fault;
    if (fault != NET_NONE)
        return (struct http_refusal){
            net_fault_word(fault), exchange->reason ? exchange->reason : net_fault_meaning(fault)};
    if (exchange->tag == TAG_HANDSHAKE && exchange->status != 101)
        return (struct http_refusal){
            "status", text_format(drive->scratch, "its status is %u, expected is 101 (upgraded)",
                                  exchange->status)};
    if (exchange->tag == TAG_MESSAGE && user->wrong)
        return (struct http_refusal){"reply", "the reply is not the message that was sent"};
    return (struct http_refusal){0};
}

static void scratch_clear(struct websocket_drive *drive) {
    if (arena_used(drive->scratch) == 0) return;
    arena_free(drive->scratch);
    drive->scratch = arena_new();
}

static bool drive_done(void *context, const struct load_user *who,
                       const struct load_exchange *exchange) {
    struct websocket_drive *drive = context;
    struct websocket_user *user = &drive->users[who->index];
    bool opening = exchange->tag == TAG_HANDSHAKE;
    /* Where messages are due at moments of their own, connecting is part of the wait. */
    if (who->step == 1) user->scheduled = exchange->scheduled;
    bool open = drive->load->parts[who->phase].open;
    struct http_refusal refusal = refusal_of(drive, user, exchange);
    user->over = !opening || refusal.kind;
    if (opening && !refusal.kind) {
        user->shaken = true;
        http_book_opened(drive->book, who->phase, exchange);
        return true;
    }
    const struct http_outcome outcome = {
        .part = who->phase,
        .call = opening ? &handshake : &message,
        .exchange = exchange,
        .scheduled = open ? user->scheduled : exchange->scheduled,
        .kind = refusal.kind,
        .reason = refusal.reason,
    };
    bool more = http_book_add(drive->book, &outcome);
    scratch_clear(drive);
    return more;
}

bool websocket_drive_missed(struct websocket_drive *drive, uint32_t part, uint64_t count) {
    const struct http_outcome outcome = {
        .part = part,
        .call = &message,
        .kind = "unsent",
        .reason = "it was due and never sent, as all users were still waiting for replies"};
    while (count-- > 0)
        if (!http_book_add(drive->book, &outcome)) return false;
    return true;
}

struct load_driver websocket_drive_driver(struct websocket_drive *drive) {
    return (struct load_driver){drive, drive_next, drive_done};
}

void websocket_drive_release(struct websocket_drive *drive) {
    free(drive->message);
    free(drive->out);
    arena_free(drive->scratch);
}
