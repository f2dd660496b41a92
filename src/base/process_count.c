/* Counters of the kernel's and the processor's (perf_event_open(2)) that follow a tree. */
#include <errno.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/process_parts.h"

/* What reading a counter gives, in the order of the bits of read_format. */
struct reading {
    uint64_t value, enabled, running;
};

/* One on this process would count nothing: it is enabled by exec, and this process makes none. But
 * children are born with a copy, which their exec enables, and what copies counted is added when
 * they end. User space alone, so that the figure does not depend on what the kernel allows. */
static int event_open(enum process_counter counter, bool inherited) {
    struct perf_event_attr attributes = {
        .type = PERF_TYPE_HARDWARE,
        .size = sizeof attributes,
        .config = PERF_COUNT_HW_INSTRUCTIONS,
        .read_format = PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING,
        .disabled = 1,
        .inherit = inherited,
        .enable_on_exec = inherited,
        .exclude_kernel = 1,
        .exclude_hv = 1,
    };
    if (counter == PROCESS_COUNTS_PAGE_FAULTS) {
        attributes.type = PERF_TYPE_SOFTWARE;
        attributes.config = PERF_COUNT_SW_PAGE_FAULTS;
    }
    return (int)syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

int counter_open(enum process_counter counter) {
    return event_open(counter, true);
}

/* What did not run all the time is not scaled up: the part that was not counted is not known. */
int counter_close(int descriptor, uint64_t *count) {
    struct reading reading;
    ssize_t length = read(descriptor, &reading, sizeof reading);
    int failure = length < 0 ? errno : EIO;
    close(descriptor);
    if (length != sizeof reading) return failure;
    if (reading.running < reading.enabled || reading.value == 0) return EAGAIN;
    *count = reading.value;
    return 0;
}

int process_counts(enum process_counter counter) {
    int descriptor = event_open(counter, false);
    if (descriptor < 0) return errno;
    close(descriptor);
    return 0;
}
