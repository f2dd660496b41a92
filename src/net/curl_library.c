#include "net/curl_library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>

struct loaded {
    struct curl_library library;
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
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    loaded.problem = "libcurl (libcurl.so.4, package libcurl4) is not installed";
    if (!library) return;
    loaded.problem = "the installed libcurl is too old";
#define FUNCTION(name) \
    if (!function_find(library, "curl_" #name, &loaded.library.name)) return;
    CURL_FUNCTIONS(FUNCTION)
#undef FUNCTION
    loaded.problem = loaded.library.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK
                         ? NULL
                         : "libcurl cannot be initialised";
}

const struct curl_library *curl_library(const char **problem) {
    pthread_once(&once, library_load);
    *problem = loaded.problem;
    return loaded.problem ? NULL : &loaded.library;
}
