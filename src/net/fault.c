#include "net/fault.h"

#include <errno.h>
#include <sys/resource.h>

#define DESCRIPTORS_SPARE 64

const char *net_fault_word(enum net_fault fault) {
    static const char *const words[] = {
#define FAULT(name, word, meaning) word,
        NET_FAULTS(FAULT)
#undef FAULT
    };
    return (unsigned)fault < NET_FAULT_COUNT ? words[fault] : "unknown";
}

const char *net_fault_meaning(enum net_fault fault) {
    static const char *const meanings[] = {
#define FAULT(name, word, meaning) meaning,
        NET_FAULTS(FAULT)
#undef FAULT
    };
    return (unsigned)fault < NET_FAULT_COUNT ? meanings[fault] : "unknown";
}

enum net_fault net_fault_of_errno(int number) {
    switch (number) {
    case ECONNREFUSED:
    case ENOENT: /* no such Unix socket */
        return NET_REFUSED;
    case ENETUNREACH:
    case EHOSTUNREACH:
    case ENETDOWN:
    case EHOSTDOWN:
    case EACCES:
    case EPERM:
    case EAFNOSUPPORT:
        return NET_UNREACHABLE;
    case ETIMEDOUT:
        return NET_TIMEOUT;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EADDRNOTAVAIL:
    case EADDRINUSE:
        return NET_CLIENT;
    default:
        return NET_RESET;
    }
}

bool net_descriptors(unsigned wanted, unsigned *usable) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) limit = (struct rlimit){256, 256};
    rlim_t needed = (rlim_t)wanted + DESCRIPTORS_SPARE;
    if (limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < needed) {
        struct rlimit raised = {
            .rlim_cur = limit.rlim_max < needed ? limit.rlim_max : needed,
            .rlim_max = limit.rlim_max,
        };
        if (raised.rlim_cur > limit.rlim_cur && setrlimit(RLIMIT_NOFILE, &raised) == 0)
            limit = raised;
    }
    bool enough = limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= needed;
    if (enough)
        *usable = wanted;
    else
        *usable = limit.rlim_cur > DESCRIPTORS_SPARE ? limit.rlim_cur - DESCRIPTORS_SPARE : 0;
    return enough;
}
