/* What only HTTP/2 has (test_load.c has the flows of both versions): windows, GOAWAY, ALPN, and
 * each way in which a server breaks the rules ends as one fault of the right kind. */
#include "load_served.h"
#include "net/http2_request.h"

static struct fixture http2_of(const char *const *paths) {
    struct fixture fixture = fixture_of(paths, target);
    fixture.protocol = &load_http2;
    return fixture;
}

static void header_lines_are_as_over_http1(void **state) {
    (void)state;
    const char *paths[] = {"/cookie/a=b", NULL};
    struct fixture fixture = http2_of(paths);
    fixture_run(&fixture);
    assert_int_equal(fixture.count, 1);
    const struct net_span lines = fixture.seen[0].lines;
    assert_non_null(memmem(lines.data, lines.size, "set-cookie: a=b", 15));
    fixture_end(&fixture);
}

/* More than a window of 65,535 bytes, which the server gives back bit by bit. */
static enum load_next upload(void *context, const struct load_user *user,
                             struct load_request *request) {
    if (user->step > 0) return LOAD_END;
    request->bytes = *(struct net_span *)context;
    request->keep_body = request->transient = true;
    return LOAD_REQUEST;
}

struct heard {
    struct net_span request; /* first: what `upload` is given */
    enum net_fault fault;
    unsigned status;
    size_t size;
    char reason[64];
};

static bool upload_done(void *context, const struct load_user *user,
                        const struct load_exchange *exchange) {
    struct heard *heard = context;
    (void)user;
    heard->fault = (enum net_fault)exchange->fault;
    heard->status = exchange->status;
    heard->size = exchange->body.size;
    snprintf(heard->reason, sizeof heard->reason, "%s", exchange->reason ? exchange->reason : "");
    return true;
}

static struct heard upload_to(const char *path, size_t size, uint64_t timeout) {
    struct arena *own = arena_new();
    const char *head =
        text_format(own, "POST %s HTTP/1.1\r\nHost: h\r\ncontent-length: %zu\r\n\r\n", path, size);
    char *request = arena_alloc(own, strlen(head) + size);
    memset(request, 'b', strlen(head) + size);
    memcpy(request, head, strlen(head));
    struct heard heard = {.request = {request, strlen(head) + size}};
    struct load_phase phase = {.count = 1, .concurrency = 1};
    struct load_plan plan = {.phases = &phase,
                             .phase_count = 1,
                             .targets = &target,
                             .target_count = 1,
                             .timeout = timeout,
                             .cancel_fd = -1};
    struct load_result result;
    load_run(own, &plan, &(struct load_driver){&heard, upload, upload_done}, &load_http2, &result);
    arena_free(own);
    return heard;
}

static void bodies_wait_for_the_window(void **state) {
    (void)state;
    struct heard heard = upload_to("/echo", 500000, PATIENCE);
    assert_int_equal(heard.fault, NET_NONE);
    assert_int_equal(heard.status, 200);
    assert_true(heard.size >= 500000);
}

static void early_answers_are_heard(void **state) {
    (void)state;
    struct heard heard = upload_to("/h2/early", 500000, PATIENCE);
    assert_int_equal(heard.fault, NET_NONE);
    assert_int_equal(heard.status, 413);
}

static void a_window_that_stays_shut_times_out(void **state) {
    (void)state;
    struct heard heard = upload_to("/h2/no-window", 500000, SECOND / 5);
    assert_int_equal(heard.fault, NET_TIMEOUT);
    assert_string_equal(heard.reason, "while sending");
}

/* The server says which requests it never took up: they go out once more, also those that must not
 * be repeated otherwise. */
static void requests_that_were_not_taken_up_go_out_again(void **state) {
    (void)state;
    const char *paths[] = {"/h2/goaway", "/h2/goaway", "/h2/goaway", NULL};
    struct fixture fixture = http2_of(paths);
    fixture.request.once = true;
    fixture_run(&fixture);
    assert_int_equal(fixture.count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(fixture.seen[i].fault, NET_NONE);
        assert_int_equal(fixture.seen[i].retried, i > 0);
    }
    assert_int_equal(fixture.result.retries, 2);
    assert_int_equal(fixture.result.connections, 3);
    fixture_end(&fixture);
}

/* One that was announced is no failure, and the next request opens another. */
static void connections_end_after_an_answer(void **state) {
    (void)state;
    const char *paths[] = {"/h2/goaway-after", "/h2/goaway-after", NULL};
    struct fixture fixture = http2_of(paths);
    fixture_run(&fixture);
    assert_int_equal(fixture.result.phases[0].faults, 0);
    assert_int_equal(fixture.result.connections, 2);
    assert_int_equal(fixture.result.retries, 0);
    fixture_end(&fixture);
}

