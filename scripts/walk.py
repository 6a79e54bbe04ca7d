"""Every operation of the OpenAPI document, called once and well by somebody who may, in an order that makes sense.

What a fuzzer makes up seldom fits together: an id of the right thing, in the right state, with the version that was read, by
whoever may. So this walks the whole of it as people do, on the server that is fuzzed afterwards, and compares every answer with
the document: its status, its content type, its headers, and its body, in which nothing may stand that the document does not name.
It fails on an answer that differs, on a list that was never anything but empty, and where an operation of the document was never
answered well.

    scripts/walk.py PROGRAM FOLDER PORT

as `scripts/fuzz.py`, which begins with it; alone it takes seconds. PROGRAM is a built `commdesk`; FOLDER is one that is not there yet,
is empty, or was made by an earlier walk, which is thrown away.
"""

import base64
import contextlib
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
import urllib.parse
import urllib.request

import jsonschema_rs

SCRIPTS = pathlib.Path(__file__).resolve().parent
# Says of a folder that it is ours to throw away.
MARK = "made-by-walk"
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
PICTURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 160"><rect x="20" y="40" width="120" height="80" fill="#7c3aed"/></svg>'
)
LOGO = base64.b64encode(PICTURE).decode()
DAY = 86_400
METHODS = ("get", "put", "post", "patch", "delete", "head", "options", "trace")
# What cannot be answered well here, and why. It is called all the same, up to a refusal by its state (409), which is compared;
# once it is answered well, the line is a lie, and the walk says so.
NEVER_WELL = {
    ("POST", "/sponsors/{organizationId}/domain-proof/check"):
        "the DNS of no domain is ours to publish a text in: the stories of `tests/organization_life/proofs.rs` have one of their own",
}


class Document:
    """The OpenAPI document, as a judge of answers."""

    def __init__(self, whole):
        self.whole = whole
        self.validators = {}
        # What is spelled out comes before what has a parameter there: `/sponsors/dashboard` is no organization's.
        self.routes = [(path, re.compile(re.sub(r"{\w+}", "[^/]+", path)))
                       for path in sorted(whole["paths"], key=lambda path: path.count("{"))]
        self.operations = {(method.upper(), path): operation for path, item in whole["paths"].items()
                           for method, operation in item.items() if method in METHODS}
        self.components = {"schemas": {name: closed(schema) for name, schema in whole["components"]["schemas"].items()}}

    def route(self, path):
        """The document's own way to write a path that was called."""
        return next((route for route, pattern in self.routes if pattern.fullmatch(path)), path)

    def faults(self, method, route, answer):
        """How an answer differs from what the document says of it."""
        operation = self.operations.get((method, route))
        if not operation:
            return ["the document knows no such operation"]
        described = operation["responses"].get(str(answer.status))
        if not described:
            return ["the document knows no such status"]
        faults = [f"the header {name} is missing" for name, header in described.get("headers", {}).items()
                  if header.get("required") and name not in answer.headers]
        content, kind = described.get("content", {}), answer.headers.get_content_type()
        if not content:
            return faults + (["there is a body, and the document describes none"] if answer.body else [])
        if kind not in content:
            return [*faults, f"it is {kind}, and the document says {' or '.join(content)}"]
        if kind == "application/json":
            validator = self.validator((method, route, answer.status), content[kind]["schema"])
            faults += [f"/{'/'.join(map(str, error.instance_path))}: {error.message[:300]}"
                       for error in validator.iter_errors(answer.json())]
        return faults

    def validator(self, key, schema):
        if key not in self.validators:
            whole = {**closed(schema), "components": self.components}
            self.validators[key] = jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
        return self.validators[key]


