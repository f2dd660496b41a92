/** Starts tests/support/test_server.c for a test, and ends it. TEST_SERVER is the program's path.
 */
#ifndef SUPPORT_SERVER_PROCESS_H
#define SUPPORT_SERVER_PROCESS_H

#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct server_process {
    pid_t pid;
    int input; /**< the server ends when this is closed */
    unsigned port;
};

/** Reads `port N`, a line the server prints once it listens; 0: it ended before. */
static inline unsigned server_process_port(int output) {
    char line[64] = "";
    size_t size = 0;
    while (size + 1 < sizeof line && read(output, line + size, 1) == 1)
        if (line[size++] == '\n') break;
    return strncmp(line, "port ", 5) == 0 ? (unsigned)strtoul(line + 5, NULL, 10) : 0;
}

/** `options` ends with NULL and may be NULL itself. Aborts when the server does not start. */
static inline struct server_process server_process_start(const char *const *options) {
    int in[2], out[2];
    char *arguments[16] = {(char *)(size_t)TEST_SERVER};
    for (size_t i = 0; options && options[i] && i < 14; i++)
        arguments[i + 1] = (char *)(size_t)options[i];
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) abort();
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    struct server_process server = {.input = in[1]};
    if (posix_spawn(&server.pid, TEST_SERVER, &actions, NULL, arguments, environ) != 0) abort();
    posix_spawn_file_actions_destroy(&actions);
    close(in[0]);
    close(out[1]);
    server.port = server_process_port(out[0]);
    close(out[0]);
    return server;
}

static inline void server_process_end(struct server_process *server) {
    int status;
    close(server->input);
    while (waitpid(server->pid, &status, 0) < 0) continue;
}

#endif
