/* A small API over HTTP/1.1, to be measured:    api PORT
 *
 *   GET  /health           ok
 *   POST /login            {"token": ".."}, which the routes below want as a bearer token
 *   GET  /quote/SYMBOL     a price, cached: the first of each symbol is a miss
 *   POST /orders           201 with the header x-order-id
 *   GET  /metrics          counters and a histogram, as Prometheus reads them
 *
 * One thread, one epoll, requests answered as they come. No framework, so that the figures are
 * those of the budget file beside it and not of an interpreter. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { REQUEST_LARGEST = 8192, ANSWER_LARGEST = 4096, EVENTS = 512, SYMBOLS = 64, EDGES = 6 };

static const char token[] = "t0ken-of-the-example";
static const double edges[EDGES] = {0.0001, 0.001, 0.01, 0.05, 0.2, 1};

struct api {
    unsigned long requests, hits, misses, orders;
    unsigned long buckets[EDGES + 1];
    double seconds;
    char known[SYMBOLS][16];
    size_t known_count;
};

struct request {
    const char *method, *path, *head, *body;
    size_t path_size;
};

/* Bytes of a request that has not come whole yet; most never need it. */
struct connection {
    char *held;
    size_t size;
};

static struct connection *connections;
static int connection_count;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int reply(char *out, const char *status, const char *headers, const char *body) {
    return snprintf(out, ANSWER_LARGEST, "HTTP/1.1 %s\r\n%sContent-Length: %zu\r\n\r\n%s", status,
                    headers, strlen(body), body);
}

static bool is_route(const struct request *request, const char *method, const char *path,
                     bool prefix) {
    size_t size = strlen(path);
    return strcmp(request->method, method) == 0 && request->path_size >= size &&
           (prefix || request->path_size == size) && strncmp(request->path, path, size) == 0;
}

static bool is_allowed(const struct request *request) {
    char line[64];
    snprintf(line, sizeof line, "authorization: Bearer %s\r\n", token);
    return strcasestr(request->head, line) != NULL;
}

static void cache_look(struct api *api, const char *symbol, size_t size) {
    char name[16];
    snprintf(name, sizeof name, "%.*s", (int)size, symbol);
    for (size_t i = 0; i < api->known_count; i++)
        if (strcmp(api->known[i], name) == 0) {
            api->hits++;
            return;
        }
    api->misses++;
    if (api->known_count < SYMBOLS) memcpy(api->known[api->known_count++], name, sizeof name);
}

static int metrics(const struct api *api, char *out) {
    char body[ANSWER_LARGEST - 512];
    unsigned long below = 0;
    int at = snprintf(body, sizeof body,
                      "# TYPE cache_hits_total counter\ncache_hits_total %lu\n"
                      "# TYPE cache_misses_total counter\ncache_misses_total %lu\n"
                      "# TYPE orders_total counter\norders_total %lu\n"
                      "# TYPE request_seconds histogram\n",
                      api->hits, api->misses, api->orders);
    for (int i = 0; i <= EDGES; i++) {
        char edge[16] = "+Inf";
        if (i < EDGES) snprintf(edge, sizeof edge, "%g", edges[i]);
        below += api->buckets[i];
        at += snprintf(body + at, sizeof body - (size_t)at,
                       "request_seconds_bucket{le=\"%s\"} %lu\n", edge, below);
    }
    snprintf(body + at, sizeof body - (size_t)at,
             "request_seconds_sum %.9f\nrequest_seconds_count %lu\n", api->seconds, below);
    return reply(out, "200 OK", "Content-Type: text/plain; version=0.0.4\r\n", body);
}

static int answer(struct api *api, const struct request *request, char *out) {
    static const char json[] = "Content-Type: application/json\r\n";
    char text[128];
    if (is_route(request, "GET", "/health", false)) return reply(out, "200 OK", "", "ok\n");
    if (is_route(request, "GET", "/metrics", false)) return metrics(api, out);
    if (is_route(request, "POST", "/login", false)) {
        if (!strstr(request->body, "\"password\": \"open sesame\""))
            return reply(out, "403 Forbidden", "", "no\n");
        snprintf(text, sizeof text, "{\"token\": \"%s\"}", token);
        return reply(out, "200 OK", json, text);
    }
    if (!is_allowed(request)) return reply(out, "401 Unauthorized", "", "log in\n");
    if (is_route(request, "GET", "/quote/", true)) {
        cache_look(api, request->path + 7, request->path_size - 7);
        return reply(out, "200 OK", json, "{\"status\": \"ok\", \"price\": 101.25}");
    }
    if (is_route(request, "POST", "/orders", false)) {
        snprintf(text, sizeof text, "%sx-order-id: %lu\r\n", json, ++api->orders);
        return reply(out, "201 Created", text, "{\"status\": \"accepted\"}");
    }
    return reply(out, "404 Not Found", "", "no such page\n");
}