def closed(schema):
    """A schema in which an object has the fields that are named and no others: whoever reads the document looks for no more.

    Where fields are put together from several schemas (`allOf`) none of them could say that; the document has none of those."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if "allOf" in schema:
        sys.exit("the document puts a schema together with allOf: teach `closed` of scripts/walk.py what may stand in it")
    schema = {key: closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and "additionalProperties" not in schema:
        schema["additionalProperties"] = False
    return schema


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)

    def items(self):
        """What a list holds; nothing for what is no list."""
        if self.status >= 300 or self.headers.get_content_type() != "application/json":
            return None
        data = self.json()["data"]
        return data.get("items") if isinstance(data, dict) else None


class Api:
    """The server. Every answer of the API is compared with the document on the way."""

    def __init__(self, address):
        self.address = address
        self.document = Document(json.loads(self.bare("/api/v1/openapi.json").body))
        # By operation, the statuses that were answered, and whether a list had anything in it; and how answers differ from the
        # document.
        self.answered, self.filled, self.faults = {}, {}, []

    def bare(self, path, headers=None, body=None, method=None):
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json", **(headers or {})}
        request = urllib.request.Request(self.address + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return Answer(answer.status, answer.headers, answer.read())
        except urllib.error.HTTPError as error:
            with error:
                return Answer(error.code, error.headers, error.read())

    def call(self, path, headers, body=None, method=None):
        """An answer of the API, whatever it is."""
        method = method or ("GET" if body is None else "POST")
        answer = self.bare(f"/api/v1{path}", headers, body, method)
        route = self.document.route(path.split("?")[0])
        self.answered.setdefault((method, route), set()).add(answer.status)
        self.faults += [f"{method} {route} answered {answer.status}: {fault}"
                        for fault in self.document.faults(method, route, answer)]
        if (items := answer.items()) is not None:
            self.filled[method, route] = self.filled.get((method, route), False) or bool(items)
        return answer

    def well(self, path, headers, body=None, method=None):
        """As `call`, where it must succeed."""
        answer = self.call(path, headers, body, method)
        if answer.status >= 300:
            sys.exit(f"{method or ('POST' if body is not None else 'GET')} {path}: {answer.status} {answer.body.decode()}")
        return answer

    def data(self, path, headers, body=None, method=None):
        return self.well(path, headers, body, method).json()["data"]

    def key(self, session):
        """The headers of a key with every permission that opens a call, by the document's own word."""
        scopes = sorted({operation["x-scope"] for operation in self.document.operations.values() if "x-scope" in operation})
        if not scopes:
            sys.exit("the document names no permission of keys")
        made = self.data("/api-keys", session, {"name": "A program that is fuzzed", "scopes": scopes})
        return {"authorization": f"Bearer {made['secret']}"}

    def sign_in(self, email, password=PASSWORD):
        """The headers of a session; staff give their second factor, as `/dev/people` shows it at this moment."""
        answer = self.well("/auth/login", {}, {"email": email, "password": password})
        session = cookie_of(answer)
        if not answer.json()["data"]["secondFactorRequired"]:
            return session
        for _ in range(4):
            people = self.bare("/dev/people").json()
            code = next(person["code"] for person in people if person["email"] == email)
            answer = self.call("/auth/second-factor", session, {"code": code})
            if answer.status == 200:
                # The session has a new id from here on.
                return cookie_of(answer)
            # The demo has used this half minute's code. The next half minute begins now.
            self.move_clock(30)
        sys.exit(f"no code of {email} was accepted: {answer.status} {answer.body.decode()}")

    def move_clock(self, seconds):
        self.bare(f"/dev/clock?seconds={seconds}", body=b"", method="POST")

    def mail(self, email, subject):
        """The newest mail with these words in its subject: a job writes it, a moment after what it tells of."""

        def look():
            mails = self.bare(f"/dev/mail.json?to={urllib.parse.quote(email)}").json()
            return next((mail for mail in mails if subject in mail["subject"]), None)
        return until(look, f"a mail to {email} with {subject!r} in its subject")

    def token(self, email, subject):
        """What the link of a mail ends with."""
        return self.mail(email, subject)["links"][0].rsplit("/", 1)[-1]


def cookie_of(answer):
    return {"cookie": answer.headers["set-cookie"].split(";")[0]}


