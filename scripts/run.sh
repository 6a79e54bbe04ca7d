#!/usr/bin/env bash
# `make run`: tools, build, then the program itself, which finds a database, migrates, loads the demo and serves.
# With nothing changed since the last build, cargo is not even asked.
. "$(dirname "$0")/env.sh"
bash scripts/tools.sh build

build() {
  local began=$SECONDS
  if [ -x target/debug/commdesk ]; then
    say "[build] server and pages: what has changed"
  else
    say "[build] server and pages: about six minutes on two cores the first time, seconds afterwards"
  fi
  build_both && say "[build] done in $(took $((SECONDS - began)))"
}
when_changed target/run.stamp target/debug/commdesk target/site build
exec target/debug/commdesk dev "$@"
