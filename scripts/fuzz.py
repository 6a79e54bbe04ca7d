"""`make fuzz`: every operation of the OpenAPI document, as six kinds of caller, with what schemathesis makes up.

Fails on a 5xx, on a status or a body that the document does not know, on a wrong content type. The server is the product's
own `dev` verb with a database of its own, the demo story, and limits out of the way (they have tests of their own).

    scripts/fuzz.py PROGRAM FOLDER PORT [EXAMPLES]

PROGRAM is a built `commdesk`; FOLDER is thrown away first; EXAMPLES is how many calls are made up for an operation beyond
the ones that its schema lists (the default is the short form that `make test` runs).
"""

import base64
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

CHECKS = ",".join([
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
])
PASSWORD = "a calm demo passphrase"
# A key of the community's owner, with every permission there is. It calls before its maker does, who may revoke it.
PROGRAM = "a program"
# Who calls, with the workspace that they act for; the two of a line at once, because a caller waits for the server half of its
# time. The outsider is signed in, but of a company that nobody has verified. Staff come last: they may shut others out.
CALLERS = [
    ("nobody", None, None), (PROGRAM, "ravi@apex.example", "community:apex-circle"),
    ("a sponsor", "asha@acme.example", "organization:acme-cloud"), ("a community", "ravi@apex.example", "community:apex-circle"),
    ("an outsider", "mallory@globex.example", "organization:globex"), ("staff", "omar@commdesk.example", None),
]
EMAILS = {name: email for name, email, _ in CALLERS}
BOTH = ("a sponsor", "a community")
LOGO = base64.b64encode(
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 160"><rect x="20" y="40" width="120" height="80" fill="#7c3aed"/></svg>'
).decode()
# How often a path has a real id: the rest is made up. What lies below something else has two, which must fit together.
REAL, REAL_BELOW = 0.8, 0.9
# What a path's parameter means: by whom, from which list and in which field its ids are read, or what `furnish` has put by under
# that name. Whoever has ids of their own gets those; the others get everybody's.
IDS = {
    "communityId": [("nobody", "/communities", "id")],
    "eventId": [("a community", "/events", "id")],
    "id": "keys",
    "importId": "imports",
    "invitationId": [(who, "/invitations", "invitationId") for who in BOTH],
    "joinRequestId": [("a sponsor", "/join-requests", "joinRequestId")],
    "linkId": "links",
    "memberId": [(who, "/members", "memberId") for who in BOTH],
    "opportunityId": [("nobody", "/opportunities", "id")],
    "organizationId": [("nobody", "/sponsors", "id")],
    "reportId": [("staff", "/admin/reports", "id")],
    "requestId": [(who, f"/requests?tab={tab}", "id") for who in BOTH for tab in ("open", "accepted")],
    "ruleId": "rules",
    "searchId": [(who, "/searches", "id") for who in BOTH],
    "sessionId": "sessions",
    "userId": "people",
    "viewId": [(who, "/opportunities/views", "id") for who in BOTH],
    "workspaceId": [(who, "/blocks", "workspaceId") for who in BOTH],
}
# What ends the session of whoever calls: the fuzzer reads ids out of answers, and would find its own. The rest of the run would be
# a stranger's, so these have runs of their own, with sessions that nothing else needs.
ENDING = {"a sponsor": "/sessions/[^/]+", "a community": "/auth/(logout|login)"}
# A new address of their own would be the end of the workspace that the sponsor names with every call: this one stays as it is.
BODIES_AT = {("/sponsors/{organizationId}/slug", "slug"): ["acme-cloud"]}
# Where the same name means something else.
IDS_AT = {
    ("/admin/communities/{id}/status", "id"): "communities",
    ("/admin/requests/{requestId}/decision", "requestId"): [("staff", "/admin/requests/held", "id")],
    ("/events/{eventId}/partners/{linkId}", "eventId"): "event with partners",
    ("/sponsors/{organizationId}/claims", "organizationId"): "unclaimed",
    ("/sponsors/{organizationId}/invitations", "organizationId"): "unclaimed",
    ("/sponsors/{organizationId}/verify", "organizationId"): "applications",
    **{
        (f"/sponsors/{{organizationId}}{part}", "organizationId"): "own organization"
        for part in ("", "/answer", "/slug", "/proposed-website", "/domain-proof", "/domain-proof/check")
    },
}


