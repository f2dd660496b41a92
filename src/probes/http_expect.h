/** Whether an answer is what the budget expects, and what is captured from it. */
#ifndef PROBES_HTTP_EXPECT_H
#define PROBES_HTTP_EXPECT_H

#include "net/load.h"
#include "probes/extract_pattern.h"
#include "probes/http_config.h"
#include "probes/http_template.h"

struct http_status_range {
    uint16_t low, high;
};

/** A header, pattern or pointer that must hold, or a value that is captured. */
struct http_rule {
    const char *name;              /**< header, or pointer; NULL: the body as a whole */
    const char *text;              /**< of a pointer: what must stand there */
    struct pattern_finder *finder; /**< or NULL */
    uint32_t value;                /**< of a capture: number of the name */
};

struct http_expectation {
    struct http_status_range *statuses;
    size_t status_count;
    const char *status_text; /**< "200, 404", for messages */
    struct http_rule *headers, *bodies, *pointers;
    size_t header_count, body_count, pointer_count;
    struct http_rule *captured_headers, *captured_bodies, *captured_pointers;
    size_t captured_header_count, captured_body_count, captured_pointer_count;
    bool needs_body;
};

/** Makes it ready; `expect` may be NULL: a status of 2xx. False with *problem, a phrase. */
bool http_expectation_make(const struct http_names *names, const struct http_expect *expect,
                           const struct probe_records *captures, struct http_expectation *out,
                           const char **problem);
void http_expectation_release(struct http_expectation *expectation);

/** Why an answer does not count. */
struct http_refusal {
    const char *kind;   /**< the label of `errors` */
    const char *reason; /**< a phrase, in the arena; nothing of the answer but its status stands in
                           it */
};

/** Whether the status is one of those expected. */
bool http_status_expected(const struct http_expectation *expectation, uint16_t status);

/**
 * Whether the answer is as expected; then its values are captured. `values` are malloc'd texts by
 * number of name, replaced.
 */
bool http_answer_take(struct arena *arena, const struct http_expectation *expectation,
                      const struct load_exchange *answer, char **values,
                      struct http_refusal *refusal);

#endif
