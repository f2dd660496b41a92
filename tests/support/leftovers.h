/** Whether anything is left of the processes that a test started. */
#ifndef SUPPORT_LEFTOVERS_H
#define SUPPORT_LEFTOVERS_H

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

/* How many children a process has that are not reaped; `first` takes the number of one. */
static inline int children_count(int process, int *first) {
    char bytes[4096];
    int count = 0;
    *first = 0;
    snprintf(bytes, sizeof bytes, "/proc/%d/task/%d/children", process, process);
    FILE *list = fopen(bytes, "re");
    if (!list) return 0;
    for (int number; fscanf(list, "%d", &number) == 1; count++) *first = number;
    fclose(list);
    return count;
}

/* Not even to be reaped: there is the keeper at most, and it has no child. */
static inline bool nothing_is_left(void) {
    int keeper, child;
    int count = children_count(getpid(), &keeper);
    return count == 0 || (count == 1 && children_count(keeper, &child) == 0);
}

#endif
