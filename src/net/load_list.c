#include "net/load_engine.h"

static uint32_t number(const struct engine *engine, const struct user *user) {
    return (uint32_t)(user - engine->users);
}

void list_append(struct engine *engine, struct user_list *list, struct user *user) {
    user->next = LOAD_NOBODY;
    user->previous = list->tail;
    if (list->tail == LOAD_NOBODY)
        list->head = number(engine, user);
    else
        engine->users[list->tail].next = number(engine, user);
    list->tail = number(engine, user);
}

void list_prepend(struct engine *engine, struct user_list *list, struct user *user) {
    user->previous = LOAD_NOBODY;
    user->next = list->head;
    if (list->head == LOAD_NOBODY)
        list->tail = number(engine, user);
    else
        engine->users[list->head].previous = number(engine, user);
    list->head = number(engine, user);
}

void list_remove(struct engine *engine, struct user_list *list, struct user *user) {
    if (user->previous == LOAD_NOBODY)
        list->head = user->next;
    else
        engine->users[user->previous].next = user->next;
    if (user->next == LOAD_NOBODY)
        list->tail = user->previous;
    else
        engine->users[user->next].previous = user->previous;
}

struct user *list_pop(struct engine *engine, struct user_list *list) {
    if (list->head == LOAD_NOBODY) return NULL;
    struct user *user = &engine->users[list->head];
    list_remove(engine, list, user);
    return user;
}