class Api:
    def __init__(self, address):
        self.address = address

    def call(self, path, headers, body=None, method=None):
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json", **headers}
        request = urllib.request.Request(self.address + path, data=data, headers=headers, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.headers, json.loads(answer.read())

    def data(self, path, headers, body=None, method=None):
        """What a call of ours answers: it must succeed."""
        try:
            return self.call(f"/api/v1{path}", headers, body, method)[1]["data"]
        except urllib.error.HTTPError as error:
            sys.exit(f"{method or ('POST' if body is not None else 'GET')} {path}: {error.code} {error.read().decode()}")

    def document(self):
        with urllib.request.urlopen(f"{self.address}/api/v1/openapi.json", timeout=30) as answer:
            return json.loads(answer.read())

    def key(self, session):
        """The headers of a key with every permission that opens a call, by the document's own word."""
        paths = self.document()["paths"]
        operations = [operation for item in paths.values() for operation in item.values() if isinstance(operation, dict)]
        scopes = sorted({operation["x-scope"] for operation in operations if "x-scope" in operation})
        if not scopes:
            sys.exit("the document names no permission of keys")
        made = self.data("/api-keys", session, {"name": "A program that is fuzzed", "scopes": scopes})
        return {"authorization": f"Bearer {made['secret']}"}

    def sign_in(self, email):
        """The headers of a session; staff give their second factor, as `/dev/people` shows it at this moment."""
        headers, answer = self.call("/api/v1/auth/login", {}, {"email": email, "password": PASSWORD})
        session = {"cookie": headers["set-cookie"].split(";")[0]}
        if not answer["data"]["secondFactorRequired"]:
            return session
        for _ in range(4):
            _, people = self.call("/dev/people", {})
            code = next(person["code"] for person in people if person["email"] == email)
            try:
                headers, _ = self.call("/api/v1/auth/second-factor", session, {"code": code})
                # The session has a new id from here on.
                return {"cookie": headers["set-cookie"].split(";")[0]}
            except urllib.error.HTTPError as error:
                if error.code != 409:
                    raise
                # The demo has used this half minute's code. The next half minute begins now.
                self.call("/dev/clock?seconds=30", {}, b"")
        sys.exit(f"no code of {email} was accepted")


def main():
    program, folder, port = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve(), sys.argv[3]
    examples = sys.argv[4] if len(sys.argv) > 4 else "12"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    environment = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "COMMDESK_SMTP")}
    command = [program, "dev", "--addr", f"127.0.0.1:{port}", "--data", folder / "data", "--limit-factor", "1000000"]
    log = open(folder / "server.log", "wb")
    server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        failed = fuzz(Api(f"http://127.0.0.1:{port}"), folder, examples, server)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=20)
    sys.exit(1 if failed else 0)


def fuzz(api, folder, examples, server):
    wait_until_ready(api, server)
    sessions = {}
    for name, email, workspace in CALLERS:
        headers = api.sign_in(email) if email else {}
        if workspace:
            headers["x-commdesk-workspace"] = workspace
        sessions[name] = api.key(headers) if name == PROGRAM else headers
    document = api.document()
    must_know_every_parameter(document)
    ids = real_ids(api, sessions, furnish(api, sessions))
    calls = [(name, headers, ["--exclude-path-regex", f"^({'|'.join(ENDING.values())})$"]) for name, headers in sessions.items()]
    calls += [(name, api.sign_in(EMAILS[name]), ["--include-path-regex", f"^{ending}$"]) for name, ending in ENDING.items()]
    failed = []
    with ThreadPoolExecutor(2) as pool:
        for pair in zip(calls[::2], calls[1::2]):
            for name, is_wrong in pool.map(lambda call: fuzz_as(api, folder, ids, examples, *call), pair):
                if is_wrong:
                    failed.append(name)
    return failed + faults_of_the_log(document, folder)


