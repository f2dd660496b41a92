#include "crdt.h"

#include "memory.h"

enum {
    HEAD = 0, /* the element before the first character; its identity is 0:0 */
    FIRST_ELEMENTS = 64,
    FIRST_BUCKETS = 128, /* a power of two, at most half full */
    UNICODE_MAX = 0x10FFFF,
    VARINT_MAX = 5, /* bytes of a 32-bit number */
    FIELDS = 5,     /* varints an element is written as */
};

#define NONE UINT32_MAX /* no element */

static const uint8_t magic[4] = {'R', 'G', 'A', '1'};

/* A Lamport timestamp: larger than that of everything its author had seen. */
struct identity {
    uint32_t counter, replica;
};

struct element {
    struct identity id, parent;
    uint32_t character;
    uint32_t next; /* in the order of the text; NONE at the end */
    bool deleted;
};

struct crdt {
    uint32_t replica, counter;
    struct element *elements; /* in order of arrival, so that parents come first */
    uint32_t count, room, visible;
    uint32_t *buckets; /* element by identity, open addressing; NONE is free */
    uint32_t bucket_count;
    uint32_t cursor, cursor_position; /* a visible element and its position + 1, or HEAD and 0 */
};

static bool identity_equal(struct identity a, struct identity b) {
    return a.counter == b.counter && a.replica == b.replica;
}

static bool identity_above(struct identity a, struct identity b) {
    return a.counter != b.counter ? a.counter > b.counter : a.replica > b.replica;
}

static uint32_t identity_hash(struct identity id) {
    uint64_t mixed = ((uint64_t)id.replica << 32 | id.counter) * UINT64_C(0x9E3779B97F4A7C15);
    return (uint32_t)(mixed >> 32);
}

/* The bucket that holds `id`, or the free one where it belongs. */
static uint32_t bucket_of(const struct crdt *text, struct identity id) {
    uint32_t mask = text->bucket_count - 1;
    uint32_t bucket = identity_hash(id) & mask;
    while (text->buckets[bucket] != NONE &&
           !identity_equal(text->elements[text->buckets[bucket]].id, id))
        bucket = (bucket + 1) & mask;
    return bucket;
}

static uint32_t element_of(const struct crdt *text, struct identity id) {
    return text->buckets[bucket_of(text, id)];
}

static bool buckets_grow(struct crdt *text, uint32_t count) {
    uint32_t *buckets = memory_grow(NULL, 0, count * sizeof *buckets);
    if (!buckets) return false;
    for (uint32_t i = 0; i < count; i++) buckets[i] = NONE;
    memory_free(text->buckets);
    text->buckets = buckets;
    text->bucket_count = count;
    for (uint32_t i = 0; i < text->count; i++) buckets[bucket_of(text, text->elements[i].id)] = i;
    return true;
}

static bool elements_grow(struct crdt *text, uint32_t room) {
    struct element *elements =
        memory_grow(text->elements, text->room * sizeof *elements, room * sizeof *elements);
    if (!elements) return false;
    text->elements = elements;
    text->room = room;
    return true;
}

static bool room_for_one(struct crdt *text) {
    if (text->count > CRDT_CHARACTERS_MAX) return false;
    if (text->count == text->room && !elements_grow(text, text->room * 2)) return false;
    return (text->count + 1) * 2 <= text->bucket_count ||
           buckets_grow(text, text->bucket_count * 2);
}

/* Adds an element whose place in the text is not yet decided. There is room. */
static uint32_t element_add(struct crdt *text, struct element element) {
    uint32_t index = text->count++;
    text->elements[index] = element;
    text->buckets[bucket_of(text, element.id)] = index;
    if (element.id.counter > text->counter) text->counter = element.id.counter;
    return index;
}

/*
 * Puts an element behind its parent and behind all that stand there with a larger identity: those
 * are later siblings and what was typed after them. A smaller one ends the run, because whoever
 * typed it had not yet seen the parent.
 */
static void element_place(struct crdt *text, uint32_t parent, uint32_t index) {
    struct element *elements = text->elements;
    uint32_t before = parent;
    uint32_t next = elements[before].next;
    while (next != NONE && identity_above(elements[next].id, elements[index].id)) {
        before = next;
        next = elements[next].next;
    }
    elements[index].next = next;
    elements[before].next = index;
}

struct crdt *crdt_new(uint32_t replica) {
    if (replica == 0 || replica > CRDT_REPLICAS_MAX) return NULL;
    struct crdt *text = memory_grow(NULL, 0, sizeof *text);
    if (!text) return NULL;
    *text = (struct crdt){.replica = replica};
    if (!elements_grow(text, FIRST_ELEMENTS) || !buckets_grow(text, FIRST_BUCKETS)) {
        crdt_free(text);
        return NULL;
    }
    element_add(text, (struct element){.next = NONE, .deleted = true});
    return text;
}

void crdt_free(struct crdt *text) {
    if (!text) return;
    memory_free(text->elements);
    memory_free(text->buckets);
    memory_free(text);
}

/* Moves the cursor onto the visible element at `position`; the caller knows that there is one. */
static uint32_t cursor_move(struct crdt *text, uint32_t position) {
    if (position + 1 < text->cursor_position) text->cursor = HEAD, text->cursor_position = 0;
    while (text->cursor_position < position + 1) {
        text->cursor = text->elements[text->cursor].next;
        if (!text->elements[text->cursor].deleted) text->cursor_position++;
    }
    return text->cursor;
}

