/* Each way in which a server misbehaves ends as one fault of the right kind, and never as a sample.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "load_served.h"

static const struct fault_case {
    const char *path;
    enum net_fault fault;
    unsigned status;
} cases[] = {
    {"/ok", NET_NONE, 200},
    {"/status/503", NET_NONE, 503},
    {"/status/204", NET_NONE, 204},
    {"/chunked/2500", NET_NONE, 200},
    {"/until-close/70000", NET_NONE, 200},
    {"/http10", NET_NONE, 200},
    {"/interim", NET_NONE, 200},
    {"/reset", NET_RESET, 0},
    {"/reset-body", NET_RESET, 200},
    {"/close", NET_CLOSED, 0},
    {"/close-body", NET_CLOSED, 200},
    {"/endless", NET_TOO_LARGE, 200},
    {"/endless-close", NET_TOO_LARGE, 200},
    {"/headers/300", NET_TOO_LARGE, 0},
    {"/headers/5000", NET_TOO_LARGE, 0},
    {"/raw?hello", NET_PROTOCOL, 0},
    {"/raw-close?HTTP/1.1", NET_CLOSED, 0},
    {"/raw?HTTP/1.1%20200%20OK%0a%0a", NET_PROTOCOL, 0},
    {"/raw?HTTP/1.1%20200%20OK%0d%0aContent-Length:%201%0d%0a%0d%0aab", NET_PROTOCOL, 200},
    {"/raw?HTTP/1.1%20200%20OK%0d%0aContent-Length:%201%0d%0aContent-Length:%202%0d%0a%0d%0aab",
     NET_PROTOCOL, 0},
    {"/raw?HTTP/1.1%20200%20OK%0d%0aTransfer-Encoding:%20chunked%0d%0a%0d%0azz%0d%0a", NET_PROTOCOL,
     200},
    {"/raw-close?HTTP/1.1%20200%20OK%0d%0aTransfer-Encoding:%20chunked%0d%0a%0d%0a5%0d%0ahe",
     NET_CLOSED, 200},
};

static void each_fault_has_its_kind(void **state) {
    (void)state;
    for (size_t i = 0; i < array_length(cases); i++) {
        const char *paths[] = {cases[i].path, NULL};
        struct fixture fixture = fixture_of(paths, target);
        fixture.plan.body_limit = 100000;
        fixture_run(&fixture);
        assert_int_equal(fixture.result.end, LOAD_FINISHED);
        assert_int_equal(fixture.count, 1);
        const struct load_exchange *seen = &fixture.seen[0];
        if (seen->fault != cases[i].fault)
            fail_msg("%s: %s (%s)", cases[i].path, net_fault_word((enum net_fault)seen->fault),
                     seen->reason ? seen->reason : "");
        if (seen->status != cases[i].status) fail_msg("%s: %u", cases[i].path, seen->status);
        assert_int_equal(fixture.result.phases[0].faults, cases[i].fault != NET_NONE);
        assert_true(seen->ended >= seen->begun && seen->begun >= seen->scheduled);
        fixture_end(&fixture);
    }
}

/* H1: a byte now and then does not keep a request alive. */
static void slow_answers_time_out(void **state) {
    (void)state;
    static const char *const slow[] = {"/slow-head", "/slow-body", "/silent"};
    for (size_t i = 0; i < array_length(slow); i++) {
        const char *paths[] = {slow[i], NULL};
        struct fixture fixture = fixture_of(paths, target);
        fixture.plan.timeout = SECOND / 5;
        fixture_run(&fixture);
        assert_int_equal(fixture.count, 1);
        assert_int_equal(fixture.seen[0].fault, NET_TIMEOUT);
        assert_true(fixture.seen[0].ended - fixture.seen[0].begun >= SECOND / 5);
        fixture_end(&fixture);
    }
}

static void nobody_listens(void **state) {
    (void)state;
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof name;
    int taken = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); /* bound, so that nobody else is */
    assert_int_equal(bind(taken, (struct sockaddr *)&name, sizeof name), 0);
    assert_int_equal(getsockname(taken, (struct sockaddr *)&name, &size), 0);
    struct net_route route = {.host = "127.0.0.1", .port = ntohs(name.sin_port)};
    const char *paths[] = {"/ok", NULL};
    struct fixture fixture = fixture_of(paths, target_of(arena, &route));
    fixture.phase.count = 5;
    fixture_run(&fixture);
    assert_int_equal(fixture.count, 5);
    for (size_t i = 0; i < 5; i++) assert_int_equal(fixture.seen[i].fault, NET_REFUSED);
    fixture_end(&fixture);
    close(taken);
}

static void names_without_addresses(void **state) {
    (void)state;
    struct net_lookup lookup;
    struct net_route route = {.host = "no-such-host.invalid", .port = 80};
    assert_null(net_target_new(arena, &route, &lookup));
    assert_int_equal(lookup.fault, NET_DNS);
    assert_non_null(lookup.problem);
    route = (struct net_route){.host = "x", .unix_socket = text_format(arena, "/%0200d", 1)};
    assert_null(net_target_new(arena, &route, &lookup));
    assert_int_equal(lookup.fault, NET_CLIENT);
}

/* Two addresses of one name: the one where nobody listens is passed over (H7). */
static void another_address_is_tried(void **state) {
    (void)state;
    const char *paths[] = {"/ok", NULL};
    struct net_route route = {.host = "localhost", .port = (uint16_t)server.port};
    struct fixture fixture = fixture_of(paths, target_of(arena, &route));
    fixture_run(&fixture);
    assert_int_equal(fixture.count, 1);
    assert_int_equal(fixture.seen[0].fault, NET_NONE);
    fixture_end(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_has_its_kind),  cmocka_unit_test(slow_answers_time_out),
        cmocka_unit_test(nobody_listens),           cmocka_unit_test(names_without_addresses),
        cmocka_unit_test(another_address_is_tried),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