def fuzz_as(api, folder, ids, examples, name, headers, which):
    began = time.monotonic()
    out = folder / f"{name.replace(' ', '-')}{'-ending' if 'include' in which[0] else ''}.log"
    config = out.with_suffix(".toml")
    config.write_text(bindings(ids, name))
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", config, "run",
               f"{api.address}/api/v1/openapi.json", "--checks", CHECKS, "--phases", "examples,coverage,fuzzing",
               "--max-examples", examples, "--seed", "1", "--warnings", "off", "--no-color", "--output-truncate", "false", *which]
    for key, value in headers.items():
        command += ["--header", f"{key}:{value}"]
    with open(out, "wb") as file:
        status = subprocess.run(command, stdout=file, stderr=file, cwd=folder).returncode
    lines = out.read_text(errors="replace").splitlines()
    verdict = next((line.strip(" =") for line in reversed(lines) if line.startswith("===")), "said nothing")
    said = f"   {name}: {verdict}, {time.monotonic() - began:.0f} s"
    if status:
        said = "\n".join([said, *lines[-120:], f"   all of it is in {out}; the server's log beside it"])
    print(said, flush=True)
    return name, status != 0


def wait_until_ready(api, server):
    for _ in range(240):
        if server.poll() is not None:
            sys.exit("the server did not start; see server.log")
        try:
            with urllib.request.urlopen(f"{api.address}/readyz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    sys.exit("the server was not ready after two minutes; see server.log")


def must_know_every_parameter(document):
    """A parameter that means nothing here would be looked at up to its 404."""
    named = {(path, name) for path in document["paths"] for name in re.findall(r"{(\w+)}", path)}
    faults = [f"{path} has a {{{name}}}: say in IDS of scripts/fuzz.py where its ids are read"
              for path, name in sorted(named) if name not in IDS and (path, name) not in IDS_AT]
    faults += [f"IDS of scripts/fuzz.py knows a {{{name}}} that no path has" for name in sorted(set(IDS) - {name for _, name in named})]
    faults += [f"IDS_AT of scripts/fuzz.py: there is no {path} with a {{{name}}}" for path, name in sorted(set(IDS_AT) - named)]
    if faults:
        sys.exit("\n".join(faults))


def furnish(api, sessions):
    """What the demo has none or too little of, several of each, for whoever uses one up; made by the people whose it is.

    Gives what no list names afterwards: its ids, by caller, under the names that IDS uses."""
    asha, ravi, mallory, omar = (sessions[who] for who in ("a sponsor", "a community", "an outsider", "staff"))
    by = {"a sponsor": asha, "a community": ravi}
    made = {name: {} for name in ("keys", "imports", "links", "rules", "sessions", "people", "communities", "event with partners",
                                  "unclaimed", "applications", "own organization")}

    def get(path, session):
        return api.data(path, session)

    def post(path, session, body):
        return api.data(path, session, body)

    acme = get("/sponsors/acme-cloud", asha)["id"]
    made["own organization"]["a sponsor"] = [acme]
    hackfest = get("/events/hackfest-2027", ravi)["id"]
    soon = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 30 * 86_400))

    # What anybody has of their own.
    for who, session in by.items():
        for number in range(4):
            post("/invitations", session, {
                "email": f"invited{number}@fuzzed.example", "role": "Sponsor Manager" if who == "a sponsor" else "Designer"})
            post("/searches", session, {"list": "organizations", "name": f"Search {number}", "query": f"q=cloud{number}"})
            post("/opportunities/views", session, {"name": f"View {number}", "query": f"category=Gold+Sponsor&q=view{number}"})
        made["keys"][who] = [
            post("/api-keys", session, {"name": f"Key {number}", "scopes": ["event:read"]})["key"]["id"] for number in range(4)]
        colleague = get("/members", session)["items"][0]["userId"]
        for event_type in ("Workshop", "Seminar", "Bootcamp", "Code Lab"):
            rules = post("/requests/rules/routes", session, {"eventType": event_type, "assigneeId": colleague})
        made["rules"][who] = [route["id"] for route in rules["routes"]]
    # One that no request breaks.
    fits = post("/requests/rules/fits", asha, {
        "minPeople": "1", "reason": "Audience does not match", "words": "We sponsor what somebody comes to."})
    made["rules"]["a sponsor"] += [fit["id"] for fit in fits["fits"]]
    for who, email in (("a sponsor", "asha@acme.example"), ("a community", "ravi@apex.example"), ("an outsider", "mallory@globex.example")):
        for _ in range(3):
            api.sign_in(email)
        # Never the one that calls: whoever ended it would be nobody from then on.
        made["sessions"][who] = [session["id"] for session in get("/sessions", sessions[who])["items"] if not session["isThis"]]

    # Who asks to join, and whom admins may look up and suspend: nobody who calls.
    for email in ("kofi@newgrove.example", "mei@harbour.example", "tomas@lumen.example", "ingrid@fjord.example"):
        post("/join-requests", api.sign_in(email), {"organizationId": "acme-cloud", "message": "I work with you now."})
        made["people"].setdefault("staff", []).append(post("/admin/users/find", omar, {"email": email})["id"])
    first = get("/join-requests", asha)["items"][0]["joinRequestId"]
    api.data(f"/join-requests/{first}", asha, {"decision": "accept", "role": "Sponsor Manager"}, "PATCH")

    # Companies: some that a community adds, some that apply.
    for number in range(5):
        added = post("/sponsors", ravi, {
            "displayName": f"Quarry {'ABCDE'[number] * 3}", "website": f"https://quarry{number}.example", "entityType": "Sponsor",
            "industry": "Security", "contactEmail": f"front@quarry{number}.example", "confirm": True})
        made["unclaimed"].setdefault("a community", []).append(added["id"])
        applied = post("/sponsors/apply", {}, {
            "entityType": "Sponsor", "companyName": f"Lagoon {'ABCDE'[number] * 3}", "website": f"https://lagoon{number}.example",
            "officialEmail": f"front@lagoon{number}.example", "industry": "Security", "budgetRange": {"band": "INR:200000-500000"},
            "sponsorshipTypes": ["Cash"], "logo": LOGO})
        made["applications"].setdefault("staff", []).append(applied["organizationId"])
    # Communities that wait for staff.
    for number in range(4):
        signed_up = post("/auth/signup-community", {}, {
            "name": f"Meadow {'ABCD'[number] * 3}", "communityType": "Meetup group", "country": "India", "city": "Pune",
            "bio": "People who meet on Thursdays and show what they made.", "website": f"https://meadow{number}.example",
            "officialEmail": f"hello@meadow{number}.example", "phone": "+91 98765 43210",
            "owner": {"fullName": "Noor Haas", "email": f"noor@meadow{number}.example"}})
        made["communities"].setdefault("staff", []).append(signed_up["communityId"])
    for number in range(3):
        post("/blocks", ravi, {"workspaceId": made["unclaimed"]["a community"][number]})
        post("/blocks", asha, {"workspaceId": made["communities"]["staff"][number]})

    # Events, one of them with partners; members; lists that came in.
    for _ in range(4):
        draft = post(f"/events/{hackfest}/duplicate", ravi, {})["id"]
    made["event with partners"]["a community"] = [draft]
    made["links"]["a community"] = [
        post(f"/events/{draft}/partners", ravi, {"name": f"Harbour Print {'ABCDE'[number] * 3}", "category": "Venue Partner"})["linkId"]
        for number in range(5)]
    for number in range(3):
        post("/members", ravi, {
            "firstName": "Noor", "lastName": "Haas", "email": f"noor{number}@apex.example", "role": "Designer"})
    for who, session, target, text in (
        ("a community", ravi, "events", "Title,First day\nBrought in {},\n"),
        ("staff", omar, "organizations", "Name,Website\nBrought in {0},https://brought{0}.example\n"),
    ):
        made["imports"][who] = [bring(api, session, target, text.format(number))["id"] for number in range(3)]

    # What asha asks of ravi and ravi of asha: some that wait, one that is agreed, and from tomas some that staff hold.
    tomas = {**api.sign_in("tomas@lumen.example"), "x-commdesk-workspace": "organization:lumen-data"}
    offers = [
        post("/opportunities", ravi, {
            "eventId": hackfest, "category": category, "places": 2, "decisionDeadline": soon, "status": "Open",
            "budgetRange": {"min": 50_000, "max": 500_000, "currency": "INR"}})["id"]
        for category in ("Silver Sponsor", "Bronze Sponsor", "Diamond Sponsor", "Premier Sponsor") * 2]
    for number, offer in enumerate(offers[:4]):
        asked = post(f"/opportunities/{offer}/apply", asha, {"amount": "100000", "message": f"We would like to be number {number}."})
        if number == 0:
            api.data(f"/requests/{asked['id']}/accept", ravi, {"revisionHash": asked["revisionHash"]}, "PATCH")
        links = " ".join(f"https://lumen.example/{number}/{part}" for part in range(5))
        post(f"/opportunities/{offer}/apply", tomas, {"amount": "100000", "message": f"Look at {links} first."})
    for number, offer in enumerate(offers[4:]):
        post("/requests", ravi, {
            "organizationId": acme, "opportunityId": offer, "amount": "250000", "message": f"You would fit us as number {number}."})

    # What people complain about.
    for session in (asha, mallory):
        for kind, path in (("community", "/communities/harbour-devs"), ("event", "/events/harbourconf"), ("organization", "/sponsors/fjord-media")):
            post("/reports", session, {"subjectKind": kind, "subjectId": get(path, session)["id"], "reason": "Spam", "words": "Look at it."})
    return made


