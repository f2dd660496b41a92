/* Noise hygiene on request: where the command runs, how urgently, and at which addresses. */
#include <stdlib.h>

#include "base/text.h"
#include "probes/command_parts.h"

/* A number of a processor; false when there is none. */
static bool cpu_read(const char **at, long *number) {
    char *end;
    if (**at < '0' || **at > '9') return false;
    *number = strtol(*at, &end, 10);
    *at = end;
    return *number < CPU_SETSIZE;
}

/* As taskset -c reads it: 0,2-3. */
static bool cpus_read(const char *list, cpu_set_t *set) {
    CPU_ZERO(set);
    for (;; list++) {
        long first, last;
        if (!cpu_read(&list, &first)) return false;
        last = first;
        if (*list == '-' && (list++, !cpu_read(&list, &last))) return false;
        for (long i = first; i <= last; i++) CPU_SET((size_t)i, set);
        if (last < first || (*list != ',' && *list)) return false;
        if (!*list) return true;
    }
}

bool command_hygiene(struct probe_run *run, struct process_hygiene *hygiene) {
    const struct command_config *config = run->config;
    *hygiene = (struct process_hygiene){.aslr_off = config->aslr == COMMAND_ASLR_OFF,
                                        .niced = config->priority != 0,
                                        .nice = (int)config->priority};
    if (!config->cpus || !*config->cpus) return true;
    hygiene->cpus = true;
    return cpus_read(config->cpus, &hygiene->set) ||
           probe_fail(run, PROBE_FAULT_DATA, "`cpus` is no list of processors",
                      "Write numbers and ranges as taskset -c takes them: `cpus: 0,2-3`.");
}

const char *command_hygiene_text(struct arena *arena, const struct command_config *config) {
    struct text text = text_begin(arena);
    if (config->cpus && *config->cpus)
        text_add(&text, text_format(arena, "; pinned to cpus %s", text_inert(arena, config->cpus)));
    if (config->aslr == COMMAND_ASLR_OFF) text_add(&text, "; addresses not randomised");
    if (config->priority != 0)
        text_add(&text, text_format(arena, "; priority %d", (int)config->priority));
    return text.data;
}
