/* The processor's own name is the one the kernel shows, so that fingerprints stay what they were.
 */
#include <stdio.h>
#include <string.h>

#include "report/cpu.h"
#include "valgrind.h"

static void the_name_is_the_kernels(void **state) {
    (void)state;
    skip_under_valgrind(); /* it has a processor of its own */
    char line[512], *name = NULL;
    FILE *file = fopen("/proc/cpuinfo", "r");
    while (file && !name && fgets(line, sizeof line, file))
        if (strncmp(line, "model name", strlen("model name")) == 0) name = strchr(line, ':');
    if (file) fclose(file);
    struct arena *arena = arena_new();
    if (name) {
        name += 1 + strspn(name + 1, " ");
        name[strcspn(name, "\n")] = '\0';
        assert_string_equal(cpu_name(arena, "machine"), name);
    } else {
        assert_true(*cpu_name(arena, "machine") != '\0');
    }
    arena_free(arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_name_is_the_kernels)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
