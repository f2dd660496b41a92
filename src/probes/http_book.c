#include "probes/http_book.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/quote.h"
#include "base/text.h"

static const uint64_t tick_fine = 50 * UINT64_C(1000000), tick_coarse = UINT64_C(1000000000);

void http_book_begin(struct http_book *book, struct probe_run *run, const struct http_plan *plan,
                     struct arena *arena) {
    const uint64_t hour = UINT64_C(3600) * 1000000000;
    *book = (struct http_book){.run = run, .plan = plan, .arena = arena};
    for (uint32_t i = 0; i < HTTP_METRICS; i++) book->wants[i] = probe_wanted(run, i);
    book->tolerant = book->wants[HTTP_ERROR_RATE] || book->wants[HTTP_ERRORS];
    book->tick = run->time_limit > hour ? tick_coarse : tick_fine;
    book->parts = arena_alloc(arena, plan->part_count * sizeof *book->parts);
    for (size_t i = 0; i < plan->part_count; i++) {
        struct http_part_book *part = &book->parts[i];
        part->label = probe_label(run, "phase", plan->parts[i].name);
        part->cells = arena_alloc(arena, plan->label_count * sizeof *part->cells);
        part->ticks = arena_alloc(arena, (plan->label_count + 1) * sizeof *part->ticks);
        for (size_t l = 0; l < plan->label_count; l++)
            part->cells[l].label =
                plan->labels[l] ? probe_label_add(run, part->label, "request", plan->labels[l])
                                : part->label;
    }
}

void http_book_start(struct http_book *book, uint32_t part) {
    if (!book->parts[part].start) book->parts[part].start = clock_now();
}

static void tick_add(struct http_ticks *ticks, size_t at) {
    if (at >= ticks->count) {
        size_t count = ticks->count ? ticks->count : 256;
        while (count <= at) count *= 2;
        uint32_t *counts = realloc(ticks->counts, count * sizeof *counts);
        if (!counts) memory_exhausted();
        memset(counts + ticks->count, 0, (count - ticks->count) * sizeof *counts);
        ticks->counts = counts;
        ticks->count = count;
    }
    ticks->counts[at]++;
}

static bool give_up(struct http_book *book, enum probe_fault fault, const char *failure,
                    const char *hint) {
    if (book->failure) return false;
    book->fault = fault;
    book->failure = text_copy(book->arena, failure);
    book->hint = hint;
    return false;
}

static void kind_count(struct http_book *book, const char *word) {
    size_t i = 0;
    while (i < book->kind_count && strcmp(book->kinds[i].word, word) != 0) i++;
    if (i == array_length(book->kinds)) i--;
    if (i == book->kind_count) book->kinds[book->kind_count++].word = word;
    book->kinds[i].count++;
}

static const char *failure_text(struct http_book *book, const struct http_outcome *outcome) {
    return text_format(book->arena, "the %s %s failed (%s): %s", book->plan->words->one,
                       quote(book->arena, outcome->call->name), outcome->kind, outcome->reason);
}

static bool failure_add(struct http_book *book, const struct http_outcome *outcome) {
    if (!book->plan->parts[outcome->part].judged) return true;
    kind_count(book, outcome->kind);
    if (!book->first_failure) book->first_failure = failure_text(book, outcome);
    if (!book->tolerant)
        return give_up(
            book, strcmp(outcome->kind, "timeout") == 0 ? PROBE_FAULT_TIMEOUT : PROBE_FAULT_TARGET,
            book->first_failure,
            text_format(
                book->arena,
                "to allow some failures, limit `error_rate` or `errors`; `%s` says what is no "
                "failure",
                book->plan->words->expected));
    struct http_cell *cell = &book->parts[outcome->part].cells[outcome->call->label];
    return probe_emit(book->run, HTTP_LATENCY, cell->label, HTTP_FAILED_LATENCY);
}

static bool connect_emit(struct http_book *book, const struct http_part_book *part,
                         const struct load_exchange *exchange) {
    bool more = true;
    if (book->wants[HTTP_CONNECT] && exchange->connected)
        more &= probe_emit(book->run, HTTP_CONNECT, part->label,
                           clock_seconds(exchange->connect_start, exchange->connected));
    if (book->wants[HTTP_TLS] && exchange->secured)
        more &= probe_emit(book->run, HTTP_TLS, part->label,
                           clock_seconds(exchange->connected, exchange->secured));
    return more;
}

