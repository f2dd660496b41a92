/** What the files of the load engine share: the engine, its users, and their lists. */
#ifndef NET_LOAD_ENGINE_H
#define NET_LOAD_ENGINE_H

#include "net/loop.h"
#include "net/protocol.h"

#define LOAD_BUFFER 65536
#define LOAD_NOBODY UINT32_MAX
#define LOAD_CANCEL_ID UINT32_MAX

enum user_state {
    USER_IDLE,       /**< in no flow; in the list `idle` */
    USER_READY,      /**< its next step is due; in the list `ready` */
    USER_PAUSED,     /**< its timer tells when the next step is due */
    USER_RECOVERING, /**< between two flows, after a fault */
    USER_QUEUED,     /**< waits for its turn to connect; in the list `queue` */
    USER_CONNECTING,
    USER_BUSY, /**< its request is on the wire */
};

/** Whose bytes the descriptor last had no room for: TLS wants the same ones again. */
enum user_blocked { BLOCKED_NOT, BLOCKED_REQUEST, BLOCKED_EXTRA };

/** A user's connection to one target. */
struct link {
    struct net_conn conn;
    struct load_wire wire;
    struct user *user;
    uint8_t blocked;
    uint8_t watched; /**< conn.sockets of the descriptor the loop watches */
    uint8_t mask;    /**< what it is watched for; 0: not at all */
    bool carried;    /**< the connection has carried a request */
    char *extra;     /**< the protocol's own bytes, or NULL */
    size_t extra_size, extra_sent;
};

struct user {
    struct link *link; /**< to the target of its request, or of its last one */
    struct load_user view;
    uint8_t state;
    uint8_t failures;        /**< faults in a row, up to a few */
    bool answered;           /**< an answer was told, the next step not yet taken */
    bool starved;            /**< its flow waited for a free user */
    uint32_t next, previous; /**< in the list its state says */
    uint64_t due;            /**< when its next request is scheduled */
    uint64_t deadline;       /**< of the request or of connecting */
    size_t sent;             /**< bytes of the request */
    char *copy;              /**< of a transient request, or NULL */
    struct load_request request;
    struct load_exchange exchange;
};

struct user_list {
    uint32_t head, tail;
};

struct engine {
    struct arena *arena;
    struct load_plan plan;
    struct load_driver driver;
    const struct load_protocol *protocol;
    struct load_result *result;
    struct loop *loop;
    struct user *users;
    struct link *links; /**< for each user one a target */
    char *states;       /**< of the protocol, one a link */
    size_t state_size;
    uint32_t made; /**< users that were ever used: the first ones */
    struct user_list idle, ready, queue;
    uint32_t connecting, open, busy;
    uint32_t phase; /**< phase_count: all are over */
    uint64_t begun; /**< flows of the phase */
    uint64_t phase_start;
    uint64_t arrival;       /**< open model: when the next flow is due; LOOP_NEVER */
    uint64_t starved_until; /**< last moment at which a flow was due and no user free */
    bool warming;           /**< connections are made before the first phase */
    bool over;              /**< the load ends at once */
    char buffer[LOAD_BUFFER];
    char out[LOAD_BUFFER]; /**< what the protocol gives to be sent */
};

/* load_list.c */
void list_append(struct engine *engine, struct user_list *list, struct user *user);
void list_prepend(struct engine *engine, struct user_list *list, struct user *user);
void list_remove(struct engine *engine, struct user_list *list, struct user *user);
/** The first one, taken out; NULL: there is none. */
struct user *list_pop(struct engine *engine, struct user_list *list);

/* load_phase.c */
void phase_begin(struct engine *engine, uint64_t start);
/** Begins the flows that are due, ends phases that are over. */
void phase_tick(struct engine *engine, uint64_t now);
/** Until when nothing of the phase happens by itself. */
uint64_t phase_next(const struct engine *engine, uint64_t now);
/** Whether a user of the closed model that ended its flow begins another. */
bool phase_again(const struct engine *engine, uint64_t now);
bool phases_over(const struct engine *engine);

/* load_user.c */
void user_begin_flow(struct engine *engine, struct user *user, uint64_t scheduled);
/** Asks the driver what comes next, and begins it. */
void user_step(struct engine *engine, struct user *user, uint64_t now);
void user_park(struct engine *engine, struct user *user);
/** The exchange is over: told to the driver. */
void user_tell(struct engine *engine, struct user *user, uint64_t now);
/** The exchange failed: closes the connection, tells, and lets the flow go on a little later. */
void user_fail(struct engine *engine, struct user *user, enum net_fault fault, const char *reason);
void user_timer(struct engine *engine, struct user *user, uint64_t now);
/** The driver is never asked again for this user: flows end. */
void user_finish(struct engine *engine, struct user *user);

/* load_connect.c */
void user_connect(struct engine *engine, struct user *user);
/** The connection in use: closes it, or gives up making it. */
void user_close(struct engine *engine, struct user *user);
void link_close(struct engine *engine, struct link *link);
void connects_start(struct engine *engine);
void user_connect_step(struct engine *engine, struct user *user);
bool link_watch(struct engine *engine, struct link *link, unsigned mask);
/** The user's connection to a target, standing or not. */
struct link *user_link(struct engine *engine, const struct user *user, uint32_t target);

/* load_wire.c */
/** Sends what waits to be sent. */
void link_flush(struct engine *engine, struct link *link);
void link_event(struct engine *engine, struct link *link, unsigned what);
/** Whether all of the request has gone out. */
bool request_is_out(const struct engine *engine, const struct link *link);

static inline struct load_phase_result *user_phase(struct engine *engine, const struct user *user) {
    return &engine->result->phases[user->view.phase];
}

#endif
