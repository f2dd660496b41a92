/** OpenSSL, loaded when the first TLS connection is wanted: linking it costs every start of
 * perfbudget 0.4 ms and 5.5 MB that a budget of file sizes never needs (docs/benchmarks/speed.md).
 */
#ifndef NET_TLS_LIBRARY_H
#define NET_TLS_LIBRARY_H

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/** The functions that perfbudget uses, those behind OpenSSL's macros too, by library. */
#define TLS_FUNCTIONS_SSL(FUNCTION)            \
    FUNCTION(SSL_CTX_ctrl)                     \
    FUNCTION(SSL_CTX_free)                     \
    FUNCTION(SSL_CTX_load_verify_file)         \
    FUNCTION(SSL_CTX_new)                      \
    FUNCTION(SSL_CTX_set_alpn_protos)          \
    FUNCTION(SSL_CTX_set_default_verify_paths) \
    FUNCTION(SSL_CTX_set_quiet_shutdown)       \
    FUNCTION(SSL_CTX_set_verify)               \
    FUNCTION(SSL_ctrl)                         \
    FUNCTION(SSL_do_handshake)                 \
    FUNCTION(SSL_free)                         \
    FUNCTION(SSL_get0_alpn_selected)           \
    FUNCTION(SSL_get0_param)                   \
    FUNCTION(SSL_get_error)                    \
    FUNCTION(SSL_get_verify_result)            \
    FUNCTION(SSL_has_pending)                  \
    FUNCTION(SSL_new)                          \
    FUNCTION(SSL_read_ex)                      \
    FUNCTION(SSL_set1_host)                    \
    FUNCTION(SSL_set_bio)                      \
    FUNCTION(SSL_set_connect_state)            \
    FUNCTION(SSL_set_hostflags)                \
    FUNCTION(SSL_set_read_ahead)               \
    FUNCTION(SSL_write_ex)                     \
    FUNCTION(TLS_client_method)
#define TLS_FUNCTIONS_CRYPTO(FUNCTION)      \
    FUNCTION(BIO_clear_flags)               \
    FUNCTION(BIO_get_data)                  \
    FUNCTION(BIO_get_new_index)             \
    FUNCTION(BIO_meth_free)                 \
    FUNCTION(BIO_meth_new)                  \
    FUNCTION(BIO_meth_set_ctrl)             \
    FUNCTION(BIO_meth_set_read)             \
    FUNCTION(BIO_meth_set_write)            \
    FUNCTION(BIO_new)                       \
    FUNCTION(BIO_set_data)                  \
    FUNCTION(BIO_set_flags)                 \
    FUNCTION(BIO_set_init)                  \
    FUNCTION(BIO_test_flags)                \
    FUNCTION(ERR_clear_error)               \
    FUNCTION(ERR_peek_last_error)           \
    FUNCTION(ERR_reason_error_string)       \
    FUNCTION(X509_VERIFY_PARAM_set1_ip_asc) \
    FUNCTION(X509_verify_cert_error_string)

struct tls_library {
#define FUNCTION(name) __typeof__(name) *name;
    TLS_FUNCTIONS_SSL(FUNCTION)
    TLS_FUNCTIONS_CRYPTO(FUNCTION)
#undef FUNCTION
};

/** The library, loaded by the first call from whatever thread; NULL when this machine has none,
 * with `problem` (NULL: not asked) saying why (static text). */
const struct tls_library *tls_library(const char **problem);

#ifndef NET_TLS_LIBRARY_NAMES
/* From here on the names mean what was loaded, also inside of OpenSSL's own macros. */
#define SSL_CTX_ctrl (tls_library(NULL)->SSL_CTX_ctrl)
#define SSL_CTX_free (tls_library(NULL)->SSL_CTX_free)
#define SSL_CTX_load_verify_file (tls_library(NULL)->SSL_CTX_load_verify_file)
#define SSL_CTX_new (tls_library(NULL)->SSL_CTX_new)
#define SSL_CTX_set_alpn_protos (tls_library(NULL)->SSL_CTX_set_alpn_protos)
#define SSL_CTX_set_default_verify_paths (tls_library(NULL)->SSL_CTX_set_default_verify_paths)
#define SSL_CTX_set_quiet_shutdown (tls_library(NULL)->SSL_CTX_set_quiet_shutdown)
#define SSL_CTX_set_verify (tls_library(NULL)->SSL_CTX_set_verify)
#define SSL_ctrl (tls_library(NULL)->SSL_ctrl)
#define SSL_do_handshake (tls_library(NULL)->SSL_do_handshake)
#define SSL_free (tls_library(NULL)->SSL_free)
#define SSL_get0_alpn_selected (tls_library(NULL)->SSL_get0_alpn_selected)
#define SSL_get0_param (tls_library(NULL)->SSL_get0_param)
#define SSL_get_error (tls_library(NULL)->SSL_get_error)
#define SSL_get_verify_result (tls_library(NULL)->SSL_get_verify_result)
#define SSL_has_pending (tls_library(NULL)->SSL_has_pending)
#define SSL_new (tls_library(NULL)->SSL_new)
#define SSL_read_ex (tls_library(NULL)->SSL_read_ex)
#define SSL_set1_host (tls_library(NULL)->SSL_set1_host)
#define SSL_set_bio (tls_library(NULL)->SSL_set_bio)
#define SSL_set_connect_state (tls_library(NULL)->SSL_set_connect_state)
#define SSL_set_hostflags (tls_library(NULL)->SSL_set_hostflags)
#define SSL_set_read_ahead (tls_library(NULL)->SSL_set_read_ahead)
#define SSL_write_ex (tls_library(NULL)->SSL_write_ex)
#define TLS_client_method (tls_library(NULL)->TLS_client_method)
#define BIO_clear_flags (tls_library(NULL)->BIO_clear_flags)
#define BIO_get_data (tls_library(NULL)->BIO_get_data)
#define BIO_get_new_index (tls_library(NULL)->BIO_get_new_index)
#define BIO_meth_free (tls_library(NULL)->BIO_meth_free)
#define BIO_meth_new (tls_library(NULL)->BIO_meth_new)
#define BIO_meth_set_ctrl (tls_library(NULL)->BIO_meth_set_ctrl)
#define BIO_meth_set_read (tls_library(NULL)->BIO_meth_set_read)
#define BIO_meth_set_write (tls_library(NULL)->BIO_meth_set_write)
#define BIO_new (tls_library(NULL)->BIO_new)
#define BIO_set_data (tls_library(NULL)->BIO_set_data)
#define BIO_set_flags (tls_library(NULL)->BIO_set_flags)
#define BIO_set_init (tls_library(NULL)->BIO_set_init)
#define BIO_test_flags (tls_library(NULL)->BIO_test_flags)
#define ERR_clear_error (tls_library(NULL)->ERR_clear_error)
#define ERR_peek_last_error (tls_library(NULL)->ERR_peek_last_error)
#define ERR_reason_error_string (tls_library(NULL)->ERR_reason_error_string)
#define X509_VERIFY_PARAM_set1_ip_asc (tls_library(NULL)->X509_VERIFY_PARAM_set1_ip_asc)
#define X509_verify_cert_error_string (tls_library(NULL)->X509_verify_cert_error_string)
#endif

#endif
