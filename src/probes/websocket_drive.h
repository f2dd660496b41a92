/** The users of a load of messages: what each sends next, and what it makes of the replies. */
#ifndef PROBES_WEBSOCKET_DRIVE_H
#define PROBES_WEBSOCKET_DRIVE_H

#include "net/load_websocket.h"
#include "probes/http_book.h"
#include "probes/websocket_plan.h"

enum { WEBSOCKET_MASKS = 1024 }; /**< that are drawn at once */

/** One virtual user; it lives as long as the drive, its connections come and go. */
struct websocket_user {
    struct websocket_drive *drive;
    struct load_websocket ask;
    struct websocket_key key;
    uint64_t number;    /**< of the first message under way */
    uint64_t scheduled; /**< when the flow was to begin */
    bool shaken, over;  /**< in this flow */
    bool wrong;         /**< a reply was */
};

struct websocket_drive {
    const struct http_plan *load;
    const struct websocket_plan *plan;
    struct http_book *book;
    struct websocket_user *users;
    struct arena *scratch; /**< for one reply */
    uint64_t sent;         /**< messages so far */
    char *message, *out;   /**< malloc'd: one payload; what goes out together */
    size_t masks_left;
    unsigned char masks[WEBSOCKET_MASKS][4];
};

void websocket_drive_begin(struct websocket_drive *drive, const struct http_plan *load,
                           const struct websocket_plan *plan, struct http_book *book);
/** Round trips that were due and never began. False: the load failed by it. */
bool websocket_drive_missed(struct websocket_drive *drive, uint32_t part, uint64_t count);
struct load_driver websocket_drive_driver(struct websocket_drive *drive);
void websocket_drive_release(struct websocket_drive *drive);

#endif
