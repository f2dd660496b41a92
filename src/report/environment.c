#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysinfo.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/text.h"
#include "base/units.h"
#include "report/cpu.h"
#include "report/glance.h"
#include "report/report.h"
#include "report/revision.h"
#include "report/spawn.h"

enum { GLANCE = 4096, FINGERPRINT_DIGITS = 16, PRESSURES = 3 };

static const char *const pressure_files[PRESSURES] = {"/proc/pressure/cpu", "/proc/pressure/io",
                                                      "/proc/pressure/memory"};

struct environment_watch {
    struct arena *arena;
    uint64_t started;
    double stalled[PRESSURES]; /* seconds since boot; NaN: the kernel does not say */
    struct environment environment;
};

/* A CI system by a variable it sets; the first that is set counts. */
static const struct {
    const char *variable, *name, *branch;
} ci_rows[] = {
    {"FORGEJO_ACTIONS", "forgejo", "GITHUB_HEAD_REF"},
    {"GITEA_ACTIONS", "gitea", "GITHUB_HEAD_REF"},
    {"GITHUB_ACTIONS", "github", "GITHUB_HEAD_REF"},
    {"GITLAB_CI", "gitlab", "CI_COMMIT_REF_NAME"},
    {"JENKINS_URL", "jenkins", "BRANCH_NAME"},
    {"BUILDKITE", "buildkite", "BUILDKITE_BRANCH"},
    {"CIRCLECI", "circleci", "CIRCLE_BRANCH"},
    {"TF_BUILD", "azure", "BUILD_SOURCEBRANCHNAME"},
    {"BITBUCKET_BUILD_NUMBER", "bitbucket", "BITBUCKET_BRANCH"},
    {"TEAMCITY_VERSION", "teamcity", NULL},
    {"DRONE", "drone", "DRONE_BRANCH"},
    {"TRAVIS", "travis", "TRAVIS_BRANCH"},
    {"CIRRUS_CI", "cirrus", "CIRRUS_BRANCH"},
    {"APPVEYOR", "appveyor", "APPVEYOR_REPO_BRANCH"},
    {"CODEBUILD_BUILD_ID", "codebuild", NULL},
    {"CI", "other", NULL},
};

/* "some avg10=0.00 avg60=0.00 avg300=0.00 total=1234", in microseconds
 * (Documentation/accounting/psi) */
static double pressure_seconds(struct arena *arena, const char *path) {
    const char *line = glance_line(arena, path, GLANCE);
    const char *total = line ? strstr(line, "total=") : NULL;
    double microseconds;
    if (!total || !number_parse(total + strlen("total="), &microseconds)) return NAN;
    return microseconds / 1e6;
}

/* PRETTY_NAME="Debian GNU/Linux 12 (bookworm)" of os-release(5) */
static const char *os_name(struct arena *arena) {
    const char *text = glance(arena, "/etc/os-release", GLANCE);
    const char *name = text ? glance_value(arena, text, "PRETTY_NAME=") : NULL;
    if (!name || *name != '"') return name;
    return text_copy_bytes(arena, name + 1, strcspn(name + 1, "\""));
}

static int cores_allowed(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
    return (int)sysconf(_SC_NPROCESSORS_ONLN);
}

/* A limit file of this process's control group (version 2), or of the topmost one it can see. */
static const char *cgroup_limit(struct arena *arena, const char *name) {
    const char *groups = glance(arena, "/proc/self/cgroup", GLANCE);
    const char *group = groups ? glance_value(arena, groups, "0::") : NULL;
    const char *limit = NULL;
    if (group)
        limit = glance_line(arena, text_format(arena, "/sys/fs/cgroup%s/%s", group, name), GLANCE);
    if (!limit) limit = glance_line(arena, text_format(arena, "/sys/fs/cgroup/%s", name), GLANCE);
    return limit ? limit : "none";
}

static const char *fingerprint(struct arena *arena, const struct environment *environment) {
    const char *what = text_format(arena, "%s\n%d\n%s\n%s\n%s\n%s\n", environment->cpu,
                                   environment->cores, environment->kernel, environment->cpu_limit,
                                   environment->memory_limit, environment->tool);
    return text_copy_bytes(arena, sha256_text(arena, what, strlen(what)), FINGERPRINT_DIGITS);
}

static void machine_fill(struct arena *arena, struct environment *environment) {
    struct utsname names;
    struct sysinfo info;
    if (uname(&names) == 0) {
        environment->host = text_copy(arena, names.nodename);
        environment->kernel = text_format(arena, "%s %s", names.sysname, names.release);
        environment->cpu = cpu_name(arena, text_copy(arena, names.machine));
    }
    environment->os = os_name(arena);
    environment->cores = cores_allowed();
    environment->memory = sysinfo(&info) == 0 ? (double)info.totalram * (double)info.mem_unit : NAN;
    bool loaded = getloadavg(environment->load, 3) == 3;
    for (int i = 0; i < 3; i++) /* the kernel says two decimals */
        environment->load[i] = loaded ? nearbyint(environment->load[i] * 100) / 100 : NAN;
    environment->cpu_limit = cgroup_limit(arena, "cpu.max");
    environment->memory_limit = cgroup_limit(arena, "memory.max");
    environment->tool = PERFBUDGET_VERSION;
    environment->fingerprint = fingerprint(arena, environment);
}

static void source_fill(struct arena *arena, const char *root, struct environment *environment) {
    struct revision revision = revision_read(arena, root);
    environment->revision = revision.id;
    environment->branch = revision.branch;
    for (size_t i = 0; i < array_length(ci_rows); i++) {
        const char *set = getenv(ci_rows[i].variable);
        if (!set || !*set) continue;
        environment->ci = ci_rows[i].name;
        const char *branch = ci_rows[i].branch ? getenv(ci_rows[i].branch) : NULL;
        if (!environment->branch && branch && *branch)
            environment->branch = text_copy(arena, branch); /* CI checks out a detached HEAD */
        return;
    }
}

struct environment_watch *environment_begin(struct arena *arena, const char *root, bool noisy) {
    struct environment_watch *watch = arena_new_object(arena, struct environment_watch);
    watch->arena = arena;
    watch->environment.libraries = builtin_libraries(watch->arena);
    machine_fill(arena, &watch->environment);
    source_fill(arena, root, &watch->environment);
    watch->environment.spawn = noisy ? spawn_median() : NAN;
    for (int i = 0; i < PRESSURES; i++)
        watch->stalled[i] = pressure_seconds(arena, pressure_files[i]);
    watch->started = clock_now();
    return watch;
}

static double share_stalled(struct environment_watch *watch, int which, double elapsed) {
    double stalled = pressure_seconds(watch->arena, pressure_files[which]) - watch->stalled[which];
    if (isnan(stalled) || elapsed <= 0) return NAN;
    double share = stalled / elapsed;
    return share < 0 ? 0 : share > 1 ? 1 : share;
}

void environment_end(struct environment_watch *watch, struct environment *environment) {
    double elapsed = clock_seconds(watch->started, clock_now());
    *environment = watch->environment;
    environment->pressure_cpu = share_stalled(watch, 0, elapsed);
    environment->pressure_io = share_stalled(watch, 1, elapsed);
    environment->pressure_memory = share_stalled(watch, 2, elapsed);
}
