/* Values of the environment that no report shows, whether a budget file names them or not: a
 * command that fails may print all it was given. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "budget/loading.h"

/* Parts of names that say: this is a secret. Shorter values would take words out of messages. */
static const char *const telling[] = {"TOKEN",      "SECRET", "PASSWORD", "PASSWD",  "PASSPHRASE",
                                      "CREDENTIAL", "APIKEY", "API_KEY",  "PRIVATE", "ACCESS_KEY"};
enum { SECRET_LENGTH_MIN = 6 };

static bool name_tells(const char *name) {
    for (size_t i = 0; i < array_length(telling); i++)
        if (strcasestr(name, telling[i])) return true;
    size_t length = strlen(name);
    return length > 4 && strcasecmp(name + length - 4, "_KEY") == 0;
}

static bool is_known(const struct loading *l, const char *name) {
    for (size_t i = 0; i < l->secret_count; i++)
        if (strcmp(l->secrets[i].name, name) == 0) return true;
    return false;
}

void secrets_join(struct loading *l) {
    for (char **entry = environ; entry && *entry; entry++) {
        const char *equals = strchr(*entry, '=');
        if (!equals || strlen(equals + 1) < SECRET_LENGTH_MIN) continue;
        const char *name = text_copy_bytes(l->arena, *entry, (size_t)(equals - *entry));
        if (!name_tells(name) || is_known(l, name)) continue;
        *array_add(l->arena, l->secrets, l->secret_count) =
            (struct probe_pair){name, text_copy(l->arena, equals + 1)};
    }
}
