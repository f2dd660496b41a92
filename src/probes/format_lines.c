#include "probes/format.h"

bool format_read_lines(struct format_source *source) {
    bool good;
    while (format_data_line(source, &good))
        if (!format_text(source, source->line, source->line_length)) return false;
    return good;
}
