/* What package.json names: programs, and scripts that people wait for. */
#include <string.h>
#include <sys/stat.h>

#include "app/init_parts.h"
#include "base/array.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"

/* Scripts that build or look at what is there. None that cleans, publishes or deploys is run, nor
 * one that serves, which never ends: a service is measured by its URL. */
static const char *const scripts[] = {"build", "bench", "benchmark", "test"};

static const struct manager {
    const char *lock, *command;
} managers[] = {
    {"pnpm-lock.yaml", "pnpm run"}, {"yarn.lock", "yarn run"}, {"bun.lock", "bun run"},
    {"bun.lockb", "bun run"},       {"", "npm run"},
};

static const char *manager_of(struct initing *init) {
    struct stat status;
    for (size_t i = 0; i < array_length(managers); i++)
        if (stat(path_join(init->arena, init->folder, managers[i].lock), &status) == 0)
            return managers[i].command;
    return managers[array_length(managers) - 1].command;
}

static void find_script(struct initing *init, const json *package, const char *name) {
    struct arena *arena = init->arena;
    const char *text = json_text(json_get(json_get(package, "scripts"), name), "");
    /* the second is what `npm init` writes */
    if (!*text || text_starts(text, "echo \"Error: no test specified\"")) return;
    struct init_found *found = init_add(init, text_format(arena, "script-%s", name),
                                        text_format(arena, "%s %s", manager_of(init), name));
    if (!found) return;
    found->probe = "command";
    found->what = text_format(arena, "the script %s of package.json", name);
    found->options = "    timeout: 10min\n";
    found->executes = found->tried = found->noisy = true;
    found->limits[0] = (struct init_limit){.key = "wall.max", .unit = PROBE_SECONDS};
    found->limits[1] = (struct init_limit){.key = "peak_rss.max", .unit = PROBE_BYTES};
}

/* `bin` is a path, or a map of them. */
void init_find_package(struct initing *init) {
    size_t length;
    const char *problem, *text = init_read(init, "package.json", &length);
    json *package = text ? json_read(init->arena, text, length, &problem) : NULL;
    if (!package) return;
    const json *bin = json_get(package, "bin");
    if (json_is_text(bin)) init_add_program(init, json_text(bin, ""), "package.json");
    if (json_is_object(bin))
        for (const json *one = json_first(bin); one; one = json_next(one))
            init_add_program(init, json_text(one, ""), "package.json");
    for (size_t i = 0; i < array_length(scripts); i++) find_script(init, package, scripts[i]);
    json_free(package);
}
