#!/usr/bin/env bash
# `make test`: everything, in order, stopping at the first failure. `make check` is its first half: nothing runs.
#
#   scripts/test.sh            all stages
#   scripts/test.sh check      formatting, lints, and that the rings compile
#   scripts/test.sh journeys   only the journeys, against the release build (more arguments go to Playwright)
#   scripts/test.sh fuzz N     only the API, N made-up calls an operation and caller (the long form; `all` makes 12)
#   scripts/test.sh prove      the long forms of what must never happen: secrets seen, markup run, things done twice
. "$(dirname "$0")/env.sh"
what=${1:-all}; shift || true

stages=0 report=()
stage() {
  local name=$1 began=$SECONDS; shift
  local again="$*"
  stages=$((stages + 1))
  printf '\n== %d. %s\n' "$stages" "$name"
  if ! "$@"; then
    printf '\n== failed: %s (after %s)\n   to see it again: %s\n' "$name" "$(took $((SECONDS - began)))" "${again#linted }" >&2
    exit 1
  fi
  report+=("$(printf '%10s  %s' "$(took $((SECONDS - began)))" "$name")")
}

tools() { bash scripts/tools.sh test && . scripts/env.sh; }

checks() {
  stage "formatting" cargo fmt --all --check
  if [ "$what" = check ]; then
    stage "lints: server" cargo clippy --quiet "${BOTH[@]}" --all-targets -- -D warnings
    stage "lints: browser" cargo clippy --quiet -p commdesk -p services --lib --target wasm32-unknown-unknown --features hydrate -- -D warnings
  fi
  # Lints are a check and more, and what the first stage has looked at is not looked at again.
  stage "the rules compile alone" cargo clippy --quiet -- -D warnings
  if [ "$what" = check ]; then stage "the services compile without pages" cargo clippy --quiet -p services --features server -- -D warnings; fi
}

release() {
  LEPTOS_SITE_ROOT=target/site-release \
    when_changed target/release.stamp target/release/commdesk target/site-release build_both --release --precompress
}

# The release build, with the tools that make it, is half of all work, and for minutes at a time one of its steps, or of the
# lints, keeps a single core busy. Made beside the checks and the stories, with what they leave of the machine, it costs half.
beside=
begin_release() {
  mkdir -p target
  set -m
  (nice -n 19 bash -c "$(declare -f tools release); . scripts/env.sh; tools && release" >target/release.log 2>&1) &
  beside=$!
  set +m
}
end_release() {
  local status=0
  wait "$beside" || status=$?
  beside=
  if [ "$status" != 0 ]; then tail -n 60 target/release.log; fi
  return "$status"
}
stop_release() { if [ -n "$beside" ]; then kill -- -"$beside" 2>/dev/null || true; fi; }

# Steps are joined by hand: inside `if ! stage`, bash does not stop at a failing line by itself.
journeys() {
  local port
  port=$(free_port) &&
    bash scripts/clean-data.sh target/journeys &&
    rm -rf target/journeys && mkdir -p target/journeys &&
    (cd end2end && JOURNEY_PORT=$port playwright test "$@")
}

journeys_with_all() { HOSTILE=all AXE=all journeys "$@"; }

free_port() { node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'; }

fuzz() {
  bash scripts/clean-data.sh target/fuzz && rm -rf target/fuzz &&
    LEPTOS_SITE_ROOT=target/site-release "$TOOLS/bin/test-python" scripts/fuzz.py target/release/commdesk target/fuzz "$(free_port)" "$@"
}

FUZZED="the API, walked, then fuzzed as six kinds of caller (what ends sessions: as one of them)"

# The rooms of the test binary whose promises have a long form: more rounds, every payload by itself.
PROOFS=(canaries:: payloads:: matrix:: states:: clicks:: strangers:: crash:: house:: limits:: accounts:: api_keys:: hostile_files)

# On a machine of CI nothing may stay behind; elsewhere the warm test database makes the next run start at once.
trap 'stop_release; if [ -n "${CI:-}" ]; then bash scripts/stop.sh; fi' EXIT

began=$SECONDS
case $what in
  check)
    stage "tools" bash scripts/tools.sh build
    checks
    ;;
  journeys)
    stage "tools" tools
    stage "release build" release
    stage "journeys" journeys "$@"
    ;;
  fuzz)
    stage "tools" tools
    stage "release build" release
    stage "$FUZZED" fuzz "${1:-200}"
    ;;
  prove)
    stage "tools" tools
    stage "secrets, markup, roles, races, deadlines, kills: the long forms" \
      env COMMDESK_PROVE=1 cargo test "${BOTH[@]}" --test house -- "${PROOFS[@]}"
    stage "release build" release
    stage "$FUZZED" fuzz "${1:-200}"
    stage "hostile words in every field, and every page in both themes at every width" \
      journeys_with_all journeys/hostile-words.spec.ts journeys/pages.spec.ts
    ;;
  all)
    stage "tools: all but those that build pages" bash scripts/tools.sh stories
    . scripts/env.sh
    begin_release
    checks
    stage "rules" cargo test
    # What waits for Postgres, or for a hash, leaves a core to somebody else.
    export RUST_TEST_THREADS=$(($(getconf _NPROCESSORS_ONLN) + 1))
    stage "lints of the server; services and doors, on Postgres" linted cargo test "${BOTH[@]}" --lib --tests
    stage "the services compile without pages" linted cargo build --quiet -p services --features server
    stage "lints of the browser; release build, split and compressed, with its tools: what is left of it" end_release
    stage "$FUZZED" fuzz
    stage "journeys in Chromium" journeys
    ;;
  *) fail "usage: scripts/test.sh [check|journeys|fuzz|prove]" ;;
esac

printf '\n== all passed in %s\n' "$(took $((SECONDS - began)))"
printf '%s\n' "${report[@]}"
if [ "$what" = all ] && [ ! -d "$ROOT/../shared/data" ]; then
  printf 'NOT COMPARED: what becomes of the real lists and logos, for %s is not here. The made-up lists of their shapes were.\n' "$ROOT/../shared/data"
fi
