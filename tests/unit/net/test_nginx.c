/* The load engine against a real server, nginx; skipped where it is not installed. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>

#include "load_fixture.h"
#include "scratch.h"

#define KEPT_REQUESTS 10 /* after so many nginx closes, having said so */

/* Paths are relative to the folder, which is nginx's prefix, but for the socket's. */
static const char configuration[] =
    "daemon off; master_process off; worker_processes 1; error_log error.log; pid pid;\n"
    "events { worker_connections 1024; }\n"
    "http { access_log off; keepalive_requests 10; client_body_temp_path t1;\n"
    "  proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;\n"
    "  server { listen 127.0.0.1:%u; listen unix:%s/socket; root %s;\n"
    "    location /gone { return 410 gone; } location /moved { return 301 /file; } }\n"
    "  server { listen 127.0.0.1:%u http2; listen 127.0.0.1:%u ssl http2; root %s;\n"
    "    ssl_certificate tls.pem; ssl_certificate_key tls.pem.key;\n"
    "    location /gone { return 410 gone; } location /moved { return 301 /file; } } }\n";

struct nginx {
    struct arena *arena;
    const char *folder;
    unsigned port, http2_port, tls_port;
    pid_t pid;
};

static const char *program(void) {
    static const char *const places[] = {"/usr/sbin/nginx", "/usr/bin/nginx",
                                         "/usr/local/sbin/nginx"};
    for (size_t i = 0; i < array_length(places); i++)
        if (access(places[i], X_OK) == 0) return places[i];
    return NULL;
}

static int socket_at(unsigned *port) {
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof name;
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    name.sin_port = htons((uint16_t)*port);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    bool good = *port ? connect(fd, (struct sockaddr *)&name, sizeof name) == 0
                      : bind(fd, (struct sockaddr *)&name, sizeof name) == 0;
    getsockname(fd, (struct sockaddr *)&name, &size);
    if (*port == 0) *port = ntohs(name.sin_port);
    close(fd);
    return good;
}

/** Whether the server answers before it ends or a minute is over. */
static bool answers(struct nginx *nginx) {
    for (int i = 0; i < 6000; i++) {
        int status;
        if (socket_at(&nginx->port)) return true;
        if (waitpid(nginx->pid, &status, WNOHANG) == nginx->pid) {
            nginx->pid = 0;
            return false;
        }
        usleep(10000);
    }
    return false;
}

static void start(struct nginx *nginx) {
    char *arguments[] = {(char *)(size_t)program(),     (char *)(size_t) "-p",
                         (char *)(size_t)nginx->folder, (char *)(size_t) "-e",
                         (char *)(size_t) "error.log",  (char *)(size_t) "-c",
                         (char *)(size_t) "nginx.conf", NULL};
    nginx->port = nginx->http2_port = nginx->tls_port = 0;
    if (!socket_at(&nginx->port) || !socket_at(&nginx->http2_port) || !socket_at(&nginx->tls_port))
        abort();
    scratch_write(nginx->arena, nginx->folder, "nginx.conf",
                  text_format(nginx->arena, configuration, nginx->port, nginx->folder,
                              nginx->folder, nginx->http2_port, nginx->tls_port, nginx->folder));
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    if (posix_spawn(&nginx->pid, arguments[0], &actions, NULL, arguments, environ) != 0) abort();
    posix_spawn_file_actions_destroy(&actions);
}

static int begin(void **state) {
    struct nginx *nginx = calloc(1, sizeof *nginx);
    *state = nginx;
    nginx->arena = arena_new();
    nginx->folder = scratch_new(nginx->arena);
    if (!program()) return 0;
    /* Its user may be another than ours, when we are root. */
    chmod(nginx->folder, 0755);
    char *large = arena_alloc(nginx->arena, 300001);
    memset(large, 'x', 300000);
    scratch_write(nginx->arena, nginx->folder, "large", large);
    chmod(scratch_write(nginx->arena, nginx->folder, "file", "from nginx\n"), 0644);
    chmod(scratch_path(nginx->arena, nginx->folder, "large"), 0644);
    const char *certificate = scratch_path(nginx->arena, nginx->folder, "tls.pem");
    const char *options[] = {"--tls", "good", certificate, NULL};
    struct server_process maker = server_process_start(options);
    server_process_end(&maker);
    for (int attempt = 0; attempt < 5; attempt++) { /* somebody else may take the port first */
        start(nginx);
        if (answers(nginx)) return 0;
    }
    return 1;
}

