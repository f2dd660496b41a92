/* The ways to a server: TLS with its certificates, Unix sockets, and tunnels through a proxy. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "load_fixture.h"
#include "scratch.h"

static int begin(void **state) {
    struct arena *arena = arena_new();
    *state = strdup(scratch_new(arena));
    arena_free(arena);
    return 0;
}

static int finish(void **state) {
    scratch_remove(*state);
    free(*state);
    return 0;
}

static void run_flows(struct fixture *fixture, struct net_target *target, unsigned count) {
    static const char *const paths[] = {"/ok", "/bytes/100000", "/chunked/5000", "/ok", NULL};
    *fixture = fixture_of(paths, target);
    fixture->phase = (struct load_phase){.count = count, .concurrency = 8};
    fixture_run(fixture);
}

static void all_is_well(struct fixture *fixture) {
    assert_int_equal(fixture->count, 160);
    for (size_t i = 0; i < fixture->count; i++) {
        if (fixture->seen[i].fault != NET_NONE)
            fail_msg("%s: %s", net_fault_word((enum net_fault)fixture->seen[i].fault),
                     fixture->seen[i].reason);
        assert_int_equal(fixture->seen[i].status, 200);
    }
    assert_int_equal(fixture->result.connections, 8);
    fixture_end(fixture);
}

struct tls_case {
    const char *kind; /* of the server's certificate */
    const char *host;
    bool believe; /* its certificate */
    bool insecure, good;
};

static void certificates(void **state) {
    static const struct tls_case cases[] = {
        {"good", "localhost", true, false, true},
        {"good", "127.0.0.1", true, false, true},
        {"good", "localhost", false, false, false},
        {"good", "localhost", false, true, true},
        {"expired", "localhost", true, false, false},
        {"wrong-name", "localhost", true, false, false},
        {"wrong-name", "127.0.0.1", true, false, false},
        {"wrong-name", "localhost", false, true, true},
        {"old", "localhost", true, true, false},
    };
    for (size_t i = 0; i < array_length(cases); i++) {
        const struct tls_case *one = &cases[i];
        struct arena *arena = arena_new();
        const char *problem = NULL, *file = scratch_path(arena, *state, "certificate.pem");
        const char *options[] = {"--tls", one->kind, file, NULL};
        struct server_process server = server_process_start(options);
        struct tls_options wanted = {.ca_file = one->believe ? file : NULL,
                                     .insecure = one->insecure};
        struct tls_client *tls = tls_client_new(arena, &wanted, &problem);
        if (!tls) fail_msg("%s", problem);
        struct net_route route = {.host = one->host, .port = (uint16_t)server.port, .tls = tls};
        struct fixture fixture;
        run_flows(&fixture, target_of(arena, &route), one->good ? 40 : 2);
        if (one->good) {
            assert_true(fixture.seen[0].secured >= fixture.seen[0].connected);
            all_is_well(&fixture);
        } else {
            for (size_t j = 0; j < fixture.count; j++) {
                assert_int_equal(fixture.seen[j].fault, NET_TLS);
                assert_non_null(fixture.seen[j].reason);
                assert_int_equal(fixture.seen[j].status, 0);
            }
            fixture_end(&fixture);
        }
        tls_client_free(tls);
        server_process_end(&server);
        arena_free(arena);
    }
}

