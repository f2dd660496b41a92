/** The parts of running a child that process.c puts together; nobody else includes this. */
#ifndef BASE_PROCESS_PARTS_H
#define BASE_PROCESS_PARTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/cgroup.h"
#include "base/process.h"
#include "base/process_board.h"
#include "base/text.h"

/** Output being kept: its start, and once that is full, a ring of its end. */
struct capture {
    int descriptor; /**< of the pipe; -1 once it is at its end */
    bool lasting;   /**< it is closed by its owner */
    size_t head_limit, tail_limit;
    struct text head;
    char *tail; /**< tail_limit bytes, made when needed */
    uint64_t total;
};

struct capture capture_begin(struct arena *arena, const struct process_plan *plan, int descriptor);
/** Reads what poll(2) says is there, one chunk, told to the listener (NULL: nobody); closes the
 * descriptor at the end of the pipe. */
void capture_read(struct capture *capture, const struct process_listener *listener, bool error);
/** Reads what is left in a pipe that has no end, without waiting for more. */
void capture_drain(struct capture *capture, const struct process_listener *listener, bool error);
void capture_close(struct capture *capture);
void capture_finish(struct arena *arena, struct capture *capture, struct process_output *output);

/**
 * The keeper: a process of our own that starts the commands, waits for them and ends what they
 * leave. It is small, so that what a command inherits from its parent is small; it is alone with
 * its clock, so that wall is what a bare loop of spawn and wait would see; and it is a subreaper
 * that reads the end of its socket, so that nothing survives perfbudget, however that ends.
 */
struct keeper {
    pid_t pid;
    int socket; /**< words to and from it, one byte each */
    struct keeper_board *board;
    int out, err;        /**< outputs of commands one after the other are read here; -1: none yet */
    bool tidy, wary;     /**< the last command left nothing; one before did */
    struct arena *arena; /**< of the group's texts */
    struct cgroup group; /**< where it is, so that what it starts is counted there */
    bool sought, grouped; /**< groups were looked for; and can be made */
};

/** What is said to the keeper, and what it says. */
enum keeper_word {
    KEEPER_START = 's',  /**< start what is on the board; comes with the descriptors it names */
    KEEPER_ASK = 't',    /**< SIGTERM to the command's group */
    KEEPER_KILL = 'k',   /**< SIGKILL to it */
    KEEPER_FINISH = 'f', /**< after KEEPER_ENDED: end what is left */
    KEEPER_FAILED = 'x', /**< from it: not started; step and error say why */
    KEEPER_ENDED = 'e',  /**< from it: the command ended, others it started go on */
    KEEPER_OVER = 'o',   /**< from it: all is over and the board filled in */
};

/** The keeper of this thread, started when there is none; NULL with errno. */
struct keeper *keeper_get(void);
/** Leaves it alone with what it cannot end; the next keeper_get starts another. */
void keeper_drop(struct keeper *keeper);
/** What the keeper does until its socket closes. */
_Noreturn void keeper_work(struct keeper_board *board, int socket);

/** Puts the keeper into a new group, if groups can be made here. */
bool keeper_group(struct keeper *keeper);

/** Memory of all that descends from a process, itself left out. */
struct tree_memory {
    double rss, pss; /**< bytes */
};
/** Asks each of them, PSS only if wanted (it is dear). */
struct tree_memory tree_measure(pid_t root, bool pss);

/** VmHWM of this process in bytes, or NaN. Async-signal-safe. */
double process_peak(void);

/** A counter that starts with the next program that a child of this process becomes, and follows
 * all it starts; -1 with errno. Async-signal-safe. */
int counter_open(enum process_counter counter);
/** Reads and closes it. 0, or errno: EAGAIN when it did not run all the time. Async-signal-safe. */
int counter_close(int descriptor, uint64_t *count);

/** A command that was let go. */
struct spawned {
    const struct process_repeat *repeat; /**< how often */
    struct keeper *keeper;
    bool grouped; /**< in a group of its own */
    bool lasting; /**< out and err are the keeper's, and never at their end */
    int out, err;
};

/** As often as spawned->repeat says. False with failed_step and status of `result` set when nothing
 * could be asked for. */
bool process_spawn(struct arena *arena, const struct process_plan *plan, struct spawned *spawned,
                   struct process_result *result);
/** Why the keeper did not start it. */
void process_spawn_failed(const struct keeper_board *board, struct process_result *result);

/** The value of a variable in "NAME=value" texts, or NULL. */
const char *environment_get(const char *const *environment, const char *name);

/** Ends and reaps all children, for at most five seconds. Returns how many SIGKILL ended.
 * Async-signal-safe. */
unsigned process_sweep(void);

#endif
