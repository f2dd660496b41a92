#include "probe/cache_store.h"

#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cleanup.h"

enum {
    CHECKED_BYTES = CACHE_RECORD_BYTES - sizeof(struct hash128),
    FILE_BYTES_MAX = CACHE_RECORDS_MAX * CACHE_RECORD_BYTES,
    REPLACED_MEANWHILE = 8, /* times a writer looks again for the file that has the name now */
};

static const char form[8] = "pbsize1\n";

/* Records */

static void put_number(uint8_t *at, uint64_t number) {
    number = htole64(number);
    memcpy(at, &number, sizeof number);
}

static uint64_t get_number(const uint8_t *at) {
    uint64_t number;
    memcpy(&number, at, sizeof number);
    return le64toh(number);
}

static void record_write(uint8_t *bytes, const struct cache_record *record) {
    memcpy(bytes, form, sizeof form);
    put_number(bytes + 8, record->key.high);
    put_number(bytes + 16, record->key.low);
    put_number(bytes + 24, record->value);
    struct hash128 check = hash128_of(bytes, CHECKED_BYTES);
    put_number(bytes + CHECKED_BYTES, check.high);
    put_number(bytes + CHECKED_BYTES + 8, check.low);
}

static bool record_read(const uint8_t *bytes, struct cache_record *record) {
    if (memcmp(bytes, form, sizeof form) != 0) return false;
    struct hash128 said = {get_number(bytes + CHECKED_BYTES),
                           get_number(bytes + CHECKED_BYTES + 8)};
    if (!hash128_equal(said, hash128_of(bytes, CHECKED_BYTES))) return false;
    record->key = (struct hash128){get_number(bytes + 8), get_number(bytes + 16)};
    record->value = get_number(bytes + 24);
    return true;
}

/* Trust: a folder or file that somebody else owns or may write could say anything */

static bool refuse(struct cache_store *store, const char *problem, int error) {
    store->problem = problem;
    store->error = error;
    return false;
}

static bool is_own(struct cache_store *store, const struct stat *status) {
    store->untrusted = true;
    if (status->st_uid != geteuid()) return refuse(store, "it belongs to another user", 0);
    if (status->st_mode & (S_IWGRP | S_IWOTH)) return refuse(store, "others may write to it", 0);
    store->untrusted = false;
    return true;
}

/* The folders of the path that are missing, with the rights the XDG specification asks for. */
static void make_folders(const char *path) {
    char part[PATH_MAX];
    size_t length = strlen(path);
    if (length >= sizeof part) return;
    for (size_t i = 1; i <= length; i++) {
        if (path[i] != '/' && path[i] != '\0') continue;
        memcpy(part, path, i);
        part[i] = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST) return;
    }
}

bool cache_store_open(struct cache_store *store, const char *path) {
    const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    struct stat status;
    *store = (struct cache_store){.folder = -1};
    CLEANUP(cleanup_descriptor) int folder = open(path, flags);
    if (folder < 0 && errno == ENOENT) {
        make_folders(path);
        folder = open(path, flags);
    }
    if (folder < 0 || fstat(folder, &status) != 0)
        return refuse(store, "it cannot be opened", errno);
    if (!is_own(store, &status)) return false;
    store->folder = folder;
    folder = -1;
    return true;
}

void cache_store_close(struct cache_store *store) {
    cleanup_descriptor(&store->folder);
    store->folder = -1;
}

/* Reading */

