/* Certificates for the test server, made when it starts. */
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "test_server.h"

#define DAY 86400

static void add_extension(X509 *certificate, int kind, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
    if (!extension) abort();
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

static X509 *certificate_new(EVP_PKEY *key, const char *kind) {
    X509 *certificate = X509_new();
    bool wrong = strcmp(kind, "wrong-name") == 0;
    bool expired = strcmp(kind, "expired") == 0;
    const char *name = wrong ? "other.example" : "localhost";
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -10 * DAY);
    X509_gmtime_adj(X509_getm_notAfter(certificate), expired ? -DAY : DAY);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate));
    add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
    add_extension(certificate, NID_subject_alt_name,
                  wrong ? "DNS:other.example" : "DNS:localhost,IP:127.0.0.1,IP:::1");
    if (X509_sign(certificate, key, EVP_sha256()) == 0) abort();
    return certificate;
}

SSL_CTX *server_tls(const char *kind, const char *path) {
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = certificate_new(key, kind);
    char key_path[4096];
    snprintf(key_path, sizeof key_path, "%s.key", path);
    FILE *file = fopen(path, "w"), *secret = fopen(key_path, "w");
    if (!file || PEM_write_X509(file, certificate) != 1 || fclose(file) != 0) abort();
    if (!secret || PEM_write_PrivateKey(secret, key, NULL, NULL, 0, NULL, NULL) != 1 ||
        fclose(secret) != 0)
        abort();
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (strcmp(kind, "old") == 0) {
        SSL_CTX_set_security_level(context, 0);
        SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
        SSL_CTX_set_max_proto_version(context, TLS1_1_VERSION);
    }
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_use_certificate(context, certificate);
    SSL_CTX_use_PrivateKey(context, key);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return context;
}

static int protocol_choose(SSL *ssl, const unsigned char **chosen, unsigned char *size,
                           const unsigned char *offered, unsigned offered_size, void *context) {
    static const unsigned char both[] = "\x02h2\x08http/1.1";
    const bool *http1_only = context;
    const unsigned char *known = *http1_only ? both + 3 : both;
    unsigned known_size = (unsigned)(sizeof both - 1) - (*http1_only ? 3 : 0);
    unsigned char *found = NULL;
    (void)ssl;
    int result = SSL_select_next_proto(&found, size, known, known_size, offered, offered_size);
    *chosen = found;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

void server_tls_protocols(SSL_CTX *context, const bool *http1_only) {
    SSL_CTX_set_alpn_select_cb(context, protocol_choose, (void *)(uintptr_t)http1_only);
}
