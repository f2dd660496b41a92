/* The load engine by itself against one URL:
 *     load_bench URL [closed N | open RATE USERS] SECONDS [FIRST [h2]]
 * FIRST connections stand before the clock begins. Certificates are not verified: the servers are
 * the benchmark's own. Prints one line of name=value pairs; times in microseconds, cpu a request.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/clock.h"
#include "base/text.h"
#include "net/load_http2.h"

#define SAMPLES_MOST 50000 /* sorting more would count as the engine's processor time */

struct bench {
    struct net_span request;
    uint64_t count, faults, kinds[NET_FAULT_COUNT];
    uint64_t first_cpu;
    bool open;
    size_t samples;
    uint64_t *latency, *delay;
};

static enum load_next next(void *context, const struct load_user *user,
                           struct load_request *request) {
    struct bench *bench = context;
    if (user->step > 0) return LOAD_END;
    request->bytes = bench->request;
    return LOAD_REQUEST;
}

static uint64_t cpu_now(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
           (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

static bool done(void *context, const struct load_user *user,
                 const struct load_exchange *exchange) {
    struct bench *bench = context;
    (void)user;
    if (bench->count++ == 0) bench->first_cpu = cpu_now();
    bool good = exchange->fault == NET_NONE && exchange->status == 200;
    bench->faults += !good;
    bench->kinds[exchange->fault]++;
    if (!good || bench->samples == SAMPLES_MOST) return true;
    bench->latency[bench->samples] =
        exchange->last_byte - (bench->open ? exchange->scheduled : exchange->sent);
    bench->delay[bench->samples++] = exchange->begun - exchange->scheduled;
    return true;
}

static int by_size(const void *left, const void *right) {
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

static double quantile(uint64_t *values, size_t count, double share) {
    if (count == 0) return 0;
    qsort(values, count, sizeof *values, by_size);
    return (double)values[(size_t)(share * (double)(count - 1))] / 1e3;
}

static void print(struct bench *bench, const struct load_result *result) {
    struct load_phase_result *phase = &result->phases[0];
    double seconds = clock_seconds(phase->start, phase->end);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = (double)(cpu_now() - bench->first_cpu);
    printf(
        "end=%d requests=%lu faults=%lu seconds=%.3f rate=%.0f cpu=%.2f cpu_all=%.2f peak_kib=%ld ",
        (int)result->end, bench->count, bench->faults, seconds, (double)bench->count / seconds,
        cpu / (double)bench->count, (double)cpu_now() / (double)bench->count, usage.ru_maxrss);
    printf("connections=%lu open_most=%u late=%lu starved=%lu missed=%lu ", result->connections,
           phase->open_most, phase->late, phase->starved, phase->missed);
    static const double shares[] = {0.5, 0.95, 0.99};
    for (int i = 0; i < 3; i++)
        printf("p%.0f=%.1f ", shares[i] * 100, quantile(bench->latency, bench->samples, shares[i]));
    printf("delay_p50=%.1f delay_p99=%.1f", quantile(bench->delay, bench->samples, 0.5),
           quantile(bench->delay, bench->samples, 0.99));
    for (int i = 1; i < NET_FAULT_COUNT; i++)
        if (bench->kinds[i]) printf(" %s=%lu", net_fault_word((enum net_fault)i), bench->kinds[i]);
    printf("\n");
}

static int usage(void) {
    fprintf(stderr, "load_bench URL closed N|open RATE USERS SECONDS [FIRST]\n");
    return 2;
}

int main(int argc, char **argv) {
    struct arena *arena = arena_new();
    const char *problem;
    struct url url;
    struct net_lookup lookup;
    if (argc < 5 || !url_parse(arena, argv[1], &url, &problem)) return usage();
    bool open = text_equal(argv[2], "open");
    if (argc < 5 + open) return usage();
    struct net_route route = {.host = url.host, .port = url.port};
    bool http2 = argc > 6 + open && text_equal(argv[6 + open], "h2");
    struct tls_options insecure = {.insecure = true, .http2 = http2};
    if (url_secure(&url)) route.tls = tls_client_new(arena, &insecure, &problem);
    struct net_target *target = net_target_new(arena, &route, &lookup);
    if (!target) return usage();
    struct bench bench = {
        .open = open,
        .request = net_span_text(
            text_format(arena, "GET %s HTTP/1.1\r\nHost: %s\r\n\r\n", url.path, url.authority)),
        .latency = calloc(SAMPLES_MOST, sizeof *bench.latency),
        .delay = calloc(SAMPLES_MOST, sizeof *bench.delay),
    };
    struct load_phase phase = {
        .duration = (uint64_t)(strtoul(argv[4 + open], NULL, 10) * 1000000000u),
        .concurrency = open ? 0 : (uint32_t)strtoul(argv[3], NULL, 10),
        .rate = open ? (double)strtoul(argv[3], NULL, 10) : 0,
    };
    struct load_plan plan = {
        .phases = &phase,
        .phase_count = 1,
        .users = open ? (uint32_t)strtoul(argv[4], NULL, 10) : phase.concurrency,
        .connect_first = argc > 5 + open ? (uint32_t)strtoul(argv[5 + open], NULL, 10) : 0,
        .targets = &target,
        .target_count = 1,
        .cancel_fd = -1,
    };
    struct load_result result;
    load_run(arena, &plan, &(struct load_driver){&bench, next, done}, http2 ? &load_http2 : NULL,
             &result);
    if (result.problem)
        fprintf(stderr, "%s\n", result.problem);
    else
        print(&bench, &result);
    tls_client_free(route.tls);
    arena_free(arena);
    return 0;
}
