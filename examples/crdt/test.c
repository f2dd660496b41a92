/**
 * Tests of the replicated text: random edits on several replicas, merged in every order, must end
 * in the same text; and bytes that are no state must be refused. `test [SEEDS]` tries so many
 * random histories.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crdt.h"

enum { REPLICAS = 3, EDITS = 60, ROUNDS = 4, ROOM = 4096, STATE_ROOM = 1 << 16 };

static unsigned checks, failures;

static void check_line(bool holds, const char *what, int line) {
    checks++;
    if (holds) return;
    failures++;
    fprintf(stderr, "test.c:%d: does not hold: %s\n", line, what);
}
#define CHECK(condition) check_line(condition, #condition, __LINE__)

static uint32_t random_below(uint64_t *seed, uint32_t bound) {
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*seed >> 33) % bound;
}

static void edit(struct crdt *text, uint64_t *seed, unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        uint32_t length = crdt_length(text);
        if (length && random_below(seed, 3) == 0)
            CHECK(crdt_delete(text, random_below(seed, length)));
        else
            CHECK(crdt_insert(text, random_below(seed, length + 1), 'a' + random_below(seed, 26)));
    }
}

static bool merge(struct crdt *into, const struct crdt *from) {
    static uint8_t bytes[STATE_ROOM];
    size_t length = crdt_encode(from, bytes, sizeof bytes);
    return length > 0 && crdt_merge(into, bytes, length);
}

static bool same(const struct crdt *a, const struct crdt *b) {
    static uint32_t first[ROOM], second[ROOM];
    uint32_t length = crdt_read(a, first, ROOM);
    return length == crdt_length(a) && crdt_read(b, second, ROOM) == length &&
           crdt_size(a) == crdt_size(b) && memcmp(first, second, length * sizeof *first) == 0;
}

static struct crdt *merged(const struct crdt *const texts[], const unsigned order[],
                           unsigned count) {
    struct crdt *result = crdt_new(100);
    for (unsigned i = 0; i < count; i++) CHECK(merge(result, texts[order[i]]));
    return result;
}

/* Replicas that edit, and now and then hear of one another. */
static void histories(struct crdt *texts[REPLICAS], uint64_t *seed) {
    for (unsigned round = 0; round < ROUNDS; round++)
        for (unsigned i = 0; i < REPLICAS; i++) {
            edit(texts[i], seed, 1 + random_below(seed, EDITS));
            if (random_below(seed, 2)) CHECK(merge(texts[i], texts[random_below(seed, REPLICAS)]));
        }
}

static void test_merge_laws(uint64_t seed) {
    static const unsigned orders[][2 * REPLICAS] = {{0, 1, 2, 0, 1, 2}, {2, 1, 0, 0, 0, 0},
                                                    {1, 0, 2, 2, 0, 1}, {0, 2, 1, 1, 2, 1},
                                                    {2, 0, 1, 2, 2, 2}, {1, 2, 0, 0, 1, 0}};
    struct crdt *texts[REPLICAS];
    for (unsigned i = 0; i < REPLICAS; i++) texts[i] = crdt_new(i + 1);
    histories(texts, &seed);
    const struct crdt *const fixed[REPLICAS] = {texts[0], texts[1], texts[2]};
    struct crdt *expected = merged(fixed, orders[0], REPLICAS);
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) { /* commutative, idempotent */
        struct crdt *other = merged(fixed, orders[i], 2 * REPLICAS);
        CHECK(same(expected, other));
        crdt_free(other);
    }
    static const unsigned last_two[] = {1, 2}; /* associative: a + (b + c) = (a + b) + c */
    struct crdt *right = merged(fixed, last_two, 2);
    CHECK(merge(texts[0], right));
    CHECK(same(expected, texts[0]));
    crdt_free(right);
    crdt_free(expected);
    for (unsigned i = 0; i < REPLICAS; i++) crdt_free(texts[i]);
}

