#include "net/curl_library.h"

#include "net/library.h"

static struct curl_library table;

static const char *ready(const void *loaded) {
    const struct curl_library *curl = loaded;
    return curl->global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? NULL
                                                              : "libcurl cannot be initialised";
}

#define FUNCTION(name) "curl_" #name,
static const char *const names[] = {CURL_FUNCTIONS(FUNCTION) NULL};
#undef FUNCTION
static struct net_library library = {
    .missing = "libcurl (libcurl.so.4, package libcurl4) is not installed",
    .old = "the installed libcurl is too old",
    .parts = {{"libcurl.so.4", names}},
    .table = &table,
    .ready = ready,
    .lock = PTHREAD_MUTEX_INITIALIZER,
};

const struct curl_library *curl_library(const char **problem) {
    return net_library_get(&library, problem);
}
