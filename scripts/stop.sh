#!/usr/bin/env bash
# Stops the private Postgres of the folders given, or of all that this checkout knows: development, tests, journeys, fuzz; and the
# server that journeys, fuzz or a walk left behind there when they were killed.
. "$(dirname "$0")/env.sh"
folders=("$@")
if [ $# = 0 ]; then folders=(.data/postgres target/testdb target/journeys/data/postgres target/fuzz/data/postgres target/sqlx); fi

# How a process was called: its number may have gone to another one since it was noted.
command_of() { ps -p "$1" -o command= 2>/dev/null || tr '\0' ' ' <"/proc/$1/cmdline" 2>/dev/null || true; }
# end PID SIGNAL: tells it, and waits until it is gone.
end() {
  kill "-$2" "$1" 2>/dev/null || return 1
  for _ in $(seq 300); do kill -0 "$1" 2>/dev/null || break; sleep 0.1; done
}

for folder in "${folders[@]}"; do
  note=${folder%/data/postgres}/server.pid
  if [ -f "$note" ]; then
    pid=$(cat "$note")
    case $(command_of "$pid") in
      *commdesk*" dev "*"${folder%/postgres}"*) if end "$pid" TERM; then say "stopped the server of ${folder%/data/postgres}"; fi ;;
    esac
    rm -f "$note"
  fi
  [ -f "$folder/where" ] || continue
  note=$(cat "$folder/where")/postmaster.pid
  [ -f "$note" ] || continue
  pid=$(head -n 1 "$note")
  case $(command_of "$pid") in
    *postgres*) if end "$pid" INT; then say "stopped the database of $folder"; fi ;;
  esac
done