static void tls_answers_may_be_cut_off(void **state) {
    static const struct {
        const char *path;
        enum net_fault fault;
    } cases[] = {
        {"/close", NET_CLOSED},      {"/close-body", NET_CLOSED},       {"/reset-body", NET_RESET},
        {"/endless", NET_TOO_LARGE}, {"/until-close/100000", NET_NONE},
    };
    struct arena *arena = arena_new();
    const char *problem, *file = scratch_path(arena, *state, "cut.pem");
    const char *options[] = {"--tls", "good", file, NULL};
    struct server_process server = server_process_start(options);
    struct tls_client *tls =
        tls_client_new(arena, &(struct tls_options){.ca_file = file}, &problem);
    struct net_route route = {.host = "localhost", .port = (uint16_t)server.port, .tls = tls};
    struct net_target *target = target_of(arena, &route);
    for (size_t i = 0; i < array_length(cases); i++) {
        const char *paths[] = {cases[i].path, NULL};
        struct fixture fixture = fixture_of(paths, target);
        fixture.plan.body_limit = 100000;
        fixture_run(&fixture);
        if (fixture.seen[0].fault != cases[i].fault)
            fail_msg("%s: %s", cases[i].path,
                     net_fault_word((enum net_fault)fixture.seen[0].fault));
        fixture_end(&fixture);
    }
    tls_client_free(tls);
    server_process_end(&server);
    arena_free(arena);
}

static void authorities_must_be_readable(void **state) {
    struct arena *arena = arena_new();
    const char *problem = NULL;
    const char *bad = scratch_write(arena, *state, "bad.pem", "no certificate\n");
    assert_null(tls_client_new(arena, &(struct tls_options){.ca_file = bad}, &problem));
    assert_non_null(problem);
    assert_null(tls_client_new(arena, &(struct tls_options){.ca_file = "/absent"}, &problem));
    arena_free(arena);
}

static void plain_bytes_are_no_tls(void **state) {
    (void)state;
    struct arena *arena = arena_new();
    const char *problem;
    struct server_process server = server_process_start(NULL);
    struct tls_client *tls =
        tls_client_new(arena, &(struct tls_options){.insecure = true}, &problem);
    struct net_route route = {.host = "127.0.0.1", .port = (uint16_t)server.port, .tls = tls};
    const char *paths[] = {"/ok", NULL};
    struct fixture fixture = fixture_of(paths, target_of(arena, &route));
    fixture.plan.timeout =
        SECOND / 2; /* the server waits for more of what it takes for a request */
    fixture_run(&fixture);
    assert_int_equal(fixture.seen[0].fault, NET_TIMEOUT);
    assert_string_equal(fixture.seen[0].reason, "during the TLS handshake");
    fixture_end(&fixture);
    tls_client_free(tls);
    server_process_end(&server);
    arena_free(arena);
}

static void unix_sockets(void **state) {
    struct arena *arena = arena_new();
    const char *path = scratch_path(arena, *state, "socket");
    const char *options[] = {"--unix", path, NULL};
    struct server_process server = server_process_start(options);
    struct net_route route = {.host = "localhost", .port = 80, .unix_socket = path};
    struct fixture fixture;
    run_flows(&fixture, target_of(arena, &route), 40);
    all_is_well(&fixture);
    server_process_end(&server);
    unlink(path);
    const char *paths[] = {"/ok", NULL};
    fixture = fixture_of(paths, target_of(arena, &route));
    fixture_run(&fixture);
    assert_int_equal(fixture.seen[0].fault, NET_REFUSED);
    fixture_end(&fixture);
    arena_free(arena);
}

/* Nobody accepts, and soon the kernel takes no more: who waits runs into its time limit. */
static void a_full_backlog_is_waited_for(void **state) {
    struct arena *arena = arena_new();
    const char *path = scratch_path(arena, *state, "full");
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    snprintf(name.sun_path, sizeof name.sun_path, "%s", path);
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&name, sizeof name), 0);
    assert_int_equal(listen(listener, 1), 0);
    struct net_route route = {.host = "localhost", .port = 80, .unix_socket = path};
    const char *paths[] = {"/ok", NULL};
    struct fixture fixture = fixture_of(paths, target_of(arena, &route));
    fixture.phase = (struct load_phase){.count = 8, .concurrency = 8};
    fixture.plan.timeout = SECOND / 5;
    fixture_run(&fixture);
    assert_int_equal(fixture.count, 8);
    size_t connecting = 0;
    for (size_t i = 0; i < 8; i++) {
        assert_int_equal(fixture.seen[i].fault, NET_TIMEOUT);
        connecting += strcmp(fixture.seen[i].reason, "while connecting") == 0;
    }
    assert_in_range(connecting, 1, 7);
    fixture_end(&fixture);
    close(listener);
    unlink(path);
    arena_free(arena);
}

