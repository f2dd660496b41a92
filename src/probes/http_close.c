#include <stdlib.h>

#include "base/clock.h"
#include "base/text.h"
#include "base/units.h"
#include "probes/http_book.h"

/* Slices of the throughput: of a second, where a mean over 20 of them can be had; else shorter. */
enum { SLICES = 20 };

static const struct load_phase_result *phase_of(const struct load_result *result, size_t part) {
    return &result->phases[part];
}

/* How long answers of the part were counted. */
static uint64_t span_of(const struct http_book *book, const struct load_result *result,
                        size_t part) {
    const struct load_phase_result *phase = phase_of(result, part);
    uint64_t planned = book->plan->parts[part].duration;
    if (planned) return planned;
    return phase->end > phase->start ? phase->end - phase->start : 0;
}

/* Ticks that make one slice. */
static size_t slice_of(const struct http_book *book, uint64_t span) {
    uint64_t second = UINT64_C(1000000000) / book->tick;
    uint64_t share = span / book->tick / SLICES;
    if (share >= second) return (size_t)second;
    return share > 0 ? (size_t)share : 1;
}

static void throughput_emit(struct http_book *book, const struct http_ticks *ticks,
                            probe_label_id label, uint64_t span) {
    size_t slice = slice_of(book, span), count = (size_t)(span / book->tick) / slice;
    double seconds = (double)slice * (double)book->tick / 1e9;
    for (size_t i = 0; i < count; i++) {
        double sum = 0;
        for (size_t t = i * slice; t < (i + 1) * slice && t < ticks->count; t++)
            sum += ticks->counts[t];
        probe_emit(book->run, HTTP_THROUGHPUT, label, sum / seconds);
    }
}

static void part_emit(struct http_book *book, const struct load_result *result, size_t i) {
    const struct http_plan *plan = book->plan;
    struct http_part_book *part = &book->parts[i];
    uint64_t span = span_of(book, result, i);
    const struct http_ticks *all = &part->ticks[plan->label_count > 1 ? plan->label_count : 0];
    throughput_emit(book, all, 0, span);
    throughput_emit(book, all, part->label, span);
    for (size_t l = 0; l < plan->label_count; l++) {
        const struct http_cell *cell = &part->cells[l];
        uint64_t count = cell->good + cell->failed;
        if (count == 0) continue;
        if (plan->labels[l]) throughput_emit(book, &part->ticks[l], cell->label, span);
        probe_emit(book->run, HTTP_RECEIVED, cell->label, (double)cell->received);
        probe_emit(book->run, HTTP_SENT, cell->label, (double)cell->sent);
    }
    probe_emit(book->run, HTTP_CONCURRENCY, part->label, phase_of(result, i)->open_most);
}

static void counts_emit(struct http_book *book) {
    struct probe_run *run = book->run;
    uint64_t errors = 0;
    for (size_t i = 0; i < book->kind_count; i++) {
        errors += book->kinds[i].count;
        probe_emit(run, HTTP_ERRORS, probe_label(run, "kind", book->kinds[i].word),
                   (double)book->kinds[i].count);
    }
    probe_emit(run, HTTP_ERRORS, 0, (double)errors);
    for (unsigned status = 100; status < 1000; status++)
        if (book->statuses[status])
            probe_emit(run, HTTP_STATUS,
                       probe_label(run, "code", text_format(book->arena, "%u", status)),
                       book->statuses[status]);
}

static uint64_t part_sum(const struct http_book *book, size_t i, bool failed) {
    uint64_t sum = 0;
    for (size_t l = 0; l < book->plan->label_count; l++) {
        const struct http_cell *cell = &book->parts[i].cells[l];
        sum += failed ? cell->failed : cell->good;
    }
    return sum;
}

static void unjudged_tell(struct http_book *book, size_t i) {
    struct arena *arena = book->arena;
    uint64_t good = part_sum(book, i, false), failed = part_sum(book, i, true);
    probe_remark(book->run, PROBE_NOTE,
                 text_format(arena,
                             "phase `%s`, which is not judged: %llu %s, %llu failed, slowest %s",
                             book->plan->parts[i].name, (unsigned long long)(good + failed),
                             book->plan->words->many, (unsigned long long)failed,
                             unit_show(arena, book->parts[i].slowest, PROBE_SECONDS)),
                 NULL);
}

