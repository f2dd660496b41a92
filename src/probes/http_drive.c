#include "probes/http_drive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/quote.h"
#include "base/text.h"
#include "net/http1.h"

/* splitmix64 (Steele, Lea and Flood 2014): the same flows in the same order in every run. */
static uint64_t random_next(struct http_drive *drive) {
    uint64_t mixed = drive->random += UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

static const struct http_walk *walk_draw(struct http_drive *drive) {
    const struct http_plan *plan = drive->plan;
    if (plan->walk_count == 1) return plan->walks;
    uint64_t at = random_next(drive) % plan->weights;
    for (size_t i = 0; i < plan->walk_count; i++) {
        if (at < plan->walks[i].weight) return &plan->walks[i];
        at -= plan->walks[i].weight;
    }
    return plan->walks;
}

void http_drive_begin(struct http_drive *drive, struct http_plan *plan, struct http_book *book) {
    *drive = (struct http_drive){.plan = plan, .book = book, .scratch = arena_new()};
    drive->sender.plan = plan;
    drive->user_count = plan->users;
    drive->users = arena_alloc(plan->arena, drive->user_count * sizeof *drive->users);
}

/* Values are kept from flow to flow: what a login captured lasts as long as the user. */
static void user_make(struct http_drive *drive, struct http_user *user, uint32_t index) {
    const struct http_names *names = &drive->plan->names;
    if (user->values) return;
    user->values = arena_alloc(drive->plan->arena, names->count * sizeof *user->values);
    char *number = malloc(16);
    if (!number) memory_exhausted();
    snprintf(number, 16, "%u", (unsigned)index);
    user->values[HTTP_NAME_USER] = number;
    user->jars = arena_alloc(drive->plan->arena, drive->plan->host_count * sizeof *user->jars);
}

static void redirect_forget(struct http_user *user) {
    free(user->redirect);
    user->redirect = NULL;
    user->redirect_get = false;
    user->redirects = 0;
}

static void flow_begin(struct http_drive *drive, struct http_user *user) {
    const struct http_plan *plan = drive->plan;
    user->walk = plan->login.count && !user->logged ? &plan->login : walk_draw(drive);
    user->at = 0;
    user->over = false;
    user->pause = 0;
    redirect_forget(user);
}

static enum load_next value_missing(struct http_drive *drive, struct http_user *user,
                                    const struct http_call *call, uint32_t missing) {
    struct http_book *book = drive->book;
    user->over = true;
    if (book->failure) return LOAD_END;
    book->fault = PROBE_FAULT_DATA;
    book->failure = text_format(
        book->arena, "the request %s: `{{%s}}` has no value yet, or one that no header may have",
        quote(book->arena, call->name), drive->plan->names.items[missing]);
    book->hint = "capture it in an earlier request of the same flow, or in `login`";
    return LOAD_END;
}

/* Without anything that varies between users the bytes made once are sent. */
static enum load_next call_send(struct http_drive *drive, struct http_user *user,
                                const struct http_call *call, struct load_request *request) {
    uint32_t missing;
    request->head = call->head_only && !user->redirect_get;
    request->keep_body = call->expect.needs_body;
    request->once = !call->idempotent;
    request->timeout = call->timeout;
    request->tag = (uint32_t)(call - drive->plan->calls);
    request->target = call->host;
    const struct http_jar *jar = &user->jars[call->host];
    if (call->bytes && !user->redirect && !jar->count) {
        request->bytes = (struct net_span){call->bytes, call->length};
        return LOAD_REQUEST;
    }
    struct http_sender *sender = &drive->sender;
    sender->values = (struct http_values){user->values, drive->plan->names.count};
    sender->jar = drive->plan->cookies ? jar : NULL;
    sender->redirect = user->redirect;
    sender->redirect_get = user->redirect_get;
    if (!http_call_render(sender, call, &missing)) return value_missing(drive, user, call, missing);
    request->bytes = (struct net_span){sender->out.data, sender->out.length};
    request->transient = true;
    return LOAD_REQUEST;
}

static enum load_next drive_next(void *context, const struct load_user *who,
                                 struct load_request *request) {
    struct http_drive *drive = context;
    struct http_user *user = &drive->users[who->index];
    http_book_start(drive->book, who->phase);
    user_make(drive, user, who->index);
    if (who->step == 0) flow_begin(drive, user);
    if (user->over || drive->book->failure) return LOAD_END;
    if (user->pause) {
        request->pause = user->pause;
        user->pause = 0;
        return LOAD_PAUSE;
    }
    if (user->at == user->walk->count && user->walk == &drive->plan->login) {
        user->logged = true;
        flow_begin(drive, user);
    }
    if (user->at == user->walk->count) return LOAD_END;
    return call_send(drive, user, &drive->plan->calls[user->walk->first + user->at], request);
}

/* The URL that was asked for, from which a Location is seen. */
static struct url asked_for(struct http_drive *drive, const struct http_user *user,
                            const struct http_call *call) {
    const struct http_values values = {user->values, drive->plan->names.count};
    struct http_buffer path = {0};
    struct url url = drive->plan->hosts[call->host].base;
    uint32_t missing;
    if (user->redirect)
        url.path = user->redirect;
    else if (http_template_fill(&call->target, &values, &path, &missing))
        url.path = text_copy_bytes(drive->scratch, path.data, path.length);
    free(path.data);
    return url;
}

/* The path an answer sends us to, on the same scheme, host and port; NULL with *reason. */
static const char *redirect_target(struct http_drive *drive, const struct load_exchange *exchange,
                                   const struct url *base, const char **reason) {
    struct arena *arena = drive->scratch;
    struct net_span location = http1_header_find(exchange->lines, "location");
    struct url to;
    const char *problem;
    *reason = "it redirects without a Location";
    if (!location.data) return NULL;
    const char *text = text_copy_bytes(arena, location.data, location.size);
    *reason = "it redirects to what is no URL of http or https";
    if (!url_join(arena, base, text, &to, &problem)) return NULL;
    *reason = "it redirects to another scheme, host or port, which is never followed";
    return url_same_origin(&to, base) ? to.path : NULL;
}

static bool is_redirect(uint16_t status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* Whether the answer is a redirect that is now followed; else *refusal may say why it is not. */
static bool redirect_follow(struct http_drive *drive, struct http_user *user,
                            const struct http_call *call, const struct load_exchange *exchange,
                            struct http_refusal *refusal) {
    uint16_t status = exchange->status;
    if (!drive->plan->redirects || !is_redirect(status) ||
        http_status_expected(&call->expect, status))
        return false;
    const struct url asked = asked_for(drive, user, call);
    const char *reason, *path = redirect_target(drive, exchange, &asked, &reason);
    if (path && user->redirects >= drive->plan->redirects)
        reason = "it redirects more often than `redirects` allows";
    if (!path || user->redirects >= drive->plan->redirects) {
        *refusal = (struct http_refusal){"redirect", reason};
        return false;
    }
    bool get = user->redirect_get || status == 303 ||
               ((status == 301 || status == 302) && strcmp(call->method, "POST") == 0);
    char *copy = strdup(path);
    if (!copy) memory_exhausted();
    if (!user->redirects) user->scheduled = exchange->scheduled;
    uint32_t redirects = user->redirects + 1;
    redirect_forget(user);
    user->redirect = copy;
    user->redirect_get = get;
    user->redirects = redirects;
    return true;
}

static uint64_t think_time(struct http_drive *drive, const struct http_call *call) {
    if (call->think_to <= call->think) return call->think;
    return call->think + random_next(drive) % (call->think_to - call->think + 1);
}

/* Whether the answer counts; then its values and cookies are the user's. */
static bool answer_good(struct http_drive *drive, struct http_user *user,
                        const struct http_call *call, const struct load_exchange *exchange,
                        struct http_refusal *refusal) {
    if (exchange->fault != NET_NONE) {
        *refusal = (struct http_refusal){net_fault_word((enum net_fault)exchange->fault),
                                         exchange->reason
                                             ? exchange->reason
                                             : net_fault_meaning((enum net_fault)exchange->fault)};
        return false;
    }
    return !refusal->kind &&
           http_answer_take(drive->scratch, &call->expect, exchange, user->values, refusal);
}

static bool drive_done(void *context, const struct load_user *who,
                       const struct load_exchange *exchange) {
    struct http_drive *drive = context;
    struct http_user *user = &drive->users[who->index];
    const struct http_call *call = &drive->plan->calls[exchange->tag];
    struct http_refusal refusal = {0};
    bool answered = exchange->fault == NET_NONE;
    if (answered && drive->plan->cookies) http_jar_take(&user->jars[call->host], exchange->lines);
    if (answered && redirect_follow(drive, user, call, exchange, &refusal)) return true;
    bool good = answer_good(drive, user, call, exchange, &refusal);
    const struct http_outcome outcome = {
        .part = who->phase,
        .call = call,
        .exchange = exchange,
        .scheduled = user->redirects ? user->scheduled : exchange->scheduled,
        .kind = good ? NULL : refusal.kind,
        .reason = refusal.reason,
    };
    bool more = http_book_add(drive->book, &outcome);
    redirect_forget(user);
    user->over = !good;
    user->at++;
    user->pause = think_time(drive, call);
    if (arena_used(drive->scratch) > 0) {
        arena_free(drive->scratch);
        drive->scratch = arena_new();
    }
    return more;
}

bool http_drive_missed(struct http_drive *drive, uint32_t part, uint64_t count) {
    for (uint64_t i = 0; i < count; i++) {
        const struct http_walk *walk = walk_draw(drive);
        const struct http_outcome outcome = {
            .part = part,
            .call = &drive->plan->calls[walk->first],
            .kind = "unsent",
            .reason = "it was due and never sent, as all users were still waiting for answers"};
        if (!http_book_add(drive->book, &outcome)) return false;
    }
    return true;
}

struct load_driver http_drive_driver(struct http_drive *drive) {
    return (struct load_driver){drive, drive_next, drive_done};
}

void http_drive_release(struct http_drive *drive) {
    for (size_t i = 0; i < drive->user_count; i++) {
        struct http_user *user = &drive->users[i];
        for (size_t v = 0; user->values && v < drive->plan->names.count; v++) free(user->values[v]);
        for (size_t h = 0; user->jars && h < drive->plan->host_count; h++)
            http_jar_release(&user->jars[h]);
        redirect_forget(user);
    }
    free(drive->sender.out.data);
    free(drive->sender.body.data);
    arena_free(drive->scratch);
}
