/* Servers as budgets see them, and what is filled in once they run. */
#include "budget/server.h"
#include "fixture.h"

static const char text[] =
    "version: 1\n"
    "vars: {path: quote}\n"
    "servers:\n"
    "  db: {command: 'db --port ${port}'}\n"
    "  api: {command: './api ${port} ${db.port}', env: {URL: 'x${api.url}/'}, ready: /health}\n"
    "  idle: {command: x, ready: {pattern: up}, scheme: https}\n"
    "budgets:\n"
    "  load: {load: '${api.url}/${path}', server: api, limits: {p95: 1s, server_cpu: 1s}}\n"
    "  cold: {runner: 'x ${idle.url}', with: {mode: 'm${idle.port}$${api.url}'}, limits: {p95: "
    "1s}}\n"
    "  beside: {runner: y, during: load, limits: {p95: 1s}}\n"
    "  plain: {files: y, limits: {gzip: 1KB}}\n";

static void servers_are_read(void **state) {
    struct fixture *f = *state;
    fixture_good(f, text);
    assert_int_equal(f->set.server_count, 3);
    const struct budget_server *db = &f->set.servers[0], *api = &f->set.servers[1];
    assert_string_equal(api->name, "api");
    assert_string_equal(api->path, "/health");
    assert_true(api->timeout == 30 && api->grace == 5 && api->port == 0);
    assert_true(api->needs[0] && !api->needs[1] && !db->needs[0]);
    assert_string_equal(f->set.servers[2].pattern, "up");
    assert_null(f->set.servers[2].path);
    assert_string_equal(api->directory, f->set.root);
}

static void budgets_know_what_they_need(void **state) {
    struct fixture *f = *state;
    fixture_good(f, text);
    const struct budget *load = fixture_budget(f, "load"), *cold = fixture_budget(f, "cold");
    assert_ptr_equal(load->server, &f->set.servers[1]);
    assert_true(load->needs[0] && load->needs[1] && !load->needs[2]);
    assert_null(cold->server);
    assert_true(cold->needs[2] && !cold->needs[0]);
    assert_null(fixture_budget(f, "plain")->needs);
    assert_ptr_equal(fixture_budget(f, "beside")->during, load);
    assert_null(load->during);
}

static void the_metrics_of_the_server_come_last(void **state) {
    struct fixture *f = *state;
    fixture_good(f, text);
    const struct budget *load = fixture_budget(f, "load");
    assert_int_equal(load->metrics.count, load_probe.metric_count + SERVER_METRICS);
    size_t first = load_probe.metric_count;
    assert_ptr_equal(load->metrics.items[first + SERVER_CPU], &server_metrics[SERVER_CPU]);
    assert_true(load->wanted[first + SERVER_CPU]);
    assert_false(load->wanted[first + SERVER_GROWTH]);
    assert_int_equal(fixture_budget(f, "cold")->metrics.count, runner_probe.metric_count);
    assert_string_equal(fixture_limits(f, "load"), "latency.p95 max<=1|server_cpu.max max<=1");
}

static void ports_are_filled_in_late(void **state) {
    struct fixture *f = *state;
    const char *const ports[] = {"11", "22", "33"};
    fixture_good(f, text);
    const struct budget *load = fixture_budget(f, "load"), *cold = fixture_budget(f, "cold");
    const struct budget_server *api = &f->set.servers[1];
    assert_string_equal(load->target_text, "${api.url}/quote");
    struct probe_texts targets = late_texts(f->arena, &f->set, ports, load->targets);
    assert_string_equal(targets.items[0], "http://127.0.0.1:22/quote");
    targets = late_texts(f->arena, &f->set, NULL, load->targets);
    assert_string_equal(targets.items[0], "http://127.0.0.1:1/quote");
    targets = late_texts(f->arena, &f->set, ports, cold->targets);
    assert_string_equal(targets.items[1], "https://127.0.0.1:33");
    const struct runner_config *config =
        late_config(f->arena, &f->set, ports, cold->probe, cold->config);
    assert_string_equal(config->mode, "m33${api.url}");
    struct probe_texts command = late_texts(f->arena, &f->set, ports, api->command);
    assert_int_equal(command.count, 3);
    assert_string_equal(command.items[1], "22");
    assert_string_equal(command.items[2], "11");
    struct probe_pairs env = late_pairs(f->arena, &f->set, ports, api->env);
    assert_string_equal(env.items[0].value, "xhttp://127.0.0.1:22/");
}

static void without_exec_no_server_is_started(void **state) {
    struct fixture *f = *state;
    const char *const only[] = {"load"};
    f->request.no_exec = true;
    f->request.only = (struct probe_texts){only, 1};
    assert_false(fixture_text(f, text));
    assert_string_equal(fixture_problems(f), "exec-refused@8:3");
    assert_non_null(strstr(f->diags.items[0].message, "starts the server `db`"));
}

static void what_runs_alongside_brings_the_other(void **state) {
    struct fixture *f = *state;
    const char *const only[] = {"beside"};
    f->request.only = (struct probe_texts){only, 1};
    fixture_good(f, text);
    assert_true(fixture_budget(f, "load")->leaned_on);
    assert_false(fixture_budget(f, "cold")->leaned_on);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        fixture_test(servers_are_read),
        fixture_test(budgets_know_what_they_need),
        fixture_test(the_metrics_of_the_server_come_last),
        fixture_test(ports_are_filled_in_late),
        fixture_test(without_exec_no_server_is_started),
        fixture_test(what_runs_alongside_brings_the_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
