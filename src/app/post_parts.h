/** What the parts of posting share: where comments live, and what one holds. */
#ifndef APP_POST_PARTS_H
#define APP_POST_PARTS_H

#include "app/post.h"

/** Where the comments of the request at hand are, and who may write them. Texts in the arena. */
struct post_place {
    const char *token;
    const char *authorization; /**< header line with the token */
    const char *self;          /**< URL that says whose token it is */
    const char *comments;      /**< URL of all comments, and to make one */
    const char *query;         /**< what listing them takes besides page and count */
    const char *one;           /**< URL of one comment, before its number */
    const char *method;        /**< that updates one */
    const char *author;        /**< member of a comment that says who wrote it */
    bool bots;                 /**< a token that may not ask whose it is is a program's */
};

/** Reads the environment. False with the reason in diags, unless `place` is that of a request. */
bool post_place_read(enum post_target target, struct post_place *place, struct diags *diags);

/** Address of the API; NULL: the environment does not say. */
const char *post_api(enum post_target target);

/** A comment to be. */
struct post_page {
    const char *marker; /**< how the body begins, whatever run it is of */
    const char *state;  /**< changes when a verdict, a bound or an exact figure does */
    const char *body;   /**< marker, state and report as Markdown, without the token */
};
struct post_page post_page_write(struct arena *arena, const struct report *report,
                                 const char *token);

/** Says why there is no comment. */
void post_warn(struct diags *diags, const char *hint, const char *why);

#endif
