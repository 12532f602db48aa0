/* Who the daemon runs as: see identity.h. */
#include "daemon/identity.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static bool number(const char *text, unsigned long *out)
{
    char *end;
    errno = 0;
    *out = strtoul(text, &end, 10);
    return text[0] != '\0' && *end == '\0' && errno == 0 && *out < (unsigned long)-1;
}

static int find_user(const char *name, uid_t *uid, gid_t *gid, struct swd_err *e)
{
    unsigned long n;
    const struct passwd *pw = getpwnam(name);
    if (!pw && number(name, &n))
        pw = getpwuid((uid_t)n);
    if (!pw) {
        swd_fail(e, SWD_EPARAMS, "[daemon] user: there is no user '%.60s'", name);
        return swd_fail_hint(e, "create it, or leave the key empty");
    }
    *uid = pw->pw_uid;
    *gid = pw->pw_gid;
    return 0;
}

static int find_group(const char *name, gid_t *gid, struct swd_err *e)
{
    unsigned long n;
    const struct group *gr = getgrnam(name);
    if (!gr && number(name, &n))
        gr = getgrgid((gid_t)n);
    if (!gr) {
        swd_fail(e, SWD_EPARAMS, "[daemon] group: there is no group '%.60s'", name);
        return swd_fail_hint(e, "create it, or leave the key empty");
    }
    *gid = gr->gr_gid;
    return 0;
}

int swd_identity_become(const char *user, const char *group, struct swd_err *e)
{
    uid_t uid = geteuid();
    gid_t gid = getegid();
    int rc;
    if (user[0] == '\0' && group[0] == '\0')
        return 0;
    if (user[0] != '\0' && (rc = find_user(user, &uid, &gid, e)) != 0)
        return rc;
    if (group[0] != '\0' && (rc = find_group(group, &gid, e)) != 0)
        return rc;
    if (uid == geteuid() && gid == getegid())
        return 0;
    if (geteuid() != 0) {
        swd_fail(e, SWD_EDENIED, "only root can change user and group");
        return swd_fail_hint(e, "start as root, or leave [daemon] user and group empty");
    }
    if (setgroups(1, &gid) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0)
        return swd_fail(e, SWD_EDENIED, "cannot become user %u group %u: %s", (unsigned)uid,
                        (unsigned)gid, strerror(errno));
    return 0;
}
