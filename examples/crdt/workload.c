/**
 * The workload that the budgets of this folder measure:
 *
 *     workload start              makes an empty document and ends
 *     workload merge SAMPLES      merges 10,000 operations of another replica, so often
 *     workload throughput         types and deletes for about a quarter of a second
 *
 * Every mode checks what it did and ends with status 1 where the replicas do not agree.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "crdt.h"

enum {
    OPERATIONS = 10000, /* what one merge takes in: characters typed plus characters deleted */
    BASE = 2000,        /* what both replicas have seen before */
    SAMPLES_MAX = 100000,
    BURST = 40, /* operations in one place before the author goes elsewhere */
    SLICE = 20000,
};

struct state {
    uint8_t *bytes;
    size_t length;
};

static _Noreturn void give_up(const char *what) {
    fprintf(stderr, "workload: %s\n", what);
    exit(1);
}

static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * UINT64_C(1000000000) + (uint64_t)time.tv_nsec;
}

/* xorshift64* (Vigna 2016): the same edits in every run and on every machine. */
static uint32_t random_below(uint64_t *seed, uint32_t bound) {
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return (uint32_t)((*seed * UINT64_C(2685821657736338717)) >> 33) % bound;
}

static struct crdt *document(uint32_t replica) {
    struct crdt *text = crdt_new(replica);
    if (!text) give_up("no memory");
    return text;
}

/* Edits as people do: bursts of typing in one place, every fifth operation a deletion. */
static void edit(struct crdt *text, uint64_t *seed, unsigned operations) {
    uint32_t position = 0;
    for (unsigned i = 0; i < operations; i++) {
        if (i % BURST == 0) position = random_below(seed, crdt_length(text) + 1);
        bool good;
        if (i % 5 == 4 && position > 0)
            good = crdt_delete(text, --position);
        else
            good = crdt_insert(text, position++, 'a' + random_below(seed, 26));
        if (!good) give_up("an edit was refused");
    }
}

static struct state encoded(const struct crdt *text) {
    struct state state = {.length = crdt_encoded_bound(text)};
    state.bytes = malloc(state.length);
    if (!state.bytes) give_up("no memory");
    state.length = crdt_encode(text, state.bytes, state.length);
    if (!state.length) give_up("the state was not written");
    return state;
}

static void take_in(struct crdt *text, const struct state *state) {
    if (!crdt_merge(text, state->bytes, state->length)) give_up("a state was refused");
}

static bool same_text(const struct crdt *a, const struct crdt *b) {
    uint32_t length = crdt_length(a);
    if (length != crdt_length(b)) return false;
    uint32_t *first = calloc((size_t)length * 2 + 1, sizeof *first);
    if (!first) give_up("no memory");
    uint32_t *second = first + length;
    bool same = crdt_read(a, first, length) == length && crdt_read(b, second, length) == length &&
                memcmp(first, second, length * sizeof *first) == 0;
    free(first);
    return same;
}

/* The state of a replica that saw `base` and then made 10,000 operations. */
static struct state replica_state(uint32_t replica, const struct state *base, uint64_t seed) {
    struct crdt *text = document(replica);
    if (base) take_in(text, base);
    edit(text, &seed, base ? OPERATIONS : BASE);
    struct state state = encoded(text);
    crdt_free(text);
    return state;
}

/* Nanoseconds to take the other's operations into a fresh copy of one's own. */
static uint64_t merge_once(const struct state *own, const struct state *other,
                           const struct crdt *expected) {
    struct crdt *text = document(1);
    take_in(text, own);
    uint64_t start = now();
    take_in(text, other);
    uint64_t end = now();
    if (!same_text(text, expected)) give_up("the replicas do not agree");
    crdt_free(text);
    return end - start;
}

static int run_merge(unsigned samples) {
    struct state base = replica_state(1, NULL, 1);
    struct state left = replica_state(2, &base, 2);
    struct state right = replica_state(3, &base, 3);
    struct crdt *expected = document(1);
    take_in(expected, &right);
    take_in(expected, &left);
    for (unsigned i = 0; i < samples; i++) {
        uint64_t time = merge_once(&left, &right, expected);
        printf("merge %" PRIu64 ".%03" PRIu64 " us\n", time / 1000, time % 1000);
    }
    crdt_free(expected);
    free(base.bytes);
    free(left.bytes);
    free(right.bytes);
    return 0;
}

static int run_throughput(void) {
    uint64_t seed = 4;
    uint64_t operations = 0;
    uint64_t start = now();
    uint64_t end = start;
    while (end - start < UINT64_C(250000000)) {
        struct crdt *text = document(1);
        edit(text, &seed, SLICE);
        if (crdt_size(text) <= crdt_length(text)) give_up("nothing was deleted");
        crdt_free(text);
        operations += SLICE;
        end = now();
    }
    printf("%.0f ops/s\n", (double)operations * 1e9 / (double)(end - start));
    return 0;
}

static int run_start(void) {
    struct crdt *text = document(1);
    if (crdt_length(text) != 0) give_up("an empty document is not empty");
    crdt_free(text);
    return 0;
}

static int finish(int status) {
    return fflush(stdout) == 0 ? status : 1;
}

int main(int argc, char **argv) {
    if (argc == 2 && strcmp(argv[1], "start") == 0) return run_start();
    if (argc == 2 && strcmp(argv[1], "throughput") == 0) return finish(run_throughput());
    if (argc == 3 && strcmp(argv[1], "merge") == 0) {
        long samples = strtol(argv[2], NULL, 10);
        if (samples >= 1 && samples <= SAMPLES_MAX) return finish(run_merge((unsigned)samples));
    }
    fprintf(stderr, "usage: workload start | merge SAMPLES | throughput\n");
    return 2;
}
