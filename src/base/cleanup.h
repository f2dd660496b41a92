/** The cleanup attribute for foreign handles: they are given back on every way out of a function.
 */
#ifndef BASE_CLEANUP_H
#define BASE_CLEANUP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_descriptor(int *descriptor) {
    if (*descriptor >= 0) close(*descriptor);
}
static inline void cleanup_file(FILE **file) {
    if (*file) fclose(*file);
}
static inline void cleanup_directory(DIR **directory) {
    if (*directory) closedir(*directory);
}
static inline void cleanup_memory(void *pointer) {
    free(*(void **)pointer);
}

/** `CLEANUP(cleanup_descriptor) int fd = open(..);` */
#define CLEANUP(function) __attribute__((cleanup(function)))

#endif
