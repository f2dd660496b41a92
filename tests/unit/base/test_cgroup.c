/* Where control groups are found and made: v2 on a machine of files, v1 live where it is allowed.
 */
#include <fcntl.h>

#include "base/cgroup.h"
#include "processes.h"

/* What the kernel puts into a group that is made. */
static bool fake_make(const char *path) {
    if (mkdir(path, 0755) != 0) return false;
    scratch_write(arena, path, "cgroup.procs", "");
    scratch_write(arena, path, "memory.peak", "135000000\n");
    scratch_write(arena, path, "memory.max_usage_in_bytes", "42\n");
    return true;
}

static bool make_nothing(const char *path) {
    (void)path;
    errno = EACCES;
    return false;
}

static struct cgroup_system machine(const char *groups, const char *mounts) {
    return (struct cgroup_system){.groups = scratch_write(arena, folder, "groups", groups),
                                  .mounts = scratch_write(arena, folder, "mounts", mounts),
                                  .make = fake_make};
}

static const char *group_add(const char *name, const char *passed) {
    const char *path = text_format(arena, "%s/%s", folder, name);
    assert_int_equal(mkdir(path, 0755), 0);
    scratch_write(arena, path, "cgroup.procs", "");
    scratch_write(arena, path, "cgroup.subtree_control", passed);
    return path;
}

static const char *mount_of(const char *root, const char *type, const char *super) {
    return text_format(arena,
                       "20 1 0:1 / / rw - ext4 /dev/x rw\n36 20 0:30 %s %s/v rw,nosuid "
                       "shared:9 - %s cgroup %s\n",
                       root, folder, type, super);
}

static const char *file_text(const char *path) {
    char bytes[100] = "";
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    assert_true(fgets(bytes, sizeof bytes, file) || feof(file));
    fclose(file);
    return text_copy(arena, bytes);
}

static void entered(struct cgroup *cgroup, double peak) {
    assert_true(cgroup_enter(cgroup, 4711));
    assert_string_equal(file_text(text_format(arena, "%s/cgroup.procs", cgroup->current)), "4711");
    assert_true(cgroup_peak(cgroup) == peak);
    const char *first = text_copy(arena, cgroup->current);
    assert_true(cgroup_enter(cgroup, 4711)); /* a new one for each run */
    assert_string_not_equal(first, cgroup->current);
}

static void v2_groups_are_made_beside_ours(void **state) {
    (void)state;
    struct cgroup cgroup;
    const char *above = group_add("v", "cpu memory pids");
    group_add("v/job", "");
    struct cgroup_system system =
        machine("1:name=systemd:/x\n0::/job\n", mount_of("/", "cgroup2", "rw"));
    assert_true(cgroup_find(arena, &system, &cgroup));
    assert_string_equal(cgroup.parent, above);
    assert_string_equal(cgroup.method, "cgroup v2 memory.peak of the whole tree");
    entered(&cgroup, 135e6);
}

static void v2_groups_are_made_below_a_root_or_delegation(void **state) {
    (void)state;
    struct cgroup cgroup;
    const char *ours = group_add("v", "memory");
    struct cgroup_system system = machine("0::/\n", mount_of("/", "cgroup2", "rw,nsdelegate"));
    assert_true(cgroup_find(arena, &system, &cgroup));
    assert_string_equal(cgroup.parent, ours);
    system = machine("0::/docker/abc\n", mount_of("/docker/abc", "cgroup2", "rw"));
    assert_true(cgroup_find(arena, &system, &cgroup)); /* a container's mount */
    assert_string_equal(cgroup.parent, ours);
}

static void v2_without_the_controller_leaves_v1(void **state) {
    (void)state;
    struct cgroup cgroup;
    group_add("v", "hugetlb");
    struct cgroup_system system = machine("0::/\n", mount_of("/", "cgroup2", "rw"));
    assert_false(cgroup_find(arena, &system, &cgroup));
    system = machine("4:memory:/\n0::/\n", mount_of("/", "cgroup", "rw,memory"));
    assert_true(cgroup_find(arena, &system, &cgroup));
    entered(&cgroup, 42);
}

static void what_cannot_be_made_is_said(void **state) {
    (void)state;
    struct cgroup cgroup;
    group_add("v", "memory");
    struct cgroup_system system = machine("0::/\n", mount_of("/", "cgroup2", "rw"));
    system.make = make_nothing;
    assert_true(cgroup_find(arena, &system, &cgroup));
    assert_false(cgroup_enter(&cgroup, 4711));
    assert_int_equal(errno, EACCES);
    static const char *const broken[][2] = {{"", ""},
                                            {"0::/\n", ""},
                                            {"", "36 20 0:30 / /v rw - cgroup2 cgroup rw\n"},
                                            {"0\n0:\n::\n", "36\n - \n1 2 3 4 5 6 - cgroup2\n"}};
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        system = machine(broken[i][0], broken[i][1]);
        assert_false(cgroup_find(arena, &system, &cgroup));
    }
    system.groups = "/no/such/file";
    assert_false(cgroup_find(arena, &system, &cgroup));
}

/* A group whose maker is gone. */
static void what_a_killed_run_left_is_removed(void **state) {
    (void)state;
    struct cgroup cgroup;
    const char *parent = group_add("v", "memory");
    const char *stale = text_format(arena, "%s/perfbudget-2147483647-1", parent);
    const char *ours = text_format(arena, "%s/perfbudget-%ld-1", parent, (long)getpid());
    assert_int_equal(mkdir(stale, 0755), 0);
    assert_int_equal(mkdir(ours, 0755), 0);
    struct cgroup_system system = machine("0::/\n", mount_of("/", "cgroup2", "rw"));
    assert_true(cgroup_find(arena, &system, &cgroup));
    assert_int_not_equal(access(stale, F_OK), 0);
    assert_int_equal(access(ours, F_OK), 0);
}

/* Live: two processes of 40 MiB, of which the larger alone would be half. C15. */
static void the_whole_tree_is_counted(void **state) {
    (void)state;
    skip_under_valgrind();
    struct cgroup cgroup;
    struct process_result result = run(&(struct process_plan){
        .argv =
            shell("head -c 41943040 /dev/zero | tail -n 1 | cat > /dev/null & "
                  "head -c 41943040 /dev/zero | tail -n 1 | (sleep 0.3; cat) > /dev/null; wait"),
        .cancel_fd = -1,
        .want_peak_memory = true,
        .want_peak_rss = true});
    assert_int_equal(result.status, 0);
    if (isnan(result.peak_memory)) skip();
    assert_non_null(result.memory_method);
    assert_true(result.peak_memory > 41943040);
    bool live = cgroup_find(arena, &cgroup_system, &cgroup);
    process_end_all();
    if (!live) skip();
    /* Nothing of it stays, not even the group. */
    const char *prefix = text_format(arena, "%s/perfbudget-%ld-1", cgroup.parent, (long)getpid());
    assert_int_not_equal(access(prefix, F_OK), 0);
}

int main(void) {
    process_setup();
    const struct CMUnitTest tests[] = {
        CASE(v2_groups_are_made_beside_ours),
        CASE(v2_groups_are_made_below_a_root_or_delegation),
        CASE(v2_without_the_controller_leaves_v1),
        CASE(what_cannot_be_made_is_said),
        CASE(what_a_killed_run_left_is_removed),
        CASE(the_whole_tree_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
