#!/usr/bin/env bash
# Stops the private Postgres of the folders given, or of all that this checkout knows: development, tests, journeys, fuzz; and the
# server that journeys, fuzz or a walk left behind there when they were killed. What was kept in memory is freed.
. "$(dirname "$0")/env.sh"
folders=("$@")
if [ $# = 0 ]; then folders=(.data/postgres target/testdb target/journeys/data/postgres target/fuzz/data/postgres target/sqlx); fi

# How a process was called: its number may have gone to another one since it was noted.
command_of() { ps -p "$1" -o command= 2>/dev/null || { tr '\0' ' ' <"/proc/$1/cmdline"; } 2>/dev/null || true; }
# end PID SIGNAL: tells it, and waits until it is gone.
end() {
  kill "-$2" "$1" 2>/dev/null || return 1
  for _ in $(seq 300); do kill -0 "$1" 2>/dev/null || break; sleep 0.1; done
}

# server_of PGDATA: the process that serves these data, if there is one.
server_of() {
  local pid
  [ -f "$1/postmaster.pid" ] || return 1
  pid=$(head -n 1 "$1/postmaster.pid")
  case $(command_of "$pid") in *postgres*) say "$pid" ;; *) return 1 ;; esac
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
  quick=
  # What is kept in memory is in a folder of this one's own, which cluster.rs names like this.
  if [ -d /dev/shm ]; then quick=/dev/shm/commdesk-$(printf %s "$(cd "$folder" && pwd -P)" | sha256sum | cut -c 1-12); fi
  places=("$(cat "$folder/where")" "$folder/pgdata" "$folder/passing/pgdata")
  if [ -f "$folder/lasts" ]; then places+=("$(cat "$folder/lasts")"); fi
  if [ -n "$quick" ]; then places+=("$quick/pgdata"); fi
  for place in "${places[@]}"; do
    if pid=$(server_of "$place") && end "$pid" INT; then say "stopped the database of $folder"; fi
  done
  # It is there to be lost, and would hold the machine's memory until the next start.
  if [ -n "$quick" ] && [ -d "$quick" ] && ! server_of "$quick/pgdata" >/dev/null; then
    rm -rf "$quick"
    say "freed the memory of $folder"
  fi
done
