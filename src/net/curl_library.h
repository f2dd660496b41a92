/** libcurl, loaded when the first request is made: linking it costs every start of perfbudget 4 ms
 * and 6 MB for some thirty libraries that a budget of file sizes never needs. */
#ifndef NET_CURL_LIBRARY_H
#define NET_CURL_LIBRARY_H

#define CURL_DISABLE_TYPECHECK 1
#include <curl/curl.h>

/** The functions of libcurl that perfbudget uses, as rows of FUNCTION(name); curl_NAME each. */
#define CURL_FUNCTIONS(FUNCTION)  \
    FUNCTION(global_init)         \
    FUNCTION(easy_init)           \
    FUNCTION(easy_setopt)         \
    FUNCTION(easy_getinfo)        \
    FUNCTION(easy_strerror)       \
    FUNCTION(easy_cleanup)        \
    FUNCTION(multi_init)          \
    FUNCTION(multi_add_handle)    \
    FUNCTION(multi_perform)       \
    FUNCTION(multi_poll)          \
    FUNCTION(multi_info_read)     \
    FUNCTION(multi_cleanup)       \
    FUNCTION(multi_remove_handle) \
    FUNCTION(slist_append)        \
    FUNCTION(slist_free_all)      \
    FUNCTION(url)                 \
    FUNCTION(url_set)             \
    FUNCTION(url_get)             \
    FUNCTION(url_cleanup)         \
    FUNCTION(free)

/* The headers wrap two of them in macros that count arguments. */
#undef curl_easy_setopt
#undef curl_easy_getinfo

/** curl->easy_init() calls curl_easy_init(). */
struct curl_library {
#define FUNCTION(name) __typeof__(curl_##name) *name;
    CURL_FUNCTIONS(FUNCTION)
#undef FUNCTION
};

/** The library, loaded and initialised by the first call from whatever thread; NULL when this
 * machine has none, with `problem` saying why (static text). */
const struct curl_library *curl_library(const char **problem);

#endif