/* Every judged phase must have had answers: one without was not measured. */
static bool answers_came(struct http_book *book) {
    struct arena *arena = book->arena;
    for (size_t i = 0; i < book->plan->part_count; i++) {
        if (!book->plan->parts[i].judged || part_sum(book, i, false) > 0) continue;
        const char *phase = book->plan->part_count > 1
                                ? text_format(arena, " of phase `%s`", book->plan->parts[i].name)
                                : "";
        if (!book->first_failure)
            return probe_fail(
                book->run, PROBE_FAULT_DATA,
                text_format(arena, "no %s%s was answered in time", book->plan->words->one, phase),
                "load it for longer");
        return probe_fail(book->run, PROBE_FAULT_TARGET,
                          text_format(arena, "no %s%s succeeded: %s", book->plan->words->one, phase,
                                      book->first_failure),
                          NULL);
    }
    return true;
}

/* Over one in a hundred sent late: what was measured is this machine. */
static void lateness_judge(struct http_book *book, const struct load_result *result) {
    uint64_t late = 0, all = 0, starved = 0;
    struct arena *arena = book->arena;
    for (size_t i = 0; i < book->plan->part_count; i++) {
        const struct load_phase_result *phase = phase_of(result, i);
        if (!book->plan->parts[i].judged || !book->plan->parts[i].open) continue;
        late += phase->late + (phase->starved ? 0 : phase->missed);
        all += phase->requests + phase->missed;
        starved += phase->starved;
    }
    if (late * 100 > all)
        probe_doubt(
            book->run,
            text_format(arena, "the load machine was too slow: %llu of %llu %s were sent late",
                        (unsigned long long)late, (unsigned long long)all, book->plan->words->many),
            "a lower rate, or a machine with nothing else to do");
    if (starved)
        probe_remark(book->run, PROBE_WARNING,
                     text_format(arena, "%llu %s waited for one of %u users",
                                 (unsigned long long)starved, book->plan->words->many,
                                 (unsigned)book->plan->users),
                     "the wait counts in `latency`; `connections` allows more users");
}

static void methods_tell(struct http_book *book) {
    static const char closed[] = "closed model: users wait for answers, so that a stall of the "
                                 "target holds requests back and "
                                 "is hidden; a failed request counts as 10^9 s";
    static const char open[] =
        "open model: counted from when each request was to be sent; a failed request counts as "
        "10^9 s";
    bool is_open = true;
    for (size_t i = 0; i < book->plan->part_count; i++)
        is_open &= book->plan->parts[i].open || !book->plan->parts[i].judged;
    const struct http_config *config = book->run->config;
    const char *method = is_open ? open : closed;
    if (config->version == HTTP_VERSION_2)
        method = text_format(book->arena, "HTTP/2, a stream at a time; %s", method);
    probe_method(book->run, HTTP_LATENCY, method);
    probe_method(
        book->run, HTTP_THROUGHPUT,
        "answers as expected, in slices of a second, or of a twentieth of a shorter phase");
    probe_method(book->run, HTTP_TTFB, book->plan->words->opening);
    probe_method(book->run, HTTP_CONCURRENCY, "most connections that stood at once");
}

static void kept_tell(struct http_book *book, const struct load_result *result) {
    if (!result->retries) return;
    probe_remark(book->run, PROBE_NOTE,
                 text_format(book->arena,
                             "%llu requests were sent again, as the server had closed the kept "
                             "connection",
                             (unsigned long long)result->retries),
                 NULL);
}

bool http_book_close(struct http_book *book, const struct load_result *result) {
    if (book->failure) return probe_fail(book->run, book->fault, book->failure, book->hint);
    if (!answers_came(book)) return false;
    for (size_t i = 0; i < book->plan->part_count; i++) {
        if (book->plan->parts[i].judged)
            part_emit(book, result, i);
        else
            unjudged_tell(book, i);
    }
    http_streaks_end(book);
    counts_emit(book);
    lateness_judge(book, result);
    kept_tell(book, result);
    methods_tell(book);
    return true;
}