def bring(api, session, target, text):
    """A file comes in, as a browser's form sends it."""
    edge = "the-edge-of-a-part"
    parts = [f'--{edge}\r\nContent-Disposition: form-data; name="target"\r\n\r\n{target}\r\n',
             f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="list.csv"\r\nContent-Type: text/csv\r\n\r\n{text}\r\n',
             f"--{edge}--\r\n"]
    headers = {**session, "content-type": f"multipart/form-data; boundary={edge}"}
    return api.data("/imports", headers, "".join(parts).encode())


def real_ids(api, sessions, made):
    """The ids of every parameter, by caller: of IDS by its name, of IDS_AT by path and name."""
    def read(source):
        if isinstance(source, str):
            return made[source]
        found = {}
        for who, path, field in source:
            found.setdefault(who, []).extend(item[field] for item in api.data(path, sessions[who])["items"])
        return found

    ids = {}
    for key, source in {**IDS, **IDS_AT}.items():
        found = read(source)
        if not found or not all(found.values()):
            sys.exit(f"there is nothing to put for {key}")
        ids[key] = found
    return ids


def bindings(ids, who):
    """A part of the ids in paths are real ones, so that calls get past the first look-up."""
    # A key acts for the workspace of whoever made it.
    who = "a community" if who == PROGRAM else who
    tables, everywhere, at = [], [], {}
    for number, (key, found) in enumerate(ids.items()):
        values = found.get(who) or sorted({one for own in found.values() for one in own})
        tables.append(f"[dictionaries.d{number}]\nvalues = {json.dumps(values)}\n")
        name = key if isinstance(key, str) else key[1]
        below = name == "linkId" or not isinstance(key, str)
        row = f'"path.{name}" = {{ dictionary = "d{number}", probability = {REAL_BELOW if below else REAL} }}'
        if isinstance(key, str):
            everywhere.append(row)
        else:
            at.setdefault(key[0], []).append(row)
    for number, ((path, field), values) in enumerate(BODIES_AT.items()):
        tables.append(f"[dictionaries.b{number}]\nvalues = {json.dumps(values)}\n")
        at.setdefault(path, []).append(f'"body.{field}" = {{ dictionary = "b{number}", probability = 1.0 }}')
    tables.append("\n".join(["[parameters]", *everywhere, ""]))
    for path, rows in at.items():
        tables.append("\n".join(["[[operations]]", f"include-path = {json.dumps(path)}", "[operations.parameters]", *rows, ""]))
    return "\n".join(tables)


def faults_of_the_log(document, folder):
    """What the server itself says that it answered. Whatever the document knows, nothing may break; and behind which ids nobody
    came is worth knowing: there the calls said nothing but 404."""
    answered = {}
    for line in open(folder / "server.log", errors="replace"):
        if '"served"' in line:
            try:
                served = json.loads(line)
            except ValueError:
                continue
            # Probes are answered before the house is ready, which is no fault.
            if served.get("route", "").startswith("/api/v1"):
                answered.setdefault((served["method"], served["route"]), set()).add(served["status"])
    broken = sorted(f"{method} {route} answered {status}"
                    for (method, route), all_of in answered.items() for status in all_of if status >= 500)
    shut = sorted(f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item
                  if "{" in path and answered.get((method.upper(), f"/api/v1{path}"), set()) <= {401, 403, 404, 405, 422})
    if shut:
        print(f"   nobody came past the id, the rights and the fields of {', '.join(shut)}", flush=True)
    for fault in broken:
        print(f"   {fault}", flush=True)
    return broken


if __name__ == "__main__":
    main()
