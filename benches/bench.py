"""Figures of the house: paired measurements on this machine, against data of its own making. See benches/README.md.

    scripts/bench.sh [quick|full] [p1 p2 p5 p6 p7 p13 p14 p15]

Everything is bounded, nothing but the loopback address is asked, and nothing fails on a figure. The program that is measured is
$BENCH_PROGRAM, or else the release build, or else the debug one (whose figures only try this file out).
"""

import json
import os
import pathlib
import random
import re
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import date

ROOT = pathlib.Path(__file__).resolve().parent.parent
HERE = pathlib.Path(os.environ.get("BENCH_FOLDER", ROOT / "target" / "bench"))
TOOLS = ROOT / "target" / "bench" / "cargo" / "release"
BENCHES = ROOT / "benches"
PASSWORD = "a calm demo passphrase"
# Made anew when these change, or when the events' dates have come too near.
SOURCES = [BENCHES / "data.sql", *sorted((ROOT / "migrations").glob("*.sql"))]
STALE_DAYS = 9


def say(text=""):
    print(text, flush=True)


def free_port():
    with socket.socket() as it:
        it.bind(("127.0.0.1", 0))
        return it.getsockname()[1]


def environment(**more):
    """What stands around a measured program: nothing that a developer has set for the house."""
    mine = {key: value for key, value in os.environ.items() if not key.startswith(("COMMDESK_", "DATABASE_", "PG")) and key != "RUST_LOG"}
    return {**mine, **{key: str(value) for key, value in more.items()}}


# ── A Postgres of its own ────────────────────────────────────────────────────────────────────────────────────────────

