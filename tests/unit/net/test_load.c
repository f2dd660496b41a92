/* Flows, phases and bookkeeping of the load engine against a server that behaves. */
#include <fcntl.h>

#include "load_served.h"

/* The versions of HTTP, over which the same flows go. */
static const struct version {
    const struct load_protocol *protocol;
    const char *piecemeal; /* 2,500 bytes, of which the head may not say how many they are */
    const char *head;      /* how one begins; NULL: there is none */
} versions[] = {
    {NULL, "/chunked/2500", "HTTP/1.1 200 OK\r\n"},
    {&load_http2, "/bytes/2500", NULL},
};

static struct fixture fixture_over(const struct version *version, const char *const *paths) {
    struct fixture fixture = fixture_of(paths, target);
    fixture.protocol = version->protocol;
    return fixture;
}

static void exchange_is(const struct load_exchange *seen, size_t at, unsigned status, size_t size) {
    if (seen->fault != NET_NONE) fail_msg("%zu: %s", at, seen->reason);
    assert_int_equal(seen->tag, at);
    assert_int_equal(seen->status, status);
    assert_int_equal(seen->body_size, size);
    assert_int_equal(seen->body.size, size);
    assert_int_equal(seen->reused, at > 0);
    assert_int_equal(seen->connected > 0, at == 0);
    assert_true(seen->sent >= seen->begun && seen->first_byte >= seen->sent);
    assert_true(seen->last_byte >= seen->first_byte && seen->ended >= seen->last_byte);
    assert_true(seen->bytes_in >= seen->head.size + size && seen->bytes_in > size);
    assert_true(seen->bytes_out > 0);
}

static void a_flow_goes_over_one_connection(void **state) {
    (void)state;
    static const size_t sizes[] = {6, 2500, 200000, 0, 6};
    static const unsigned statuses[] = {200, 200, 200, 204, 200};
    for (size_t v = 0; v < array_length(versions); v++) {
        const char *head = versions[v].head;
        const char *paths[] = {"/ok", versions[v].piecemeal, "/bytes/200000", "/status/204", "/ok",
                               NULL};
        struct fixture fixture = fixture_over(&versions[v], paths);
        fixture_run(&fixture);
        assert_int_equal(fixture.count, 5);
        assert_int_equal(fixture.result.connections, 1);
        for (size_t i = 0; i < 5; i++) exchange_is(&fixture.seen[i], i, statuses[i], sizes[i]);
        for (size_t i = 0; i < 200000; i++) assert_int_equal(fixture.seen[2].body.data[i], 'x');
        assert_memory_equal(fixture.seen[0].body.data, "hello\n", 6);
        if (head) assert_memory_equal(fixture.seen[4].head.data, head, strlen(head));
        const struct load_phase_result *phase = &fixture.result.phases[0];
        assert_int_equal(phase->flows, 1);
        assert_int_equal(phase->requests, 5);
        assert_true(phase->bytes_in > 202512 && phase->bytes_out > 100);
        assert_true(phase->end > phase->start);
        fixture_end(&fixture);
    }
}

static void bodies_that_nobody_wants_are_counted(void **state) {
    (void)state;
    for (size_t v = 0; v < array_length(versions); v++) {
        const char *paths[] = {versions[v].piecemeal, "/bytes/123456", NULL};
        struct fixture fixture = fixture_over(&versions[v], paths);
        fixture.request.keep_body = false;
        fixture_run(&fixture);
        assert_int_equal(fixture.seen[0].body_size, 2500);
        assert_int_equal(fixture.seen[1].body_size, 123456);
        for (size_t i = 0; i < 2; i++) assert_int_equal(fixture.seen[i].body.size, 0);
        fixture_end(&fixture);
    }
}

static void many_users_each_with_a_connection(void **state) {
    (void)state;
    const char *paths[] = {"/ok", "/ok", NULL};
    for (size_t v = 0; v < array_length(versions); v++) {
        struct fixture fixture = fixture_over(&versions[v], paths);
        fixture.phase = (struct load_phase){.count = 500, .concurrency = 50};
        fixture_run(&fixture);
        assert_int_equal(fixture.count, 1000);
        assert_int_equal(fixture.result.connections, 50);
        assert_int_equal(fixture.result.phases[0].flows, 500);
        assert_int_equal(fixture.result.phases[0].busy_most, 50);
        assert_int_equal(fixture.result.phases[0].faults, 0);
        fixture_end(&fixture);
    }
}

