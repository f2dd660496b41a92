/* A small server of HTTP/1.1 and HTTP/2 with faults on demand, for tests on this machine:
 *     test_server [--unix PATH] [--tls good|expired|wrong-name|old CERTIFICATE_OUT] [--http1-only]
 *                 [--seconds N]
 * Binds 127.0.0.1 and a free port, prints `port N`, and ends when its standard input is closed, or
 * after N seconds (60). What it answers stands in test_server_answers.c. */
#include "test_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

#define CONNECTIONS_MOST 12000
#define ID_LISTENER (CONNECTIONS_MOST + 1)
#define ID_INPUT (CONNECTIONS_MOST + 2)

uint64_t server_wall_clock(void) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void *server_memory(void *old, size_t size) {
    void *memory = realloc(old, size ? size : 1);
    if (!memory) abort();
    return memory;
}

static void connection_close(struct server *server, struct server_connection *connection) {
    if (connection->then == THEN_RESET) {
        struct linger linger = {.l_onoff = 1};
        setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    }
    if (connection->ssl) {
        if (connection->then != THEN_RESET) SSL_shutdown(connection->ssl);
        SSL_free(connection->ssl);
    }
    loop_timer_set(server->loop, connection->id, LOOP_NEVER);
    close(connection->fd);
    free(connection->in);
    free(connection->out);
    if (connection->socket) websocket_reader_release(connection->socket);
    free(connection->socket);
    server_http2_release(connection);
    *connection = (struct server_connection){.id = connection->id};
}

static void record(struct server *server, uint64_t nanoseconds) {
    struct server_record *list = &server->record;
    if (list->count == list->room) {
        list->room = list->room ? 2 * list->room : 1024;
        list->items = server_memory(list->items, list->room * sizeof *list->items);
    }
    list->items[list->count++] = nanoseconds;
}

/* One read with the moment at which the bytes arrived in the kernel, which a stalled server would
 * otherwise not know. */
static ssize_t read_stamped(struct server_connection *connection, char *to, size_t size) {
    char control[256];
    struct iovec part = {to, size};
    struct msghdr message = {.msg_iov = &part,
                             .msg_iovlen = 1,
                             .msg_control = control,
                             .msg_controllen = sizeof control};
    ssize_t count = recvmsg(connection->fd, &message, 0);
    connection->arrived = server_wall_clock();
    if (count <= 0) return count;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header;
         header = CMSG_NXTHDR(&message, header)) {
        struct timespec stamp;
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SO_TIMESTAMPNS) continue;
        memcpy(&stamp, CMSG_DATA(header), sizeof stamp);
        connection->arrived = (uint64_t)stamp.tv_sec * 1000000000u + (uint64_t)stamp.tv_nsec;
    }
    return count;
}

/* As recv: -1 with EAGAIN in errno, 0 at the end. */
static ssize_t bytes_read(struct server_connection *connection, char *to, size_t size) {
    if (!connection->ssl) return read_stamped(connection, to, size);
    connection->arrived = server_wall_clock();
    ERR_clear_error();
    int count = SSL_read(connection->ssl, to, (int)size);
    if (count > 0) return count;
    int error = SSL_get_error(connection->ssl, count);
    errno = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? EAGAIN : ECONNRESET;
    return errno == EAGAIN ? -1 : 0;
}

static ssize_t bytes_write(struct server_connection *connection, const char *from, size_t size) {
    if (!connection->ssl) return send(connection->fd, from, size, MSG_NOSIGNAL);
    ERR_clear_error();
    int count = SSL_write(connection->ssl, from, (int)size);
    if (count > 0) return count;
    int error = SSL_get_error(connection->ssl, count);
    errno = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE ? EAGAIN : EPIPE;
    return -1;
}

static void wake_at(struct server *server, struct server_connection *connection, uint64_t when) {
    connection->waiting = true;
    loop_timer_set(server->loop, connection->id, when);
}

static void request_next(struct server *server, struct server_connection *connection);

static void answer_over(struct server *server, struct server_connection *connection) {
    if (connection->recorded) record(server, server_wall_clock() - connection->arrived);
    free(connection->out);
    connection->out = NULL;
    if (connection->then == THEN_CLOSE || connection->then == THEN_RESET)
        connection_close(server, connection);
    else if (connection->then == THEN_KEEP)
        request_next(server, connection);
}