static void slow_answers_time_out(void **state) {
    (void)state;
    static const char *const slow[] = {"/h2/slow", "/h2/silent"};
    for (size_t i = 0; i < array_length(slow); i++) {
        const char *paths[] = {slow[i], NULL};
        struct fixture fixture = http2_of(paths);
        fixture.plan.timeout = SECOND / 5;
        fixture_run(&fixture);
        assert_int_equal(fixture.count, 1);
        assert_int_equal(fixture.seen[0].fault, NET_TIMEOUT);
        fixture_end(&fixture);
    }
}

/* Over TLS, where the server must choose h2. */
static struct fixture over_tls(const char *const *options, const char *ca,
                               struct tls_client **tls) {
    static const char *const paths[] = {"/ok", "/bytes/100000", NULL};
    const char *problem;
    struct server_process other = server_process_start(options);
    const struct tls_options wanted = {.ca_file = ca, .http2 = true};
    struct net_route route = {.host = "localhost", .port = (uint16_t)other.port};
    route.tls = *tls = tls_client_new(arena, &wanted, &problem);
    assert_non_null(*tls);
    struct fixture fixture = fixture_of(paths, target_of(arena, &route));
    fixture.protocol = &load_http2;
    fixture_run(&fixture);
    server_process_end(&other);
    return fixture;
}

static void over_tls_h2_must_be_chosen(void **state) {
    (void)state;
    struct tls_client *tls;
    const char *folder = scratch_new(arena), *ca = scratch_path(arena, folder, "ca.pem");
    const char *both[] = {"--tls", "good", ca, NULL};
    struct fixture fixture = over_tls(both, ca, &tls);
    assert_int_equal(fixture.count, 2);
    assert_int_equal(fixture.seen[0].fault, NET_NONE);
    assert_int_equal(fixture.seen[1].body.size, 100000);
    assert_true(fixture.seen[0].secured > fixture.seen[0].connected);
    fixture_end(&fixture);
    tls_client_free(tls);

    const char *only[] = {"--tls", "good", ca, "--http1-only", NULL};
    fixture = over_tls(only, ca, &tls);
    assert_int_equal(fixture.seen[0].fault, NET_TLS);
    assert_non_null(strstr(fixture.seen[0].reason, "does not speak HTTP/2"));
    fixture_end(&fixture);
    tls_client_free(tls);
    scratch_remove(folder);
}

static bool field_is(const nghttp2_nv *field, const char *name, const char *value) {
    return field->namelen == strlen(name) && memcmp(field->name, name, field->namelen) == 0 &&
           field->valuelen == strlen(value) && memcmp(field->value, value, field->valuelen) == 0;
}

static void requests_are_taken_apart(void **state) {
    (void)state;
    struct http2_request request;
    const char *text = "PUT /a?b HTTP/1.1\r\naccept: */*\r\nHost: h:81\r\nx: \r\n\r\nbody\r\n\r\n";
    assert_true(http2_request_read(net_span_text(text), true, &request));
    assert_int_equal(request.count, 6);
    assert_true(field_is(&request.fields[0], ":method", "PUT"));
    assert_true(field_is(&request.fields[1], ":scheme", "https"));
    assert_true(field_is(&request.fields[2], ":path", "/a?b"));
    assert_true(field_is(&request.fields[3], ":authority", "h:81"));
    assert_true(field_is(&request.fields[4], "accept", "*/*"));
    assert_true(field_is(&request.fields[5], "x", ""));
    assert_int_equal(request.body.size, 8);
    static const char *const broken[] = {"",
                                         "GET",
                                         "GET / HTTP/1.1",
                                         "GET /\r\n\r\n",
                                         "GET / HTTP/1.1\r\n\r\n",
                                         "GET / HTTP/1.1\r\nHost: h\r\n",
                                         "GET / HTTP/1.1\r\nHost\r\n\r\n"};
    for (size_t i = 0; i < array_length(broken); i++)
        assert_false(http2_request_read(net_span_text(broken[i]), false, &request));
    struct text many = text_begin(arena);
    text_add(&many, "GET / HTTP/1.1\r\nHost: h\r\n");
    for (int i = 0; i < HTTP2_FIELDS_MOST; i++) text_add(&many, "a: b\r\n");
    text_add(&many, "\r\n");
    assert_true(http2_request_read((struct net_span){many.data, many.length}, false, &request));
    many.length -= 2;
    text_add(&many, "a: b\r\n\r\n");
    assert_false(http2_request_read((struct net_span){many.data, many.length}, false, &request));
}

