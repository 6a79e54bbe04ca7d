#!/usr/bin/env bash
# Stops the private Postgres of the folders given, or of all that this checkout knows: development, tests, journeys.
. "$(dirname "$0")/env.sh"
folders=("$@")
if [ $# = 0 ]; then folders=(.data/postgres target/testdb target/journeys/data/postgres target/fuzz/data/postgres target/sqlx); fi

for folder in "${folders[@]}"; do
  [ -f "$folder/where" ] || continue
  note=$(cat "$folder/where")/postmaster.pid
  [ -f "$note" ] || continue
  pid=$(head -n 1 "$note")
  # The number may have gone to another process since.
  case $(ps -p "$pid" -o command= 2>/dev/null || tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null || true) in
    *postgres*) ;;
    *) continue ;;
  esac
  kill -INT "$pid" 2>/dev/null || continue
  for _ in $(seq 300); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  say "stopped the database of $folder"
done