/* -1 where there is none; then `problem` is set when it is there and cannot be used. */
static int file_open(struct cache_store *store, int flags) {
    struct stat status;
    CLEANUP(cleanup_descriptor)
    int file = openat(store->folder, CACHE_FILE, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (file < 0 || fstat(file, &status) != 0) {
        if (errno != ENOENT) refuse(store, CACHE_FILE " in it cannot be opened", errno);
        return -1;
    }
    if (!S_ISREG(status.st_mode)) {
        refuse(store, CACHE_FILE " in it is no regular file", 0);
        return -1;
    }
    if (!is_own(store, &status)) return -1;
    int opened = file;
    file = -1;
    return opened;
}

/* The file's bytes, at most as many as a full one has; from malloc. */
static uint8_t *file_bytes(int file, size_t *length) {
    uint8_t *bytes = malloc(FILE_BYTES_MAX + 1);
    if (!bytes) memory_exhausted();
    *length = 0;
    while (*length <= FILE_BYTES_MAX) {
        ssize_t got = pread(file, bytes + *length, FILE_BYTES_MAX + 1 - *length, (off_t)*length);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        *length += (size_t)got;
    }
    return bytes;
}

/* Good records of the file; false where there is anything else in it. */
static bool file_records(int file, void (*take)(void *, const struct cache_record *),
                         void *context) {
    size_t length;
    CLEANUP(cleanup_memory) uint8_t *bytes = file_bytes(file, &length);
    bool whole = length % CACHE_RECORD_BYTES == 0 && length <= FILE_BYTES_MAX;
    for (size_t at = 0; at + CACHE_RECORD_BYTES <= length; at += CACHE_RECORD_BYTES) {
        struct cache_record record;
        if (record_read(bytes + at, &record))
            take(context, &record);
        else
            whole = false;
    }
    return whole;
}

void cache_store_read(struct cache_store *store, void (*take)(void *, const struct cache_record *),
                      void *context) {
    CLEANUP(cleanup_descriptor) int file = file_open(store, O_RDONLY);
    if (file >= 0) store->damaged = !file_records(file, take, context);
}

/* Writing */

static bool write_at(int file, const uint8_t *bytes, size_t length, off_t at) {
    while (length > 0) {
        ssize_t written = pwrite(file, bytes, length, at);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes += written, at += written, length -= (size_t)written;
    }
    return true;
}

static uint8_t *records_bytes(const struct cache_record *records, size_t count) {
    uint8_t *bytes = malloc(count * CACHE_RECORD_BYTES + 1);
    if (!bytes) memory_exhausted();
    for (size_t i = 0; i < count; i++) record_write(bytes + i * CACHE_RECORD_BYTES, &records[i]);
    return bytes;
}

/* What fails half-way is taken back, so that the next record stands where one is looked for. */
static bool append(int file, off_t end, const struct cache_record *records, size_t count) {
    CLEANUP(cleanup_memory) uint8_t *bytes = records_bytes(records, count);
    if (write_at(file, bytes, count * CACHE_RECORD_BYTES, end)) return true;
    int error = errno;
    (void)!ftruncate(file, end);
    errno = error;
    return false;
}

struct kept {
    struct cache_record *items;
    size_t count;
};

static void keep(void *context, const struct cache_record *record) {
    struct kept *kept = context;
    kept->items[kept->count++] = *record;
}

/* Writes the newest records of `file` and the new ones to another file, which takes its name. */
static bool replace(const struct cache_store *store, int file, const struct cache_record *records,
                    size_t count) {
    struct kept kept = {.items = malloc((CACHE_RECORDS_MAX + count) * sizeof *kept.items)};
    if (!kept.items) memory_exhausted();
    CLEANUP(cleanup_memory) struct cache_record *items = kept.items;
    file_records(file, keep, &kept);
    for (size_t i = 0; i < count; i++) keep(&kept, &records[i]);
    size_t most = kept.count > CACHE_RECORDS_MAX ? CACHE_RECORDS_KEPT : kept.count;
    const char *name = CACHE_FILE ".new"; /* the lock is held: nobody else writes it */
    unlinkat(store->folder, name, 0);
    CLEANUP(cleanup_descriptor)
    int fresh =
        openat(store->folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fresh < 0) return false;
    if (append(fresh, 0, items + kept.count - most, most) &&
        renameat(store->folder, name, store->folder, CACHE_FILE) == 0)
        return true;
    int error = errno;
    unlinkat(store->folder, name, 0);
    errno = error;
    return false;
}

/* The file that has the name, locked; -1: LOCKED by another, or UNWRITABLE. */
static int file_lock(struct cache_store *store, enum cache_written *outcome) {
    for (int i = 0; i < REPLACED_MEANWHILE; i++) {
        CLEANUP(cleanup_descriptor) int file = file_open(store, O_RDWR | O_CREAT);
        *outcome = CACHE_UNWRITABLE;
        if (file < 0) return -1;
        *outcome = CACHE_LOCKED;
        if (flock(file, LOCK_EX | LOCK_NB) != 0) return -1;
        struct stat opened, named;
        if (fstat(file, &opened) != 0 || fstatat(store->folder, CACHE_FILE, &named, 0) != 0 ||
            opened.st_ino != named.st_ino || opened.st_dev != named.st_dev)
            continue;
        int locked = file;
        file = -1;
        return locked;
    }
    return -1;
}

enum cache_written cache_store_write(struct cache_store *store, const struct cache_record *records,
                                     size_t count) {
    assert(count <= CACHE_RECORDS_KEPT);
    enum cache_written outcome;
    CLEANUP(cleanup_descriptor) int file = file_lock(store, &outcome);
    if (file < 0) return outcome;
    struct stat status;
    bool good = fstat(file, &status) == 0;
    if (good) {
        bool fits = status.st_size % CACHE_RECORD_BYTES == 0 &&
                    status.st_size <= (off_t)(FILE_BYTES_MAX - count * CACHE_RECORD_BYTES);
        good = store->damaged || !fits ? replace(store, file, records, count)
                                       : append(file, status.st_size, records, count);
    }
    if (!good) {
        refuse(store, CACHE_FILE " in it cannot be written", errno);
        return CACHE_UNWRITABLE;
    }
    store->damaged = false;
    return CACHE_WRITTEN;
}