static bool times_emit(struct http_book *book, const struct http_outcome *outcome, double latency) {
    const struct load_exchange *exchange = outcome->exchange;
    const struct http_part_book *part = &book->parts[outcome->part];
    probe_label_id label = part->cells[outcome->call->label].label;
    bool more = probe_emit(book->run, HTTP_LATENCY, label, latency);
    if (book->wants[HTTP_TTFB] && !book->plan->websocket && exchange->first_byte >= exchange->sent)
        more &= probe_emit(book->run, HTTP_TTFB, label,
                           clock_seconds(exchange->sent, exchange->first_byte));
    return connect_emit(book, part, exchange) && more;
}

static bool answer_add(struct http_book *book, const struct http_outcome *outcome) {
    struct http_part_book *part = &book->parts[outcome->part];
    uint64_t end = outcome->exchange->last_byte;
    double latency = end > outcome->scheduled ? clock_seconds(outcome->scheduled, end) : 0;
    size_t at = end > part->start ? (size_t)((end - part->start) / book->tick) : 0;
    if (latency > part->slowest) part->slowest = latency;
    if (!book->plan->parts[outcome->part].judged) return true;
    tick_add(&part->ticks[outcome->call->label], at);
    if (book->plan->label_count > 1) tick_add(&part->ticks[book->plan->label_count], at);
    return times_emit(book, outcome, latency);
}

void http_book_opened(struct http_book *book, uint32_t part_number,
                      const struct load_exchange *exchange) {
    const struct http_part_book *part = &book->parts[part_number];
    part->cells[0].received += exchange->bytes_in;
    part->cells[0].sent += exchange->bytes_out;
    if (!book->plan->parts[part_number].judged) return;
    book->statuses[exchange->status < 1000 ? exchange->status : 0]++;
    connect_emit(book, part, exchange);
    if (book->wants[HTTP_TTFB] && exchange->last_byte >= exchange->sent)
        probe_emit(book->run, HTTP_TTFB, part->label,
                   clock_seconds(exchange->sent, exchange->last_byte));
}

static void streak_emit(struct http_book *book, probe_label_id label, struct http_streak *streak) {
    if (streak->count)
        probe_emit_rate(book->run, HTTP_ERROR_RATE, label, streak->failed ? streak->count : 0,
                        streak->count);
    streak->count = 0;
}

static void streak_add(struct http_book *book, probe_label_id label, struct http_streak *streak,
                       bool failed) {
    if (streak->failed != failed) streak_emit(book, label, streak);
    streak->failed = failed;
    streak->count++;
}

/* What is one label's alone needs no other order than that. */
static void streaks_add(struct http_book *book, const struct http_outcome *outcome) {
    const struct http_plan *plan = book->plan;
    struct http_part_book *part = &book->parts[outcome->part];
    struct http_cell *cell = &part->cells[outcome->call->label];
    bool failed = outcome->kind != NULL;
    streak_add(book, cell->label, &cell->streak, failed);
    if (plan->label_count > 1) streak_add(book, part->label, &part->streak, failed);
    if (plan->label_count > 1 || plan->part_count > 1) streak_add(book, 0, &book->streak, failed);
}

void http_streaks_end(struct http_book *book) {
    for (size_t i = 0; i < book->plan->part_count; i++) {
        struct http_part_book *part = &book->parts[i];
        for (size_t l = 0; l < book->plan->label_count; l++)
            streak_emit(book, part->cells[l].label, &part->cells[l].streak);
        streak_emit(book, part->label, &part->streak);
    }
    streak_emit(book, 0, &book->streak);
}

bool http_book_add(struct http_book *book, const struct http_outcome *outcome) {
    struct http_cell *cell = &book->parts[outcome->part].cells[outcome->call->label];
    const struct load_exchange *exchange = outcome->exchange;
    bool judged = book->plan->parts[outcome->part].judged;
    if (exchange) {
        cell->received += exchange->bytes_in;
        cell->sent += exchange->bytes_out;
        if (exchange->fault == NET_CLIENT)
            return give_up(
                book, PROBE_FAULT_SYSTEM,
                text_format(book->arena, "this machine ran out while loading: %s",
                            exchange->reason ? exchange->reason : net_fault_meaning(NET_CLIENT)),
                "lower the concurrency, or raise the limit of open files");
        if (judged && exchange->status < 1000) book->statuses[exchange->status]++;
    }
    if (judged) streaks_add(book, outcome);
    if (outcome->kind) {
        cell->failed++;
        return failure_add(book, outcome);
    }
    cell->good++;
    return answer_add(book, outcome);
}

void http_book_release(struct http_book *book) {
    for (size_t i = 0; book->parts && i < book->plan->part_count; i++)
        for (size_t l = 0; l <= book->plan->label_count; l++) free(book->parts[i].ticks[l].counts);
    book->parts = NULL;
}