/* A server that has heard enough answers and closes while the request is still being sent. */
static enum load_next upload(void *context, const struct load_user *user,
                             struct load_request *request) {
    struct net_span *bytes = context;
    if (user->step > 0) return LOAD_END;
    request->bytes = *bytes;
    request->transient = true;
    return LOAD_REQUEST;
}

static bool upload_done(void *context, const struct load_user *user,
                        const struct load_exchange *exchange) {
    struct net_span *bytes = context;
    (void)user;
    assert_int_equal(exchange->fault, NET_NONE);
    assert_int_equal(exchange->status, 413);
    assert_true(exchange->bytes_out < bytes->size);
    return true;
}

static void early_answers_are_heard(void **state) {
    (void)state;
    struct arena *own = arena_new();
    size_t size = 32u << 20;
    const char *head = "POST /early HTTP/1.1\r\nHost: h\r\nContent-Length: 33554000\r\n\r\n";
    char *request = arena_alloc(own, size);
    memcpy(request, head, strlen(head));
    struct net_span bytes = {request, size};
    struct load_phase phase = {.count = 3, .concurrency = 1};
    struct load_plan plan = {.phases = &phase,
                             .phase_count = 1,
                             .targets = &target,
                             .target_count = 1,
                             .timeout = PATIENCE,
                             .cancel_fd = -1};
    struct load_result result;
    load_run(own, &plan, &(struct load_driver){&bytes, upload, upload_done}, NULL, &result);
    assert_int_equal(result.phases[0].requests, 3);
    arena_free(own);
}

/* Ten thousand at once: no fault, and a process of at most 64 MB. */
static void ten_thousand_connections(void **state) {
    (void)state;
    unsigned usable;
    if (!net_descriptors(10000, &usable)) {
        print_message("only %u descriptors are allowed here\n", usable);
        skip();
    }
    const char *paths[] = {"/ok", NULL};
    struct fixture fixture = fixture_of(paths, target);
    fixture.phase = (struct load_phase){.count = 10000, .concurrency = 10000};
    fixture.plan.connect_first = 10000;
    fixture.forget = true;
    fixture_run(&fixture);
    assert_int_equal(fixture.count, 10000);
    assert_int_equal(fixture.result.phases[0].faults, 0);
    assert_int_equal(fixture.result.phases[0].open_most, 10000);
    fixture_end(&fixture);
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    char line[256];
    unsigned long peak = 0;
    FILE *status = fopen("/proc/self/status", "r");
    while (fgets(line, sizeof line, status))
        if (strncmp(line, "VmHWM:", 6) == 0) peak = strtoul(line + 6, NULL, 10);
    fclose(status);
    if (!getenv("LD_PRELOAD")) assert_in_range(peak, 1, 64 * 1024); /* valgrind preloads */
#endif
}

/* H9: the server closes after its answer without a word; the next request goes out once more. */
static void a_closed_kept_connection_is_no_failure(void **state) {
    (void)state;
    const char *paths[] = {"/once", "/once", "/ok", NULL};
    struct fixture fixture = fixture_of(paths, target);
    fixture.phase.count = 20;
    fixture_run(&fixture);
    assert_int_equal(fixture.count, 60);
    assert_int_equal(fixture.result.phases[0].faults, 0);
    assert_int_equal(fixture.result.connections, 41);
    assert_int_equal(fixture.result.retries + fixture.result.closed_kept, 40);
    fixture_end(&fixture);
}

/* The server reads the request on a kept connection, then closes: only who may be repeated is. */
static void only_repeatable_requests_are_sent_again(void **state) {
    (void)state;
    const char *paths[] = {"/ok", "/close", NULL};
    for (int once = 0; once < 2; once++) {
        struct fixture fixture = fixture_of(paths, target);
        fixture.request.once = once == 1;
        fixture_run(&fixture);
        assert_int_equal(fixture.count, 2);
        assert_int_equal(fixture.seen[1].fault, NET_CLOSED);
        assert_int_equal(fixture.seen[1].retried, !once);
        assert_int_equal(fixture.result.retries, !once);
        fixture_end(&fixture);
    }
}