/* A proxy of one thread a connection, that answers CONNECT as it is told. */
enum { PROXY_CONNECTIONS = 16 };

struct proxy {
    int listener;
    unsigned port;
    const char *answer;  /* NULL: opens the tunnel */
    struct net_span raw; /* sent at the first byte that comes; size 0: not */
    bool silent;         /* nothing is ever sent */
    char request[512];   /* of the first connection */
    pthread_t acceptor, threads[PROXY_CONNECTIONS];
    int fds[PROXY_CONNECTIONS], count;
};

struct proxied {
    struct proxy *proxy;
    int number;
};

static int connect_to(unsigned port) {
    struct sockaddr_in name = {.sin_family = AF_INET,
                               .sin_port = htons((uint16_t)port),
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(fd, (struct sockaddr *)&name, sizeof name) != 0) abort();
    return fd;
}

static void carry(int left, int right) {
    struct pollfd ends[2] = {{left, POLLIN, 0}, {right, POLLIN, 0}};
    while (poll(ends, 2, 60000) > 0) {
        for (int i = 0; i < 2; i++) {
            char bytes[4096];
            if (!ends[i].revents) continue;
            ssize_t count = recv(ends[i].fd, bytes, sizeof bytes, 0);
            if (count <= 0) return;
            if (send(ends[1 - i].fd, bytes, (size_t)count, MSG_NOSIGNAL) != count) return;
        }
    }
}

static void *proxy_connection(void *context) {
    struct proxied *proxied = context;
    struct proxy *proxy = proxied->proxy;
    int fd = proxy->fds[proxied->number];
    char request[512] = "";
    size_t size = 0;
    if (proxy->raw.size > 0 || proxy->silent) {
        if (recv(fd, request, 1, 0) == 1 && !proxy->silent)
            send(fd, proxy->raw.data, proxy->raw.size, MSG_NOSIGNAL);
        while (recv(fd, request, sizeof request, 0) > 0) continue;
        close(fd);
        free(proxied);
        return NULL;
    }
    while (!strstr(request, "\r\n\r\n") && size + 1 < sizeof request &&
           recv(fd, request + size, 1, 0) == 1)
        size++;
    if (proxied->number == 0) memcpy(proxy->request, request, sizeof request);
    const char *sent =
        proxy->answer ? proxy->answer : "HTTP/1.1 200 Connection established\r\n\r\n";
    const char *colon = strchr(request, ':');
    if (send(fd, sent, strlen(sent), MSG_NOSIGNAL) > 0 && !proxy->answer && colon) {
        int server = connect_to((unsigned)strtoul(colon + 1, NULL, 10));
        carry(fd, server);
        close(server);
    }
    close(fd);
    free(proxied);
    return NULL;
}

static void *proxy_accept(void *context) {
    struct proxy *proxy = context;
    while (proxy->count < PROXY_CONNECTIONS) {
        int fd = accept4(proxy->listener, NULL, NULL, SOCK_CLOEXEC);
        if (fd < 0) break;
        struct proxied *proxied = malloc(sizeof *proxied);
        *proxied = (struct proxied){proxy, proxy->count};
        proxy->fds[proxy->count] = fd;
        pthread_create(&proxy->threads[proxy->count++], NULL, proxy_connection, proxied);
    }
    return NULL;
}

static void proxy_start(struct proxy *proxy, const char *answer) {
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof name;
    *proxy = (struct proxy){.answer = answer};
    proxy->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(proxy->listener, (struct sockaddr *)&name, sizeof name), 0);
    assert_int_equal(listen(proxy->listener, 64), 0);
    getsockname(proxy->listener, (struct sockaddr *)&name, &size);
    proxy->port = ntohs(name.sin_port);
    pthread_create(&proxy->acceptor, NULL, proxy_accept, proxy);
}

