/* Any text as a URL and as a redirect's target: what is read is shown as a URL that reads the same.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "net/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(struct arena *arena, const struct url *url) {
    struct url again;
    const char *problem;
    const char *shown = url_show(arena, url);
    if (strlen(shown) <= URL_LONGEST) {
        if (!url_parse(arena, shown, &again, &problem)) abort();
        if (!url_same_origin(url, &again) || strcmp(url->path, again.path) != 0) abort();
    }
    if (url->port == 0 || !*url->host || *url->path != '/') abort();
    if (strpbrk(url->host, "/?#@\\ \r\n") || strpbrk(url->path, "# \r\n")) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena *arena = arena_new();
    const char *text = text_copy_bytes(arena, (const char *)data, size);
    const char *problem = NULL;
    struct url url, base, joined;
    if (url_parse(arena, text, &url, &problem))
        check(arena, &url);
    else if (!problem)
        abort();
    if (!url_parse(arena, "https://me:pw@h.example:8443/a/b?c", &base, &problem)) abort();
    problem = NULL;
    if (url_join(arena, &base, text, &joined, &problem)) {
        check(arena, &joined);
        if (joined.user && joined.user == base.user && !url_same_origin(&base, &joined)) abort();
    } else if (!problem) {
        abort();
    }
    arena_free(arena);
    return 0;
}
