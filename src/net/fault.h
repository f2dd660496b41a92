/** The kinds of ways in which talking to a host fails: what `errors[kind]` is labelled with. */
#ifndef NET_FAULT_H
#define NET_FAULT_H

#include <stdbool.h>

/**
 * Rows of FAULT(NAME, "word", "what it means"). The words are stable: budget files name them. A
 * status that a budget does not allow is no fault of the network; its kind is the probe's.
 */
#define NET_FAULTS(FAULT)                                                       \
    FAULT(NONE, "none", "no fault")                                             \
    FAULT(DNS, "dns", "the host's name has no address")                         \
    FAULT(REFUSED, "refused", "nothing listens there")                          \
    FAULT(UNREACHABLE, "unreachable", "no way leads there")                     \
    FAULT(PROXY, "proxy", "the proxy did not open a tunnel")                    \
    FAULT(TLS, "tls", "the handshake failed, or the certificate does not hold") \
    FAULT(RESET, "reset", "the peer broke the connection off")                  \
    FAULT(CLOSED, "closed", "the peer closed before its answer was whole")      \
    FAULT(TIMEOUT, "timeout", "no whole answer in time")                        \
    FAULT(PROTOCOL, "protocol", "what came is not what the protocol allows")    \
    FAULT(TOO_LARGE, "too-large", "the answer is larger than the bound")        \
    FAULT(CLIENT, "client",                                                     \
          "this machine ran out: descriptors, ports, memory; not the peer's fault")

enum net_fault {
#define FAULT(name, word, meaning) NET_##name,
    NET_FAULTS(FAULT)
#undef FAULT
        NET_FAULT_COUNT
};

/** The stable word: "refused". */
const char *net_fault_word(enum net_fault fault);
/** What it means, as a phrase. */
const char *net_fault_meaning(enum net_fault fault);

/** The kind that an errno of connect, send or recv stands for; NET_RESET for those nobody knows. */
enum net_fault net_fault_of_errno(int number);

/**
 * Raises the soft limit of open descriptors towards the hard one until `wanted` and 64 to spare
 * fit. False when they cannot; then *usable is how many can. Never lowers the limit.
 */
bool net_descriptors(unsigned wanted, unsigned *usable);

#endif