static void proxy_end(struct proxy *proxy) {
    shutdown(proxy->listener, SHUT_RDWR);
    pthread_join(proxy->acceptor, NULL);
    for (int i = 0; i < proxy->count; i++) pthread_join(proxy->threads[i], NULL);
    close(proxy->listener);
}

static void tunnels(void **state) {
    struct arena *arena = arena_new();
    const char *problem, *file = scratch_path(arena, *state, "tunnel.pem");
    const char *options[] = {"--tls", "good", file, NULL};
    struct server_process plain = server_process_start(NULL),
                          secure = server_process_start(options);
    struct tls_client *tls =
        tls_client_new(arena, &(struct tls_options){.ca_file = file}, &problem);
    for (int with_tls = 0; with_tls < 2; with_tls++) {
        struct proxy proxy;
        proxy_start(&proxy, NULL);
        struct net_route route = {.host = "localhost",
                                  .port = (uint16_t)(with_tls ? secure : plain).port,
                                  .proxy = {.kind = NET_PROXY_HTTP,
                                            .host = "127.0.0.1",
                                            .port = (uint16_t)proxy.port,
                                            .authorization = "Basic bWU6cHc=",
                                            .tunnel = true},
                                  .tls = with_tls ? tls : NULL};
        struct fixture fixture;
        run_flows(&fixture, target_of(arena, &route), 40);
        all_is_well(&fixture);
        proxy_end(&proxy);
        const char *expected = text_format(arena,
                                           "CONNECT localhost:%u HTTP/1.1\r\nHost: localhost:%u\r\n"
                                           "Proxy-Authorization: Basic bWU6cHc=\r\n\r\n",
                                           route.port, route.port);
        assert_string_equal(proxy.request, expected);
    }
    tls_client_free(tls);
    server_process_end(&plain);
    server_process_end(&secure);
    arena_free(arena);
}

static void proxies_that_refuse(void **state) {
    (void)state;
    static const char *const answers[] = {
        "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
        "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno",
        "HTTP/1.1 200 OK\r\n\r\nearly",
        "220 mail.example ESMTP\r\n",
        "HTTP/1.1 200 OK\r\nHalf: ",
        "HTTP/1.1 2",
    };
    for (size_t i = 0; i < array_length(answers); i++) {
        struct arena *arena = arena_new();
        struct proxy proxy;
        proxy_start(&proxy, answers[i]);
        struct net_route route = {.host = "localhost",
                                  .port = 1,
                                  .proxy = {.kind = NET_PROXY_HTTP,
                                            .host = "127.0.0.1",
                                            .port = (uint16_t)proxy.port,
                                            .tunnel = true}};
        const char *paths[] = {"/ok", NULL};
        struct fixture fixture = fixture_of(paths, target_of(arena, &route));
        fixture_run(&fixture);
        assert_int_equal(fixture.seen[0].fault, NET_PROXY);
        assert_non_null(fixture.seen[0].reason);
        fixture_end(&fixture);
        proxy_end(&proxy);
        arena_free(arena);
    }
}

#define BYTES(text) \
    { text, sizeof(text) - 1 }

