/* Ends what a child left behind. perfbudget is the subreaper, so whatever lost its parent is ours:
 * once there is no child, there is no descendant. Only system calls, for use in a signal handler.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/process_parts.h"

enum { PATH_ROOM = 64, LIST_ROOM = 4096, NANOSECONDS = 1000000000 };
static const double sweep_seconds = 5;

/* A listed process is an unreaped child of ours, so neither its number nor its group's can have
 * been given to another. */
static void child_kill(pid_t pid) {
    pid_t group = getpgid(pid);
    if (group > 1 && group != getpgrp()) kill(-group, SIGKILL);
    kill(pid, SIGKILL);
}

static void numbers_kill(const char *bytes, size_t length, pid_t *number) {
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] >= '0' && bytes[i] <= '9') {
            *number = *number * 10 + (bytes[i] - '0');
        } else if (*number > 0) {
            child_kill(*number);
            *number = 0;
        }
    }
}

/* /proc/PID/task/TID/children is a list of numbers, each with a blank behind it (proc(5)). */
static void thread_children_kill(int tasks, const char *thread) {
    char path[PATH_ROOM] = "", bytes[LIST_ROOM];
    size_t length = strnlen(thread, sizeof path - sizeof "/children");
    memcpy(path, thread, length);
    memcpy(path + length, "/children", sizeof "/children");
    int list = openat(tasks, path, O_RDONLY | O_CLOEXEC);
    if (list < 0) return;
    pid_t number = 0;
    for (ssize_t got; (got = read(list, bytes, sizeof bytes)) > 0;)
        numbers_kill(bytes, (size_t)got, &number);
    close(list);
}

static void children_kill(void) {
    struct {
        _Alignas(struct dirent64) char bytes[LIST_ROOM];
    } list;
    int tasks = open("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (tasks < 0) return;
    for (ssize_t got; (got = getdents64(tasks, &list, sizeof list)) > 0;) {
        for (ssize_t at = 0; at < got;) {
            struct dirent64 *entry = (struct dirent64 *)(list.bytes + at);
            if (entry->d_name[0] != '.') thread_children_kill(tasks, entry->d_name);
            at += entry->d_reclen;
        }
    }
    close(tasks);
}

/* Reaps what has ended. False when no child is left at all. */
static bool children_reap(unsigned *killed) {
    for (;;) {
        int status;
        pid_t pid = waitpid(-1, &status, WNOHANG | __WALL);
        if (pid == 0) return true;
        if (pid < 0 && errno != EINTR) return false;
        if (pid > 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) (*killed)++;
    }
}

unsigned process_sweep(void) {
    unsigned killed = 0;
    uint64_t until = clock_now() + (uint64_t)(sweep_seconds * NANOSECONDS);
    struct timespec pause = {.tv_nsec = 20000};
    while (children_reap(&killed) && clock_now() < until) {
        children_kill();
        nanosleep(&pause, NULL);
        if (pause.tv_nsec < 10000000) pause.tv_nsec *= 2;
    }
    return killed;
}
