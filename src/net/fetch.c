#include "net/fetch.h"

#include <ctype.h>
#include <math.h>
#include <poll.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/text.h"
#include "net/curl_library.h"

enum { HEADERS_MAX = 64 * 1024, BODY_MAX = 16 * 1024 * 1024, POLL_MS = 1000 };

/* One request on its way. */
struct fetching {
    const struct curl_library *curl;
    const struct fetch_request *request;
    struct fetch_answer *answer;
    CURL *easy;
    struct curl_slist *headers;
    struct text head, body;
    size_t limit;
    bool too_large, too_many;
    char error[CURL_ERROR_SIZE];
};

static size_t body_take(char *bytes, size_t size, size_t count, void *context) {
    struct fetching *fetching = context;
    size_t length = size * count;
    if (length > fetching->limit - fetching->body.length) {
        fetching->too_large = true;
        return 0;
    }
    text_add_bytes(&fetching->body, bytes, length);
    return length;
}

/* A status line begins the headers anew: an answer of 100 came before, or one to a proxy. */
static size_t head_take(char *bytes, size_t size, size_t count, void *context) {
    struct fetching *fetching = context;
    size_t length = size * count;
    if (length >= 5 && memcmp(bytes, "HTTP/", 5) == 0) {
        fetching->head.length = 0;
        fetching->head.data[0] = '\0';
    }
    if (fetching->head.length + length > HEADERS_MAX) {
        fetching->too_many = true;
        return 0;
    }
    text_add_bytes(&fetching->head, bytes, length);
    return length;
}

static bool answer_fail(struct fetch_answer *answer, enum fetch_end end, const char *problem) {
    answer->end = end;
    answer->problem = problem;
    return false;
}

static bool method_is_sound(const char *method) {
    if (!method) return true;
    for (const char *at = method; *at; at++)
        if (!isupper((unsigned char)*at)) return false;
    return *method != '\0';
}

/* What would let a value become a header line of its own. */
static bool line_is_sound(const char *line) {
    return !line || !strpbrk(line, "\r\n");
}

static bool request_is_sound(const struct fetch_request *request) {
    bool sound = method_is_sound(request->method) && line_is_sound(request->bearer) &&
                 line_is_sound(request->user) && line_is_sound(request->password);
    for (size_t i = 0; sound && request->headers && request->headers[i]; i++)
        sound = line_is_sound(request->headers[i]) && strchr(request->headers[i], ':');
    return sound;
}

static void header_add(struct fetching *fetching, const char *line) {
    struct curl_slist *more = fetching->curl->slist_append(fetching->headers, line);
    if (!more) memory_exhausted();
    fetching->headers = more;
}

static void set_headers(struct fetching *fetching) {
    const struct fetch_request *request = fetching->request;
    for (size_t i = 0; request->headers && request->headers[i]; i++)
        header_add(fetching, request->headers[i]);
    header_add(fetching, "Expect:"); /* a server that does not know it costs a second */
    fetching->curl->easy_setopt(fetching->easy, CURLOPT_HTTPHEADER, fetching->headers);
}

static void set_method(struct fetching *fetching) {
    const struct fetch_request *request = fetching->request;
    const struct curl_library *curl = fetching->curl;
    if (request->body) {
        curl->easy_setopt(fetching->easy, CURLOPT_POSTFIELDS, request->body);
        curl->easy_setopt(fetching->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->length);
    }
    if (text_equal(request->method, "HEAD"))
        curl->easy_setopt(fetching->easy, CURLOPT_NOBODY, 1L);
    else if (request->method)
        curl->easy_setopt(fetching->easy, CURLOPT_CUSTOMREQUEST, request->method);
}

