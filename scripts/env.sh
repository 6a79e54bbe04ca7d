# Sourced by every script: one environment for every cargo call, so that builds, tests and lints share what is compiled.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"
TOOLS=$ROOT/.tools
export PATH="$TOOLS/bin:$ROOT/end2end/node_modules/.bin:$PATH"

# Flags and the target folder come from the project alone: others would build every dependency a second time.
unset RUSTFLAGS CARGO_ENCODED_RUSTFLAGS CARGO_BUILD_RUSTFLAGS CARGO_TARGET_DIR CARGO_BUILD_TARGET_DIR CARGO_BUILD_TARGET

# Queries are checked against the committed .sqlx folder, whatever DATABASE_URL the app is given; `make sqlx` renews it.
export SQLX_OFFLINE=true

# Both crates, as the server is built. Plain cargo means rules and services only.
BOTH=(-p commdesk -p services --features ssr)

# cargo leptos sets these for its builds; Leptos reads some of them while it compiles, so plain cargo must say the same.
export LEPTOS_OUTPUT_NAME=commdesk LEPTOS_SITE_PKG_DIR=pkg LEPTOS_SITE_ADDR=127.0.0.1:3000 LEPTOS_RELOAD_PORT=3001
export LEPTOS_SITE_ROOT=${LEPTOS_SITE_ROOT:-target/site}

# What tools.sh found on this machine, CHROMIUM above all.
if [ -f "$TOOLS/found.sh" ]; then . "$TOOLS/found.sh"; fi

say() { printf '%s\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# took SECONDS: "7 s", "3 min 5 s"
took() { if [ "$1" -ge 60 ]; then printf '%d min %d s' $(($1 / 60)) $(($1 % 60)); else printf '%d s' "$1"; fi; }

# linted COMMAND…: runs it with the lints on, whose warnings are errors. Clippy is the compiler, which complains more: by itself it
# would first check every crate that ours stand on, for minutes, only for all of them to be compiled afterwards.
linted() {
  local driver
  driver=$(rustc --print sysroot)/bin/clippy-driver
  mkdir -p target/tmp
  # How `cargo clippy` hands on its arguments is its own business: that they are understood is seen, not believed.
  local args='-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__'
  if printf 'pub fn seen() -> bool { return true; }' |
    CLIPPY_ARGS=$args "$driver" rustc --crate-type lib --emit metadata --out-dir target/tmp - 2>/dev/null; then
    fail "clippy let pass what it has to refuse: see linted() of scripts/env.sh"
  fi
  CLIPPY_ARGS=$args RUSTC_WORKSPACE_WRAPPER=$driver "$@"
}

# build_both [--release --precompress]: the browser's side and the server's, beside each other. Cargo leptos makes one after the other,
# in case the server holds the site's files in itself; ours reads them where they lie. Each side keeps one core busy for minutes
# (link-time optimisation here, code generation there), so that two cores take the longer of the two and not both.
build_both() {
  local front status=0 lints=()
  # A release build of the browser's side is linted while it is made: nothing else compiles that side in full.
  case " $* " in *" --release "*) lints=(linted) ;; esac
  # Where the browser's side says under which names its files are to be asked for.
  mkdir -p target/debug target/release
  ${lints[@]+"${lints[@]}"} cargo leptos build --split "$@" --frontend-only & front=$!
  # What does not compile is said at once, and not when the other side is done.
  cargo leptos build --split "$@" --server-only || { status=$?; pkill -P "$front" || kill "$front" 2>/dev/null || true; }
  wait "$front" || status=$?
  return "$status"
}

# when_changed STAMP PROGRAM SITE COMMAND…: runs it, unless nothing that a build reads has changed since it last ran to its end: even
# with nothing to compile, cargo leptos splits and shrinks the browser's side anew, for minutes.
when_changed() {
  local stamp=$1 program=$2 site=$3 names path present=(); shift 3
  for path in src services style public templates migrations Cargo.toml Cargo.lock .cargo rust-toolchain.toml .sqlx; do
    if [ -e "$path" ]; then present+=("$path"); fi
  done
  # The list of names catches what was removed; their times, what was changed.
  names=$(find "${present[@]}" -type f | LC_ALL=C sort | cksum)
  if [ -x "$program" ] && [ -d "$site/pkg" ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$names" ] &&
    [ -z "$(find "${present[@]}" -type f -newer "$stamp" -print -quit)" ]; then return 0; fi
  # Dated before the build: an edit made while it runs is newer.
  mkdir -p target && printf '%s\n' "$names" >"$stamp.new" && rm -f "$stamp" && "$@" && mv "$stamp.new" "$stamp"
}
