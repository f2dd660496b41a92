#include "base/process_streams.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STREAMS = 3 };

/* A regular file only: opening a pipe could wait for ever. */
static int input_open_file(const char *path) {
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;
    if (file < 0 || (fstat(file, &status) == 0 && S_ISREG(status.st_mode))) return file;
    close(file);
    errno = EINVAL;
    return -1;
}

static int input_open_bytes(const char *bytes, size_t length) {
    int file = memfd_create("input", MFD_CLOEXEC);
    if (file < 0) return -1;
    for (size_t done = 0; done < length;) {
        ssize_t wrote = write(file, bytes + done, length - done);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote <= 0) {
            int failure = errno;
            close(file);
            errno = failure;
            return -1;
        }
        done += (size_t)wrote;
    }
    lseek(file, 0, SEEK_SET);
    return file;
}

bool streams_input(const struct process_plan *plan, struct streams *streams) {
    if (!plan->input_path && !plan->input) return true; /* the keeper has an empty one */
    streams->input = plan->input_path ? input_open_file(plan->input_path)
                                      : input_open_bytes(plan->input, plan->input_length);
    return streams->input >= 0;
}

static void close_any(int descriptor) {
    if (descriptor >= 0) close(descriptor);
}

void streams_sent(struct streams *streams) {
    close_any(streams->out);
    close_any(streams->err);
    streams->out = streams->err = -1;
}

bool streams_send(const struct keeper *keeper, const struct streams *streams) {
    char word = KEEPER_START;
    const int all[STREAMS] = {streams->input, streams->out, streams->err};
    int given[STREAMS];
    size_t count = 0;
    for (int i = 0; i < STREAMS; i++)
        if (all[i] >= 0) given[count++] = all[i];
    union {
        struct cmsghdr head;
        char bytes[CMSG_SPACE(STREAMS * sizeof(int))];
    } control = {0};
    struct iovec part = {.iov_base = &word, .iov_len = 1};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (count > 0) {
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(count * sizeof(int));
        struct cmsghdr *head = CMSG_FIRSTHDR(&message);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(count * sizeof(int));
        memcpy(CMSG_DATA(head), given, count * sizeof(int));
    }
    ssize_t sent;
    while ((sent = sendmsg(keeper->socket, &message, MSG_NOSIGNAL)) < 0 && errno == EINTR) {
    }
    return sent == 1;
}

/* A pipe; its end to be read goes to `read_end`. */
static bool pipe_open(int *read_end, int *write_end) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    *read_end = ends[0];
    *write_end = ends[1];
    return true;
}

static bool pipes_open(struct spawned *spawned, struct streams *streams) {
    if (!pipe_open(&spawned->out, &streams->out)) return false;
    if (pipe_open(&spawned->err, &streams->err)) return true;
    int failure = errno;
    close(spawned->out);
    close(streams->out);
    streams->out = -1;
    errno = failure;
    return false;
}

/* Commands that leave nothing behind share their outputs, which saves most of what a run costs
 * beyond its time; where metrics are read from them, each has its own, as it does after one whose
 * output could still be held by somebody. */
bool streams_outputs(const struct process_plan *plan, struct spawned *spawned,
                     struct streams *streams) {
    struct keeper *keeper = spawned->keeper;
    spawned->lasting = !plan->keep_whole && keeper->tidy && !keeper->wary;
    spawned->out = keeper->out;
    spawned->err = keeper->err;
    keeper->board->outputs_last = spawned->lasting;
    keeper->board->new_outputs = !spawned->lasting || keeper->out < 0;
    keeper->board->new_input = streams->input >= 0;
    if (!keeper->board->new_outputs) return true;
    if (!pipes_open(spawned, streams)) return false;
    if (!spawned->lasting) return true;
    keeper->out = spawned->out;
    keeper->err = spawned->err;
    return true;
}
