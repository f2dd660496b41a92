#include "base/process_look.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"

enum {
    PATH_ROOM = 64,
    LINE_ROOM = 4096,
    TREE_MAX = 4096,
    LISTENERS_MAX = 64,
    FOREIGN_LOOKS = 50,
    STATE_LISTEN = 0x0A
};

static size_t children_of_thread(const char *path, pid_t *found, size_t count, size_t room) {
    CLEANUP(cleanup_file) FILE *list = fopen(path, "re");
    long number;
    while (list && count < room && fscanf(list, "%ld", &number) == 1)
        found[count++] = (pid_t)number;
    return count;
}

static size_t children_of(pid_t pid, pid_t *found, size_t count, size_t room) {
    char path[PATH_ROOM];
    snprintf(path, sizeof path, "/proc/%ld/task", (long)pid);
    CLEANUP(cleanup_directory) DIR *tasks = opendir(path);
    for (struct dirent *entry; tasks && (entry = readdir(tasks));) {
        long thread = strtol(entry->d_name, NULL, 10);
        if (thread <= 0) continue;
        snprintf(path, sizeof path, "/proc/%ld/task/%ld/children", (long)pid, thread);
        count = children_of_thread(path, found, count, room);
    }
    return count;
}

size_t process_descendants(pid_t root, pid_t *found, size_t room) {
    size_t count = children_of(root, found, 0, room);
    for (size_t i = 0; i < count; i++) count = children_of(found[i], found, count, room);
    return count;
}

/* Fields 14 to 17 of /proc/PID/stat: utime stime cutime cstime (proc(5)). The name before them is
 * in brackets, and may hold some itself. */
static void ticks_add(pid_t pid, bool own, double *ticks) {
    enum { UTIME = 14 - 3, FIELDS = 4 };
    char path[PATH_ROOM], line[LINE_ROOM];
    snprintf(path, sizeof path, "/proc/%ld/stat", (long)pid);
    CLEANUP(cleanup_file) FILE *file = fopen(path, "re");
    if (!file || !fgets(line, sizeof line, file)) return;
    char *at = strrchr(line, ')');
    if (!at || !at[1]) return;
    at += 2;
    for (int i = 0; i < UTIME && at; i++)
        if ((at = strchr(at, ' '))) at++;
    for (int i = 0; i < FIELDS && at; i++) {
        double value = (double)strtoll(at, &at, 10);
        if (own || i >= FIELDS / 2) *ticks += value;
    }
}

double process_cpu(pid_t root) {
    pid_t tree[TREE_MAX];
    size_t count = process_descendants(root, tree, TREE_MAX);
    double ticks = 0;
    ticks_add(root, false, &ticks);
    for (size_t i = 0; i < count; i++) ticks_add(tree[i], true, &ticks);
    return ticks / (double)sysconf(_SC_CLK_TCK);
}

int process_handle(pid_t pid) {
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

/* Inodes of the sockets that listen on the port, of one table (proc(5), /proc/net/tcp). */
static size_t listeners_of(const char *path, int port, unsigned long *inodes, size_t count) {
    char line[LINE_ROOM];
    CLEANUP(cleanup_file) FILE *table = fopen(path, "re");
    while (table && count < LISTENERS_MAX && fgets(line, sizeof line, table)) {
        unsigned local, state;
        unsigned long inode;
        if (sscanf(line,
                   " %*u: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x %*x:%*x %*x:%*x %*x %*u %*u %lu",
                   &local, &state, &inode) == 3 &&
            state == STATE_LISTEN && local == (unsigned)port)
            inodes[count++] = inode;
    }
    return count;
}

static bool holds_socket(pid_t pid, unsigned long inode) {
    char path[PATH_ROOM], wanted[PATH_ROOM], target[PATH_ROOM];
    snprintf(path, sizeof path, "/proc/%ld/fd", (long)pid);
    int length = snprintf(wanted, sizeof wanted, "socket:[%lu]", inode);
    CLEANUP(cleanup_directory) DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        ssize_t got = readlinkat(dirfd(folder), entry->d_name, target, sizeof target);
        if (got == length && memcmp(target, wanted, (size_t)length) == 0) return true;
    }
    return false;
}

static enum process_listening listening_now(pid_t root, int port) {
    unsigned long inodes[LISTENERS_MAX];
    pid_t tree[TREE_MAX];
    size_t count = listeners_of("/proc/net/tcp", port, inodes, 0);
    count = listeners_of("/proc/net/tcp6", port, inodes, count);
    if (count == 0) return LISTENING_NOBODY;
    size_t members = process_descendants(root, tree, TREE_MAX);
    for (size_t i = 0; i < count; i++) {
        size_t holder = 0;
        while (holder < members && !holds_socket(tree[holder], inodes[i])) holder++;
        if (holder == members) return LISTENING_FOREIGN;
    }
    return LISTENING_OWN;
}

/* A process that ends, or hands its socket to a child, holds it in nobody's name for a moment: what
 * is another's stays so. */
enum process_listening process_listening(pid_t root, int port) {
    const struct timespec pause = {.tv_nsec = 10000000};
    enum process_listening found = listening_now(root, port);
    for (int again = 0; found == LISTENING_FOREIGN && again < FOREIGN_LOOKS; again++) {
        nanosleep(&pause, NULL);
        found = listening_now(root, port);
    }
    return found;
}

bool process_port_answers(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CLEANUP(cleanup_descriptor) int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return probe >= 0 && connect(probe, (struct sockaddr *)&address, sizeof address) == 0;
}
