#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>

/* The names of the table, not what they mean to those who include it. */
#define NET_TLS_LIBRARY_NAMES
#include "net/tls_library.h"

struct loaded {
    struct tls_library library;
    const char *problem;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct loaded loaded;

/* POSIX lets a pointer to a function be stored through a pointer to an object pointer. */
static bool function_find(void *library, const char *name, void *pointer) {
    *(void **)pointer = dlsym(library, name);
    return *(void **)pointer != NULL;
}

static void library_load(void) {
    void *crypto = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
    void *ssl = dlopen("libssl.so.3", RTLD_NOW | RTLD_LOCAL);
    loaded.problem = "OpenSSL 3 (libssl.so.3, package libssl3) is not installed";
    if (!crypto || !ssl) return;
    loaded.problem = "the installed OpenSSL is too old";
#define FUNCTION(name) \
    if (!function_find(ssl, #name, &loaded.library.name)) return;
    TLS_FUNCTIONS_SSL(FUNCTION)
#undef FUNCTION
#define FUNCTION(name) \
    if (!function_find(crypto, #name, &loaded.library.name)) return;
    TLS_FUNCTIONS_CRYPTO(FUNCTION)
#undef FUNCTION
    loaded.problem = NULL;
}

const struct tls_library *tls_library(const char **problem) {
    pthread_once(&once, library_load);
    if (problem) *problem = loaded.problem;
    return loaded.problem ? NULL : &loaded.library;
}
