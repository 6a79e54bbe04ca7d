#!/usr/bin/env bash
# `make bench`: the figures that decide how the house may grow. Prints, never fails on a figure.
. "$(dirname "$0")/env.sh"
bash scripts/tools.sh build

# newest FOLDER PATTERN: file names carry a hash of their content, and those of earlier builds are kept.
newest() { find "$1" -name "$2" -exec ls -t {} + | head -n 1; }

# first_load FOLDER NAME: bytes of brotli that a browser fetches before a page can be used (chunks of areas come later).
first_load() {
  printf '%d' $(($(wc -c <"$(newest "$1" "$2.*js.br")") + $(wc -c <"$(newest "$1" "$2.*wasm.br")")))
}

say "== P8: what a browser loads before a page is interactive (brotli)"
LEPTOS_SITE_ROOT=target/site-release cargo leptos build --release --split --precompress
ours=$(first_load target/site-release/pkg commdesk)
say "   first load: $((ours / 1024)) kB"
# The manifest of this build names its chunks; "area":["chunk", …].
manifest=$(newest target/site-release/pkg '__wasm_split_manifest*.json')
for chunk in $(grep -o '\["[^]]*' "$manifest" | tr -d '["' | tr ',' '\n' | LC_ALL=C sort -u); do
  say "   later: $(($(wc -c <"target/site-release/pkg/$chunk.wasm.br") / 1024)) kB  $chunk"
done
if [ -f benches/skeleton/Cargo.toml ]; then
  (cd benches/skeleton && env -u LEPTOS_OUTPUT_NAME -u LEPTOS_SITE_ROOT cargo leptos build --release --split --precompress)
  bare=$(first_load benches/skeleton/target/site/pkg skeleton)
  say "   a skeleton with the same flags: $((bare / 1024)) kB; ratio $(awk "BEGIN { printf \"%.2f\", $ours / $bare }") (goal: 1.5)"
fi

say "== P20: statements a page (goal: 4, and the same at 1,000 rows as at 10)"
cargo test --quiet "${BOTH[@]}" --test house -- --nocapture a_page_is_few_statements

# A private function at the end of a file is the smallest edit that is one; the file is put back whatever happens.
edit() {
  edited=$1
  mkdir -p target/bench && cp -p "$edited" target/bench/original
  printf '\n#[allow(dead_code)]\nfn measured_%s() {}\n' "$$" >>"$edited"
}
restore() { if [ -n "${edited:-}" ]; then cp -p target/bench/original "$edited"; edited=; fi; }
trap restore EXIT

say "== warm builds"
cargo leptos build --split >/dev/null 2>&1
edit src/app/mod.rs
began=$SECONDS
cargo leptos build --split >/dev/null 2>&1
say "   after an edit of a page: $((SECONDS - began)) s (25 s is the limit that splits the crate)"
restore
cargo test --quiet "${BOTH[@]}" --test house --no-run
edit src/features/organizations/service.rs
began=$SECONDS
cargo test --quiet "${BOTH[@]}" --test house organizations >/dev/null
say "   after an edit of a service, until its tests have run: $((SECONDS - began)) s (limit: 40 s)"
restore
