#!/usr/bin/env bash
# Lighthouse on the five pages that people meet first, with its mobile settings. Prints, never fails on a figure; reports stay
# in target/lighthouse.
#
#   scripts/lighthouse.sh              as `make bench` does it: serves a thousand organizations as in production, and measures that
#   scripts/lighthouse.sh http://…     measures what is served there
. "$(dirname "$0")/env.sh"
if [ -z "${1:-}" ]; then exec python3 benches/bench.py p13; fi
chromium=${CHROMIUM:-$(command -v chromium || command -v google-chrome || true)}
[ -n "$chromium" ] || fail "no Chromium was found: scripts/tools.sh test installs one, or set CHROMIUM to its program"
[ -d benches/lighthouse/node_modules/lighthouse ] || (cd benches/lighthouse && npm ci --ignore-scripts --no-audit --no-fund)

reports=target/lighthouse
mkdir -p "$reports"
base=$1

opportunity=$(curl --silent --fail "$base/api/v1/opportunities?limit=1" | node -e 'let t = ""; process.stdin.on("data", (d) => (t += d)).on("end", () => console.log(JSON.parse(t).data.items[0].id))')
say "   performance, accessibility, best practices, SEO (goal: 100 each); largest paint, blocking, shift; kB sent"
for path in / /directory /directory/acme-cloud "/opportunities/$opportunity" /events/hackfest; do
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