static const struct fault_case {
    const char *path;
    enum net_fault fault;
    unsigned status;
    const char *reason;  /* what it begins with, or NULL */
    enum net_fault also; /* as it may come, by what one read brings */
} cases[] = {
    {"/ok", NET_NONE, 200, NULL, 0},
    {"/status/503", NET_NONE, 503, NULL, 0},
    {"/h2/interim/3", NET_NONE, 200, NULL, 0},
    {"/h2/interim/17", NET_PROTOCOL, 0, "too many 1xx answers", 0},
    {"/h2/trailers", NET_NONE, 200, NULL, 0},
    {"/h2/goaway-after", NET_NONE, 200, NULL, 0},
    {"/h2/reset/0", NET_RESET, 0, "the server reset the stream (NO_ERROR)", 0},
    {"/h2/reset/7", NET_RESET, 0, "the server reset the stream (REFUSED_STREAM)", 0},
    {"/h2/reset/8", NET_RESET, 0, "the server reset the stream (CANCEL)", 0},
    {"/h2/reset-body/2", NET_RESET, 200, "the server reset the stream (INTERNAL_ERROR)", 0},
    {"/h2/goaway-always", NET_CLOSED, 0, "the server ended the connection: GOAWAY (NO_ERROR)", 0},
    {"/h2/goaway-error", NET_CLOSED, 0,
     "the server ended the connection: GOAWAY (ENHANCE_YOUR_CALM)", 0},
    {"/h2/close", NET_CLOSED, 0, "closed without an answer", 0},
    {"/h2/endless", NET_TOO_LARGE, 200, "the body is larger", 0},
    {"/h2/empty", NET_TOO_LARGE, 200, "more frames came", 0},
    {"/h2/pings", NET_TOO_LARGE, 0, NULL, NET_PROTOCOL},
    {"/h2/bomb", NET_TOO_LARGE, 0, "the headers are larger", 0},
    {"/h2/headers/300", NET_TOO_LARGE, 0, "the headers are larger", 0},
    {"/h2/headers/200", NET_NONE, 200, NULL, 0},
    {"/h2/continuation", NET_PROTOCOL, 0, NULL, NET_TOO_LARGE},
    {"/h2/push", NET_PROTOCOL, 0, NULL, 0},
    {"/h2/length", NET_PROTOCOL, 200, NULL, 0},
    {"/h2/short", NET_PROTOCOL, 200, NULL, 0},
    {"/h2/upper", NET_PROTOCOL, 0, NULL, 0},
    {"/h2/pseudo", NET_PROTOCOL, 0, NULL, 0},
    {"/h2/no-status", NET_PROTOCOL, 0, NULL, 0},
    {"/h2/status-101", NET_PROTOCOL, 0, NULL, 0},
    {"/h2/two-status", NET_PROTOCOL, 0, NULL, 0},
    {"/h2/connection", NET_PROTOCOL, 0, NULL, 0},
    {"/h2/newline", NET_PROTOCOL, 0, NULL, 0},
    {"/h2/data-first", NET_PROTOCOL, 0, NULL, 0},
    {"/h2/hpack", NET_PROTOCOL, 0, NULL, 0},
    {"/h2/garbage", NET_PROTOCOL, 0, NULL, 0},
    {"/h2/settings", NET_PROTOCOL, 0, NULL, 0},
    {"/h2/window", NET_PROTOCOL, 0, NULL, 0},
    {"/h2/other", NET_PROTOCOL, 0, NULL, 0},
    {"/h2/no-settings", NET_PROTOCOL, 0, NULL, 0},
};

static void each_fault_has_its_kind(void **state) {
    (void)state;
    for (size_t i = 0; i < array_length(cases); i++) {
        const char *paths[] = {cases[i].path, NULL};
        struct fixture fixture = http2_of(paths);
        fixture.plan.body_limit = 100000;
        fixture_run(&fixture);
        assert_int_equal(fixture.result.end, LOAD_FINISHED);
        assert_int_equal(fixture.count, 1);
        const struct load_exchange *seen = &fixture.seen[0];
        const char *word = net_fault_word((enum net_fault)seen->fault);
        const char *reason = seen->reason ? seen->reason : "";
        bool kind = seen->fault == cases[i].fault ||
                    (cases[i].also != NET_NONE && seen->fault == cases[i].also);
        if (!kind || seen->status != cases[i].status)
            fail_msg("%s: %u %s (%s)", cases[i].path, seen->status, word, reason);
        if (getenv("SHOW_REASONS")) print_message("%s: %s: %s\n", cases[i].path, word, reason);
        fixture_end(&fixture);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_lines_are_as_over_http1),
        cmocka_unit_test(bodies_wait_for_the_window),
        cmocka_unit_test(early_answers_are_heard),
        cmocka_unit_test(a_window_that_stays_shut_times_out),
        cmocka_unit_test(requests_that_were_not_taken_up_go_out_again),
        cmocka_unit_test(connections_end_after_an_answer),
        cmocka_unit_test(slow_answers_time_out),
        cmocka_unit_test(over_tls_h2_must_be_chosen),
        cmocka_unit_test(requests_are_taken_apart),
        cmocka_unit_test(each_fault_has_its_kind),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