class Cluster:
    """One cluster for all sizes, kept between runs; stopped at the end of each."""

    SETTINGS = {
        "listen_addresses": "'127.0.0.1'", "unix_socket_directories": "''", "max_connections": "200", "shared_buffers": "'1GB'",
        "max_wal_size": "'8GB'", "wal_level": "minimal", "max_wal_senders": "0", "autovacuum": "off", "jit": "off", "timezone": "'UTC'",
        "log_timezone": "'UTC'", "log_min_messages": "warning", "checkpoint_timeout": "'30min'",
    }

    def __init__(self):
        self.bin = self.find()
        # Root may not run Postgres, and who may must be able to walk to its folder.
        self.user = {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}
        self.folder = HERE / "postgres"
        self.password = HERE / "postgres.password"
        self.port = free_port()
        self.process = None

    @staticmethod
    def find():
        for folder in [os.environ.get("PG_BIN"), *sorted(map(str, pathlib.Path("/usr/lib/postgresql").glob("*/bin")), reverse=True),
                       *os.environ.get("PATH", "").split(":")]:
            if folder and (pathlib.Path(folder) / "initdb").exists() and (pathlib.Path(folder) / "pgbench").exists():
                return pathlib.Path(folder)
        sys.exit("error: no Postgres with pgbench was found; say where its programs are with PG_BIN")

    def start(self):
        if not self.password.exists():
            self.password.touch(mode=0o600)
            self.password.write_text(secrets.token_hex(16))
        if not (self.folder / "PG_VERSION").exists():
            self.folder.mkdir(exist_ok=True)
            key = HERE / "postgres.key"
            key.touch(mode=0o600)
            key.write_text(self.password.read_text())
            if self.user:
                import pwd
                entry = pwd.getpwnam("postgres")
                os.chown(self.folder, entry.pw_uid, entry.pw_gid)
                os.chown(key, entry.pw_uid, entry.pw_gid)
            self.folder.chmod(0o700)
            subprocess.run([self.bin / "initdb", "-D", self.folder, "-U", "owner", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync",
                            "--auth=scram-sha-256", f"--pwfile={key}"], check=True, stdout=subprocess.DEVNULL, **self.user)
            key.unlink()
        settings = [word for name, value in self.SETTINGS.items() for word in ("-c", f"{name}={value.strip(chr(39))}")]
        log = open(HERE / "postgres.log", "ab")
        self.process = subprocess.Popen([self.bin / "postgres", "-D", self.folder, "-p", str(self.port), *settings],
                                        stdout=log, stderr=log, cwd="/", **self.user)
        for _ in range(300):
            if self.process.poll() is not None:
                sys.exit("error: Postgres did not start; see target/bench/postgres.log")
            if subprocess.run([self.bin / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode == 0:
                return
            time.sleep(0.1)
        sys.exit("error: Postgres was not ready after half a minute")

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(60)

    def url(self, database):
        return f"postgres://owner:{self.password.read_text()}@127.0.0.1:{self.port}/{database}"

    def tool(self, name, database, *words, **more):
        surroundings = environment(PGOPTIONS="-c client_min_messages=warning", PGPASSWORD=self.password.read_text(), PGUSER="owner", PGHOST="127.0.0.1", PGPORT=self.port, PGDATABASE=database)
        return subprocess.run([self.bin / name, *map(str, words)], env=surroundings, check=True, text=True, stdout=subprocess.PIPE, **more).stdout

    def ask(self, sql, database="postgres"):
        return self.tool("psql", database, "-XAtq", "-v", "ON_ERROR_STOP=1", "-c", sql).strip()

    def databases(self):
        rows = self.ask("select datname || '|' || coalesce(shobj_description(oid, 'pg_database'), '') from pg_database where not datistemplate")
        return dict(row.split("|", 1) for row in rows.splitlines())


def version_of_data():
    import hashlib
    return hashlib.sha256(b"".join(path.read_bytes() for path in SOURCES)).hexdigest()[:12]


def filled(cluster, program, size):
    """The name of a database with so many organizations; made if it is not there, or out of date."""
    version, today, name = version_of_data(), date.today(), f"bench_{size}"
    there = cluster.databases()
    stamp = there.get(name, "")
    if stamp:
        made, day = stamp.split(" ")
        if made == version and (today - date.fromisoformat(day)).days <= STALE_DAYS:
            return name
    cluster.ask("alter system set fsync = off")
    cluster.ask("select pg_reload_conf()")
    demo = there.get("demo", "")
    if demo != f"{version} {today}":
        cluster.ask("drop database if exists demo with (force)")
        cluster.ask("create database demo")
        with App(cluster, program, "demo", seed=True):
            pass
        cluster.ask(f"comment on database demo is '{version} {today}'")
    began = time.monotonic()
    cluster.ask(f"drop database if exists {name} with (force)")
    cluster.ask(f"create database {name} template demo")
    with open(BENCHES / "data.sql") as script:
        cluster.tool("psql", name, "-Xq", "-v", f"n={size}", stdin=script)
    cluster.ask(f"comment on database {name} is '{version} {today}'")
    # Whatever is measured afterwards is measured on a database that keeps what it is told.
    cluster.ask("alter system reset fsync")
    cluster.ask("select pg_reload_conf()")
    cluster.ask("checkpoint")
    say(f"   {size:,} organizations made in {time.monotonic() - began:.0f} s, {int(cluster.ask(f'select pg_database_size({chr(39)}{name}{chr(39)})')) / 1e6:,.0f} MB")
    return name


# ── What is measured ─────────────────────────────────────────────────────────────────────────────────────────────────

class Server:
    """A program that serves on the loopback address, while a `with` lasts."""

    def __init__(self, command, surroundings, name, ready):
        self.command, self.surroundings, self.name, self.ready = command, surroundings, name, ready
        self.port = free_port()

    def __enter__(self):
        self.log = open(HERE / f"{self.name}.log", "wb")
        command = [str(word).replace("{port}", str(self.port)) for word in self.command]
        self.process = subprocess.Popen(command, env=self.surroundings, stdout=self.log, stderr=self.log, cwd=ROOT)
        try:
            for _ in range(2400):
                if self.process.poll() is not None:
                    sys.exit(f"error: {self.name} did not start; see target/bench/{self.name}.log")
                try:
                    if self.ready(self):
                        return self
                except (urllib.error.URLError, OSError):
                    pass
                time.sleep(0.25)
            sys.exit(f"error: {self.name} was not ready after ten minutes; see target/bench/{self.name}.log")
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()

    @property
    def pid(self):
        return self.process.pid

    def get(self, path, headers=None, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data=data, headers={"content-type": "application/json", **(headers or {})})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.headers, answer.read().decode()

    def data(self, path, headers=None):
        return json.loads(self.get(path, headers)[1])["data"]

    def memory(self):
        status = pathlib.Path(f"/proc/{self.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status).group(1)) / 1024


class App(Server):
    """The product, with development's keys, its limits out of the way, and codecs off (nobody here says that they read any)."""

    def __init__(self, cluster, program, database, seed=False, page_seconds=0, name=None):
        site = ROOT / "target" / ("site-release" if "release" in str(program) else "site")
        # Made as production's are: `serve` has them too (P13), and refuses those that `dev` would make.
        keys = HERE / "data" / "keys.env"
        if not keys.exists() or "ZGV2I" in keys.read_text():
            keys.parent.mkdir(parents=True, exist_ok=True)
            with open(keys, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
                subprocess.run([program, "keys"], check=True, stdout=file)
        command = [program, "dev", "--addr", "127.0.0.1:{port}", "--data", HERE / "data", "--database-url", cluster.url(database),
                   "--limit-factor", "1000000", "--page-seconds", page_seconds, "--site-root", site, *(["--seed"] if seed else [])]
        super().__init__(command, environment(RUST_LOG=os.environ.get("BENCH_LOG", "warn,services::platform::index=info")), name or f"app-{database}", self.is_ready)

    @staticmethod
    def is_ready(self):
        self.get("/readyz")
        # Before the indexes of the lists are filled the database answers, which is not what is measured.
        figures = self.get("/metrics")[1]
        return all(f'search_index_rows{{list="{name}"}}' in figures for name in ("organizations", "opportunities"))

    def session(self, email, workspace):
        headers, _ = self.get("/api/v1/auth/login", body={"email": email, "password": PASSWORD})
        return {"cookie": headers["set-cookie"].split(";")[0], "x-commdesk-workspace": workspace}

    def staff(self, email):
        """Staff give a second factor, which development shows; one that was used already is followed by the next half minute's."""
        headers, _ = self.get("/api/v1/auth/login", body={"email": email, "password": PASSWORD})
        cookie = {"cookie": headers["set-cookie"].split(";")[0]}
        for _ in range(4):
            code = next(it["code"] for it in json.loads(self.get("/dev/people")[1]) if it["email"] == email)
            try:
                headers, _ = self.get("/api/v1/auth/second-factor", cookie, {"code": code})
                return {"cookie": headers["set-cookie"].split(";")[0]}
            except urllib.error.HTTPError:
                self.get("/dev/clock?seconds=30", body={})
        sys.exit(f"error: no code of {email} was accepted")


RUNNING = {}


def served(cluster, program, database):
    """The product on a database, for whoever measures it next too: at a million organizations a start takes minutes."""
    if database not in RUNNING:
        RUNNING[database] = App(cluster, program, database).__enter__()
    return RUNNING[database]


class Load:
    """Calls the load tool: `asks` are (label, method, path, headers, body)."""

    def __init__(self):
        self.program = TOOLS / "load"
        self.count = 0

    def __call__(self, server, asks, connections=1, requests=0, seconds=0.0, rate=0.0, wait=True):
        self.count += 1
        file = HERE / f"asks-{self.count % 16}.tsv"
        file.write_text("".join("\t".join([label, method, path, "|".join(f"{k}: {v}" for k, v in (headers or {}).items()), body or ""]) + "\n"
                                for label, method, path, headers, body in asks))
        words = [self.program, "--addr", f"127.0.0.1:{server.port}", "--asks", file, "--connections", str(connections), "--pids", str(server.pid)]
        words += ["--requests", str(requests)] if requests else []
        words += ["--seconds", str(seconds)] if seconds else []
        words += ["--rate", str(rate)] if rate else []
        running = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        return self.result(running) if wait else running

    @staticmethod
    def result(running):
        out, _ = running.communicate(timeout=900)
        if running.returncode:
            sys.exit("error: the load tool failed")
        return json.loads(out)


def read(path, label=None, headers=None):
    return (label or path, "GET", path, headers, None)


def middle(values):
    return statistics.median(values)


def interval(values):
    """Where the median lies with some 95 %, from the order of the values alone."""
    ordered, n = sorted(values), len(values)
    # The k-th from either end, as the binomial says: 7 or 8 values, the whole range or all but the ends.
    k = 0
    from math import comb
    while k + 1 < n / 2 and sum(comb(n, i) for i in range(k + 2)) / 2 ** n * 2 <= 0.075:
        k += 1
    return ordered[k], ordered[n - 1 - k]


def paired(pairs, first, second):
    """A B B A …: the ratio of each pair, whatever the machine did meanwhile."""
    ratios, left, right = [], [], []
    for pair in range(pairs):
        if pair % 2 == 0:
            a, b = first(), second()
        else:
            b, a = second(), first()
        left.append(a)
        right.append(b)
        ratios.append(a / b if b else float("nan"))
    return ratios, left, right


LINES = []


def figure(name, ratios, goal, note=""):
    low, high = interval(ratios)
    line = f"{name}: {middle(ratios):.2f} ({low:.2f} to {high:.2f}; goal {goal}){'; ' + note if note else ''}"
    LINES.append(line)
    say("   " + line)


def check_errors(result, what):
    if result["all"]["errors"]:
        said = f"{result['all']['errors']} of {what} failed: " + json.dumps({label: it["statuses"] for label, it in result["by"].items() if it["errors"]})
        LINES.append(said)
        say("   ! " + said)
    return result


# ── P1, P2 ───────────────────────────────────────────────────────────────────────────────────────────────────────────

def same_statement():
    """Is the statement of the twin and of pgbench still the product's own?"""
    squeeze = lambda text: " ".join(text.split())
    source = (ROOT / "src/features/organizations/store/search.rs").read_text()
    card = re.search(r'const CARD: &str = r#"(.*?)"#', source, re.S).group(1)
    listed = re.search(r'const LISTED: &str = "(.*?)"', (ROOT / "src/features/organizations/store/mod.rs").read_text()).group(1)
    return squeeze(card + listed + " and o.id = any($1)") == squeeze((BENCHES / "directory.sql").read_text())


def visible(page):
    """The text of a page's body, without scripts and marks."""
    import html
    body = page[page.index("<body"):]
    body = re.sub(r"<script.*?</script>|<!--.*?-->|<!>", "", body, flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


class Pgbench:
    def __init__(self, cluster, database, ids):
        self.cluster, self.database = cluster, database
        self.file = HERE / "directory.pgbench"
        self.file.write_text((BENCHES / "directory.sql").read_text().replace("$1", "array[" + ",".join(f"'{it}'::uuid" for it in ids) + "]").replace("\n", " ") + ";\n")

    def __call__(self, clients, seconds):
        out = self.cluster.tool("pgbench", self.database, "-n", "-M", "prepared", "-f", self.file, "-c", clients, "-j", 2, "-T", seconds, stderr=subprocess.DEVNULL)
        return float(re.search(r"tps = ([\d.]+)", out).group(1))


def p1_p2(cluster, program, load, size, pairs, seconds, which):
    database = filled(cluster, program, size)
    say(f"== P1, P2: the directory at {size:,} organizations, beside a twin by hand (axum, maud) and pgbench of the same SQL")
    if not same_statement():
        say("   ! benches/directory.sql is not the product's statement any more")
    twin_ready = lambda it: it.get("/directory")
    with App(cluster, program, database) as ours, App(cluster, program, database, page_seconds=1, name="app-kept") as kept:
        twin = Server([TOOLS / "twin"], environment(DATABASE_URL=cluster.url(database), ADDR="127.0.0.1:{port}"), "twin", twin_ready)
        twin.surroundings["ADDR"] = f"127.0.0.1:{twin.port}"
        twin.surroundings["HOUSE"] = f"127.0.0.1:{ours.port}"
        with twin:
            ask = [read("/directory")]
            page, other = ours.get("/directory")[1], twin.get("/directory")[1]
            if visible(page) != visible(other):
                a, b = visible(page), visible(other)
                at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
                LINES.append("P1: the twin says something else")
                say(f"   ! the twin says something else: “{a[max(0, at - 60):at + 60]}” / “{b[max(0, at - 60):at + 60]}”")
            ids = [item["id"] for item in ours.data("/api/v1/sponsors")["items"]]
            for server in (ours, kept, twin):
                load(server, ask, connections=4, seconds=2)
            say(f"   {len(page) / 1024:.0f} kB, the twin's {len(other) / 1024:.0f} kB, with the same visible text")
            cost = lambda server: (lambda it: it["cpu"][0] / it["all"]["count"])(check_errors(load(server, ask, connections=2, seconds=seconds), "directory pages"))
            rate = lambda server, connections=8: check_errors(load(server, ask, connections=connections, seconds=seconds), "directory pages")["all"]["rate"]
            pgbench = Pgbench(cluster, database, ids)
            if "p1" in which:
                ratios, a, b = paired(pairs, lambda: cost(ours), lambda: cost(twin))
                figure("P1 CPU of the directory ÷ twin's", ratios, "≤ 2.5", f"{middle(a):.2f} ms ÷ {middle(b):.2f} ms a page")
                ratios, a, b = paired(pairs, lambda: rate(ours), lambda: pgbench(8, max(1, round(seconds))))
                figure("P1 pages/s ÷ pgbench tps", ratios, "≥ 0.25", f"{middle(a):.0f}/s ÷ {middle(b):.0f}/s")
                ratios, a, b = paired(pairs, lambda: rate(twin), lambda: pgbench(8, max(1, round(seconds))))
                figure("P1 the twin's pages/s ÷ pgbench tps (for comparison)", ratios, "none", f"{middle(a):.0f}/s ÷ {middle(b):.0f}/s")
            if "p2" in which:
                ratios, a, b = paired(pairs, lambda: rate(kept), lambda: pgbench(8, max(1, round(seconds))))
                figure("P2 kept pages/s ÷ pgbench tps", ratios, "≥ 1.5", f"{middle(a):.0f}/s ÷ {middle(b):.0f}/s")


# ── P14, P15 ─────────────────────────────────────────────────────────────────────────────────────────────────────────

def endpoints(app):
    """Each with what it asks for, from what stands in this database; several of a kind where each row weighs differently."""
    asha, ravi = app.session("asha@acme.example", "organization:acme-cloud"), app.session("ravi@apex.example", "community:apex-circle")
    omar = app.staff("omar@commdesk.example")
    as_ravi, as_asha = "?as=community%3Aapex-circle", "?as=organization%3Aacme-cloud"
    sponsors = app.data("/api/v1/sponsors?limit=20")["items"]
    slugs, sponsor_ids = [item["slug"] for item in sponsors], [item["id"] for item in sponsors]
    next_page = app.data("/api/v1/sponsors")["nextCursor"]
    events = [item["slug"] for item in app.data("/api/v1/events?limit=20")["items"]]
    event_ids = [item["id"] for item in app.data("/api/v1/events?limit=5")["items"]]
    opportunities = [item["id"] for item in app.data("/api/v1/opportunities?limit=20")["items"]]
    requests = [item["id"] for item in app.data("/api/v1/requests?tab=accepted&limit=10", ravi)["items"]]
    community = app.data("/api/v1/communities?limit=5")["items"]
    # What Apex Circle has of its own, as its lists lead there.
    own = lambda path: sorted(set(re.findall(path + r"/([0-9a-f]{8}-[0-9a-f-]{27})", app.get(path + as_ravi, ravi)[1])))[:10]
    own_events, own_opportunities = own("/manage/events"), own("/manage/opportunities")
    many = lambda label, paths, headers=None: (label, [read(path, label, headers) for path in paths])
    suggest = "/rpc/organizations/suggest"
    list_of = [
        many("directory", ["/directory"]),
        many("directory, next page", [f"/directory?cursor={next_page}"]),
        many("directory, one filter", ["/directory?industry=Security", "/directory?technology=Rust", "/directory?region=Europe", "/directory?verified=true"]),
        many("directory, three filters", ["/directory?industry=Security&technology=Rust&region=Europe", "/directory?technology=Kubernetes&technology=Python&verified=true"]),
        many("directory, words", ["/directory?q=cloud", "/directory?q=platform+teams", "/directory?q=payments"]),
        many("directory, by name", ["/directory?sort=name", "/directory?sort=newest"]),
        many("directory, as a community", ["/directory" + as_ravi, "/directory" + as_ravi + "&budget=USD:2500-10000"], ravi),
        many("suggestions", [f"{suggest}?text={text}" for text in ("py", "ka", "clo", "secu")]),
        many("organization page", [f"/directory/{slug}" for slug in slugs]),
        many("communities", ["/communities"]),
        many("communities, filter and words", ["/communities?region=Europe", "/communities?q=cloud", "/communities?type=Meetup+group", "/communities?technology=Rust&eventType=Meetup"]),
        many("community page", [f"/communities/{it['slug']}" for it in community if it.get("slug")] or ["/communities/apex-circle"]),
        many("opportunities", ["/opportunities"]),
        many("opportunities, filters", ["/opportunities?eventType=Hackathon", "/opportunities?technologies=Rust", "/opportunities?region=Europe&category=Gold+Sponsor"]),
        many("opportunities, words", ["/opportunities?search=cloud", "/opportunities?search=hackathon"]),
        many("opportunities, by budget", ["/opportunities?sort=budget", "/opportunities?sort=newest"]),
        many("opportunities, by match", ["/opportunities" + as_asha + "&sort=match"], asha),
        many("opportunity page", [f"/opportunities/{it}" for it in opportunities]),
        many("events", ["/events"]),
        many("events, words", ["/events?q=hackathon", "/events?q=meetup"]),
        many("event page", [f"/events/{slug}" for slug in events]),
        many("inbox, community", ["/inbox" + as_ravi, "/inbox" + as_ravi + "&tab=accepted"], ravi),
        many("inbox, organization", ["/inbox" + as_asha, "/inbox" + as_asha + "&tab=history"], asha),
        many("inbox, words", ["/inbox" + as_ravi + "&q=hackathon"], ravi),
        many("request page", [f"/requests/{it}{as_ravi}" for it in requests], ravi),
        many("dashboard", ["/dashboard" + as_ravi], ravi),
        many("own events", ["/manage/events" + as_ravi], ravi),
        many("own opportunities", ["/manage/opportunities" + as_ravi], ravi),
        many("landing", ["/"]),
        many("API sponsors", ["/api/v1/sponsors", "/api/v1/sponsors?search=cloud"]),
        many("API communities", ["/api/v1/communities"]),
        many("API opportunities", ["/api/v1/opportunities", "/api/v1/opportunities?search=cloud"]),
        many("API events", ["/api/v1/events"]),
        many("API event's sponsors", [f"/api/v1/events/{it}/sponsors" for it in event_ids]),
        many("API requests", ["/api/v1/requests"], ravi),
        many("sitemap", ["/sitemap.xml"]),
        many("compare", ["/directory/compare?" + "&".join(f"o={slug}" for slug in slugs[:4])]),
        many("organization page, as a community", [f"/directory/{slug}{as_ravi}" for slug in slugs], ravi),
        many("searches, watchlist", ["/searches" + as_ravi, "/watchlist" + as_ravi], ravi),
        many("rules and limits of requests", ["/inbox/rules" + as_asha, "/inbox/standing" + as_asha], asha),
        many("new request", [f"/requests/new{as_ravi}&organization={slug}" for slug in slugs[:5]], ravi),
        many("own event, read and edited", [f"/manage/events/{it}{end}{as_ravi}" for it in own_events for end in ("", "/edit")], ravi),
        many("who stands there, one more", [f"/manage/events/{it}/partners/new{as_ravi}" for it in own_events], ravi),
        many("embeds", ["/community/embeds" + as_ravi], ravi),
        many("own opportunity, edited", [f"/manage/opportunities/{it}{as_ravi}" for it in own_opportunities], ravi),
        many("decisions", [f"/manage/opportunities/{it}/decisions{as_ravi}" for it in own_opportunities], ravi),
        many("members", ["/people" + as_ravi], ravi),
        many("notices", ["/notifications" + as_ravi], ravi),
        many("imports and export", ["/imports" + as_ravi, "/export" + as_ravi], ravi),
        many("own profile, organization", ["/organization/profile" + as_asha], asha),
        many("own profile, community", ["/community/profile" + as_ravi], ravi),
        many("dashboard, organization", ["/dashboard" + as_asha], asha),
        many("dashboard, staff", ["/dashboard"], omar),
        many("staff: organizations that wait", ["/staff/organizations"], omar),
        many("staff: all organizations, and by words", ["/staff/organizations?part=all", "/staff/organizations?part=all&q=cloud"], omar),
        many("staff: one organization", [f"/staff/organizations/{it}" for it in sponsor_ids[:10]], omar),
        many("staff: merging", [f"/staff/organizations/{it}/merge" for it in sponsor_ids[:10]], omar),
        # Only their list: one by itself shows its phone, and those that are made up are not sealed.
        many("staff: communities", ["/staff/communities"], omar),
        many("staff: requests, reports, changes", ["/staff/requests", "/staff/reports", "/staff/changes"], omar),
        many("staff: people and imports", ["/staff/people", "/imports"], omar),
        many("API sponsor", [f"/api/v1/sponsors/{it}" for it in sponsor_ids]),
        many("API community", [f"/api/v1/communities/{it['id']}" for it in community]),
        many("API event", [f"/api/v1/events/{it}" for it in event_ids]),
        many("API opportunity", [f"/api/v1/opportunities/{it}" for it in opportunities]),
        many("API request", [f"/api/v1/requests/{it}" for it in requests], ravi),
        many("API event's partners", [f"/api/v1/events/{it}/partners" for it in own_events], ravi),
        many("API decisions", [f"/api/v1/opportunities/{it}/decisions" for it in own_opportunities], ravi),
        many("API members, invitations", ["/api/v1/members", "/api/v1/invitations"], ravi),
        many("API join requests", ["/api/v1/join-requests"], asha),
        many("API notices", ["/api/v1/notifications"], ravi),
        many("API searches, watchlist", ["/api/v1/searches", "/api/v1/watchlist"], ravi),
        many("API blocks, rules, standing", ["/api/v1/blocks", "/api/v1/requests/rules", "/api/v1/requests/standing"], asha),
        many("API dashboard", ["/api/v1/sponsors/dashboard"], asha),
        many("API staff: reports, held requests", ["/api/v1/admin/reports", "/api/v1/admin/requests/held"], omar),
    ]
    return [(label, asks) for label, asks in list_of if asks]


def p14(cluster, program, load, sizes, rounds, each):
    small, large = sizes
    databases = [filled(cluster, program, size) for size in sizes]
    say(f"== P14: p95 at {large:,} organizations ÷ at {small:,} (goal: 3; facet counts 5)")
    less, more = (served(cluster, program, database) for database in databases)
    say(f"   memory of the program: {less.memory():.0f} MB, {more.memory():.0f} MB")
    LINES.append(f"P14 memory of the program: {less.memory():.0f} MB at {small:,}, {more.memory():.0f} MB at {large:,}")
    # What only one of the two has rows for is no pair.
    few, plenty = dict(endpoints(less)), dict(endpoints(more))
    pairs = [((label, few[label]), (label, plenty[label])) for label in few if label in plenty]
    for label in few.keys() ^ plenty.keys():
        say(f"   ! “{label}” has rows at one of the two sizes only")
    worst = []
    for (label, few), (_, plenty) in pairs:
        for server, asks in ((less, few), (more, plenty)):
            check_errors(load(server, asks, requests=min(each, 3 * len(asks))), f"“{label}”")
        p95 = lambda server, asks: load(server, asks, requests=each, seconds=60)["all"]["p95"]
        ratios, a, b = paired(rounds, lambda: p95(more, plenty), lambda: p95(less, few))
        low, high = interval(ratios)
        mark = " " if middle(ratios) <= 3 else "!"
        say(f"   {mark} {middle(ratios):6.2f} ({low:.2f} to {high:.2f})   {middle(a):8.2f} ms ÷ {middle(b):6.2f} ms   {label}")
        worst.append((middle(ratios), label, middle(a), middle(b)))
    LINES.append(f"P14 p95 at {large:,} ÷ at {small:,}: {sum(1 for it in worst if it[0] <= 3)} of {len(worst)} within 3 (goal: all)")
    for ratio, label, a, b in sorted(worst, reverse=True):
        if ratio > 3:
            LINES.append(f"P14 over: {label} {ratio:.1f} ({a:.1f} ms ÷ {b:.1f} ms)")


def p15(cluster, program, load, size, many):
    database = filled(cluster, program, size)
    say(f"== P15: {many:,} mixed questions to the search of {size:,} organizations (goal: p95 ≤ 10 ms)")
    rows = cluster.tool("psql", database, "-XAtq", "-F", "\t", "-c", f"select kind, text from bench.questions order by place limit {many}")
    from urllib.parse import quote_plus
    asks = [read("/api/v1/sponsors" + (f"?search={quote_plus(text)}" if text else ""), kind)
            for kind, _, text in (row.partition("\t") for row in rows.splitlines())]
    app = served(cluster, program, database)
    load(app, asks[:200], requests=200)
    told = check_errors(load(app, asks, requests=len(asks)), "questions")
    line = lambda it: f"p50 {it['p50']:.2f}, p95 {it['p95']:.2f}, p99 {it['p99']:.2f}, longest {it['max']:.1f} ms"
    LINES.append(f"P15 at {size:,}: {line(told['all'])} (goal: p95 ≤ 10 ms); CPU {told['cpu'][0] / len(asks):.2f} ms a question")
    say("   " + LINES[-1])
    for kind, it in told["by"].items():
        say(f"     {kind:10} {line(it)}")


# ── P5, P6, P7 ───────────────────────────────────────────────────────────────────────────────────────────────────────

def mixed(app, seed=1):
    """What visitors open, in no order."""
    slugs = [item["slug"] for item in app.data("/api/v1/sponsors?limit=40")["items"]]
    events = [item["slug"] for item in app.data("/api/v1/events?limit=40")["items"]]
    opportunities = [item["id"] for item in app.data("/api/v1/opportunities?limit=40")["items"]]
    asks = [read(path, "read") for path in
            ["/directory", "/directory?technology=Rust", "/directory?q=cloud", "/opportunities", "/communities", "/events", "/", "/api/v1/sponsors?search=data"] * 5
            + [f"/directory/{it}" for it in slugs] + [f"/events/{it}" for it in events] + [f"/opportunities/{it}" for it in opportunities]]
    random.Random(seed).shuffle(asks)
    return asks


def p5(cluster, program, load, size, pairs, seconds):
    database = filled(cluster, program, size)
    say(f"== P5: p99 with 10 % writes at half capacity ÷ p99 of reads alone, at {size:,} organizations (goal: 2, no errors)")
    app = served(cluster, program, database)
    ravi = {**app.session("ravi@apex.example", "community:apex-circle"), "content-type": "application/json"}
    reads = mixed(app)
    # A draft of an event: a row, its fact, the outbox, and what hears of it.
    write = ("write", "POST", "/api/v1/events", {**ravi, "idempotency-key": f"bench-{secrets.token_hex(4)}-{{n}}"}, '{"title":"A bench of {n} people","timezone":"UTC"}')
    both = [write if place % 10 == 9 else ask for place, ask in enumerate(reads * 10)]
    load(app, reads, connections=8, seconds=3)
    half = load(app, reads, connections=8, seconds=6)["all"]["rate"] / 2
    say(f"   half of its capacity is {half:.0f} requests/s")
    alone = lambda: check_errors(load(app, reads, connections=32, seconds=seconds, rate=half), "reads")["all"]["p99"]
    together = lambda: check_errors(load(app, both, connections=32, seconds=seconds, rate=half), "reads and writes")["all"]["p99"]
    ratios, a, b = paired(pairs, together, alone)
    figure("P5 p99 with writes ÷ without", ratios, "≤ 2, no errors", f"{middle(a):.1f} ms ÷ {middle(b):.1f} ms at {half:.0f}/s")


def p6(cluster, program, load, size, first, last):
    database = filled(cluster, program, size)
    say(f"== P6: memory after {last:,} mixed requests ÷ after {first:,}, at {size:,} organizations (goal: 1.10)")
    with App(cluster, program, database) as app, App(cluster, program, database, page_seconds=1, name="app-kept") as kept:
        for server, said in ((app, "each page rendered"), (kept, "pages kept for a second")):
            asks = mixed(server)
            few = check_errors(load(server, asks, connections=8, requests=first), "requests")["all"]["count"]
            before = server.memory()
            # As many as there is time for: the load tool ends after ten minutes whatever it is told.
            many = few + check_errors(load(server, asks, connections=8, requests=last - first), "requests")["all"]["count"]
            after = server.memory()
            LINES.append(f"P6 memory after {many:,} ÷ after {few:,}, {said}: {after / before:.3f} ({after:.0f} MB ÷ {before:.0f} MB; goal ≤ 1.10)")
            say("   " + LINES[-1])


def p7(cluster, program, load, size, pairs, seconds):
    database = filled(cluster, program, size)
    say(f"== P7: p99 of the directory during 100 logins at once ÷ without, at {size:,} organizations (goal: 2)")
    app = served(cluster, program, database)
    ask = [read("/directory")]
    login = [("login", "POST", "/api/v1/auth/login", {"content-type": "application/json"}, json.dumps({"email": "ravi@apex.example", "password": PASSWORD}))]
    load(app, ask, connections=4, seconds=3)
    rate = load(app, ask, connections=8, seconds=4)["all"]["rate"] / 4
    waits = []
    def during():
        reading = load(app, ask, connections=32, seconds=seconds, rate=rate, wait=False)
        time.sleep(0.2)
        logins = check_errors(load(app, login, connections=100, requests=100), "logins")
        waits.append(logins["all"]["max"] / 1e3)
        return load.result(reading)["all"]["p99"]
    without = lambda: load(app, ask, connections=32, seconds=seconds, rate=rate)["all"]["p99"]
    ratios, a, b = paired(pairs, during, without)
    figure("P7 p99 of the directory during 100 logins ÷ without", ratios, "≤ 2", f"{middle(a):.1f} ms ÷ {middle(b):.1f} ms at {rate:.0f}/s; the last of 100 is in after {middle(waits):.1f} s")


# ── P13 ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

def p13(cluster, program):
    """Served as in production: a machine of development lets no search engine in."""
    database = filled(cluster, program, 1000)
    say("== P13: Lighthouse, mobile settings, as in production with kept pages")
    if not cluster.ask("select 1 from pg_roles where rolname = 'commdesk_app'"):
        cluster.ask(f"create role commdesk_app login password '{cluster.password.read_text()}'")
    subprocess.run([program, "migrate", "--database-owner-url", cluster.url(database)], env=environment(), check=True, stdout=subprocess.DEVNULL)
    keys = dict(line.split("=", 1) for line in (HERE / "data" / "keys.env").read_text().split())
    site = ROOT / "target" / ("site-release" if "release" in str(program) else "site")
    command = [program, "serve", "--addr", "127.0.0.1:{port}", "--database-url", cluster.url(database).replace("//owner:", "//commdesk_app:"),
               "--files", HERE / "data" / "files", "--smtp", "smtp://127.0.0.1:9", "--workers", "0", "--site-root", site]
    server = Server(command, environment(**keys), "app-served", App.is_ready)
    server.command += ["--base-url", f"http://127.0.0.1:{server.port}"]
    with server:
        told = subprocess.run(["bash", ROOT / "scripts" / "lighthouse.sh", f"http://127.0.0.1:{server.port}"], stdout=subprocess.PIPE, text=True).stdout
    say(told.rstrip())
    LINES.extend("P13 " + line.strip() for line in told.splitlines() if re.match(r" +\d+ +\d+ +\d+ +\d+ ", line))


def main():
    words = sys.argv[1:]
    # Whoever stops this stops what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    full = "full" in words
    which = [word for word in words if re.fullmatch(r"p\d+", word)] or ["p1", "p2", "p5", "p6", "p7", "p13", "p14", "p15"]
    HERE.mkdir(parents=True, exist_ok=True)
    program = pathlib.Path(os.environ.get("BENCH_PROGRAM") or next(
        (it for it in (ROOT / "target/release/commdesk", ROOT / "target/debug/commdesk") if it.exists()), "nothing"))
    if not program.exists():
        sys.exit("error: there is no built program; run scripts/bench.sh, which builds it")
    if "debug" in str(program):
        say("! this is a debug build: its figures only try the bench out")
    large = int(os.environ.get("BENCH_SIZE", "1000000" if full else "100000"))
    cluster, load = Cluster(), Load()
    cluster.start()
    began = time.monotonic()
    try:
        if "data" in words:
            filled(cluster, program, 1000)
            filled(cluster, program, large)
            say(f"   made; {sum(1 for name in cluster.databases() if name.startswith('bench_'))} sizes are there")
            return
        if "p13" in which:
            p13(cluster, program)
        if "p1" in which or "p2" in which:
            p1_p2(cluster, program, load, large, 8 if full else 7, 5 if full else 2, which)
        if "p14" in which:
            p14(cluster, program, load, (1000, large), 7 if full else 3, 100 if full else 40)
        if "p15" in which:
            p15(cluster, program, load, large, 10_000)
        if "p5" in which:
            p5(cluster, program, load, large, 8 if full else 7, 10 if full else 4)
        if "p6" in which:
            p6(cluster, program, load, large, *((10_000, 110_000) if full else (2_000, 22_000)))
        if "p7" in which:
            p7(cluster, program, load, large, 8 if full else 7, 12 if full else 8)
    finally:
        for app in RUNNING.values():
            app.__exit__()
        cluster.stop()
    say(f"\n== {date.today()}, {os.cpu_count()} cores, {time.monotonic() - began:.0f} s")
    for line in LINES:
        say("   " + line)


if __name__ == "__main__":
    main()
