#include "report/machine.h"

#include <math.h>

#include "base/text.h"
#include "base/units.h"
#include "verdict/loudness.h"

/* Seconds that a bare process takes, above which a machine counts as loud. NaN compares as quiet.
 */
static const double loud_spawn = 0.01;

const char *machine_load(struct arena *arena, const struct environment *machine) {
    return text_format(arena, "%.2f %.2f %.2f", machine->load[0], machine->load[1],
                       machine->load[2]);
}

static const char *share_text(struct arena *arena, double share) {
    return isnan(share) ? "unknown" : unit_show(arena, share, PROBE_RATIO);
}

const char *machine_stalled(struct arena *arena, const struct environment *machine) {
    return text_format(arena, "cpu %s, io %s, memory %s", share_text(arena, machine->pressure_cpu),
                       share_text(arena, machine->pressure_io),
                       share_text(arena, machine->pressure_memory));
}

const char *machine_loudness(struct arena *arena, const struct environment *machine) {
    struct text why = text_begin(arena);
    if (machine->pressure_cpu > LOUD_SHARE)
        text_add_format(&why, ", tasks waited for a processor %.0f %% of the time",
                        machine->pressure_cpu * 100);
    if (machine->cores > 0 && machine->load[0] > machine->cores)
        text_add_format(&why, ", load %.1f on %d cores", machine->load[0], machine->cores);
    if (machine->spawn > loud_spawn)
        text_add_format(&why, ", %s to start a bare process",
                        unit_show(arena, machine->spawn, PROBE_SECONDS));
    return why.length ? why.data + 2 : NULL;
}
