#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

#include "app/import_parts.h"
#include "base/units.h"

/* 2^53: beyond it no double counts bytes. */
static const double BYTES_EXACT = 9007199254740992.0;

/* The number a text begins with, and where it ends; NULL where there is none. */
static const char *number_start(struct arena *arena, const char *text, double *number) {
    size_t length = *text == '+';
    while (isdigit((unsigned char)text[length]) || text[length] == '.') length++;
    const char *digits = text_copy_bytes(arena, text + (*text == '+'), length - (*text == '+'));
    return number_parse(digits, number) ? text + length : NULL;
}

/* What a unit stands for: "", "b", "kb", "KiB"; 0: none. */
static double unit_scale(const char *unit, const struct import_sizes *sizes) {
    static const char prefixes[] = "kmgtpezy";
    if (*unit == '\0' || strcasecmp(unit, "b") == 0) return 1;
    const char *prefix = strchr(prefixes, tolower((unsigned char)*unit));
    if (!prefix) return 0;
    bool binary = strcasecmp(unit + 1, "ib") == 0;
    if (binary ? !sizes->binary : strcasecmp(unit + 1, "b") != 0) return 0;
    return pow(binary ? 1024 : sizes->kilobyte, (double)(prefix - prefixes + 1));
}

bool import_size(struct importing *i, const struct yaml_node *node,
                 const struct import_sizes *sizes, double *bytes) {
    const char *expected =
        sizes->binary ? "sizes such as 35 kB or 10 KiB" : "sizes such as 35 kB (and not KiB)";
    if (node->kind != YAML_SCALAR) return import_wrong(i, node, expected);
    double number = 0;
    const char *unit = number_start(i->arena, node->text, &number);
    if (!unit) return import_wrong(i, node, expected);
    while (*unit == ' ') unit++;
    double scale = unit_scale(unit, sizes);
    *bytes = floor(number * scale);
    if (scale == 0 || *bytes > BYTES_EXACT) return import_wrong(i, node, expected);
    return true;
}

bool import_number(struct importing *i, const struct yaml_node *node, double *number) {
    if (node->kind == YAML_SCALAR && number_parse(node->text, number)) return true;
    return import_wrong(i, node, "a number");
}

/* The shortest that is exact, with at most three digits after the point, and rather in the tool's
 * own units than in others or in plain bytes. */
const char *import_bytes_text(struct arena *arena, const struct import_sizes *sizes, double bytes) {
    static const struct {
        const char *word;
        double scale, kilobyte;
    } units[] = {{"kB", 1e3, 1000},   {"MB", 1e6, 1000},      {"GB", 1e9, 1000},
                 {"KiB", 1024, 1024}, {"MiB", 1048576, 1024}, {"GiB", 1073741824, 1024}};
    const char *best = text_format(arena, "%.0fB", bytes);
    size_t cost = strlen(best) + 2;
    for (size_t u = 0; u < array_length(units); u++) {
        double thousandths = bytes / units[u].scale * 1000;
        if (bytes < units[u].scale || thousandths != floor(thousandths) ||
            thousandths / 1000 * units[u].scale != bytes)
            continue;
        bool own = units[u].kilobyte == sizes->kilobyte;
        const char *text =
            text_format(arena, "%s%s", number_text(arena, thousandths / 1000), units[u].word);
        if (strlen(text) + !own >= cost + own) continue;
        best = text;
        cost = strlen(text) + !own;
    }
    return best;
}

static double time_scale(const char **text) {
    static const struct {
        const char *word;
        double scale;
    } units[] = {{"ms", 0.001},
                 {"milliseconds", 0.001},
                 {"millisecond", 0.001},
                 {"seconds", 1},
                 {"second", 1},
                 {"sec", 1},
                 {"s", 1},
                 {"minutes", 60},
                 {"minute", 60},
                 {"min", 60},
                 {"m", 60},
                 {"hours", 3600},
                 {"hour", 3600},
                 {"h", 3600}};
    size_t length = 0;
    while (isalpha((unsigned char)(*text)[length])) length++;
    for (size_t u = 0; u < array_length(units); u++) {
        if (strlen(units[u].word) != length || strncasecmp(*text, units[u].word, length) != 0)
            continue;
        *text += length;
        return units[u].scale;
    }
    return 0;
}

bool import_seconds(struct importing *i, const struct yaml_node *node, double bare,
                    double *seconds) {
    static const char expected[] = "times such as 60, 30s or 2m";
    const char *text = import_text_of(node);
    *seconds = 0;
    if (!text || *text == '\0') return import_wrong(i, node, expected);
    while (*text) {
        double number = 0;
        text = number_start(i->arena, text, &number);
        if (!text) return import_wrong(i, node, expected);
        while (*text == ' ') text++;
        if (*text == '\0') {
            *seconds += number * bare;
            break;
        }
        double scale = time_scale(&text);
        if (scale == 0) return import_wrong(i, node, expected);
        *seconds += number * scale;
        while (*text == ' ') text++;
    }
    return true;
}

const char *import_time_text(struct arena *arena, double seconds) {
    if (seconds >= 1 || seconds == 0) return text_format(arena, "%ss", number_text(arena, seconds));
    double thousandths = nearbyint(seconds * 1e6) / 1e3;
    return text_format(arena, "%sms", number_text(arena, thousandths));
}
