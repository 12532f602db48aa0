/* Who may do what: peer credentials and the two lists of users. Loop thread; parsing asks the
 * system's user database, so only at start and reload. */
#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "control/priv.h"

static int uid_parse(const char *word, uid_t *out)
{
    char *end;
    unsigned long v;
    const struct passwd *pw;
    errno = 0;
    v = strtoul(word, &end, 10);
    if (word[0] >= '0' && word[0] <= '9' && *end == '\0' && errno == 0 && v < UINT32_MAX) {
        *out = (uid_t)v;
        return 0;
    }
    pw = getpwnam(word);
    if (!pw)
        return SWD_EPARAMS;
    *out = pw->pw_uid;
    return 0;
}

int ctl_uids_parse(const char *text, struct ctl_uids *out, struct swd_err *e)
{
    static const char sep[] = ", \t";
    char word[64];
    out->n = 0;
    for (const char *p = text ? text : ""; *(p += strspn(p, sep)) != '\0';) {
        size_t n = strcspn(p, sep);
        if (out->n == CTL_UIDS_MAX)
            return swd_fail(e, SWD_EPARAMS, "more than %d users", CTL_UIDS_MAX);
        snprintf(word, sizeof word, "%.*s", (int)(n < sizeof word ? n : sizeof word - 1), p);
        if (n >= sizeof word || uid_parse(word, &out->uid[out->n]) < 0)
            return swd_fail(e, SWD_EPARAMS, "unknown user \"%s\"", word);
        out->n++;
        p += n;
    }
    return 0;
}

static bool uids_have(const struct ctl_uids *u, uid_t uid)
{
    for (unsigned i = 0; i < u->n; i++)
        if (u->uid[i] == uid)
            return true;
    return false;
}

enum swd_privilege ctl_privilege(const struct swd_control *c, uid_t uid)
{
    if (uid == 0 || uid == geteuid())
        return SWD_PRIV_ADMIN;
    if (uids_have(&c->readers, uid))
        return SWD_PRIV_READ;
    return c->admins.n == 0 || uids_have(&c->admins, uid) ? SWD_PRIV_ADMIN : SWD_PRIV_SUBMIT;
}

int ctl_peer(const struct swd_control *c, struct ctl_conn *conn)
{
    struct ucred cred;
    socklen_t n = sizeof cred;
    if (getsockopt(conn->fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) < 0)
        return SWD_EDENIED;
    conn->uid = cred.uid;
    conn->pid = cred.pid;
    conn->privilege = ctl_privilege(c, cred.uid);
    return 0;
}
