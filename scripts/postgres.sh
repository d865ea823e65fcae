#!/usr/bin/env bash
# A throw-away PostgreSQL for tests, bench and trials.
#   scripts/postgres.sh start DIR   makes a cluster in DIR/pg (made if missing), starts it, prints a connection string
#   scripts/postgres.sh stop DIR    stops it and removes DIR/pg
# PG_OPTIONS may add settings, e.g. PG_OPTIONS='-c fsync=on -c shared_buffers=512MB'.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

verb="${1:-}" dir="${2:-}"
[[ -n "$dir" && ( "$verb" == start || "$verb" == stop ) ]] || fail "usage: scripts/postgres.sh start|stop DIR"
bin="$(postgres_bin)" || fail "PostgreSQL is missing: apt-get install postgresql"
cluster="$dir/pg"

# PostgreSQL refuses to run as root.
as_postgres() {
  if [[ "$(id -u)" == 0 ]]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

free_port() {
  local port
  for _ in {1..50}; do
    port=$((20000 + RANDOM % 10000))
    if ! (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
  fail "no free port on loopback"
}

start() {
  mkdir -p "$cluster"
  if [[ "$(id -u)" == 0 ]]; then
    chmod a+rx "$dir"
    chown postgres "$cluster"
  fi
  as_postgres "$bin/initdb" -D "$cluster/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$cluster.log" 2>&1 ||
    fail "initdb failed: $(tail -n 5 "$cluster.log")"
  for _ in 1 2 3; do
    port="$(free_port)"
    # shellcheck disable=SC2086
    if as_postgres "$bin/pg_ctl" -D "$cluster/data" -l "$cluster/server.log" -w -t 60 -s start \
      -o "-c listen_addresses=127.0.0.1 -p $port -k $cluster -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200 -c shared_buffers=256MB ${PG_OPTIONS:-}" \
      </dev/null >>"$cluster.log" 2>&1; then
      echo "Host=127.0.0.1;Port=$port;Username=postgres;Database=postgres"
      return
    fi
  done
  tail -n 20 "$cluster/server.log" >&2
  fail "PostgreSQL did not start"
}

stop() {
  if [[ -f "$cluster/data/postmaster.pid" ]]; then
    as_postgres "$bin/pg_ctl" -D "$cluster/data" -m immediate -s -w stop </dev/null >/dev/null 2>&1 || true
  fi
  rm -rf "$cluster" "$cluster.log"
}

"$verb"