static void answer_write(struct server *server, struct server_connection *connection) {
    if (!connection->out || connection->waiting) return;
    while (connection->out_sent < connection->out_size) {
        size_t left = connection->out_size - connection->out_sent;
        ssize_t count = bytes_write(connection, connection->out + connection->out_sent,
                                    connection->drip ? 1 : left);
        if (count < 0 && errno == EAGAIN) {
            loop_change(server->loop, connection->fd, connection->id, LOOP_WRITE);
            return;
        }
        if (count < 0) {
            connection_close(server, connection);
            return;
        }
        connection->out_sent += (size_t)count;
        if (connection->endless && connection->out_sent == connection->out_size)
            connection->out_sent = connection->again;
        if (!connection->drip) continue;
        wake_at(server, connection, clock_now() + connection->drip);
        return;
    }
    loop_change(server->loop, connection->fd, connection->id, LOOP_READ);
    answer_over(server, connection);
}

/* The number in a header of the request, 0 without one. */
static size_t header_number(const struct server_request *request, const char *name) {
    const char *end = request->head + request->head_size;
    for (const char *line = request->head; line && line < end;) {
        if (strncasecmp(line, name, strlen(name)) == 0)
            return strtoul(line + strlen(name), NULL, 10);
        line = memchr(line, '\n', (size_t)(end - line));
        if (line) line++;
    }
    return 0;
}

/* Takes a whole request out of what has come; false: it is not whole. */
static bool request_take(struct server_connection *connection, struct server_request *request) {
    const char *end = memmem(connection->in, connection->in_size, "\r\n\r\n", 4);
    if (!end) return false;
    *request = (struct server_request){.head = connection->in};
    request->head_size = (size_t)(end - connection->in) + 4;
    request->body = connection->in + request->head_size;
    request->body_size = header_number(request, "content-length:");
    if (memmem(connection->in, request->head_size, " /early ", 8)) request->body_size = 0;
    if (connection->in_size < request->head_size + request->body_size) return false;
    const char *first = memchr(request->head, '\r', request->head_size);
    const char *blank = memchr(request->head, ' ', (size_t)(first - request->head));
    if (!blank) return true;
    snprintf(request->method, sizeof request->method, "%.*s", (int)(blank - request->head),
             request->head);
    size_t target = strcspn(blank + 1, " \r");
    snprintf(request->target, sizeof request->target, "%.*s", (int)target, blank + 1);
    return true;
}

/* One answer a call: an answer that goes out at once calls this again for the next request. */
static void request_next(struct server *server, struct server_connection *connection) {
    struct server_request request;
    if (connection->in_size == 0) return;
    if (connection->socket) {
        connection->out_sent = connection->out_size = 0;
        server_socket_read(server, connection);
        answer_write(server, connection);
        return;
    }
    if (connection->http2 || (!server->http1_only && server_http2_open(connection))) {
        connection->out_sent = connection->out_size = 0;
        connection->waiting = false;
        server_http2_read(server, connection);
        if (connection->delay > 0) wake_at(server, connection, clock_now() + connection->delay);
        connection->delay = 0;
        if (!connection->out && connection->then != THEN_KEEP) answer_over(server, connection);
        answer_write(server, connection);
        return;
    }
    if (!request_take(connection, &request)) return;
    server->requests++;
    connection->out_sent = 0;
    connection->out_size = 0;
    connection->drip = connection->delay = 0;
    connection->endless = connection->recorded = connection->waiting = false;
    connection->then = THEN_KEEP;
    server_answer(server, connection, &request);
    size_t used = request.head_size + request.body_size;
    memmove(connection->in, connection->in + used, connection->in_size - used);
    connection->in_size -= used;
    if (connection->delay > 0) wake_at(server, connection, clock_now() + connection->delay);
    answer_write(server, connection);
}

static bool shake(struct server *server, struct server_connection *connection) {
    if (!connection->ssl || connection->handshaken) return true;
    ERR_clear_error();
    int result = SSL_accept(connection->ssl);
    if (result == 1) {
        connection->handshaken = true;
        return true;
    }
    int error = SSL_get_error(connection->ssl, result);
    if (error == SSL_ERROR_WANT_READ) return false;
    connection_close(server, connection);
    return false;
}

static void connection_read(struct server *server, struct server_connection *connection) {
    if (!shake(server, connection)) return;
    for (;;) {
        if (connection->in_room - connection->in_size < 4096) {
            connection->in_room = 2 * connection->in_room + 4096;
            if (connection->in_room > 4 * SERVER_REQUEST_LARGEST) abort();
            connection->in = server_memory(connection->in, connection->in_room);
        }
        size_t room = connection->in_room - connection->in_size - 1;
        ssize_t count = bytes_read(connection, connection->in + connection->in_size, room);
        if (count < 0 && errno == EAGAIN) break;
        if (count <= 0) {
            connection_close(server, connection);
            return;
        }
        connection->in_size += (size_t)count;
        connection->in[connection->in_size] = '\0';
        if ((size_t)count < room && !connection->ssl) break;
        if (connection->in_size > SERVER_REQUEST_LARGEST) break;
    }
    if (!connection->out && connection->then == THEN_KEEP) request_next(server, connection);
}

