/* swd and swctl: one program, two names. This file only finds out which command was meant. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "conf/conf.h"
#include "ctl/ctl.h"
#include "daemon/daemon.h"
#include "daemon/exec.h"
#include "daemon/transpile.h"
#include "daemon/about.h"

static const char usage_text[] =
    "usage: swd [--config FILE]                 run the daemon (default /etc/swd.conf)\n"
    "       swd [--config FILE] --check-config  check the configuration and exit\n"
    "       swd --print-config                  print the default configuration\n"
    "       swd exec [OPTIONS] FILE [ARGS]      run one script without a daemon\n"
    "       swd transpile [--map] FILE          print the ES5 of TypeScript or modern JavaScript\n"
    "       swd ctl ...                         the same as swctl\n"
    "       swd -V | --version                  version, features and libraries\n"
    "       swd -h | --help                     this text\n";

static const struct {
    const char *name;
    int (*main)(int argc, char **argv);
} subcommands[] = {
    {"exec", swd_exec_main},
    {"transpile", swd_transpile_main},
};

static int usage(const char *what, const char *arg)
{
    fprintf(stderr, "swd: %s%s\n%s", what, arg, usage_text);
    return 2;
}

static int daemon_command(int argc, char **argv)
{
    const char *config = SWD_CONF_PATH;
    int named = 0, check = 0;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--config") == 0 || strcmp(argv[i], "-c") == 0) {
            if (++i >= argc)
                return usage("--config wants a FILE", "");
            config = argv[i];
            named = 1;
        } else if (strncmp(argv[i], "--config=", 9) == 0) {
            config = argv[i] + 9;
            named = 1;
        } else if (strcmp(argv[i], "--check-config") == 0) {
            check = 1;
        } else if (strcmp(argv[i], "--print-config") == 0) {
            return swd_conf_print_default(1) == 0 ? 0 : 1;
        } else if (strcmp(argv[i], "-V") == 0 || strcmp(argv[i], "--version") == 0) {
            return swd_version_print(stdout);
        } else if (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0) {
            fputs(usage_text, stdout);
            return 0;
        } else {
            return usage("unknown argument ", argv[i]);
        }
    }
    return check ? swd_daemon_check_config(config) : swd_daemon_main(config, named);
}

int main(int argc, char **argv)
{
    const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
    const char *name = argc > 0 ? (slash ? slash + 1 : argv[0]) : "swd";
    swd_log_init();
    if (strcmp(name, "swctl") == 0)
        return swd_ctl_main(argc, argv);
    if (argc > 1 && strcmp(argv[1], "ctl") == 0)
        return swd_ctl_main(argc - 1, argv + 1);
    for (size_t i = 0; argc > 1 && i < sizeof subcommands / sizeof subcommands[0]; i++)
        if (strcmp(argv[1], subcommands[i].name) == 0)
            return subcommands[i].main(argc - 2, argv + 2);
    return daemon_command(argc, argv);
}
