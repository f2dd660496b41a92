/** The slope of a series that outliers and steps do not bend: for the growth of memory over time.
 */
#ifndef STATS_THEIL_SEN_H
#define STATS_THEIL_SEN_H

#include <stddef.h>

enum { THEIL_SEN_POINTS = 1000 }; /**< points used; of more, evenly spread ones are taken */

/** A slope in y per x, and the interval that holds it; all NaN where there is none. */
struct slope {
    double estimate, low, high;
    size_t points; /**< used */
};

/**
 * The median of the slopes of all pairs (Theil 1950, Sen 1968), with Sen's interval: its ends are
 * slopes whose ranks lie `deviations` standard deviations of Kendall's S to either side. At least 3
 * points with ascending x; the points are taken to be independent. Reads only.
 */
struct slope theil_sen(const double *x, const double *y, size_t count, double deviations);

#endif
