/* Any bytes as a compressed body: bounded, and whole or refused. The first byte chooses the coding.
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/array.h"
#include "probes/decompress.h"

enum { LIMIT = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const codings[] = {"gzip", "deflate", "br", "zstd", "compress"};
    struct decompressed out = {NULL, 0};
    if (size == 0) return 0;
    const char *coding = codings[data[0] % array_length(codings)];
    const struct net_span body = {(const char *)data + 1, size - 1};
    enum decompress_result result = decompress(net_span_text(coding), body, LIMIT, &out);
    if (result == DECOMPRESS_DONE && (out.size > LIMIT || (out.size > 0 && !out.bytes))) abort();
    if (result != DECOMPRESS_DONE && (out.bytes || out.size > 0)) abort();
    free(out.bytes);
    return 0;
}
