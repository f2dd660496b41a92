/* Where GitHub and GitLab keep comments, by the variables of their CI systems. Sources: the REST
 * API of GitHub (issue comments, version 2022-11-28), GitLab's API v4 (notes), and their lists of
 * default variables. */
#include <stdlib.h>
#include <string.h>

#include "app/post_parts.h"
#include "base/file.h"
#include "base/text.h"

enum { EVENT_BYTES = 16 * 1024 * 1024 };

#define DIGITS "0123456789"
#define NAMES DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._-"

static const char *variable(const char *name) {
    const char *value = getenv(name);
    return value && *value ? value : NULL;
}

void post_warn(struct diags *diags, const char *hint, const char *why) {
    diag_warning(diags, POST_UNSENT, NO_PLACE, hint, "no comment was made: %s", why);
}

const char *post_api(enum post_target target) {
    switch (target) {
    case POST_NONE:
        break;
    case POST_GITHUB_COMMENT:
        return variable("GITHUB_API_URL") ? variable("GITHUB_API_URL") : "https://api.github.com";
    case POST_GITLAB_NOTE:
        return variable("CI_API_V4_URL");
    }
    return NULL;
}

/* Both hosts' own text, which becomes part of a path. */
static bool is_of(const char *text, const char *characters) {
    return text && *text && strlen(text) < 300 && !text[strspn(text, characters)];
}

static bool is_repository(const char *text) {
    const char *slash = text ? strchr(text, '/') : NULL;
    return slash && slash != text && is_of(slash + 1, NAMES) &&
           strspn(text, NAMES) == (size_t)(slash - text) && slash - text < 300;
}

static const char *number_of_event(struct arena *arena) {
    const char *path = variable("GITHUB_EVENT_PATH"), *bytes, *problem;
    size_t length;
    struct diags unsaid = diags_begin(arena); /* a run without the file is no pull request's */
    if (!path || !file_read(arena, path, EVENT_BYTES, &bytes, &length, &unsaid)) return NULL;
    json *event = json_read(arena, bytes, length, &problem);
    double number = json_number(event ? json_at(event, "/pull_request/number") : NULL, 0);
    json_free(event);
    return number >= 1 && number < 1e15 ? text_format(arena, "%.0f", number) : NULL;
}

/* "12" of refs/pull/12/merge; of events that run on another ref, what the event says. */
static const char *number_of_github(struct arena *arena) {
    const char *ref = variable("GITHUB_REF"), *start = "refs/pull/";
    if (!ref || !text_starts(ref, start)) return number_of_event(arena);
    const char *number = ref + strlen(start);
    size_t length = strspn(number, DIGITS);
    if (!length || length > 15 || number[length] != '/') return NULL;
    return text_copy_bytes(arena, number, length);
}

static bool place_note(struct diags *diags, const char *what) {
    diag_note(diags, POST_UNSENT, NO_PLACE, NULL, "no comment was made: this job is not of a %s",
              what);
    return false;
}

static bool place_warn(struct diags *diags, const char *hint, const char *why) {
    post_warn(diags, hint, why);
    return false;
}

static bool github_read(struct post_place *place, struct diags *diags) {
    struct arena *arena = diags->arena;
    const char *repository = variable("GITHUB_REPOSITORY"), *number = number_of_github(arena);
    const char *api = post_api(POST_GITHUB_COMMENT);
    if (!number) return place_note(diags, "pull request");
    if (!is_repository(repository))
        return place_warn(diags, NULL, "GITHUB_REPOSITORY names no repository");
    place->token = variable("GITHUB_TOKEN");
    if (!place->token)
        return place_warn(diags,
                          "set `env: {GITHUB_TOKEN: ${{ github.token }}}` and grant "
                          "`pull-requests: write`; pull requests of forks get no such token",
                          "GITHUB_TOKEN is not set");
    place->authorization = text_format(arena, "Authorization: Bearer %s", place->token);
    place->self = text_format(arena, "%s/user", api);
    place->comments = text_format(arena, "%s/repos/%s/issues/%s/comments", api, repository, number);
    place->query = "";
    place->one = text_format(arena, "%s/repos/%s/issues/comments", api, repository);
    place->method = "PATCH";
    place->author = "user";
    place->bots = true;
    return true;
}

static bool gitlab_read(struct post_place *place, struct diags *diags) {
    struct arena *arena = diags->arena;
    const char *api = post_api(POST_GITLAB_NOTE), *project = variable("CI_PROJECT_ID");
    const char *number = variable("CI_MERGE_REQUEST_IID");
    if (!number) return place_note(diags, "merge request");
    if (!api || !is_of(project, DIGITS) || !is_of(number, DIGITS))
        return place_warn(diags, NULL,
                          "CI_API_V4_URL, CI_PROJECT_ID and CI_MERGE_REQUEST_IID name no place");
    place->token = variable("GITLAB_TOKEN");
    if (!place->token)
        return place_warn(
            diags,
            "a project access token with the scope `api` as a masked variable; the job's own "
            "CI_JOB_TOKEN may not comment, and merge requests of forks get none",
            "GITLAB_TOKEN is not set");
    place->authorization = text_format(arena, "PRIVATE-TOKEN: %s", place->token);
    place->self = text_format(arena, "%s/user", api);
    place->comments =
        text_format(arena, "%s/projects/%s/merge_requests/%s/notes", api, project, number);
    place->query = "&sort=asc&order_by=created_at";
    place->one = place->comments;
    place->method = "PUT";
    place->author = "author";
    return true;
}

bool post_place_read(enum post_target target, struct post_place *place, struct diags *diags) {
    *place = (struct post_place){0};
    switch (target) {
    case POST_NONE:
        break;
    case POST_GITHUB_COMMENT:
        return github_read(place, diags);
    case POST_GITLAB_NOTE:
        return gitlab_read(place, diags);
    }
    return false;
}
