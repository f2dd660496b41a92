#include "net/http2_library.h"

#include "net/library.h"

static struct http2_library table;

#define FUNCTION(name) "nghttp2_" #name,
static const char *const names[] = {HTTP2_FUNCTIONS(FUNCTION) NULL};
#undef FUNCTION
static struct net_library library = {
    .missing = "nghttp2 (libnghttp2.so.14, package libnghttp2-14) is not installed",
    .old = "the installed nghttp2 is too old",
    .parts = {{"libnghttp2.so.14", names}},
    .table = &table,
    .lock = PTHREAD_MUTEX_INITIALIZER,
};

const struct http2_library *http2_library(const char **problem) {
    return net_library_get(&library, problem);
}
