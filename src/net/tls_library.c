/* The names of the table, not what they mean to those who include it. */
#define NET_TLS_LIBRARY_NAMES
#include "net/tls_library.h"

#include "net/library.h"

static struct tls_library table;

#define FUNCTION(name) #name,
static const char *const ssl_names[] = {TLS_FUNCTIONS_SSL(FUNCTION) NULL};
static const char *const crypto_names[] = {TLS_FUNCTIONS_CRYPTO(FUNCTION) NULL};
#undef FUNCTION
static struct net_library library = {
    .missing = "OpenSSL 3 (libssl.so.3, package libssl3) is not installed",
    .old = "the installed OpenSSL is too old",
    .parts = {{"libssl.so.3", ssl_names}, {"libcrypto.so.3", crypto_names}},
    .table = &table,
    .lock = PTHREAD_MUTEX_INITIALIZER,
};

const struct tls_library *tls_library(const char **problem) {
    return net_library_get(&library, problem);
}
