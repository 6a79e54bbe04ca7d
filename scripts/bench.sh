#!/usr/bin/env bash
# `make bench`: the figures that decide how the house may grow. Prints, never fails on a figure. benches/README.md says what each
# is and keeps their history.
#
#   scripts/bench.sh             the quick form: 1,000 and 100,000 organizations, some twenty-five minutes once everything is built
#   scripts/bench.sh full        up to a million organizations and ten times the requests
#   scripts/bench.sh p14 p15     only these: p1 p2 p5 p6 p7 p8 p13 p14 p15 p20 builds
. "$(dirname "$0")/env.sh"
bash scripts/tools.sh build
form=quick chosen=()
for word in "$@"; do
  case $word in quick | full) form=$word ;; p[0-9]* | builds) chosen+=("$word") ;; *) fail "usage: scripts/bench.sh [quick|full] [p1 p2 … builds]" ;; esac
done
if [ ${#chosen[@]} = 0 ]; then
  chosen=(p1 p2 p5 p6 p7 p8 p13 p14 p15 p20 builds)
fi
wants() { [[ " ${chosen[*]} " == *" $1 "* ]]; }

say "== a release build, and what it is measured beside"
LEPTOS_SITE_ROOT=target/site-release \
  when_changed target/release.stamp target/release/commdesk target/site-release build_both --release --precompress
for it in load twin; do cargo build --quiet --release --locked --manifest-path "benches/$it/Cargo.toml" --target-dir target/bench/cargo; done

# first_load SITE NAME AREA: bytes of brotli that a browser fetches before a page is awake: the program, its glue, and the chunks of
# the page's area, which `hydrate_lazy` waits for. Public pages sleep until they are touched (`journeys/waking.spec.ts` counts
# that). File names carry a hash of their content, and those of earlier builds are kept: the newest of each name counts. Prints
# `all program others` and then the areas by themselves.
first_load() {
  python3 - "$@" <<'PY'
import json, pathlib, sys
folder, name, area = pathlib.Path(sys.argv[1]) / "pkg", sys.argv[2], sys.argv[3]
newest = lambda pattern: max(folder.glob(pattern), key=lambda it: it.stat().st_mtime)
size = lambda it: it.stat().st_size
manifest = {key.rsplit("_", 1)[0]: chunks for key, chunks in json.loads(newest("__wasm_split_manifest*.json").read_text()).items()}
weight = lambda area: sum(size(folder / f"{chunk}.wasm.br") for chunk in manifest.get(area, []))
program = size(newest(f"{name}*.wasm.br")) + size(newest(f"{name}*.js.br")) + size(newest("__wasm_split.*.js.br"))
print(program + weight(area), program, weight(area), " ".join(f"{area}:{weight(area)}" for area in manifest))
PY
}

first_loads() {
  say "== P8: what a browser loads for a public page (brotli)"
  read -r ours program area areas <<<"$(first_load target/site-release commdesk public)"
  say "   $((ours / 1024)) kB: the program $((program / 1024)) kB, chunks of public pages $((area / 1024)) kB"
  for area in $areas; do say "   an area's chunks, some of them shared: $((${area#*:} / 1024)) kB  ${area%:*}"; done
  (cd benches/skeleton && env -u LEPTOS_OUTPUT_NAME -u LEPTOS_SITE_ROOT cargo leptos build --release --split --precompress)
  read -r bare bare_program bare_area _ <<<"$(first_load benches/skeleton/target/site skeleton page)"
  say "   a skeleton with the same flags: $((bare / 1024)) kB, of which its page $((bare_area / 1024)) kB"
  say "   before anybody touches a public page: none of it, the page works (ratio 0; goal: 1.5)"
  say "   touched: ratio $(awk "BEGIN { printf \"%.2f\", $ours / $bare }"); of the programs alone $(awk "BEGIN { printf \"%.2f\", $program / $bare_program }")"
  one_more_room "$program" "$bare_program"
}

# one_more_room PROGRAM SKELETON: what a room adds to what everybody loads, whatever page they open: program and glue. A room's pages
# are chunks of their own, which only their readers load. On average over the rooms that have pages; and, where an earlier run in this
# folder had another number of them, what the difference was for each.
one_more_room() {
  local rooms kept=target/bench/rooms.tsv before
  rooms=$(find src/features -mindepth 2 -maxdepth 2 -name 'ui' -o -mindepth 2 -maxdepth 2 -name 'ui.rs' | wc -l)
  say "   a room's share of the program: $(awk "BEGIN { printf \"%.1f\", ($1 - $2) / $rooms / 1024 }") kB: what is more than the skeleton's, by $rooms rooms with pages (goal for one more: 3 kB)"
  mkdir -p target/bench && touch "$kept"
  before=$(awk -v rooms="$rooms" '$2 != rooms { last = $0 } END { print last }' "$kept")
  if [ -n "$before" ]; then
    awk -v program="$1" -v rooms="$rooms" '{ printf "   since %s, when there were %d rooms: %+.1f kB for each one more\n", $1, $2, (program - $3) / (rooms - $2) / 1024 }' <<<"$before"
  fi
  printf '%s\t%s\t%s\n' "$(git rev-parse --short HEAD)" "$rooms" "$1" >>"$kept"
}

statements() {
  say "== P20: statements a page (goal: 4, and the same at 1,000 rows as at 10)"
  local told=target/bench/statements.txt
  mkdir -p target/bench
  # A figure over its goal is printed like any other; where the test found one, its words stand above the figures.
  cargo test --quiet "${BOTH[@]}" --test house -- --nocapture a_page_is_few_statements 2>&1 | tee "$told" || true
  awk '
    / statements, .* with a thousand rows more / {
      page = $0; sub(/.* with a thousand rows more +/, "", page)
      if (page ~ /\/merge\?into=/) { rehearsal = $1; next }
      pages += 1
      if ($1 > most) { most = $1; at = page }
      if ($1 == 4) full += 1
      if ($1 > 0 && $3 / $1 >= ratio) { if ($3 / $1 > ratio) grown = page; ratio = $3 / $1 }
      sum += $1
    }
    END {
      if (!pages) { print "   no page was counted"; exit }
      if (ratio > 1) grew = " (" grown ")"
      printf "   %d pages and their readers: at most %d statements (%s), %.1f on average, four on %d; with a thousand rows more %.2f times as many at most%s\n", pages, most, at, sum / pages, full, ratio, grew
      printf "   beside them the rehearsal of a merge, which tells a whole merge and takes it back: %d\n", rehearsal
      printf "   for the history: | P20 | ≤ 4, and 1 | %d; %.2f | %d pages and their readers, four on %d; the rehearsal of a merge %d |\n", most, ratio, pages, full, rehearsal
    }' "$told"
}

# A private function at the end of a file is the smallest edit that is one; the file is put back whatever happens.
edit() {
  edited=$1
  mkdir -p target/bench && cp -p "$edited" target/bench/original
  printf '\n#[allow(dead_code)]\nfn measured_%s() {}\n' "$$" >>"$edited"
}
restore() { if [ -n "${edited:-}" ]; then cp -p target/bench/original "$edited"; edited=; fi; }
trap restore EXIT

warm_builds() {
  say "== warm builds"
  build_both >/dev/null 2>&1
  edit src/app/mod.rs
  began=$SECONDS
  build_both >/dev/null 2>&1
  say "   after an edit of a page: $((SECONDS - began)) s (limit: 25 s)"
  restore
  cargo test --quiet "${BOTH[@]}" --test house --no-run
  edit src/features/organizations/service.rs
  began=$SECONDS
  cargo test --quiet "${BOTH[@]}" --test house organizations >/dev/null
  say "   after an edit of a service, until its tests have run: $((SECONDS - began)) s (limit: 40 s)"
  restore
}

if wants p8; then first_loads; fi
if wants p20; then statements; fi
measured=()
for it in p1 p2 p5 p6 p7 p13 p14 p15; do if wants "$it"; then measured+=("$it"); fi; done
if [ ${#measured[@]} -gt 0 ]; then python3 benches/bench.py "$form" "${measured[@]}"; fi
if wants builds; then warm_builds; fi
