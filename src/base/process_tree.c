/* The memory of a tree of processes, by asking each of them (proc(5)). */
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/process_look.h"
#include "base/process_parts.h"

enum { PATH_ROOM = 64, BYTES_ROOM = 4096, TREE_MAX = 4096, KIBIBYTE = 1024 };

/* The start of a small file, with a NUL behind it; 0 when it cannot be read. */
static size_t small_read(const char *path, char *bytes, size_t room) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return 0;
    ssize_t length = read(file, bytes, room - 1);
    close(file);
    if (length < 0) length = 0;
    bytes[length] = '\0';
    return (size_t)length;
}

static double process_rss(pid_t pid) {
    char path[PATH_ROOM], bytes[BYTES_ROOM];
    unsigned long long total, resident;
    snprintf(path, sizeof path, "/proc/%ld/statm", (long)pid);
    if (!small_read(path, bytes, sizeof bytes)) return 0;
    char *at;
    total = strtoull(bytes, &at, 10);
    resident = strtoull(at, NULL, 10);
    (void)total;
    return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

static double process_pss(pid_t pid) {
    char path[PATH_ROOM], bytes[BYTES_ROOM];
    snprintf(path, sizeof path, "/proc/%ld/smaps_rollup", (long)pid);
    if (!small_read(path, bytes, sizeof bytes)) return 0;
    const char *line = strstr(bytes, "\nPss:");
    return line ? (double)strtoull(line + strlen("\nPss:"), NULL, 10) * KIBIBYTE : 0;
}

struct tree_memory tree_measure(pid_t root, bool pss) {
    pid_t tree[TREE_MAX];
    struct tree_memory sum = {0};
    size_t count = process_descendants(root, tree, TREE_MAX);
    for (size_t i = 0; i < count; i++) {
        sum.rss += process_rss(tree[i]);
        if (pss) sum.pss += process_pss(tree[i]);
    }
    return sum;
}

double process_memory(pid_t pid, bool pss) {
    struct tree_memory below = tree_measure(pid, pss);
    return pss ? process_pss(pid) + below.pss : process_rss(pid) + below.rss;
}
