/** Looking at running processes from outside (proc(5)): who descends from one, the processor time
 * they took, and who listens on a port. */
#ifndef BASE_PROCESS_LOOK_H
#define BASE_PROCESS_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/** Processes that descend from `root`, itself left out, children of all threads; at most `room` of
 * them, in no order. Returns how many. */
size_t process_descendants(pid_t root, pid_t *found, size_t room);

/** Processor time in seconds, user and system, of all that descend or descended from `root` as far
 * as somebody waited for them, without root's own; in steps of the kernel's clock tick (10 ms). */
double process_cpu(pid_t root);

/** A descriptor that becomes readable when the process has ended, reaped or not, whoever gets its
 * number then; -1 with errno: ESRCH where there is none, ENOSYS where the kernel is older. */
int process_handle(pid_t pid);

/** Who listens on a TCP port of this machine, on whatever address. */
enum process_listening {
    LISTENING_NOBODY,
    LISTENING_OWN,     /**< only processes that descend from root */
    LISTENING_FOREIGN, /**< somebody else, or nobody can tell who */
};
enum process_listening process_listening(pid_t root, int port);

/** Whether somebody on 127.0.0.1 takes connections on the port; cheap enough to ask every
 * millisecond. */
bool process_port_answers(int port);

#endif
