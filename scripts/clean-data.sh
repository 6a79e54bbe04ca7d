#!/usr/bin/env bash
# Removes what development and tests have stored: databases, files, keys of `dev`. Nothing else, and no DATABASE_URL.
#
#   scripts/clean-data.sh              all that this checkout knows
#   scripts/clean-data.sh FOLDER…      only these, as far as a database of ours is in them
. "$(dirname "$0")/env.sh"
folders=("$@")
if [ $# = 0 ]; then folders=(.data target/testdb target/journeys target/fuzz target/sqlx); fi
for folder in "${folders[@]}"; do
  ours=$([ $# = 0 ] && echo yes || echo)
  for cluster in "$folder" "$folder/postgres" "$folder/data/postgres"; do
    [ -f "$cluster/where" ] || continue
    ours=yes
    bash scripts/stop.sh "$cluster"
    # As root, the data may live elsewhere: in the folder of this checkout's own that cluster.rs names like this. What is left there
    # could be opened by nobody: its passwords go with the folder.
    # `lasts` is where the lasting data are while `where` says those of a throw-away start, which may be a folder deeper.
    for note in where lasts; do
      [ -f "$cluster/$note" ] || continue
      elsewhere=$(dirname "$(cat "$cluster/$note")")
      elsewhere=${elsewhere%/passing}
      case ${elsewhere##*/} in commdesk-[0-9a-f]*) rm -rf "$elsewhere" ;; esac
    done
  done
  if [ -n "$ours" ]; then rm -rf "$folder"; fi
done
if [ $# = 0 ]; then say "The data of development and tests is gone; \`make run\` makes it anew."; fi