static struct server_connection *connection_new(struct server *server) {
    for (uint32_t i = 0; i < CONNECTIONS_MOST; i++) {
        uint32_t place = (server->connection_count + i) % CONNECTIONS_MOST;
        if (server->connections[place].used) continue;
        server->connection_count = place + 1;
        server->connections[place] = (struct server_connection){.id = place, .used = true};
        return &server->connections[place];
    }
    return NULL;
}

static void accept_all(struct server *server) {
    for (;;) {
        int on = 1, fd = accept4(server->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) return;
        struct server_connection *connection = connection_new(server);
        if (!connection || !loop_watch(server->loop, fd, connection->id, LOOP_READ)) abort();
        setsockopt(fd, IPPROTO_TCP, 1 /* TCP_NODELAY */, &on, sizeof on);
        setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
        connection->fd = fd;
        server->accepted++;
        if (!server->tls) continue;
        connection->ssl = SSL_new(server->tls);
        SSL_set_fd(connection->ssl, fd);
    }
}

static void timer(struct server *server, struct server_connection *connection) {
    if (!connection->used) return;
    connection->waiting = false;
    answer_write(server, connection);
}

static void serve(struct server *server, uint64_t until) {
    for (;;) {
        const struct loop_event *events;
        size_t count = loop_wait(server->loop, until, &events);
        for (size_t i = 0; i < count; i++) {
            if (events[i].id == ID_INPUT) return;
            if (events[i].id == ID_LISTENER) {
                accept_all(server);
                continue;
            }
            struct server_connection *connection = &server->connections[events[i].id];
            if (!connection->used) continue;
            if (events[i].what & LOOP_WRITE)
                answer_write(server, connection);
            else
                connection_read(server, connection);
        }
        uint64_t now = clock_now();
        if (now >= until) return;
        for (uint32_t id; loop_timer_due(server->loop, now, &id);)
            timer(server, &server->connections[id]);
    }
}

static int listen_on(const char *path) {
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_un local = {.sun_family = AF_UNIX};
    socklen_t size = sizeof name;
    int fd = socket(path ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (path) snprintf(local.sun_path, sizeof local.sun_path, "%s", path);
    const struct sockaddr *address = path ? (struct sockaddr *)&local : (struct sockaddr *)&name;
    if (fd < 0 || bind(fd, address, path ? sizeof local : sizeof name) != 0 ||
        listen(fd, 4096) != 0)
        return -1;
    if (!path) getsockname(fd, (struct sockaddr *)&name, &size);
    printf("port %d\n", ntohs(name.sin_port));
    fflush(stdout);
    return fd;
}

int main(int argc, char **argv) {
    static struct server_connection connections[CONNECTIONS_MOST];
    struct server server = {.connections = connections, .random = 88172645463325252u};
    const char *path = NULL;
    uint64_t seconds = 60;
    signal(SIGPIPE, SIG_IGN);
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--unix") == 0 && i + 1 < argc)
            path = argv[++i];
        else if (strcmp(argv[i], "--seconds") == 0 && i + 1 < argc)
            seconds = strtoul(argv[++i], NULL, 10);
        else if (strcmp(argv[i], "--http1-only") == 0)
            server.http1_only = true;
        else if (strcmp(argv[i], "--tls") == 0 && i + 2 < argc) {
            server.tls = server_tls(argv[i + 1], argv[i + 2]);
            server_tls_protocols(server.tls, &server.http1_only);
            i += 2;
        } else
            return 2;
    }
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    server.loop = loop_new(CONNECTIONS_MOST);
    server.listener = listen_on(path);
    if (!server.loop || server.listener < 0) return 1;
    loop_watch(server.loop, server.listener, ID_LISTENER, LOOP_READ);
    loop_watch(server.loop, STDIN_FILENO, ID_INPUT, LOOP_READ);
    serve(&server, clock_now() + seconds * 1000000000u);
    for (uint32_t i = 0; i < CONNECTIONS_MOST; i++)
        if (connections[i].used) connection_close(&server, &connections[i]);
    SSL_CTX_free(server.tls);
    loop_free(server.loop);
    free(server.record.items);
    return 0;
}
