/** What the options of `http` are bound to. */
#ifndef PROBES_HTTP_CONFIG_H
#define PROBES_HTTP_CONFIG_H

#include "perfbudget/probe.h"

/** Bounds on one load, listed by `perfbudget limits`. */
enum {
    HTTP_PHASES_MAX = 100,
    HTTP_REQUESTS_MAX = 1000,         /**< different requests of a budget */
    HTTP_CONCURRENCY_MAX = 100000,    /**< virtual users at once */
    HTTP_FLOWS_MAX = 1000000000,      /**< flows of one load */
    HTTP_BODY_MAX = 16 * 1024 * 1024, /**< bytes of one answer's body, and of a file that is sent */
    HTTP_VALUE_MAX = 64 * 1024,       /**< bytes of a captured value */
    HTTP_COOKIES_MAX = 50,            /**< of one virtual user */
    HTTP_COOKIE_BYTES = 4096,         /**< of one cookie */
    HTTP_REDIRECTS_MAX = 10,
    HTTP_HOSTS_MAX = 16,    /**< different hosts that a load asks */
    HTTP_HEADERS_MAX = 250, /**< of one request; over HTTP/2 six more fit (net/load_http2.h) */
};

/** Where a captured value is read from: exactly one of the three is set. */
struct http_capture {
    const char *json, *header, *pattern;
};

/** What an answer must be like to count as one. */
struct http_expect {
    struct probe_texts status;  /**< "200", "200-299", "2xx" */
    struct probe_pairs headers; /**< name to pattern */
    const char *body;           /**< pattern */
    struct probe_pairs json;    /**< pointer to text */
};

struct http_request {
    const char *name, *method, *path;
    struct probe_pairs headers, query, form;
    const char *json, *body, *file;
    struct probe_records expect;  /**< of struct http_expect, at most one */
    struct probe_records capture; /**< of struct http_capture */
    double think, think_to, timeout;
};

struct http_flow {
    const char *name;
    int64_t weight;
    struct probe_records requests; /**< of struct http_request */
};

struct http_phase {
    double duration, rate;
    int64_t requests, concurrency;
    const char *ramp_to;
    bool judged;
};

struct http_config {
    const char *method;
    struct probe_pairs headers, query, form;
    const char *json, *body, *file;
    struct probe_records expect;
    struct probe_records login;    /**< of struct http_request */
    struct probe_records scenario; /**< of struct http_flow */
    struct probe_records phases;   /**< of struct http_phase */
    double duration, rate;
    int64_t requests, concurrency, connections;
    const char *ramp_to;
    double timeout, late;
    const char *basic, *bearer;
    bool cookies, compression;
    int64_t redirects;
    const char *ca;
    bool insecure;
    const char *unix_socket, *proxy;
    int version; /**< enum http_version */
};

enum http_version { HTTP_VERSION_1, HTTP_VERSION_2 };

/** The rows that fill struct http_config. */
enum { HTTP_OPTIONS = 29 };
extern const struct probe_option http_options[HTTP_OPTIONS];
/** The rows of one phase, shared with other loads. */
extern const struct probe_record_table http_phase_rows;

#endif
