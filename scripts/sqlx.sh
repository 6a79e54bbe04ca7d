#!/usr/bin/env bash
# `make sqlx`: renews .sqlx, which says what each query takes and gives, from a scratch database with all migrations.
# To be run after a change to a query or a migration; the result is committed.
. "$(dirname "$0")/env.sh"
bash scripts/tools.sh build
fresh=$ROOT/target/sqlx/queries
rm -rf "$fresh" && mkdir -p "$fresh"
# Every query macro has to be expanded again, the unchanged ones too: only then is a query that went away left out.
touch src/lib.rs
say "[sqlx] a scratch database, its migrations, then every query of the code against it"
cargo build --quiet --manifest-path scripts/scratch/Cargo.toml --target-dir target/scratch
# Queries stand in stores, so the library is enough. Not `cargo run`: the variables that it sets make the build scripts of some dependencies run again.
SQLX_OFFLINE=false SQLX_OFFLINE_DIR=$fresh target/scratch/debug/scratch target/sqlx migrations \
  cargo check --lib --features "$TEST_FEATURES"
mkdir -p .sqlx
rm -f .sqlx/query-*.json
find "$fresh" -name 'query-*.json' -exec cp {} .sqlx/ \;
touch src/lib.rs
say "[sqlx] $(find .sqlx -name 'query-*.json' | wc -l | tr -d ' ') queries in .sqlx; commit them with the change"
