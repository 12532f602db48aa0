#!/bin/sh
# A show of swd: starts a daemon of its own on a temporary socket, runs the scripts of this folder in
# parallel (among them a mistake, a leak and a runaway that catches everything), shows what came of
# each and where the memory is, and ends the daemon. Asks nothing, leaves nothing behind, and fails
# when anything is not as it should be.
#
#   make demo, or: examples/demo.sh [BUILD-FOLDER]
set -u
cd "$(dirname "$0")/.." || exit 1
build=${1:-build}
work=$(mktemp -d)
sock=$work/swd.sock
daemon=
bad=0

# The scripts, each with its exit status, a text that its output must hold, and its limits.
SCRIPTS='
polite       0 Kia.ora
log-summary  0 2xx:.1790.requests
rules        0 ask.a.person
rate-limit   0 "requests":.*25
ticker       0 "reports":.*5
csv-to-json  0 Moa,.Anahera
template     0 Tom.&amp;.Jerry
json-crunch  0 13747500
fibonacci    0 fibonacci(20).=.6765
mistake      1 mistake.js:9
leak         1 memory_hard\|alloc.failed  memory_hard=4M
runaway      1 cpu_per_turn           cpu_per_turn=300ms
'

finish() {
    [ -z "$daemon" ] || kill "$daemon" 2>/dev/null
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM

ctl() {
    "$build/swctl" --socket "$sock" "$@"
}

title() {
    printf '\n==== %s\n' "$*"
}

wrong() {
    echo "demo: $*" >&2
    bad=$((bad + 1))
}

start_daemon() {
    printf '[control]\nsocket = %s\n' "$sock" >"$work/swd.conf"
    "$build/swd" --config "$work/swd.conf" >"$work/daemon.log" 2>&1 &
    daemon=$!
    tries=0
    until ctl version >"$work/version" 2>&1; do
        tries=$((tries + 1))
        if [ "$tries" -ge 100 ] || ! kill -0 "$daemon" 2>/dev/null; then
            cat "$work/daemon.log" "$work/version" >&2
            daemon=
            echo "demo: the daemon does not answer" >&2
            exit 1
        fi
        sleep 0.1
    done
}

run_one() { # name, limit: output and exit status into files
    if [ -n "$2" ]; then
        ctl run --limit "$2" "examples/$1.js" >"$work/$1.out" 2>&1
    else
        ctl run "examples/$1.js" >"$work/$1.out" 2>&1
    fi
    echo $? >"$work/$1.status"
}

run_all() {
    pids=
    while read -r name _ _ limit; do
        [ -n "$name" ] || continue
        run_one "$name" "$limit" &
        pids="$pids $!"
    done <<END
$SCRIPTS
END
    # While the runaway and the waiting ones are there:
    sleep 0.2
    ctl ps >"$work/ps.out" 2>&1 || wrong "swctl ps failed while scripts were running"
    for pid in $pids; do
        wait "$pid"
    done
}

show_all() {
    while read -r name status pattern limit; do
        [ -n "$name" ] || continue
        title "swctl run ${limit:+--limit $limit }examples/$name.js"
        cat "$work/$name.out"
        got=$(cat "$work/$name.status")
        [ "$got" = "$status" ] || wrong "$name: exit status $got, not $status"
        grep -q -- "$pattern" "$work/$name.out" || wrong "$name: no \"$pattern\" in its output"
    done <<END
$SCRIPTS
END
}

start_daemon
title "swctl version"
cat "$work/version"

run_all
show_all

title "swctl ps, while they ran"
cat "$work/ps.out"

title "swctl submit examples/ticker.js, and what it said since"
id=$(ctl submit examples/ticker.js 1000) || wrong "swctl submit failed"
echo "$id"
sleep 0.2
ctl logs --tail 2 "$id" || wrong "swctl logs failed"

title "swctl gc"
ctl gc || wrong "swctl gc failed"

title "swctl stats"
ctl stats || wrong "swctl stats failed"

title "swctl kill $id"
ctl kill "$id" || wrong "swctl kill failed"
ctl ps --all --state killed >"$work/killed.out" || wrong "swctl ps failed"
cat "$work/killed.out"
grep -q ticker "$work/killed.out" || wrong "the killed ticker is not among the killed"

title "swctl shutdown"
ctl shutdown || wrong "swctl shutdown failed"
wait "$daemon"
status=$?
daemon=
[ "$status" -eq 0 ] || wrong "the daemon ended with status $status"
[ ! -e "$sock" ] || wrong "the daemon left its socket behind"
tail -n 2 "$work/daemon.log"

if [ "$bad" -ne 0 ]; then
    title "$bad things were wrong"
    exit 1
fi
title "all as it should be"
