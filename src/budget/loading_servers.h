/** What the stages of budget_load share about servers; private to src/budget. */
#ifndef BUDGET_LOADING_SERVERS_H
#define BUDGET_LOADING_SERVERS_H

#include "budget/loading.h"
#include "budget/server.h"

/** One server being loaded; beside set->servers, with the same number. */
struct server_draft {
    size_t source;
    const struct yaml_node *map;
};

/* late.c: what is filled in when servers run. */
enum late_what { LATE_URL, LATE_PORT };
/** Adds a mark for late_text to replace. */
void late_mark(struct text *out, size_t server, enum late_what what);
/** The marks of a text as the budget file writes them: ${api.url}. */
const char *late_shown(struct arena *arena, const struct budget_set *set, const char *text);

/* loading.c */
#define SERVER_NONE ((size_t)-1)
/** Number of the server of that name, or SERVER_NONE. */
size_t server_number(struct loading *l, const char *name);
/** What to write instead of the name of a server that is not there. */
const char *server_hint(struct loading *l, const char *name);

/* servers.c */
/** Reads `servers:` of all files. */
void servers_resolve(struct loading *l);
/** What servers the budget needs, from `server` and what was filled in. */
void budget_servers(struct loading *l, struct draft *draft, struct budget *budget);
/** Adds the metrics of its server to those of its probe; false where names clash. */
bool server_metrics_add(struct loading *l, struct budget *budget);

#endif
