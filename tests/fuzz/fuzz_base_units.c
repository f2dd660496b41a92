/* Any text as a quantity: refused with a message, or a finite value that survives being written and
 * read back. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/suggest.h"
#include "base/text.h"
#include "base/units.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds) {
    if (!holds) abort();
}

static void check_quantity(struct arena *arena, const struct quantity *quantity) {
    struct quantity back;
    struct unit_problem problem;
    require(isfinite(quantity->value) && fabs(quantity->value) <= 9007199254740992.0);
    require(!quantity->bare || quantity->unit == PROBE_COUNT);
    const char *exact = unit_exact(arena, quantity->value, quantity->unit);
    require(unit_parse(arena, exact, 1000, &back, &problem));
    require(back.value == quantity->value && back.unit == quantity->unit);
    require(strlen(unit_show(arena, quantity->value, quantity->unit)) > 0);
}

static void check_text(struct arena *arena, const char *text, double kilobyte) {
    struct quantity quantity = {0};
    struct unit_problem problem;
    double value = 0;
    bool number = number_parse(text, &value);
    if (unit_parse(arena, text, kilobyte, &quantity, &problem)) {
        require(!problem.message);
        check_quantity(arena, &quantity);
        require(!quantity.bare || (number && value == quantity.value));
        return;
    }
    require(problem.message != NULL);
    for (const char *at = problem.message; *at; at++) require((unsigned char)*at >= 0x20);
    for (const char *at = problem.hint; at && *at; at++) require((unsigned char)*at >= 0x20);
    require(!number || isfinite(value));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const words[] = {"time_limit", "timeout", "limits", "KB", "ms"};
    struct arena *arena = arena_new();
    const char *text = text_copy_bytes(arena, (const char *)data, size);
    check_text(arena, text, 1000);
    check_text(arena, text, 1024);
    const char *near = suggest(text, words, 5);
    require(!near || text[0] != '\0');
    arena_free(arena);
    return 0;
}
