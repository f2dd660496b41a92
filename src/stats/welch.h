/** The difference of two means whose spreads may differ. */
#ifndef STATS_WELCH_H
#define STATS_WELCH_H

#include <stddef.h>

/** Mean of the first less that of the second. */
struct welch {
    double difference, error; /**< and its standard error */
    double freedom;           /**< Satterthwaite's (1946) degrees of freedom; 0: no spread at all */
};
/** Welch (1947). Each count is at least 2. */
struct welch welch_of(const double *first, size_t first_count, const double *second,
                      size_t second_count);

/** Half the width of the interval whose ends are each wrong with at most alpha. */
double welch_margin(const struct welch *welch, double alpha);

#endif
