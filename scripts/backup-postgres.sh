#!/usr/bin/env bash
# Backups of a whole PostgreSQL to the last acknowledged commit, for a chain; runs where the backups lie, as an account with REPLICATION.
#   scripts/backup-postgres.sh wal DIR      receives the write-ahead log all the time (a service; commits wait for it, see below)
#   scripts/backup-postgres.sh base DIR     a base backup, each night; verified; older ones than KEEP_DAYS (14, at most 40) go, with the log only they need
#   scripts/backup-postgres.sh restore DIR DATA   into the empty folder DATA: the newest base and all log after it; then start PostgreSQL on DATA
# PGHOST, PGPORT, PGUSER, PGPASSWORD say where the server is. Encrypt the disk under DIR (LUKS): base and log are plain.
#
# The receiver is a synchronous standby to the server, so that a commit is answered when its log lies here too:
#   alter system set synchronous_standby_names = 'huitou_wal'; select pg_reload_conf();
# Archiving by archive_command alone loses what was acknowledged since the last full segment when the server's disk goes.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
verb="${1:-}" dir="${2:-}" data="${3:-}"
bin="$(postgres_bin)" || fail "PostgreSQL's programs are missing: apt-get install postgresql"
[[ -n "$dir" ]] || fail "usage: scripts/backup-postgres.sh wal DIR | base DIR | restore DIR DATA"
slot=huitou_wal

case "$verb" in
  wal)
    mkdir -p "$dir/wal"
    "$bin/pg_receivewal" --slot="$slot" --create-slot --if-not-exists
    # --synchronous flushes each commit and says so at once; without it the server waits for the status interval.
    exec "$bin/pg_receivewal" -D "$dir/wal" --slot="$slot" --synchronous --status-interval=5 -d "application_name=$slot"
    ;;
  base)
    keep="${KEEP_DAYS:-14}"
    [[ "$keep" =~ ^[0-9]+$ ]] && ((keep >= 1 && keep <= 40)) || fail "KEEP_DAYS takes 1 to 40: who was erased must not live on in backups"
    to="$dir/base-$(date -u +%Y%m%d-%H%M%S)"
    "$bin/pg_basebackup" -D "$to.part" --checkpoint=fast --wal-method=none --manifest-checksums=SHA256
    "$bin/pg_verifybackup" --no-parse-wal --quiet "$to.part"
    mv "$to.part" "$to"
    say "$to"
    # By the moment in the name, also what a run that was cut off left: a copy's time stamp is another.
    limit="base-$(date -u -d "-$keep days" +%Y%m%d-%H%M%S)"
    for old in "$dir"/base-*; do [[ ! "${old##*/}" < "$limit" ]] || rm -rf "$old"; done
    oldest="$(find "$dir" -maxdepth 1 -name 'base-*[0-9]' | sort | head -n 1)"
    first="$(sed -n 's/^START WAL LOCATION: .*(file \(.*\))$/\1/p' "$oldest/backup_label")"
    [[ -z "$first" ]] || "$bin/pg_archivecleanup" "$dir/wal" "$first"
    ;;
  restore)
    [[ -n "$data" && -z "$(ls -A "$data" 2>/dev/null)" ]] || fail "restore goes into an empty folder"
    base="$(find "$dir" -maxdepth 1 -name 'base-*[0-9]' | sort | tail -n 1)"
    [[ -n "$base" ]] || fail "there is no base backup in $dir"
    mkdir -p "$data"
    cp -a "$base/." "$data/"
    chmod 700 "$data"
    # The last segment is still called .partial.
    cat >>"$data/postgresql.auto.conf" <<CONF
restore_command = 'cp "$dir/wal/%f" "%p" || cp "$dir/wal/%f.partial" "%p"'
synchronous_standby_names = ''
CONF
    touch "$data/recovery.signal"
    say "$base with the log of $dir/wal: start PostgreSQL on $data; then start Huitou with the newest erasures.ledger"
    ;;
  *) fail "usage: scripts/backup-postgres.sh wal DIR | base DIR | restore DIR DATA" ;;
esac
