/** Numbers that are dear to compute and follow from a key alone: computed once a run, and kept from
 * run to run. */
#ifndef PROBE_CACHE_H
#define PROBE_CACHE_H

#include <stdint.h>

#include "base/diag.h"
#include "perfbudget/probe.h"

/**
 * What is known, shared by the budgets of a run, and the folder it is kept in. Thread-safe. A key
 * being computed belongs to its owner until cache_remember or cache_release; nobody else computes
 * it meanwhile.
 */
struct cache;

/**
 * The folder for cached numbers: $XDG_CACHE_HOME/perfbudget, else $HOME/.cache/perfbudget (XDG Base
 * Directory Specification 0.8: a path that is not absolute does not count). NULL: there is none.
 */
const char *cache_folder(struct arena *arena);

/** Keeps numbers in `folder` (borrowed; opened at the first question, made where it is missing);
 * NULL: in memory only. Never NULL. */
struct cache *cache_new(const char *folder);

/** KNOWN with the value, YOURS: the owner is to compute it, BUSY: another owner is at it. */
enum probe_recalled cache_recall(struct cache *cache, const void *owner, const char *key,
                                 uint64_t *value);

/** Waits for an answer to any key, at most some milliseconds. */
void cache_wait(struct cache *cache);

/** The answer to a key that cache_recall left to the owner; value NULL: it could not be computed.
 */
void cache_remember(struct cache *cache, const void *owner, const char *key, const uint64_t *value);

/** Gives up all keys that still belong to the owner. */
void cache_release(struct cache *cache, const void *owner);

/** Writes what is new and frees. Says in `diags` (a note; a warning where others might have written
 * into it) when the folder could not be used. NULL is fine. */
void cache_end(struct cache *cache, struct diags *diags);

#endif