def until(look, what):
    """What `look` finds, as soon as it finds something: jobs take a moment."""
    for _ in range(200):
        if found := look():
            return found
        time.sleep(0.1)
    sys.exit(f"waited in vain for {what}")


def form(session, **fields):
    """The headers and the body of a browser's form; a file is a name, a kind and bytes."""
    edge, body = "the-edge-of-a-part", b""
    for field, value in fields.items():
        name, kind, data = value if isinstance(value, tuple) else (None, None, value.encode())
        file = f'; filename="{name}"\r\nContent-Type: {kind}' if name else ""
        body += f'--{edge}\r\nContent-Disposition: form-data; name="{field}"{file}\r\n\r\n'.encode() + data + b"\r\n"
    return {**session, "content-type": f"multipart/form-data; boundary={edge}"}, body + f"--{edge}--\r\n".encode()


@contextlib.contextmanager
def served(program, folder, port):
    """The product's own `dev` verb with a database of its own, the demo story, and limits out of the way (they have tests of
    their own); gives its API once it is ready, and the sessions of `CALLERS`."""
    begin_in(folder)
    environment = {key: value for key, value in os.environ.items() if key not in ("DATABASE_URL", "COMMDESK_SMTP")}
    command = [program, "dev", "--addr", f"127.0.0.1:{port}", "--data", folder / "data", "--throw-away", "--limit-factor", "1000000"]
    with open(folder / "server.log", "wb") as log:
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        # For scripts/stop.sh: whoever is killed stops nothing.
        note = folder / "server.pid"
        note.write_text(f"{server.pid}\n")
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until_ready(address, server)
            api = Api(address)
            yield api, sessions_of(api)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=20)
            # `make stop` may have been here first.
            note.unlink(missing_ok=True)


def begin_in(folder):
    """Makes the folder, or begins anew in one of ours; whatever an earlier run left running there ends."""
    is_ours = (folder / MARK).is_file()
    if folder.exists() and not is_ours and not (folder.is_dir() and not any(folder.iterdir())):
        sys.exit(f"{folder} holds something that no walk has made: name a folder that is empty, or that is not there yet")
    if is_ours:
        subprocess.run(["bash", SCRIPTS / "clean-data.sh", folder], check=True)
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MARK).write_text("scripts/walk.py made this folder, and throws it away when it begins in it again.\n")


def wait_until_ready(address, server):
    for _ in range(240):
        if server.poll() is not None:
            sys.exit("the server did not start; see server.log")
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    sys.exit("the server was not ready after two minutes; see server.log")


def sessions_of(api):
    sessions = {}
    for name, email, workspace in CALLERS:
        headers = api.sign_in(email) if email else {}
        if workspace:
            headers["x-commdesk-workspace"] = workspace
        sessions[name] = api.key(headers) if name == PROGRAM else headers
    return sessions


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
    hackfest = get("/events/hackfest", ravi)["id"]
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
    return api.data("/imports", *form(session, target=target, file=("list.csv", "text/csv", text.encode())))