/* One replica alone must behave like a plain array of characters. */
static void test_against_array(uint64_t seed) {
    static uint32_t model[ROOM], read[ROOM];
    uint32_t length = 0;
    struct crdt *text = crdt_new(1);
    for (unsigned i = 0; i < 1000; i++) {
        uint32_t position = random_below(&seed, length + 1);
        if (position < length && random_below(&seed, 3) == 0) {
            memmove(&model[position], &model[position + 1], (--length - position) * sizeof *model);
            CHECK(crdt_delete(text, position));
        } else {
            memmove(&model[position + 1], &model[position], (length++ - position) * sizeof *model);
            model[position] = 0x10FFFF - i;
            CHECK(crdt_insert(text, position, model[position]));
        }
    }
    CHECK(crdt_length(text) == length && crdt_read(text, read, ROOM) == length);
    CHECK(memcmp(model, read, length * sizeof *model) == 0);
    crdt_free(text);
}

static void type(struct crdt *text, uint32_t position, const char *words) {
    for (; *words; words++) CHECK(crdt_insert(text, position++, (unsigned char)*words));
}

static bool reads(const struct crdt *text, const char *words) {
    uint32_t read[ROOM];
    uint32_t length = crdt_read(text, read, ROOM);
    bool equal = length == strlen(words);
    for (uint32_t i = 0; equal && i < length; i++) equal = read[i] == (unsigned char)words[i];
    return equal;
}

/* Words typed at the same place at the same time stay whole, one behind the other. */
static void test_concurrent_words(void) {
    struct crdt *left = crdt_new(1), *right = crdt_new(2);
    type(left, 0, "[]");
    CHECK(merge(right, left));
    type(left, 1, "left");
    type(right, 1, "right");
    CHECK(merge(left, right) && merge(right, left));
    CHECK(reads(left, "[rightleft]") && reads(right, "[rightleft]"));
    CHECK(crdt_delete(left, 0) && crdt_insert(right, 1, '!'));
    CHECK(merge(left, right) && merge(right, left));
    CHECK(reads(left, "!rightleft]") && reads(right, "!rightleft]"));
    crdt_free(left);
    crdt_free(right);
}

static void test_refusals(void) {
    uint8_t bytes[256];
    struct crdt *text = crdt_new(1), *other = crdt_new(2);
    CHECK(!crdt_new(0) && !crdt_new(CRDT_REPLICAS_MAX + 1));
    CHECK(!crdt_insert(text, 1, 'x') && !crdt_delete(text, 0) && !crdt_insert(text, 0, 0x110000));
    type(text, 0, "hello");
    CHECK(crdt_encode(text, bytes, 8) == 0);
    size_t length = crdt_encode(text, bytes, sizeof bytes);
    CHECK(length > 0);
    for (size_t i = 0; i < length; i++) CHECK(!crdt_merge(other, bytes, i)); /* cut anywhere */
    bytes[length] = 0;
    CHECK(!crdt_merge(other, bytes, length + 1)); /* something left over */
    CHECK(crdt_merge(other, bytes, length) && same(text, other));
    for (size_t i = 0; i < 256 * length; i++) { /* every byte made every other byte: no crash */
        uint8_t kept = bytes[i / 256];
        bytes[i / 256] = (uint8_t)i;
        struct crdt *victim = crdt_new(3);
        crdt_merge(victim, bytes, length);
        CHECK(crdt_length(victim) <= crdt_size(victim));
        crdt_free(victim);
        bytes[i / 256] = kept;
    }
    crdt_free(text);
    crdt_free(other);
}

int main(int argc, char **argv) {
    long seeds = argc > 1 ? strtol(argv[1], NULL, 10) : 200;
    for (long seed = 1; seed <= seeds; seed++) {
        test_merge_laws((uint64_t)seed);
        test_against_array((uint64_t)seed);
    }
    test_concurrent_words();
    test_refusals();
    printf("%u checks, %u failures\n", checks, failures);
    return failures == 0 && checks > 0 ? 0 : 1;
}
