/**
 * @file crdt.h
 * A replicated text: everyone edits their own copy, copies are merged in any order, and all copies
 * that have seen the same edits read the same.
 *
 * It is a replicated growable array (Roh, Jeon, Kim, Lee: "Replicated abstract data types: Building
 * blocks for collaborative applications", JPDC 71(3), 2011). Every character has an identity that
 * orders it against all others, names the character it was typed after, and is never removed, only
 * marked as deleted. Merging is therefore commutative, associative and idempotent.
 *
 * Compiles with a C library (a native program) and without one (to WebAssembly, with wasm.c).
 */
#ifndef CRDT_H
#define CRDT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What a module shows to its host; nothing in a native program. */
#ifdef __wasm__
#define CRDT_EXPORT(name) __attribute__((export_name(#name)))
#else
#define CRDT_EXPORT(name)
#endif

enum {
    CRDT_CHARACTERS_MAX = 1 << 22, /**< characters a document holds, deleted ones included */
    CRDT_REPLICAS_MAX = 65535,     /**< replica numbers are 1 to this */
};

struct crdt;

/** An empty document edited by `replica` (1 to CRDT_REPLICAS_MAX, unique among all who edit); NULL
 * without memory or with a number out of range. To be freed with crdt_free. */
CRDT_EXPORT(crdt_new) struct crdt *crdt_new(uint32_t replica);
CRDT_EXPORT(crdt_free) void crdt_free(struct crdt *text);

/** Types a Unicode character so that it stands at `position` (0 to crdt_length). False when that is
 * no position, the character is no Unicode character, or there is no room. */
CRDT_EXPORT(crdt_insert) bool crdt_insert(struct crdt *text, uint32_t position, uint32_t character);

/** Deletes the character at `position`; false when there is none. */
CRDT_EXPORT(crdt_delete) bool crdt_delete(struct crdt *text, uint32_t position);

/** Characters that can be read. */
CRDT_EXPORT(crdt_length) uint32_t crdt_length(const struct crdt *text);

/** Characters ever typed, deleted ones included. */
CRDT_EXPORT(crdt_size) uint32_t crdt_size(const struct crdt *text);

/** Copies up to `room` characters into `characters`, returns how many. */
CRDT_EXPORT(crdt_read)
uint32_t crdt_read(const struct crdt *text, uint32_t *characters, uint32_t room);

/** Bytes crdt_encode needs at most. */
CRDT_EXPORT(crdt_encoded_bound) size_t crdt_encoded_bound(const struct crdt *text);

/** Writes the whole state, to be sent to other replicas; returns the bytes written, 0 when `room`
 * is below crdt_encoded_bound. */
CRDT_EXPORT(crdt_encode) size_t crdt_encode(const struct crdt *text, uint8_t *bytes, size_t room);

/** Takes in another replica's state. Bytes that are no state are refused with false at the first
 * that is wrong; what was read before stays, which is harmless: a merge of less. */
CRDT_EXPORT(crdt_merge) bool crdt_merge(struct crdt *text, const uint8_t *bytes, size_t length);

#endif