bool crdt_insert(struct crdt *text, uint32_t position, uint32_t character) {
    if (position > text->visible || character > UNICODE_MAX || text->counter == UINT32_MAX ||
        !room_for_one(text))
        return false;
    uint32_t parent = position == 0 ? HEAD : cursor_move(text, position - 1);
    uint32_t index = element_add(text, (struct element){.id = {text->counter + 1, text->replica},
                                                        .parent = text->elements[parent].id,
                                                        .character = character});
    element_place(text, parent, index);
    text->visible++;
    text->cursor = index;
    text->cursor_position = position + 1;
    return true;
}

bool crdt_delete(struct crdt *text, uint32_t position) {
    if (position >= text->visible) return false;
    uint32_t before = position == 0 ? HEAD : cursor_move(text, position - 1);
    uint32_t index = text->elements[before].next;
    while (text->elements[index].deleted) index = text->elements[index].next;
    text->elements[index].deleted = true;
    text->visible--;
    text->cursor = before;
    text->cursor_position = position;
    return true;
}

uint32_t crdt_length(const struct crdt *text) {
    return text->visible;
}

uint32_t crdt_size(const struct crdt *text) {
    return text->count - 1;
}

uint32_t crdt_read(const struct crdt *text, uint32_t *characters, uint32_t room) {
    uint32_t count = 0;
    for (uint32_t i = text->elements[HEAD].next; i != NONE && count < room;
         i = text->elements[i].next)
        if (!text->elements[i].deleted) characters[count++] = text->elements[i].character;
    return count;
}

static uint8_t *varint_write(uint8_t *at, uint32_t value) {
    while (value >= 0x80) {
        *at++ = (uint8_t)(value | 0x80);
        value >>= 7;
    }
    *at++ = (uint8_t)value;
    return at;
}

struct reader {
    const uint8_t *at, *end;
};

/* LEB128 in its shortest form, below 2^32. */
static bool varint_read(struct reader *reader, uint32_t *value) {
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 7 * VARINT_MAX && reader->at < reader->end; shift += 7) {
        uint8_t byte = *reader->at++;
        number |= (uint64_t)(byte & 0x7F) << shift;
        if (byte & 0x80) continue;
        *value = (uint32_t)number;
        return number <= UINT32_MAX && (byte != 0 || shift == 0);
    }
    return false;
}

size_t crdt_encoded_bound(const struct crdt *text) {
    return sizeof magic + VARINT_MAX + (size_t)crdt_size(text) * FIELDS * VARINT_MAX;
}

size_t crdt_encode(const struct crdt *text, uint8_t *bytes, size_t room) {
    if (room < crdt_encoded_bound(text)) return 0;
    uint8_t *at = bytes;
    for (size_t i = 0; i < sizeof magic; i++) *at++ = magic[i];
    at = varint_write(at, crdt_size(text));
    for (uint32_t i = HEAD + 1; i < text->count; i++) {
        const struct element *element = &text->elements[i];
        at = varint_write(at, element->id.counter);
        at = varint_write(at, element->id.replica);
        at = varint_write(at, element->parent.counter);
        at = varint_write(at, element->parent.replica);
        at = varint_write(at, element->character << 1 | element->deleted);
    }
    return (size_t)(at - bytes);
}

static bool element_read(struct reader *reader, struct element *element) {
    uint32_t mixed;
    if (!varint_read(reader, &element->id.counter) || !varint_read(reader, &element->id.replica) ||
        !varint_read(reader, &element->parent.counter) ||
        !varint_read(reader, &element->parent.replica) || !varint_read(reader, &mixed))
        return false;
    element->character = mixed >> 1;
    element->deleted = mixed & 1;
    return element->id.replica >= 1 && element->id.replica <= CRDT_REPLICAS_MAX &&
           element->id.counter > element->parent.counter && element->character <= UNICODE_MAX;
}

/* An element that is known already: only a deletion can be news. */
static bool element_update(struct crdt *text, uint32_t index, const struct element *news) {
    struct element *known = &text->elements[index];
    if (known->character != news->character || !identity_equal(known->parent, news->parent))
        return false;
    if (!news->deleted || known->deleted) return true;
    known->deleted = true;
    text->visible--;
    return true;
}

static bool element_merge(struct crdt *text, const struct element *element) {
    uint32_t known = element_of(text, element->id);
    if (known != NONE) return element_update(text, known, element);
    uint32_t parent = element_of(text, element->parent);
    if (parent == NONE || !room_for_one(text)) return false;
    uint32_t index = element_add(text, *element);
    element_place(text, parent, index);
    if (!element->deleted) text->visible++;
    return true;
}

bool crdt_merge(struct crdt *text, const uint8_t *bytes, size_t length) {
    struct reader reader = {bytes, bytes + length};
    uint32_t count;
    if (length < sizeof magic) return false;
    for (size_t i = 0; i < sizeof magic; i++)
        if (*reader.at++ != magic[i]) return false;
    if (!varint_read(&reader, &count) || count > CRDT_CHARACTERS_MAX) return false;
    text->cursor = HEAD;
    text->cursor_position = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct element element;
        if (!element_read(&reader, &element) || !element_merge(text, &element)) return false;
    }
    return reader.at == reader.end;
}