static const struct socks_case {
    struct net_span raw;
    bool login;
    const char *reason;
} socks_cases[] = {
    {BYTES("HTTP/1.1 400 Bad Request\r\n\r\n"), false, "the proxy does not speak SOCKS5"},
    {BYTES("\4\x5a\0\0\0\0\0\0"), false, "the proxy does not speak SOCKS5"},
    {BYTES("\5\xff"), false, "the proxy wants a user and a password"},
    {BYTES("\5\xff"), true, "the proxy takes neither user and password nor none"},
    {BYTES("\5\2"), false, "the proxy chose a way to log in that was not offered"},
    {BYTES("\5\1"), true, "the proxy chose a way to log in that was not offered"},
    {BYTES("\5\2\1\1"), true, "the proxy refused user and password"},
    {BYTES("\5\2\5\0"), true, "the proxy's answer to user and password is none"},
    {BYTES("\5\0\4\0\0\1\0\0\0\0\0\0"), false, "the proxy's answer is not SOCKS5"},
    {BYTES("\5\0\5\0\1\1\0\0\0\0\0\0"), false, "the proxy's answer is not SOCKS5"},
    {BYTES("\5\0\5\0\0\2\0\0\0\0\0\0"), false, "the proxy's answer is not SOCKS5"},
    {BYTES("\5\0\5\1\0\1\0\0\0\0\0\0"), false, "the proxy failed"},
    {BYTES("\5\0\5\2\0\1\0\0\0\0\0\0"), false, "the proxy does not allow the connection"},
    {BYTES("\5\0\5\4\0\1\0\0\0\0\0\0"), false, "the proxy finds no way to the host"},
    {BYTES("\5\0\5\x09\0\1\0\0\0\0\0\0"), false, "the proxy refused for a reason nobody defined"},
};

/* A tunnel asked of a proxy that answers as it is told; what came of it. */
static struct load_exchange socks_ask(struct proxy *proxy, bool login, uint64_t timeout) {
    struct arena *arena = arena_new();
    struct net_route route = {.host = "name.example",
                              .port = 1,
                              .proxy = {.kind = NET_PROXY_SOCKS5H,
                                        .host = "127.0.0.1",
                                        .port = (uint16_t)proxy->port,
                                        .user = login ? "me" : NULL,
                                        .password = login ? "pw" : NULL}};
    const char *paths[] = {"/ok", NULL};
    struct fixture fixture = fixture_of(paths, target_of(arena, &route));
    fixture.plan.timeout = timeout;
    fixture_run(&fixture);
    assert_int_equal(fixture.count, 1);
    struct load_exchange seen = fixture.seen[0];
    fixture_end(&fixture);
    arena_free(arena);
    return seen;
}

static void socks_proxies_that_refuse(void **state) {
    (void)state;
    for (size_t i = 0; i < array_length(socks_cases); i++) {
        struct proxy proxy;
        proxy_start(&proxy, NULL);
        proxy.raw = socks_cases[i].raw;
        struct load_exchange seen = socks_ask(&proxy, socks_cases[i].login, PATIENCE);
        proxy_end(&proxy);
        assert_int_equal(seen.fault, NET_PROXY);
        assert_string_equal(seen.reason, socks_cases[i].reason);
    }
}

/* An answer cut at any byte, and then nothing more: the request's time limit ends it. */
static void socks_answers_that_stop(void **state) {
    (void)state;
    static const char whole[] = "\5\2\1\0\5\0\0\3\4here\0\1";
    for (size_t length = 0; length < sizeof whole - 1; length += 3) {
        struct proxy proxy;
        proxy_start(&proxy, NULL);
        proxy.raw = (struct net_span){whole, length};
        proxy.silent = length == 0;
        struct load_exchange seen = socks_ask(&proxy, true, SECOND / 10);
        proxy_end(&proxy);
        assert_int_equal(seen.fault, NET_TIMEOUT);
        assert_string_equal(seen.reason, "while the proxy opened a tunnel");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificates),
        cmocka_unit_test(tls_answers_may_be_cut_off),
        cmocka_unit_test(authorities_must_be_readable),
        cmocka_unit_test(plain_bytes_are_no_tls),
        cmocka_unit_test(unix_sockets),
        cmocka_unit_test(a_full_backlog_is_waited_for),
        cmocka_unit_test(tunnels),
        cmocka_unit_test(proxies_that_refuse),
        cmocka_unit_test(socks_proxies_that_refuse),
        cmocka_unit_test(socks_answers_that_stop),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
