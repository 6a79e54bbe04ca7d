#!/usr/bin/env bash
# Lighthouse on the five pages that people meet first, with its mobile settings. Prints, never fails on a figure; reports stay
# in target/lighthouse.
#
#   scripts/lighthouse.sh              serves the release build (or else the debug one) with the demo, and measures that
#   scripts/lighthouse.sh http://…     measures what is served there
. "$(dirname "$0")/env.sh"
chromium=${CHROMIUM:-$(command -v chromium || command -v google-chrome || true)}
[ -n "$chromium" ] || fail "no Chromium was found: scripts/tools.sh test installs one, or set CHROMIUM to its program"
[ -d benches/lighthouse/node_modules/lighthouse ] || (cd benches/lighthouse && npm ci --ignore-scripts --no-audit --no-fund)

reports=target/lighthouse
mkdir -p "$reports"
server=
finish() { if [ -n "$server" ]; then kill -INT "$server" 2>/dev/null && wait "$server" 2>/dev/null || true; fi; }
trap finish EXIT

base=${1:-}
if [ -z "$base" ]; then
  program=target/release/commdesk site=target/site-release
  if [ ! -x "$program" ]; then program=target/debug/commdesk site=target/site; fi
  port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
  base=http://127.0.0.1:$port
  LEPTOS_SITE_ROOT=$site COMMDESK_PAGE_SECONDS=1 "$program" dev --addr "127.0.0.1:$port" --data "$reports/data" >"$reports/server.log" 2>&1 &
  server=$!
  for _ in $(seq 600); do curl --silent --fail --output /dev/null "$base/readyz" && break; sleep 0.2; done
fi

opportunity=$(curl --silent --fail "$base/api/v1/opportunities?limit=1" | node -e 'let t = ""; process.stdin.on("data", (d) => (t += d)).on("end", () => console.log(JSON.parse(t).data.items[0].id))')
say "   performance, accessibility, best practices, SEO (goal: 100 each); largest paint, blocking, shift; kB sent"
for path in / /directory /directory/acme-cloud "/opportunities/$opportunity" /events/hackfest-2027; do
  report=$reports/$(printf '%s' "$path" | tr -c 'a-z0-9' '-').json
  # The first opening of each page is not measured: a page that is open all day is.
  curl --silent --output /dev/null "$base$path"
  CHROME_PATH=$chromium node benches/lighthouse/node_modules/lighthouse/cli/index.js "$base$path" --quiet --output json \
    --output-path "$report" --form-factor mobile --chrome-flags="--headless=new --no-sandbox --disable-gpu"
  node - "$report" "$path" <<'JS'
const [report, path] = process.argv.slice(2);
const { categories, audits } = JSON.parse(require("fs").readFileSync(report, "utf8"));
const scores = Object.values(categories).map((it) => Math.round(it.score * 100));
const figure = (name) => audits[name].displayValue.replace(/\s/g, " ");
const sent = Math.round(audits["network-requests"].details.items.reduce((sum, it) => sum + it.transferSize, 0) / 1024);
console.log(`   ${scores.map((it) => String(it).padStart(3)).join(" ")}   ${figure("largest-contentful-paint")}, ${figure("total-blocking-time")}, ${figure("cumulative-layout-shift")}; ${sent} kB  ${path}`);
const lost = Object.values(categories).flatMap((it) => it.auditRefs.filter((ref) => ref.weight > 0 && audits[ref.id].score !== null && audits[ref.id].score < 0.9));
for (const ref of lost) console.log(`         ${ref.id}: ${audits[ref.id].displayValue || audits[ref.id].title}`);
JS
done
