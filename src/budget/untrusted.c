/* What --untrusted refuses of the budgets that would run: what a stranger's budget file may not ask
 * for. Paths are kept below the root where they are read, the environment where it is filled in. */
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "base/units.h"
#include "budget/loading.h"

static void refuse(struct loading *l, const struct budget *budget, const char *what,
                   const char *hint) {
    diag_error(l->diags, BUDGET_UNTRUSTED, budget->place, hint,
               "the budget %s %s, and --untrusted "
               "forbids it",
               quote(l->arena, budget->id), what);
}

static void time_check(struct loading *l, const struct budget *budget, const char *name,
                       double seconds) {
    if (seconds <= UNTRUSTED_SECONDS) return;
    refuse(l, budget,
           text_format(l->arena, "asks for `%s: %s`", name,
                       unit_show(l->arena, seconds, PROBE_SECONDS)),
           text_format(l->arena, "at most %d s", UNTRUSTED_SECONDS));
}

static bool is_bound(const struct probe_option *row) {
    return row->type == PROBE_SIZE && text_starts(row->name, "max_");
}

static void bytes_check(struct loading *l, const struct budget *budget) {
    const struct probe *probe = budget->probe;
    for (size_t i = 0; i < probe->option_count; i++) {
        const struct probe_option *row = field_row(probe->options, probe->option_size, i);
        double bytes = 0;
        if (!is_bound(row)) continue;
        memcpy(&bytes, (const char *)budget->config + row->offset, sizeof bytes);
        if (bytes <= UNTRUSTED_BYTES) continue;
        refuse(
            l, budget,
            text_format(l->arena, "asks for `%s: %s`", row->name,
                        unit_show(l->arena, bytes, PROBE_BYTES)),
            text_format(l->arena, "at most %s", unit_show(l->arena, UNTRUSTED_BYTES, PROBE_BYTES)));
    }
}

/* "example.org" of "https://user@example.org:8080/x"; what stands before :// is the caller's. */
static const char *host_after(struct arena *arena, const char *authority) {
    size_t length = strcspn(authority, "/?#\\ \t\r\n,");
    const char *text = text_copy_bytes(arena, authority, length), *at = strrchr(text, '@');
    if (at) text = at + 1;
    const char *end = *text == '[' ? strchr(text, ']') : strchr(text, ':');
    if (!end) return text;
    return text_copy_bytes(arena, text, (size_t)(end - text) + (*text == '['));
}

static bool host_allowed(const struct loading *l, const char *host) {
    const struct probe_texts *allowed = &l->request->allow_hosts;
    for (size_t i = 0; i < allowed->count; i++)
        if (strcasecmp(allowed->items[i], host) == 0) return true;
    return false;
}

/* Every URL in the text; `whole`: a text without :// begins with a host itself. */
static void hosts_check(struct loading *l, const struct budget *budget, const char *text,
                        bool whole) {
    const char *mark = strstr(text, "://");
    const char *at = mark ? mark + 3 : whole ? text : NULL;
    for (; at; at = (mark = strstr(at, "://")) ? mark + 3 : NULL) {
        const char *host = host_after(l->arena, at);
        if (host_allowed(l, host)) continue;
        refuse(l, budget, text_format(l->arena, "talks to %s", quote(l->arena, host)),
               "--allow-host HOST allows it, from outside of the change");
        return;
    }
}

static void network_check(struct loading *l, const struct budget *budget) {
    const struct probe *probe = budget->probe;
    if (!(probe->needs & PROBE_NETWORK)) return;
    for (size_t i = 0; i < budget->targets.count; i++)
        hosts_check(l, budget, budget->targets.items[i], true);
    for (size_t i = 0; i < probe->option_count; i++) {
        const struct probe_option *row = field_row(probe->options, probe->option_size, i);
        const char *shown = field_show(l->arena, row, budget->config);
        if (shown) hosts_check(l, budget, shown, false);
    }
}

void untrusted_check(struct loading *l, const struct budget *budget) {
    if (!budget->probe) return;
    time_check(l, budget, "time_limit", budget->time_limit);
    time_check(l, budget, "timeout", budget->timeout);
    bytes_check(l, budget);
    network_check(l, budget);
}

bool untrusted_environment(const struct loading *l, const char *name) {
    const struct probe_texts *allowed = &l->request->allow_env;
    for (size_t i = 0; i < allowed->count; i++)
        if (strcmp(allowed->items[i], name) == 0) return true;
    return false;
}
