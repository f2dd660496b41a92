/** nghttp2, loaded when the first load over HTTP/2 begins; see net/library.h. */
#ifndef NET_HTTP2_LIBRARY_H
#define NET_HTTP2_LIBRARY_H

#include <nghttp2/nghttp2.h>

/** The functions that perfbudget uses, as rows of FUNCTION(name); nghttp2_NAME each. */
#define HTTP2_FUNCTIONS(FUNCTION)                                  \
    FUNCTION(http2_strerror)                                       \
    FUNCTION(session_callbacks_del)                                \
    FUNCTION(session_callbacks_new)                                \
    FUNCTION(session_callbacks_set_on_begin_headers_callback)      \
    FUNCTION(session_callbacks_set_on_data_chunk_recv_callback)    \
    FUNCTION(session_callbacks_set_on_frame_not_send_callback)     \
    FUNCTION(session_callbacks_set_on_frame_recv_callback)         \
    FUNCTION(session_callbacks_set_on_frame_send_callback)         \
    FUNCTION(session_callbacks_set_on_header_callback)             \
    FUNCTION(session_callbacks_set_on_invalid_frame_recv_callback) \
    FUNCTION(session_callbacks_set_on_stream_close_callback)       \
    FUNCTION(session_client_new)                                   \
    FUNCTION(session_del)                                          \
    FUNCTION(session_mem_recv)                                     \
    FUNCTION(session_mem_send)                                     \
    FUNCTION(session_set_local_window_size)                        \
    FUNCTION(session_want_write)                                   \
    FUNCTION(strerror)                                             \
    FUNCTION(submit_request)                                       \
    FUNCTION(submit_settings)

/** h2->session_del() calls nghttp2_session_del(). */
struct http2_library {
#define FUNCTION(name) __typeof__(nghttp2_##name) *name;
    HTTP2_FUNCTIONS(FUNCTION)
#undef FUNCTION
};

/** The library, loaded by the first call from whatever thread; NULL when this machine has none,
 * with *problem (NULL: not asked) saying why (static text). */
const struct http2_library *http2_library(const char **problem);

#endif
