/** A small HTTP server in a thread of the test, that answers each path as the test says, also
 * wrongly. On the loopback only. */
#ifndef SUPPORT_HTTP_SERVER_H
#define SUPPORT_HTTP_SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/** Answers one request on the connection; `request` is its head, NUL-terminated. The connection is
 * closed afterwards. */
typedef void http_handler(int connection, const char *request);

struct http_server {
    int listener, stop[2];
    int port;
    http_handler *handler;
    pthread_t thread;
    atomic_int requests;
};

static inline void http_say(int connection, const char *text) {
    for (size_t left = strlen(text); left > 0;) {
        ssize_t sent = send(connection, text, left, MSG_NOSIGNAL);
        if (sent <= 0) return;
        text += sent, left -= (size_t)sent;
    }
}

/** A whole answer with the body's length. */
static inline void http_answer(int connection, const char *status, const char *headers,
                               const char *body) {
    char head[2048];
    snprintf(head, sizeof head, "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n%s\r\n",
             status, strlen(body), headers);
    http_say(connection, head);
    http_say(connection, body);
}

/** Whether the request is for this path. */
static inline bool http_is(const char *request, const char *path) {
    const char *at = strchr(request, ' ');
    size_t length = strlen(path);
    return at && strncmp(at + 1, path, length) == 0 && strchr(" ?", at[1 + length]);
}

static inline size_t http_body_length(const char *head) {
    const char *found = strcasestr(head, "\r\ncontent-length:");
    return found ? strtoul(found + strlen("\r\ncontent-length:"), NULL, 10) : 0;
}

/* Reads the head and as much body as it announces; what does not fit is of no interest. */
static inline void http_serve(struct http_server *server, int connection) {
    char request[16384];
    size_t length = 0;
    for (;;) {
        struct pollfd ready[] = {{.fd = connection, .events = POLLIN},
                                 {.fd = server->stop[0], .events = POLLIN}};
        if (poll(ready, 2, -1) < 0 || ready[1].revents) return;
        ssize_t got = recv(connection, request + length, sizeof request - 1 - length, 0);
        if (got <= 0) return;
        request[length += (size_t)got] = '\0';
        const char *end = strstr(request, "\r\n\r\n");
        if (end && length >= (size_t)(end + 4 - request) + http_body_length(request)) break;
        if (length == sizeof request - 1 || request[0] < 'A') break; /* TLS, or too long */
    }
    atomic_fetch_add(&server->requests, 1);
    server->handler(connection, request);
}

static inline void *http_loop(void *context) {
    struct http_server *server = context;
    for (;;) {
        struct pollfd ready[] = {{.fd = server->listener, .events = POLLIN},
                                 {.fd = server->stop[0], .events = POLLIN}};
        if (poll(ready, 2, -1) < 0 || ready[1].revents) return NULL;
        int connection = accept(server->listener, NULL, NULL);
        if (connection < 0) continue;
        http_serve(server, connection);
        shutdown(connection, SHUT_WR);
        char rest[512];
        while (recv(connection, rest, sizeof rest, MSG_DONTWAIT) > 0)
            ;
        close(connection);
    }
}

static inline void http_begin(struct http_server *server, http_handler *handler) {
    server->handler = handler;
    if (server->listener < 0 || pipe(server->stop) != 0 || listen(server->listener, 64) != 0 ||
        pthread_create(&server->thread, NULL, http_loop, server) != 0)
        abort();
}

static inline void http_start(struct http_server *server, http_handler *handler) {
    struct sockaddr_in address = {.sin_family = AF_INET};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    *server = (struct http_server){.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    socklen_t size = sizeof address;
    if (bind(server->listener, (struct sockaddr *)&address, size) != 0 ||
        getsockname(server->listener, (struct sockaddr *)&address, &size) != 0)
        abort();
    server->port = ntohs(address.sin_port);
    http_begin(server, handler);
}

static inline void http_start_unix(struct http_server *server, http_handler *handler,
                                   const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) abort();
    memcpy(address.sun_path, path, strlen(path) + 1);
    *server = (struct http_server){.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    if (bind(server->listener, (struct sockaddr *)&address, sizeof address) != 0) abort();
    http_begin(server, handler);
}

static inline void http_stop(struct http_server *server) {
    if (write(server->stop[1], "x", 1) != 1) abort();
    pthread_join(server->thread, NULL);
    close(server->listener);
    close(server->stop[0]);
    close(server->stop[1]);
}

#endif
