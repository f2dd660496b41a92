#include "app/outputs.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/file.h"
#include "base/suggest.h"
#include "base/text.h"

const struct report_format *output_format(const char *name, struct diags *diags) {
    const char *names[32];
    size_t count = 0;
    struct text list = text_begin(diags->arena);
    const struct report_format *found = report_format_find(name);
    if (found) return found;
    for (const struct report_format *format = report_formats; format->name; format++) {
        if (count < array_length(names)) names[count++] = format->name;
        text_add_format(&list, "%s%s", list.length ? ", " : "", format->name);
    }
    const char *near = suggest(name, names, count);
    const char *hint = near ? text_format(diags->arena, "did you mean `%s`?", near) : NULL;
    diag_error(diags, CLI_FORMAT, NO_PLACE, hint, "unknown format `%s`; formats are: %s",
               text_inert(diags->arena, name), list.data);
    return NULL;
}

static bool is_standard_output(const char *path) {
    return strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0;
}

/* However its folder is spelled. */
static const char *target_key(struct arena *arena, const char *path) {
    if (is_standard_output(path)) return "-";
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    if (!realpath(path_directory(arena, path), folder)) return path;
    return text_format(arena, "%s/%s", folder, slash ? slash + 1 : path);
}

static bool same_target(struct arena *arena, const struct outputs *outputs, const char *path) {
    if (strcmp(path, "/dev/null") == 0) return false;
    const char *key = target_key(arena, path);
    for (size_t i = 0; i < outputs->count; i++)
        if (strcmp(target_key(arena, outputs->items[i].output.path), key) == 0) return true;
    return false;
}

bool outputs_use_standard(const struct probe_pairs *wanted) {
    for (size_t i = 0; i < wanted->count; i++)
        if (is_standard_output(wanted->items[i].value)) return true;
    return false;
}

static bool output_add(struct arena *arena, const struct probe_pair *wanted,
                       struct outputs *outputs, struct diags *diags) {
    const struct report_format *format = output_format(wanted->name, diags);
    if (!format) return false;
    if (same_target(arena, outputs, wanted->value))
        return diag_error(diags, CLI_OUTPUT_TWICE, NO_PLACE, NULL,
                          "two reports would be written to `%s`", text_inert(arena, wanted->value));
    struct output output;
    if (!output_open(arena, wanted->value, &output, diags)) return false;
    *array_add(arena, outputs->items, outputs->count) =
        (struct report_output){.format = format, .output = output};
    return true;
}

/* The file that a format adds to, once, however often the format is asked for. */
static bool output_add_end(struct arena *arena, const struct report_format *format,
                           struct outputs *outputs, struct diags *diags) {
    const char *path = format && format->added_variable ? getenv(format->added_variable) : NULL;
    struct report_output added = {.added = true};
    if (!path || !*path) return true;
    added.format = report_format_find(format->added_format);
    for (size_t i = 0; i < outputs->count; i++)
        if (outputs->items[i].added && outputs->items[i].format == added.format) return true;
    if (same_target(arena, outputs, path))
        return diag_error(diags, CLI_OUTPUT_TWICE, NO_PLACE, NULL,
                          "`%s` would be written and added to at the same time",
                          text_inert(arena, path));
    if (!output_open_end(arena, path, &added.output, diags)) return false;
    *array_add(arena, outputs->items, outputs->count) = added;
    return true;
}

bool outputs_open(struct arena *arena, const struct outputs_request *request,
                  struct outputs *outputs, struct diags *diags) {
    *outputs = (struct outputs){0};
    bool good = !request->printed ||
                output_add_end(arena, report_format_find(request->printed), outputs, diags);
    for (size_t i = 0; i < request->files.count; i++) {
        const struct probe_pair *wanted = &request->files.items[i];
        good = output_add(arena, wanted, outputs, diags) && good;
        good = output_add_end(arena, report_format_find(wanted->name), outputs, diags) && good;
    }
    if (!good) outputs_discard(outputs);
    return good;
}

bool outputs_write(struct arena *arena, struct outputs *outputs, const struct report *report,
                   const struct report_text_options *options, struct diags *diags) {
    bool good = true;
    for (size_t i = 0; i < outputs->count; i++) {
        struct report_output *item = &outputs->items[i];
        const char *bytes = report_write(arena, item->format, report, options);
        good = output_commit(&item->output, bytes, strlen(bytes), diags) && good;
    }
    return good;
}

void outputs_discard(struct outputs *outputs) {
    for (size_t i = 0; i < outputs->count; i++) output_discard(&outputs->items[i].output);
}