def walk(api, sessions):
    """Calls what `furnish` has not called yet, and whatever would use up what it leaves: a company and a community come here, with
    people of their own, and do everything that there is to do. What is anybody's else stays as it was."""
    omar = sessions["staff"]

    def get(path, session):
        return api.data(path, session)

    def post(path, session, body=None):
        return api.data(path, session, body, "POST")

    def patch(path, session, body=None):
        return api.data(path, session, body, "PATCH")

    def put(path, session):
        return api.data(path, session, None, "PUT")

    def delete(path, session, body=None):
        return api.data(path, session, body, "DELETE")

    def enter(email, workspace=None):
        return {**api.sign_in(email), **({"x-commdesk-workspace": workspace} if workspace else {})}

    # A company applies; staff ask, its admin answers, staff let it in.
    kiln = post("/sponsors/apply", {}, {
        "entityType": "Sponsor", "companyName": "Kiln Works", "website": "https://kiln.example", "officialEmail": "vera@kiln.example",
        "contactName": "Vera Holm", "industry": "Security", "budgetRange": {"band": "INR:200000-500000"},
        "sponsorshipTypes": ["Cash"], "logo": LOGO})["organizationId"]
    token = api.token("vera@kiln.example", "received the application")
    post("/auth/activate-member", {}, {"token": token, "password": PASSWORD})
    vera = enter("vera@kiln.example", "organization:kiln-works")
    post(f"/sponsors/{kiln}/checks", omar)
    post(f"/sponsors/{kiln}/verify", omar, {"decision": "more", "reason": "Who of you answers the telephone?"})
    post(f"/sponsors/{kiln}/answer", vera, {"answer": "I do, on every day but Sunday."})
    post(f"/sponsors/{kiln}/verify", omar, {"decision": "verify", "reason": "A person answered."})

    # A community signs up, its owner proves the address, staff let it in.
    orchard = post("/auth/signup-community", {}, {
        "name": "Orchard", "communityType": "Meetup group", "country": "India", "city": "Pune",
        "bio": "People who meet on Tuesdays and read each other's code.", "website": "https://orchard.example",
        "officialEmail": "hello@orchard.example", "phone": "+91 98765 43210",
        "owner": {"fullName": "Noor Adler", "email": "noor@orchard.example"}})["communityId"]
    post("/auth/verify-email", {}, {"token": api.token("noor@orchard.example", "Confirm your"), "password": PASSWORD})
    api.mail("noor@orchard.example", "We are looking at")
    patch(f"/admin/communities/{orchard}/status", omar, {"status": "approved", "reason": "Known organizers."})
    noor = enter("noor@orchard.example", "community:orchard")
    # Another of hers: whoever is signed in needs no link to say that it is theirs.
    plum = post("/auth/signup-community", noor, {
        "name": "Plum Grove", "communityType": "Meetup group", "country": "India", "city": "Pune",
        "bio": "People who meet on Fridays and mend what broke.", "website": "https://plum-grove.example",
        "officialEmail": "hello@plum-grove.example", "phone": "+91 98765 43210",
        "owner": {"fullName": "Noor Adler", "email": "noor@orchard.example"}})["communityId"]
    post(f"/communities/{plum}/owner", noor, {"answer": "yes"})

    # Their profiles.
    headers, picture = form(vera, logo=("logo.svg", "image/svg+xml", PICTURE))
    logo = post("/uploads/logos", headers, picture)["key"]
    version = get(f"/sponsors/{kiln}", vera)["version"]
    patch(f"/sponsors/{kiln}", vera, {
        "version": version, "logo": logo, "website": "https://kiln-works.example", "technologies": ["Rust"],
        "developerTools": ["Kiln CLI"], "supportedRegions": ["South Asia"], "preferredEventTypes": ["Workshop"],
        "supportedCommunityTypes": ["Meetup group"], "brandColors": ["#7c3aed"],
        "products": [{"name": "Kiln", "segment": "Builds", "url": "https://kiln.example/kiln"}]})
    delete(f"/sponsors/{kiln}/proposed-website", vera)
    version = get(f"/sponsors/{kiln}", vera)["version"]
    patch(f"/sponsors/{kiln}", vera, {"version": version, "website": "https://kilnworks.example"})
    post(f"/sponsors/{kiln}/proposed-website/decision", omar, {
        "id": get(f"/sponsors/{kiln}", omar)["proposedWebsiteId"], "decision": "approve", "reason": "It leads to the same people."})
    post(f"/sponsors/{kiln}/domain-proof", vera)
    # Nothing is published there.
    api.call(f"/sponsors/{kiln}/domain-proof/check", vera, method="POST")
    post(f"/sponsors/{kiln}/slug", vera, {"slug": "kiln-and-works"})
    vera["x-commdesk-workspace"] = "organization:kiln-and-works"
    version = get("/communities/orchard", noor)["version"]
    patch(f"/communities/{orchard}", noor, {
        "version": version, "bio": "People who meet on Tuesdays and read code aloud.", "languages": ["English", "Marathi"],
        "socialLinks": {"github": "https://github.com/orchard-demo"}})
    get("/communities", {})

    # Companies that the community adds: one is invited and claimed, one is there twice.
    def add(name, website):
        return post("/sponsors", noor, {
            "displayName": name, "website": f"https://{website}", "entityType": "Sponsor", "industry": "Security",
            "contactEmail": f"front@{website}", "confirm": True})["id"]

    foundry, double = add("Foundry", "foundry.example"), add("Foundry Limited", "foundry-limited.example")
    get("/sponsors", noor)
    post(f"/sponsors/{foundry}/invitations", noor, {"email": "front@foundry.example"})
    post(f"/admin/organizations/{double}/merge", omar, {"into": foundry, "reason": "They are the same."})
    post(f"/sponsors/{foundry}/claims", {}, {"email": "team@foundry.example"})
    token = api.token("team@foundry.example", "Confirm that you speak")
    post("/auth/activate-member", {}, {"token": token, "password": PASSWORD})

    def proven():
        claims = get(f"/sponsors/{foundry}", omar).get("openClaims", [])
        return next((claim["id"] for claim in claims if claim["state"] == "Proven"), None)

    post(f"/sponsors/{foundry}/claims/decision", omar, {
        "id": until(proven, "a claim that is proven"), "decision": "approve", "reason": "The mailbox is theirs."})

    # People: invited, put on the list, asking to join; and what staff do with a login.
    post("/invitations", vera, {"email": "sara@commdesk.example", "role": "Sponsor Admin"})
    sara = enter("sara@commdesk.example")
    post("/invitations/accept", sara, {"token": api.token("sara@commdesk.example", "invites you to Kiln Works")})
    sara["x-commdesk-workspace"] = "organization:kiln-and-works"
    post("/invitations", vera, {"email": "late@kiln.example", "role": "Sponsor Manager"})
    invited = next(one["invitationId"] for one in get("/invitations", vera)["items"] if one["email"] == "late@kiln.example")
    post(f"/invitations/{invited}/resend", vera)
    delete(f"/invitations/{invited}", vera)
    # Whoever says for what a second factor is asked has given one: here only staff have any.
    patch("/second-factor-policy", sara, {"neededFor": ["money"]})
    get("/second-factor-policy", sara)
    joins = post("/join-requests", noor, {"organizationId": kiln, "message": "I work with you now."})["joinRequestId"]
    get("/join-requests", vera)
    patch(f"/join-requests/{joins}", vera, {"decision": "accept", "role": "Sponsor Manager"})
    noor_there = next(one["memberId"] for one in get("/members", vera)["items"] if one["name"] == "Noor Adler")
    delete(f"/members/{noor_there}", vera)
    runa = post("/members", noor, {"firstName": "Runa", "lastName": "Berg", "email": "runa@orchard.example", "role": "Designer"})
    accepted = post("/invitations/accept", {}, {"token": api.token("runa@orchard.example", "invites you")})
    post("/auth/activate-member", {}, {"token": accepted["activationToken"], "password": PASSWORD})
    herself = enter("runa@orchard.example", "community:orchard")
    patch(f"/members/{runa['memberId']}", herself, {"bio": "Draws posters.", "interests": ["MENTORSHIP"]})
    get(f"/members/{runa['memberId']}", noor)
    for only_look in (True, False):
        post("/members/import", noor, {
            "csv": "firstName,lastName,email,role\nIda,Lund,ida@orchard.example,Designer\n", "dryRun": only_look})
    post("/auth/forgot-password", {}, {"email": "runa@orchard.example"})
    token = api.token("runa@orchard.example", "Set a new password")
    post("/auth/reset-password", {}, {"token": token, "password": "another calm passphrase"})
    person = post("/admin/users/find", omar, {"email": "runa@orchard.example"})["id"]
    get(f"/admin/users/{person}", omar)
    patch(f"/admin/users/{person}/status", omar, {"status": "suspended", "reason": "Somebody else has this mailbox."})
    patch(f"/admin/users/{person}/status", omar, {"status": "restored"})

    # What they have of their own.
    enter("vera@kiln.example")
    other = next(one["id"] for one in get("/sessions", vera)["items"] if not one["isThis"])
    delete(f"/sessions/{other}", vera)
    post("/auth/logout", enter("vera@kiln.example"))
    key = post("/api-keys", noor, {"name": "A calendar", "scopes": ["event:read"], "expiresInDays": 30})["key"]["id"]
    get("/api-keys", noor)
    delete(f"/api-keys/{key}", noor)
    get("/notifications", noor)
    patch("/notifications", noor, {"all": True})
    get("/notifications/preferences", noor)
    patch("/notifications/preferences", noor, {"pace": {"requests": "digest"}, "zone": "Asia/Kolkata", "digestAt": 8})
    # Two of each, so that what one of them leaves is no empty list.
    post("/searches", vera, {"list": "organizations", "name": "Clouds", "query": "q=cloud"})
    search = post("/searches", vera, {"list": "communities", "name": "In India", "query": "country=India", "alerts": True})["id"]
    get(f"/searches/{search}", vera)
    get("/searches", vera)
    patch(f"/searches/{search}", vera, {"name": "All of India", "alerts": False})
    delete(f"/searches/{search}", vera)
    post("/opportunities/views", vera, {"name": "Silver", "query": "category=Silver+Sponsor"})
    view = post("/opportunities/views", vera, {"name": "Gold", "query": "category=Gold+Sponsor"})["id"]
    get("/opportunities/views", vera)
    patch(f"/opportunities/views/{view}", vera, {"name": "Gold only"})
    delete(f"/opportunities/views/{view}", vera)
    apex = get("/communities/apex-circle", {})["id"]
    for watched in (f"organizations/{foundry}", f"communities/{apex}", f"communities/{orchard}"):
        put(f"/watchlist/{watched}", vera)
    get("/watchlist", vera)
    delete(f"/watchlist/organizations/{foundry}", vera)
    delete(f"/watchlist/communities/{apex}", vera)
    post("/blocks", noor, {"workspaceId": get("/sponsors/fjord-media", {})["id"]})
    post("/blocks", noor, {"workspaceId": foundry})
    get("/blocks", noor)
    delete(f"/blocks/{foundry}", noor)

    # Events: drafted, published, over and put away; drafted, gone and back. The server has its own clock, which moves.
    now = now_of(api)
    whole = {
        "eventType": "Meetup", "category": "Technology", "descriptionMarkdown": "Eight talks of ten minutes.", "format": "Online",
        "region": "South Asia", "timezone": "Asia/Kolkata", "capacity": {"maxAttendees": 90}, "technologies": ["Rust"],
        "settings": {"publicVisible": True}}
    evening = post("/events", noor, {
        "title": "Orchard evening", "startAt": moment(now - 3600), "endAt": moment(now + 60), **whole})["id"]
    post(f"/events/{evening}/publish", noor)
    api.move_clock(120)
    until(lambda: get(f"/events/{evening}", noor)["status"] == "Completed", "the end of an event")
    post(f"/events/{evening}/complete", noor)  # The clock came first: it is so already.
    post(f"/events/{evening}/archive", noor)
    fair = post("/events", noor, {"title": "Orchard fair", **whole})
    fair = patch(f"/events/{fair['id']}", noor, {
        "version": fair["version"], "startAt": moment(now + 60 * DAY), "endAt": moment(now + 61 * DAY)})["id"]
    post(f"/events/{fair}/publish", noor)
    draft = post(f"/events/{fair}/duplicate", noor)["id"]
    delete(f"/events/{draft}", noor)
    post(f"/events/{draft}/restore", noor)
    get("/events?public=true", {})
    stands = {"organizationId": foundry, "benefits": [{"kind": "Booth", "text": "A table by the door"}]}
    post(f"/events/{fair}/sponsors", noor, {**stands, "category": "Community Sponsor"})
    link = post(f"/events/{fair}/partners", noor, {**stands, "category": "Venue Partner"})
    patch(f"/events/{fair}/partners/{link['linkId']}", noor, {"version": link["version"], "visible": False})
    get(f"/events/{fair}/partners", noor)
    get(f"/events/{fair}/sponsors", {})
    delete(f"/events/{fair}/partners/{link['linkId']}", noor, {"reason": ""})

    # Offers, one of them with a price list.
    def offer(category, **more):
        return post("/opportunities", noor, {
            "eventId": fair, "category": category, "places": 1, "decisionDeadline": day(now + 30 * DAY), "status": "Open",
            "budgetRange": {"min": 50_000, "max": 500_000, "currency": "INR"}, **more})

    priced = offer("Knowledge Sponsor", items=[
        {"kind": "Standalone", "name": "Breakfast for everybody", "price": 60_000, "stock": 1, "conflicts": ["Drinks"]},
        {"kind": "Standalone", "name": "Drinks", "price": 70_000, "stock": 1}])
    get(f"/opportunities/{priced['id']}/price?items={priced['items'][0]['id']}", vera)
    get("/opportunities", {})
    get(f"/opportunities/{priced['id']}", vera)
    patch(f"/opportunities/{priced['id']}", noor, {"version": priced["version"], "title": "Feed everybody"})

    def apply(to, who, **more):
        return post(f"/opportunities/{to['id']}/apply", who, {"amount": "100000", "message": "We would like to be there.", **more})

    # Requests: read, handed on, put aside, answered, taken back, and held until staff have looked.
    colleague = get("/members", noor)["items"][0]["userId"]
    asked = apply(offer("Silver Sponsor"), vera)
    get("/requests", noor)
    get(f"/requests/{asked['id']}", noor)
    post("/requests/read", noor, {"ids": [asked["id"]]})
    patch(f"/requests/{asked['id']}/assign", noor, {"assigneeId": colleague})
    patch(f"/requests/{asked['id']}/snooze", noor, {"until": day(now + 3 * DAY)})
    patch(f"/requests/{asked['id']}/reject", noor, {"reason": "Audience does not match", "note": "Another time."})
    get("/requests/standing", vera)
    patch(f"/requests/{apply(offer('Bronze Sponsor'), vera)['id']}/withdraw", vera)
    post("/requests/bulk-reject", noor, {
        "ids": [apply(offer("Diamond Sponsor"), vera)["id"]], "reason": "Audience does not match", "note": ""})
    links = " ".join(f"https://kiln.example/{number}" for number in range(5))
    held = apply(offer("Premier Sponsor"), vera, message=f"Look at {links} first.")
    get("/admin/requests/held", omar)
    patch(f"/admin/requests/{held['id']}/decision", omar, {"decision": "release"})
    sent = post("/requests", noor, {
        "organizationId": kiln, "eventId": fair, "category": "Gold Sponsor", "amount": "250000", "currency": "INR",
        "message": "You would fit us."})
    patch(f"/requests/{sent['id']}/accept", vera, {"revisionHash": sent["revisionHash"]})
    post("/requests/rules/fits", vera, {
        "minPeople": "5000", "eventTypes": ["Seminar"], "reason": "Audience does not match",
        "words": "We sponsor what somebody comes to."})
    colleague = get("/members", vera)["items"][0]["userId"]
    for event_type in ("Workshop", "Seminar"):
        routes = post("/requests/rules/routes", vera, {"eventType": event_type, "assigneeId": colleague})["routes"]
    get("/requests/rules", vera)
    delete(f"/requests/rules/{routes[0]['id']}", vera)

    # One place for two: the second waits in line, and takes it when the first has gone.
    asha = sessions["a sponsor"]
    single = offer("Platinum Sponsor")
    first, second = apply(single, asha), apply(single, vera)
    get(f"/opportunities/{single['id']}/decisions", noor)
    patch(f"/opportunities/{single['id']}/decisions", noor, {"decisions": [
        {"requestId": first["id"], "revisionHash": first["revisionHash"], "decision": "Accept"}]})
    post(f"/opportunities/{single['id']}/decisions/release", noor)
    patch(f"/requests/{second['id']}/place/wait", noor, {"revisionHash": second["revisionHash"]})
    # The event moves meanwhile: whoever reads what was agreed on reads what has changed since.
    version = get(f"/events/{fair}", noor)["version"]
    patch(f"/events/{fair}", noor, {"version": version, "startAt": moment(now + 61 * DAY), "endAt": moment(now + 62 * DAY)})
    get(f"/opportunities/{single['id']}", vera)
    get(f"/requests/{second['id']}", vera)
    get(f"/requests/{second['id']}/place", vera)
    get("/sponsors/dashboard", vera)
    patch(f"/requests/{first['id']}/place/release", noor, {"reason": "The hall has no room for your stage."})
    patch(f"/requests/{second['id']}/place/take", vera)

    # What people complain about.
    report = post("/reports", vera, {"subjectKind": "event", "subjectId": fair, "reason": "Spam", "words": "Look at it."})["id"]
    get("/admin/reports", omar)
    patch(f"/admin/reports/{report}/decision", omar, {"decision": "dismiss", "reason": "There is nothing wrong with it."})

    # A list comes in, is carried out by a job, and is taken back.
    brought = bring(api, omar, "organizations", "Name,Website,Colour\nWalked in,https://walked-in.example,blue\n")["id"]
    post(f"/imports/{brought}/apply", omar, {"choices": {}})
    until(lambda: get(f"/imports/{brought}", omar)["state"] == "applied", "the end of an import")
    api.well(f"/imports/{brought}/report", omar)
    post(f"/imports/{brought}/undo", omar)


