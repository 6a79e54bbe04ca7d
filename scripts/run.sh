#!/usr/bin/env bash
# `make run`: tools, build, then the program itself, which finds a database, migrates, loads the demo and serves.
# With nothing changed since the last build, cargo is not even asked.
. "$(dirname "$0")/env.sh"
bash scripts/tools.sh build

inputs=(src services style public migrations Cargo.toml Cargo.lock .cargo rust-toolchain.toml .sqlx)
present=(); for path in "${inputs[@]}"; do if [ -e "$path" ]; then present+=("$path"); fi; done
stamp=target/run.stamp
# The list of names catches what was removed; their times, what was changed.
names=$(find "${present[@]}" -type f | LC_ALL=C sort | cksum)
if [ ! -x target/debug/commdesk ] || [ ! -d target/site/pkg ] || [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$names" ] ||
  [ -n "$(find "${present[@]}" -type f -newer "$stamp" -print -quit)" ]; then
  if [ -x target/debug/commdesk ]; then
    say "[build] server and pages: what has changed"
  else
    say "[build] server and pages: about six minutes on two cores the first time, seconds afterwards"
  fi
  began=$SECONDS
  # Dated before the build: an edit made while it runs is newer.
  mkdir -p target && printf '%s\n' "$names" >"$stamp.new"
  rm -f "$stamp"
  build_both
  mv "$stamp.new" "$stamp"
  say "[build] done in $(took $((SECONDS - began)))"
fi
exec target/debug/commdesk dev "$@"