static int finish(void **state) {
    struct nginx *nginx = *state;
    int status;
    if (nginx->pid > 0) {
        kill(nginx->pid, SIGTERM);
        while (waitpid(nginx->pid, &status, 0) < 0) continue;
    }
    scratch_remove(nginx->folder);
    arena_free(nginx->arena);
    free(nginx);
    return 0;
}

static void needs_nginx(void) {
    if (program()) return;
    print_message("nginx is not installed\n");
    skip();
}

static void flows(struct nginx *nginx, const struct net_route *route,
                  const struct load_protocol *protocol) {
    const char *paths[] = {"/file", "/large", "/gone", "/moved", "/absent", NULL};
    static const unsigned statuses[] = {200, 200, 410, 301, 404};
    struct fixture fixture = fixture_of(paths, target_of(nginx->arena, route));
    fixture.protocol = protocol;
    fixture.phase = (struct load_phase){.count = 200, .concurrency = 20};
    fixture_run(&fixture);
    assert_int_equal(fixture.count, 1000);
    for (size_t i = 0; i < fixture.count; i++) {
        const struct load_exchange *seen = &fixture.seen[i];
        if (seen->fault != NET_NONE)
            fail_msg("%s: %s", net_fault_word((enum net_fault)seen->fault), seen->reason);
        assert_int_equal(seen->status, statuses[seen->tag]);
        if (seen->tag == 0) assert_memory_equal(seen->body.data, "from nginx\n", 11);
        if (seen->tag == 1) assert_int_equal(seen->body.size, 300000);
    }
    /* Each of the 20 users may leave its last connection before nginx closes it. */
    assert_in_range(fixture.result.connections, 1000 / KEPT_REQUESTS, 1000 / KEPT_REQUESTS + 20);
    assert_int_equal(fixture.result.retries, 0);
    fixture_end(&fixture);
}

/* nginx closes every connection after some requests: that is ordinary, and announced. */
static void over_tcp(void **state) {
    needs_nginx();
    struct nginx *nginx = *state;
    const struct net_route route = {.host = "127.0.0.1", .port = (uint16_t)nginx->port};
    flows(nginx, &route, NULL);
}

static void over_a_unix_socket(void **state) {
    needs_nginx();
    struct nginx *nginx = *state;
    const char *path = scratch_path(nginx->arena, nginx->folder, "socket");
    const struct net_route route = {
        .host = "127.0.0.1", .port = (uint16_t)nginx->port, .unix_socket = path};
    flows(nginx, &route, NULL);
}

/* It ends connections with GOAWAY, having answered what is under way. */
static void over_http2(void **state) {
    needs_nginx();
    struct nginx *nginx = *state;
    const struct net_route route = {.host = "127.0.0.1", .port = (uint16_t)nginx->http2_port};
    flows(nginx, &route, &load_http2);
}

static void over_http2_and_tls(void **state) {
    needs_nginx();
    struct nginx *nginx = *state;
    const char *problem, *ca = scratch_path(nginx->arena, nginx->folder, "tls.pem");
    const struct tls_options options = {.ca_file = ca, .http2 = true};
    struct net_route route = {.host = "localhost", .port = (uint16_t)nginx->tls_port};
    route.tls = tls_client_new(nginx->arena, &options, &problem);
    assert_non_null(route.tls);
    flows(nginx, &route, &load_http2);
    tls_client_free(route.tls);
}

/* A server that speaks HTTP/1.1 only says so; a request in HTTP/2 is none to it. */
static void http2_to_a_server_of_http1(void **state) {
    needs_nginx();
    struct nginx *nginx = *state;
    const char *paths[] = {"/file", NULL};
    const struct net_route route = {.host = "127.0.0.1", .port = (uint16_t)nginx->port};
    struct fixture fixture = fixture_of(paths, target_of(nginx->arena, &route));
    fixture.protocol = &load_http2;
    fixture_run(&fixture);
    assert_int_equal(fixture.seen[0].fault, NET_PROTOCOL);
    assert_string_equal(fixture.seen[0].reason, "the server answers in HTTP/1, not in HTTP/2");
    fixture_end(&fixture);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(over_tcp),
        cmocka_unit_test(over_a_unix_socket),
        cmocka_unit_test(over_http2),
        cmocka_unit_test(over_http2_and_tls),
        cmocka_unit_test(http2_to_a_server_of_http1),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