static void the_same_connection_can_be_demanded(void **state) {
    (void)state;
    const char *paths[] = {"/ok", NULL};
    struct fixture fixture = fixture_of(paths, target);
    fixture.request.same_connection = true;
    fixture_run(&fixture);
    assert_int_equal(fixture.count, 1);
    assert_int_equal(fixture.seen[0].fault, NET_CLOSED);
    assert_int_equal(fixture.result.connections, 0);
    fixture_end(&fixture);
}

/* A user keeps a connection to each target; one that a server closes meanwhile is made again. */
static void each_target_has_its_connection(void **state) {
    (void)state;
    struct server_process other = server_process_start(NULL);
    struct net_route route = {.host = "127.0.0.1", .port = (uint16_t)other.port};
    struct net_target *targets[] = {target, target_of(arena, &route)};
    const char *paths[] = {"/ok", "/cookie/a=b", "/ok", "/once", NULL};
    struct fixture fixture = fixture_of(paths, target);
    fixture.phase = (struct load_phase){.count = 60, .concurrency = 3};
    fixture.plan.phases = &fixture.phase;
    fixture.plan.targets = targets;
    fixture.plan.target_count = 2;
    fixture.alternate = true;
    struct load_driver driver = {&fixture, fixture_next, fixture_done};
    load_run(fixture.arena, &fixture.plan, &driver, NULL, &fixture.result);
    assert_int_equal(fixture.count, 240);
    assert_int_equal(fixture.result.phases[0].faults, 0);
    assert_in_range(fixture.result.phases[0].open_most, 4, 6);
    /* Three to the first server; to the other a new one after each /once, but the last. */
    assert_int_equal(fixture.result.connections, 3 + 60);
    for (size_t i = 0; i < fixture.count; i++)
        assert_int_equal(fixture.seen[i].body.size, fixture.seen[i].tag == 1 ? 7 : 6);
    fixture_end(&fixture);
    server_process_end(&other);
}

/* The open model's arrivals are where the rate puts them, whatever becomes of the answers. */
static void arrivals_are_evenly_spaced(void **state) {
    (void)state;
    const char *paths[] = {"/ok", NULL};
    struct fixture fixture = fixture_of(paths, target);
    fixture.phase = (struct load_phase){.count = 200, .rate = 1000};
    fixture.plan.users = 64;
    fixture_run(&fixture);
    assert_int_equal(fixture.count, 200);
    uint64_t start = fixture.result.phases[0].start;
    bool seen[200] = {false};
    for (size_t i = 0; i < 200; i++) {
        uint64_t offset = fixture.seen[i].scheduled - start;
        size_t number = (size_t)((offset + 500000) / 1000000);
        assert_true(number < 200 && !seen[number]);
        assert_in_range(offset, number * 1000000 - (number > 0), number * 1000000 + 1);
        assert_true(fixture.seen[i].begun >= fixture.seen[i].scheduled);
        seen[number] = true;
    }
    fixture_end(&fixture);
}

static void too_few_users_starve_arrivals(void **state) {
    (void)state;
    const char *paths[] = {"/delay/20000", NULL};
    struct fixture fixture = fixture_of(paths, target);
    fixture.phase = (struct load_phase){.duration = SECOND / 2, .rate = 1000};
    fixture.plan.users = 2;
    fixture_run(&fixture);
    const struct load_phase_result *phase = &fixture.result.phases[0];
    assert_true(phase->starved > 0);
    assert_true(phase->missed > 0);
    assert_int_equal(phase->flows + phase->missed, 500);
    assert_int_equal(phase->flows, fixture.count);
    assert_int_equal(phase->busy_most, 2);
    fixture_end(&fixture);
}

static void ramps_begin_the_flows_of_their_area(void **state) {
    (void)state;
    const char *paths[] = {"/ok", NULL};
    struct fixture fixture = fixture_of(paths, target);
    fixture.phase = (struct load_phase){.duration = SECOND, .rate = 100, .ramp_to = 500};
    fixture.plan.users = 1000;
    fixture_run(&fixture);
    const struct load_phase_result *phase = &fixture.result.phases[0];
    assert_int_equal(phase->flows, 300);
    assert_int_equal(phase->end - phase->start, SECOND);
    fixture_end(&fixture);
}

static void connections_can_stand_before_the_clock_begins(void **state) {
    (void)state;
    const char *paths[] = {"/ok", NULL};
    struct fixture fixture = fixture_of(paths, target);
    fixture.phase = (struct load_phase){.count = 300, .concurrency = 300};
    fixture.plan.connect_first = 300;
    fixture_run(&fixture);
    assert_int_equal(fixture.count, 300);
    assert_int_equal(fixture.result.connections, 300);
    assert_int_equal(fixture.result.phases[0].open_most, 300);
    for (size_t i = 0; i < 300; i++) assert_int_equal(fixture.seen[i].connect_start, 0);
    fixture_end(&fixture);
}

