#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "net/curl_library.h"
#include "net/fetch.h"

static const char *part(struct arena *arena, const struct curl_library *curl, CURLU *url,
                        CURLUPart which) {
    char *found = NULL;
    if (curl->url_get(url, which, &found, CURLU_DEFAULT_PORT) != CURLUE_OK) return NULL;
    const char *copy = text_copy(arena, found);
    curl->free(found);
    return copy;
}

static bool place_read(struct arena *arena, const struct curl_library *curl, CURLU *url,
                       struct fetch_place *place, const char **problem) {
    place->scheme = part(arena, curl, url, CURLUPART_SCHEME);
    place->host = part(arena, curl, url, CURLUPART_HOST);
    const char *port = part(arena, curl, url, CURLUPART_PORT);
    if (!place->scheme || !place->host || !port) return false;
    if (!text_equal(place->scheme, "http") && !text_equal(place->scheme, "https")) {
        *problem = text_format(arena, "only http and https are spoken, not %s", place->scheme);
        return false;
    }
    if (part(arena, curl, url, CURLUPART_USER) || part(arena, curl, url, CURLUPART_PASSWORD)) {
        *problem = "a name or password stands in the URL, where logs and reports show it";
        return false;
    }
    place->port = (int)strtol(port, NULL, 10);
    return place->port > 0;
}

bool fetch_place(struct arena *arena, const char *text, struct fetch_place *place,
                 const char **problem) {
    const struct curl_library *curl = curl_library(problem);
    if (!curl) return false;
    CURLU *url = curl->url();
    if (!url) memory_exhausted();
    *problem = "it is no URL such as http://localhost:8080/path";
    bool good = curl->url_set(url, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
                place_read(arena, curl, url, place, problem);
    curl->url_cleanup(url);
    return good;
}

const char *fetch_encode(struct arena *arena, const char *text) {
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    struct text encoded = text_begin(arena);
    for (; *text; text++) {
        if (strchr(plain, *text))
            text_add_char(&encoded, *text);
        else
            text_add_format(&encoded, "%%%02X", (unsigned char)*text);
    }
    return encoded.data;
}

const char *fetch_header(struct arena *arena, const struct fetch_answer *answer, const char *name) {
    size_t length = strlen(name);
    for (const char *line = answer->headers; *line;) {
        const char *end = strchr(line, '\n');
        if (!end) end = line + strlen(line);
        if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
            const char *from = line + length + 1, *to = end;
            while (from < to && (*from == ' ' || *from == '\t')) from++;
            while (to > from && strchr(" \t\r", to[-1])) to--;
            return text_copy_bytes(arena, from, (size_t)(to - from));
        }
        line = *end ? end + 1 : end;
    }
    return NULL;
}
