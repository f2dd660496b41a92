/* Runs a fuzz target over files and folders, so that its corpus is an ordinary test without
 * libFuzzer. */
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/cleanup.h"

enum { LARGEST_INPUT = 4 * 1024 * 1024, LONGEST_PATH = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A copy of exactly the input's size, so that sanitizers see a read beyond its end. */
static bool replay_file(const char *path) {
    CLEANUP(cleanup_file) FILE *file = fopen(path, "rb");
    CLEANUP(cleanup_memory) uint8_t *large = malloc(LARGEST_INPUT);
    if (!file || !large) {
        fprintf(stderr, "%s: cannot be read\n", path);
        return false;
    }
    size_t size = fread(large, 1, LARGEST_INPUT, file);
    if (ferror(file) || !feof(file)) {
        fprintf(stderr, "%s: cannot be read, or is larger than %d bytes\n", path, LARGEST_INPUT);
        return false;
    }
    CLEANUP(cleanup_memory) uint8_t *exact = malloc(size ? size : 1);
    if (!exact) return false;
    for (size_t i = 0; i < size; i++) exact[i] = large[i];
    LLVMFuzzerTestOneInput(exact, size);
    return true;
}

/* How many files were run; 0 is a failure, be it of reading or because there is none. */
static size_t replay_folder(const char *path) {
    CLEANUP(cleanup_directory) DIR *folder = opendir(path);
    size_t count = 0;
    if (!folder) return 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        char inner[LONGEST_PATH];
        if (entry->d_name[0] == '.') continue;
        int length = snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
        if (length < 0 || length >= LONGEST_PATH || !replay_file(inner)) return 0;
        count++;
    }
    return count;
}

int main(int argc, char **argv) {
    size_t total = 0;
    for (int i = 1; i < argc; i++) {
        struct stat status;
        bool folder = stat(argv[i], &status) == 0 && S_ISDIR(status.st_mode);
        size_t count = folder ? replay_folder(argv[i]) : replay_file(argv[i]);
        if (count == 0) {
            fprintf(stderr, "%s: nothing to run\n", argv[i]);
            return EXIT_FAILURE;
        }
        total += count;
    }
    printf("%zu inputs\n", total);
    return total ? EXIT_SUCCESS : EXIT_FAILURE;
}