static void phases_follow_each_other(void **state) {
    (void)state;
    const char *paths[] = {"/ok", NULL};
    struct fixture fixture = fixture_of(paths, target);
    const struct load_phase phases[] = {
        {.count = 30, .concurrency = 3},
        {.duration = SECOND / 10, .rate = 200},
        {.count = 7, .concurrency = 1},
    };
    fixture.plan.phases = phases;
    fixture.plan.phase_count = 3;
    fixture.plan.users = 100;
    struct load_driver driver = {&fixture, fixture_next, fixture_done};
    fixture.plan.targets = &target;
    load_run(fixture.arena, &fixture.plan, &driver, NULL, &fixture.result);
    size_t counts[3] = {0};
    for (size_t i = 0; i < fixture.count; i++) counts[fixture.seen[i].phase]++;
    assert_int_equal(counts[0], 30);
    assert_int_equal(counts[1], 20);
    assert_int_equal(counts[2], 7);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(fixture.result.phases[i].requests, counts[i]);
        if (i > 0)
            assert_int_equal(fixture.result.phases[i].start, fixture.result.phases[i - 1].end);
    }
    fixture_end(&fixture);
}

static void loads_end_early(void **state) {
    (void)state;
    const char *paths[] = {"/ok", NULL}, *silent[] = {"/silent", NULL};
    struct fixture fixture = fixture_of(paths, target);
    fixture.phase = (struct load_phase){.duration = 1000 * SECOND, .concurrency = 4};
    fixture.stop_at_first = true;
    fixture_run(&fixture);
    assert_int_equal(fixture.result.end, LOAD_STOPPED);
    assert_int_equal(fixture.count, 1);
    fixture_end(&fixture);

    fixture = fixture_of(silent, target);
    fixture.phase = (struct load_phase){.duration = 1000 * SECOND, .concurrency = 4};
    fixture.plan.deadline = clock_now() + SECOND / 5;
    fixture_run(&fixture);
    assert_int_equal(fixture.result.end, LOAD_DEADLINE);
    assert_int_equal(fixture.count, 0);
    fixture_end(&fixture);

    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(write(ends[1], "x", 1), 1);
    fixture = fixture_of(silent, target);
    fixture.phase = (struct load_phase){.duration = 1000 * SECOND, .rate = 10};
    fixture.plan.cancel_fd = ends[0];
    fixture_run(&fixture);
    assert_int_equal(fixture.result.end, LOAD_CANCELLED);
    fixture_end(&fixture);
    close(ends[0]);
    close(ends[1]);
}

static void too_many_users_are_refused(void **state) {
    (void)state;
    const char *paths[] = {"/ok", NULL};
    struct fixture fixture = fixture_of(paths, target);
    fixture.phase = (struct load_phase){.count = 1, .concurrency = 2000000000};
    fixture_run(&fixture);
    assert_int_equal(fixture.result.end, LOAD_IMPOSSIBLE);
    assert_non_null(fixture.result.problem);
    assert_int_equal(fixture.count, 0);
    fixture_end(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_thousand_connections), /* first: it looks at peak memory */
        cmocka_unit_test(a_flow_goes_over_one_connection),
        cmocka_unit_test(bodies_that_nobody_wants_are_counted),
        cmocka_unit_test(many_users_each_with_a_connection),
        cmocka_unit_test(early_answers_are_heard),
        cmocka_unit_test(a_closed_kept_connection_is_no_failure),
        cmocka_unit_test(only_repeatable_requests_are_sent_again),
        cmocka_unit_test(the_same_connection_can_be_demanded),
        cmocka_unit_test(each_target_has_its_connection),
        cmocka_unit_test(arrivals_are_evenly_spaced),
        cmocka_unit_test(too_few_users_starve_arrivals),
        cmocka_unit_test(ramps_begin_the_flows_of_their_area),
        cmocka_unit_test(connections_can_stand_before_the_clock_begins),
        cmocka_unit_test(phases_follow_each_other),
        cmocka_unit_test(loads_end_early),
        cmocka_unit_test(too_many_users_are_refused),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
