#include "base/clock.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "base/text.h"

uint64_t clock_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t clock_nanoseconds(double seconds) {
    const double most = 1e18;
    return seconds > 0 ? (uint64_t)fmin(seconds * 1e9, most) : 0;
}

const char *clock_stamp(struct arena *arena) {
    time_t now = time(NULL);
    struct tm parts;
    if (!gmtime_r(&now, &parts)) parts = (struct tm){.tm_year = 70, .tm_mday = 1};
    return text_format(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900,
                       parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec);
}

int64_t clock_today(void) {
    int64_t days;
    const char *replaced = getenv("PERFBUDGET_TODAY");
    if (replaced && clock_date_parse(replaced, &days)) return days;
    return (int64_t)time(NULL) / 86400;
}

static bool digits_read(const char *text, int count, int *value) {
    *value = 0;
    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        *value = *value * 10 + (text[i] - '0');
    }
    return true;
}

static bool year_is_leap(int year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int month_length(int year, int month) {
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && year_is_leap(year) ? 29 : lengths[month - 1];
}

/* Days before 1 January of `year`, counted from 0001-01-01. */
static int64_t days_before_year(int year) {
    int64_t before = year - 1;
    return before * 365 + before / 4 - before / 100 + before / 400;
}

bool clock_date_parse(const char *text, int64_t *days) {
    int year, month, day;
    if (!digits_read(text, 4, &year) || text[4] != '-') return false;
    if (!digits_read(text + 5, 2, &month) || text[7] != '-') return false;
    if (!digits_read(text + 8, 2, &day) || text[10] != '\0') return false;
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > month_length(year, month))
        return false;
    int64_t count = days_before_year(year) - days_before_year(1970) + day - 1;
    for (int m = 1; m < month; m++) count += month_length(year, m);
    *days = count;
    return true;
}