/* Bytes of the whole request at the beginning of `bytes`; 0: it is not all there. The text ends
 * with NUL. */
static size_t request_read(char *bytes, size_t size, struct request *request, char method[16]) {
    char *end = strstr(bytes, "\r\n\r\n");
    if (!end) return 0;
    size_t head = (size_t)(end - bytes) + 4, body = 0;
    const char *length = strcasestr(bytes, "\r\ncontent-length:");
    if (length && length < end) body = strtoul(length + 17, NULL, 10);
    if (size - head < body) return 0;
    size_t word = strcspn(bytes, " ");
    snprintf(method, 16, "%.*s", (int)(word < 15 ? word : 15), bytes);
    const char *path = bytes + word + (bytes[word] == ' ');
    *request = (struct request){method, path, bytes, bytes + head, strcspn(path, " \r")};
    return head + body;
}

static void note_time(struct api *api, double seconds) {
    int bucket = 0;
    while (bucket < EDGES && seconds > edges[bucket]) bucket++;
    api->buckets[bucket]++;
    api->seconds += seconds;
    api->requests++;
}

/* Answers all whole requests in `bytes`; false: the connection is over. */
static bool serve(struct api *api, int fd, char *bytes, size_t *size) {
    char method[16], out[ANSWER_LARGEST];
    struct request request;
    for (size_t used; (used = request_read(bytes, *size, &request, method)) > 0;) {
        double start = now();
        int length = answer(api, &request, out);
        if (send(fd, out, (size_t)length, MSG_NOSIGNAL) != length) return false;
        note_time(api, now() - start);
        memmove(bytes, bytes + used, *size - used + 1);
        *size -= used;
    }
    return true;
}

static void connection_end(int fd) {
    free(connections[fd].held);
    connections[fd] = (struct connection){NULL, 0};
    close(fd);
}

static void connection_read(struct api *api, int fd) {
    static char bytes[REQUEST_LARGEST + 1];
    struct connection *connection = &connections[fd];
    size_t size = connection->size;
    if (size > 0) memcpy(bytes, connection->held, size);
    ssize_t count = recv(fd, bytes + size, REQUEST_LARGEST - size, 0);
    if (count < 0 && errno == EAGAIN) return;
    size += count > 0 ? (size_t)count : 0;
    bytes[size] = '\0';
    bool more = count > 0 && size < REQUEST_LARGEST && serve(api, fd, bytes, &size);
    free(connection->held);
    *connection = (struct connection){NULL, 0};
    if (!more) {
        connection_end(fd);
    } else if (size > 0) {
        *connection = (struct connection){malloc(size), size};
        if (!connection->held) abort();
        memcpy(connection->held, bytes, size);
    }
}

static void accept_all(int listener, int epoll) {
    const int yes = 1;
    for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
        struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        if (fd >= connection_count || epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0) close(fd);
    }
}

static int listen_on(const char *port) {
    const int yes = 1;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)strtoul(port, NULL, 10))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(listener, 16384) != 0) {
        perror("api");
        exit(1);
    }
    return listener;
}

int main(int count, char **arguments) {
    if (count != 2) {
        fprintf(stderr, "usage: api PORT\n");
        return 2;
    }
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    connection_count = files.rlim_cur < 65536 ? (int)files.rlim_cur : 65536;
    connections = calloc((size_t)connection_count, sizeof *connections);
    static struct api api;
    int listener = listen_on(arguments[1]), epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, events[EVENTS];
    if (!connections || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) != 0) return 1;
    for (;;) {
        int ready = epoll_wait(epoll, events, EVENTS, -1);
        for (int i = 0; i < ready; i++) {
            if (events[i].data.fd == listener)
                accept_all(listener, epoll);
            else
                connection_read(&api, events[i].data.fd);
        }
    }
}
