#include "app/post.h"

#include <string.h>
#include <strings.h>

#include "app/post_parts.h"
#include "base/clock.h"
#include "base/text.h"
#include "net/fetch.h"

const char *const post_targets[] = {"none", "github-comment", "gitlab-note", NULL};

/* One posting on its way. */
struct posting {
    struct arena *arena;
    struct diags *diags;
    struct post_place place;
    struct post_page page;
    const char *const *headers;
    uint64_t deadline;
    int cancel_fd;
    double self; /* number of whose token it is; 0: a program that may not ask */
};

bool post_permitted(enum post_target target, const struct probe_texts *allowed,
                    struct diags *diags) {
    const char *api = post_api(target), *problem;
    struct fetch_place place;
    if (!api) return true;
    if (!fetch_place(diags->arena, api, &place, &problem)) place.host = api;
    for (size_t i = 0; i < allowed->count; i++)
        if (strcasecmp(allowed->items[i], place.host) == 0) return true;
    return diag_error(diags, BUDGET_UNTRUSTED, NO_PLACE,
                      "--allow-host HOST allows it, to budgets as well; or post from a job of its "
                      "own, with `judge`",
                      "--post talks to `%s`, and --untrusted forbids it",
                      text_inert(diags->arena, place.host));
}

/* Nothing of an answer's text is shown: it is a stranger's, and may repeat what was sent. */
static bool status_fits(struct posting *posting, int status) {
    struct arena *arena = posting->arena;
    if (status >= 200 && status < 300) return true;
    if (status >= 300 && status < 400)
        post_warn(posting->diags, "mend the address of the API in the environment",
                  "the API redirects elsewhere, and the token is not sent there");
    else if (status == 401 || status == 403 || status == 404)
        post_warn(posting->diags,
                  "the token needs the right to comment; that of a pull request from a fork never "
                  "has it",
                  text_format(arena, "the token may not (status %d)", status));
    else
        post_warn(posting->diags, NULL,
                  text_format(arena, "the API answered with status %d", status));
    return false;
}

/* False: no answer, and it was said. Redirects are answers. */
static bool ask(struct posting *posting, const struct fetch_request *asked,
                struct fetch_answer *answer) {
    struct fetch_request request = *asked;
    request.headers = posting->headers;
    request.proxy_of_environment = true;
    request.deadline = posting->deadline;
    request.cancel_fd = posting->cancel_fd;
    fetch(posting->arena, &request, answer);
    if (answer->end != FETCH_ANSWERED)
        post_warn(posting->diags, NULL,
                  text_format(posting->arena, "asking the API failed: %s",
                              text_redact(posting->arena, answer->problem, posting->place.token)));
    return answer->end == FETCH_ANSWERED;
}

static bool self_read(struct posting *posting) {
    struct fetch_answer answer;
    const char *problem;
    if (!ask(posting, &(struct fetch_request){.url = posting->place.self}, &answer)) return false;
    if (answer.status == 403 && posting->place.bots) return true;
    if (!status_fits(posting, answer.status)) return false;
    json *self = json_read(posting->arena, answer.body, answer.length, &problem);
    posting->self = json_number(self ? json_get(self, "id") : NULL, 0);
    json_free(self);
    if (posting->self <= 0)
        post_warn(posting->diags, NULL, "the API does not say whose token it is");
    return posting->self > 0;
}

/* Anybody may copy the marker into a comment of their own; that one is not ours to write, nor does
 * it stand for ours. */
static bool is_ours(const struct posting *posting, const json *comment) {
    const json *author = json_get(comment, posting->place.author);
    const char *body = json_text(json_get(comment, "body"), "");
    if (!text_starts(body, posting->page.marker)) return false;
    if (posting->self > 0) return json_number(json_get(author, "id"), 0) == posting->self;
    return text_equal(json_text(json_get(author, "type"), ""), "Bot");
}

/* The comment that is there, if there is one. */
struct sticky {
    double id; /* 0: none */
    bool same; /* shows the state at hand */
};

static bool page_search(struct posting *posting, const json *comments, struct sticky *found) {
    for (const json *comment = json_first(comments); comment; comment = json_next(comment)) {
        if (!json_is_object(comment) || !is_ours(posting, comment)) continue;
        const char *body = json_text(json_get(comment, "body"), "");
        found->id = json_number(json_get(comment, "id"), 0);
        found->same = text_starts(body + strlen(posting->page.marker), posting->page.state);
        return found->id >= 1 && found->id < 9007199254740992.0;
    }
    return false;
}

/* False: it could not be found out, and was said. */
static bool sticky_find(struct posting *posting, struct sticky *found) {
    *found = (struct sticky){0};
    for (unsigned page = 1; page <= POST_PAGES_MAX; page++) {
        const char *url =
            text_format(posting->arena, "%s?per_page=%d&page=%u%s", posting->place.comments,
                        POST_PAGE_COMMENTS, page, posting->place.query);
        struct fetch_answer answer;
        const char *problem;
        if (!ask(posting, &(struct fetch_request){.url = url}, &answer)) return false;
        if (!status_fits(posting, answer.status)) return false;
        json *comments = json_read(posting->arena, answer.body, answer.length, &problem);
        bool list = comments && json_is_list(comments);
        size_t count = list ? json_count(comments) : 0;
        bool done = list && (page_search(posting, comments, found) || count < POST_PAGE_COMMENTS);
        json_free(comments);
        if (!list) post_warn(posting->diags, NULL, "the API answered with no list of comments");
        if (!list || done) return list;
    }
    post_warn(posting->diags, NULL,
              text_format(posting->arena, "there are more than %d comments to look through",
                          POST_PAGES_MAX * POST_PAGE_COMMENTS));
    return false;
}

static void send_page(struct posting *posting, const struct sticky *found) {
    json *body = json_new_object();
    json_put_text(body, "body", posting->page.body);
    const char *text = json_write(posting->arena, body);
    json_free(body);
    struct fetch_request request = {
        .url = posting->place.comments, .method = "POST", .body = text, .length = strlen(text)};
    if (found->id > 0) {
        request.url = text_format(posting->arena, "%s/%.0f", posting->place.one, found->id);
        request.method = posting->place.method;
    }
    struct fetch_answer answer;
    if (ask(posting, &request, &answer)) status_fits(posting, answer.status);
}

void post_report(const struct post_request *request, const struct report *report,
                 struct diags *diags) {
    struct posting posting = {.arena = diags->arena,
                              .diags = diags,
                              .deadline = clock_now() + clock_nanoseconds(POST_SECONDS),
                              .cancel_fd = request->cancel_fd};
    if (!post_place_read(request->target, &posting.place, diags)) return;
    const char *const headers[] = {posting.place.authorization, "Content-Type: application/json",
                                   "Accept: application/json", NULL};
    posting.headers = headers;
    posting.page = post_page_write(posting.arena, report, posting.place.token);
    struct sticky found;
    if (!self_read(&posting) || !sticky_find(&posting, &found)) return;
    enum outcome effect = report->verdicts->effect;
    bool broken = report->exit_code != 0 || effect > OUTCOME_WAIVED;
    bool worth_one = broken || effect != OUTCOME_PASS;
    if (found.id > 0 ? broken || !found.same : worth_one) send_page(&posting, &found);
}
