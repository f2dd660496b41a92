/* argv to the command line; nothing else. */
#include "cli/cli.h"

int main(int argc, char **argv) {
    int status = 4; /* internal, until the last statement knows better */
    status = cli_main(argc, argv);
    return status;
}
