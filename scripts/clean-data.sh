#!/usr/bin/env bash
# Removes what development and tests have stored: databases, files, keys of `dev`. Nothing else, and no DATABASE_URL.
. "$(dirname "$0")/env.sh"
bash scripts/stop.sh
for folder in .data/postgres target/testdb target/journeys/data/postgres target/sqlx; do
  [ -f "$folder/where" ] || continue
  # As root, the data may live elsewhere: in the folder of this checkout's own that cluster.rs names like this.
  elsewhere=$(dirname "$(cat "$folder/where")")
  case $elsewhere in */commdesk-[0-9a-f]*) rm -rf "$elsewhere" ;; esac
done
rm -rf .data target/testdb target/journeys target/sqlx
say "The data of development and tests is gone; \`make run\` makes it anew."
