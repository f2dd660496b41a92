#include "base/term.h"

#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/text.h"
#include "base/units.h"

enum { COLUMNS_FALLBACK = 100, COLUMNS_MIN = 40, COLUMNS_MAX = 1000 };

bool term_colour(int descriptor, enum term_when when) {
    if (when != TERM_AUTO) return when == TERM_ALWAYS;
    const char *refused = getenv("NO_COLOR");
    if (refused && *refused) return false;
    const char *kind = getenv("TERM");
    return kind && *kind && !text_equal(kind, "dumb") && isatty(descriptor);
}

static int columns_bounded(double columns) {
    if (columns < COLUMNS_MIN) return COLUMNS_MIN;
    return columns > COLUMNS_MAX ? COLUMNS_MAX : (int)columns;
}

int term_columns(int descriptor) {
    struct winsize size;
    if (ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return columns_bounded(size.ws_col);
    const char *said = getenv("COLUMNS");
    double columns;
    if (said && number_parse(said, &columns) && columns >= 1) return columns_bounded(columns);
    return COLUMNS_FALLBACK;
}