def now_of(api):
    clock = api.bare("/dev/clock").json()
    return time.time() + clock["offsetSeconds"]


def moment(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def day(seconds):
    return time.strftime("%Y-%m-%d", time.gmtime(seconds))


def faults_of(api):
    """What was not answered well by anybody, and what differs from the document."""
    faults = []
    for method, path in api.document.operations:
        statuses = api.answered.get((method, path), set())
        was_well = any(200 <= status < 300 for status in statuses)
        if was_well and (method, path) in NEVER_WELL:
            faults.append(f"{method} {path} was answered well: take it out of NEVER_WELL of scripts/walk.py")
        elif not statuses:
            faults.append(f"{method} {path} was not called: give it a good call in scripts/walk.py")
        # What cannot be answered well gets past the id, the rights and the fields all the same: its state is what refuses.
        elif not was_well and not ((method, path) in NEVER_WELL and 409 in statuses):
            said = ", ".join(map(str, sorted(statuses)))
            faults.append(f"{method} {path} answered {said}, and never 2xx: see its call in scripts/walk.py")
    faults += [f"{method} {path} answered nothing but empty lists, in which nothing is compared: see its call in scripts/walk.py"
               for (method, path), is_filled in api.filled.items() if method == "GET" and not is_filled]
    faults += [f"NEVER_WELL of scripts/walk.py: there is no {method} {path}"
               for method, path in NEVER_WELL if (method, path) not in api.document.operations]
    return faults + sorted(set(api.faults))


def walk_all(api, sessions):
    """Everything; ends the run where something is wrong, and gives what `furnish` has put by."""
    began = time.monotonic()
    made = furnish(api, sessions)
    walk(api, sessions)
    if faults := faults_of(api):
        sys.exit("\n".join(faults))
    count = len(api.document.operations)
    took = time.monotonic() - began
    print(f"   walked: {count - len(NEVER_WELL)} of {count} operations answered well, {took:.0f} s", flush=True)
    for (method, path), reason in NEVER_WELL.items():
        print(f"   not well: {method} {path}: {reason}", flush=True)
    return made


def main():
    program, folder, port = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve(), sys.argv[3]
    with served(program, folder, port) as (api, sessions):
        walk_all(api, sessions)


if __name__ == "__main__":
    main()