static void set_authority(struct fetching *fetching) {
    const struct fetch_request *request = fetching->request;
    const struct curl_library *curl = fetching->curl;
    curl->easy_setopt(fetching->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (request->authorities)
        curl->easy_setopt(fetching->easy, CURLOPT_CAINFO, request->authorities);
    if (request->insecure) {
        curl->easy_setopt(fetching->easy, CURLOPT_SSL_VERIFYPEER, 0L);
        curl->easy_setopt(fetching->easy, CURLOPT_SSL_VERIFYHOST, 0L);
    }
    if (request->bearer) {
        curl->easy_setopt(fetching->easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
        curl->easy_setopt(fetching->easy, CURLOPT_XOAUTH2_BEARER, request->bearer);
    } else if (request->user) {
        curl->easy_setopt(fetching->easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        curl->easy_setopt(fetching->easy, CURLOPT_USERNAME, request->user);
        curl->easy_setopt(fetching->easy, CURLOPT_PASSWORD,
                          request->password ? request->password : "");
    }
}

static void set_way(struct fetching *fetching) {
    const struct fetch_request *request = fetching->request;
    const struct curl_library *curl = fetching->curl;
    if (request->unix_socket)
        curl->easy_setopt(fetching->easy, CURLOPT_UNIX_SOCKET_PATH, request->unix_socket);
    if (request->proxy || !request->proxy_of_environment)
        curl->easy_setopt(fetching->easy, CURLOPT_PROXY, request->proxy ? request->proxy : "");
    if (request->proxy) curl->easy_setopt(fetching->easy, CURLOPT_NOPROXY, "");
}

static void set_all(struct fetching *fetching, const char *url) {
    const struct curl_library *curl = fetching->curl;
    CURL *easy = fetching->easy;
    curl->easy_setopt(easy, CURLOPT_URL, url);
    curl->easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl->easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl->easy_setopt(easy, CURLOPT_USERAGENT, "perfbudget/" PERFBUDGET_VERSION);
    curl->easy_setopt(easy, CURLOPT_ERRORBUFFER, fetching->error);
    curl->easy_setopt(easy, CURLOPT_WRITEFUNCTION, body_take);
    curl->easy_setopt(easy, CURLOPT_WRITEDATA, fetching);
    curl->easy_setopt(easy, CURLOPT_HEADERFUNCTION, head_take);
    curl->easy_setopt(easy, CURLOPT_HEADERDATA, fetching);
    curl->easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set_method(fetching);
    set_headers(fetching);
    set_authority(fetching);
    set_way(fetching);
}

static enum fetch_end end_of(CURLcode code) {
    switch ((int)code) { /* curl has a hundred */
    case CURLE_OPERATION_TIMEDOUT:
        return FETCH_TIMED_OUT;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
        return FETCH_UNREACHABLE;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
        return FETCH_UNTRUSTED;
    case CURLE_URL_MALFORMAT:
        return FETCH_REFUSED;
    case CURLE_FAILED_INIT:
    case CURLE_OUT_OF_MEMORY:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_NOT_BUILT_IN:
        return FETCH_UNABLE;
    default:
        return FETCH_BROKEN;
    }
}

static bool answer_judge(struct arena *arena, struct fetching *fetching, CURLcode code) {
    struct fetch_answer *answer = fetching->answer;
    if (fetching->too_large)
        return answer_fail(
            answer, FETCH_TOO_LARGE,
            text_format(arena, "the answer is longer than %zu bytes", fetching->limit));
    if (fetching->too_many)
        return answer_fail(answer, FETCH_TOO_LARGE,
                           "the answer has more than 64 KiB of header lines");
    if (code != CURLE_OK) {
        const char *said = *fetching->error ? fetching->error : fetching->curl->easy_strerror(code);
        return answer_fail(answer, end_of(code), text_inert(arena, said));
    }
    long status = 0;
    curl_off_t retry = 0;
    fetching->curl->easy_getinfo(fetching->easy, CURLINFO_RESPONSE_CODE, &status);
    fetching->curl->easy_getinfo(fetching->easy, CURLINFO_RETRY_AFTER, &retry);
    answer->status = (int)status;
    answer->body = fetching->body.data;
    answer->length = fetching->body.length;
    answer->headers = fetching->head.data;
    if (fetch_header(arena, answer, "Retry-After")) answer->retry_after = (double)retry;
    return true;
}

static bool cancel_is_asked(const struct fetch_request *request) {
    struct pollfd ready = {.fd = request->cancel_fd, .events = POLLIN};
    return ready.fd >= 0 && poll(&ready, 1, 0) > 0;
}

/* Drives the request to its end; false with the answer filled in when it was given up. */
static bool drive(struct fetching *fetching, CURLM *multi, CURLcode *code) {
    const struct fetch_request *request = fetching->request;
    const struct curl_library *curl = fetching->curl;
    for (int running = 1;;) {
        curl->multi_perform(multi, &running);
        if (!running) break;
        if (cancel_is_asked(request))
            return answer_fail(fetching->answer, FETCH_CANCELLED, "it was interrupted");
        uint64_t now = clock_now();
        if (now >= request->deadline)
            return answer_fail(fetching->answer, FETCH_TIMED_OUT, "no whole answer came in time");
        uint64_t left = (request->deadline - now) / 1000000 + 1;
        struct curl_waitfd cancel = {.fd = request->cancel_fd, .events = CURL_WAIT_POLLIN};
        curl->multi_poll(multi, &cancel, request->cancel_fd >= 0,
                         left < POLL_MS ? (int)left : POLL_MS, NULL);
    }
    int queued;
    const CURLMsg *message = curl->multi_info_read(multi, &queued);
    *code = message ? message->data.result : CURLE_FAILED_INIT;
    return true;
}

/* One request without following anything; `next` is where it is redirected to, or NULL. */
static bool fetch_once(struct arena *arena, struct fetching *fetching, const char *url,
                       const char **next) {
    const struct curl_library *curl = fetching->curl;
    CURLM *multi = curl->multi_init();
    fetching->easy = curl->easy_init();
    if (!multi || !fetching->easy) memory_exhausted();
    fetching->head = text_begin(arena);
    fetching->body = text_begin(arena);
    set_all(fetching, url);
    curl->multi_add_handle(multi, fetching->easy);
    CURLcode code;
    bool good = drive(fetching, multi, &code) && answer_judge(arena, fetching, code);
    char *redirect = NULL;
    if (good) curl->easy_getinfo(fetching->easy, CURLINFO_REDIRECT_URL, &redirect);
    *next = text_copy(arena, redirect);
    curl->multi_remove_handle(multi, fetching->easy);
    curl->easy_cleanup(fetching->easy);
    curl->multi_cleanup(multi);
    curl->slist_free_all(fetching->headers);
    fetching->headers = NULL;
    return good;
}

static bool same_place(const struct fetch_place *a, const struct fetch_place *b) {
    return text_equal(a->scheme, b->scheme) && strcasecmp(a->host, b->host) == 0 &&
           a->port == b->port;
}

static bool method_follows(const struct fetch_request *request) {
    return !request->body && (!request->method || text_equal(request->method, "GET") ||
                              text_equal(request->method, "HEAD"));
}

/* Redirects are followed here and not by curl, so that no request goes anywhere unchecked. */
static void follow(struct arena *arena, struct fetching *fetching,
                   const struct fetch_place *place) {
    const struct fetch_request *request = fetching->request;
    const char *url = request->url, *next, *problem;
    for (unsigned left = request->redirects;; left--) {
        if (!fetch_once(arena, fetching, url, &next)) return;
        if (!next || !request->redirects || !method_follows(request)) return;
        struct fetch_place other;
        if (!fetch_place(arena, next, &other, &problem) || !same_place(place, &other)) {
            answer_fail(fetching->answer, FETCH_REFUSED,
                        "it was redirected to another scheme, host or port");
            return;
        }
        if (left == 0) {
            answer_fail(fetching->answer, FETCH_REFUSED, "it was redirected too often");
            return;
        }
        url = next;
    }
}

void fetch(struct arena *arena, const struct fetch_request *request, struct fetch_answer *answer) {
    struct fetching fetching = {.request = request, .answer = answer};
    struct fetch_place place;
    const char *problem;
    *answer = (struct fetch_answer){.body = "", .headers = "", .retry_after = NAN};
    fetching.limit = request->limit ? request->limit : BODY_MAX;
    fetching.curl = curl_library(&problem);
    if (!fetching.curl) {
        answer_fail(answer, FETCH_UNABLE, problem);
    } else if (!request_is_sound(request)) {
        answer_fail(answer, FETCH_REFUSED, "a header or the method holds what ends its line");
    } else if (!fetch_place(arena, request->url, &place, &problem)) {
        answer_fail(answer, FETCH_REFUSED, problem);
    } else if (cancel_is_asked(request)) {
        answer_fail(answer, FETCH_CANCELLED, "it was interrupted");
    } else {
        follow(arena, &fetching, &place);
    }
    if (answer->end != FETCH_ANSWERED) {
        answer->body = answer->headers = "";
        answer->status = 0;
        answer->length = 0;
    }
}
