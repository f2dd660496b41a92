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
    FILE *file = fopen(path, "w");
    if (!file || PEM_write_X509(file, certificate) != 1 || fclose(file) != 0) abort();
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
