"""`make fuzz`: every operation of the OpenAPI document, as six kinds of caller, with what schemathesis makes up.

Fails on a 5xx, on a status or a body that the document does not know, on a wrong content type. The server is the product's
own `dev` verb with a database of its own, the demo story, and limits out of the way (they have tests of their own).

    scripts/fuzz.py PROGRAM FOLDER PORT [EXAMPLES]

PROGRAM is a built `commdesk`; FOLDER is thrown away first; EXAMPLES is how many calls are made up for an operation beyond
the ones that its schema lists (the default is the short form that `make test` runs).
"""

import json
import os
import pathlib
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
    ("an outsider", "mallory@globex.example", "organization:globex"), ("staff", "sara@commdesk.example", None),
]
# Which list gives the ids that a path's parameter means: the pages' own reads. No `sessionId`: ending the callers' own sessions
# would leave nobody to call.
IDS = {
    "communityId": ("nobody", "/communities", "id"),
    "memberId": ("a community", "/members", "memberId"),
    "eventId": ("a community", "/events", "id"),
    "opportunityId": ("nobody", "/opportunities", "id"),
    "organizationId": ("nobody", "/sponsors", "id"),
    "requestId": ("a community", "/requests", "id"),
    "searchId": ("a community", "/searches", "id"),
}


class Api:
    def __init__(self, address):
        self.address = address

    def call(self, path, headers, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"content-type": "application/json", **headers}
        request = urllib.request.Request(self.address + path, data=data, headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.headers, json.loads(answer.read())

    def key(self, session):
        """The headers of a key with every permission that opens a call, by the document's own word."""
        with urllib.request.urlopen(f"{self.address}/api/v1/openapi.json", timeout=30) as answer:
            paths = json.loads(answer.read())["paths"]
        operations = [operation for item in paths.values() for operation in item.values() if isinstance(operation, dict)]
        scopes = sorted({operation["x-scope"] for operation in operations if "x-scope" in operation})
        if not scopes:
            sys.exit("the document names no permission of keys")
        _, answer = self.call("/api/v1/api-keys", session, {"name": "A program that is fuzzed", "scopes": scopes})
        return {"authorization": f"Bearer {answer['data']['secret']}"}

    def sign_in(self, email):
        """The headers of a session; staff give their second factor, as `/dev/people` shows it at this moment."""
        headers, answer = self.call("/api/v1/auth/login", {}, {"email": email, "password": PASSWORD})
        session = {"cookie": headers["set-cookie"].split(";")[0]}
        if not answer["data"]["secondFactorRequired"]:
            return session
        # The demo has used this half minute's code; the next one comes by itself.
        for _ in range(40):
            _, people = self.call("/dev/people", {})
            code = next(person["code"] for person in people if person["email"] == email)
            try:
                headers, _ = self.call("/api/v1/auth/second-factor", session, {"code": code})
                # The session has a new id from here on.
                return {"cookie": headers["set-cookie"].split(";")[0]}
            except urllib.error.HTTPError as error:
                if error.code != 409:
                    raise
                time.sleep(1)
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
    # Of these the demo has none.
    api.call("/api/v1/searches", sessions["a community"], {"list": "organizations", "name": "To be fuzzed", "query": "q=cloud"})
    config = folder / "schemathesis.toml"
    config.write_text(bindings(api, sessions))
    calls = list(sessions.items())
    failed = []
    with ThreadPoolExecutor(2) as pool:
        for pair in zip(calls[::2], calls[1::2]):
            for name, is_wrong in pool.map(lambda call: fuzz_as(api, folder, config, examples, *call), pair):
                if is_wrong:
                    failed.append(name)
    return failed


def fuzz_as(api, folder, config, examples, name, headers):
    began = time.monotonic()
    out = folder / f"{name.replace(' ', '-')}.log"
    command = [sys.executable, "-m", "schemathesis.cli", "--config-file", config, "run",
               f"{api.address}/api/v1/openapi.json", "--checks", CHECKS, "--phases", "examples,coverage,fuzzing",
               "--max-examples", examples, "--seed", "1", "--warnings", "off", "--no-color", "--output-truncate", "false",
               # Signing out, or in as somebody else, would make the rest of the run a stranger's.
               "--exclude-path-regex", "^/auth/(logout|login)$"]
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


def bindings(api, sessions):
    """Half of the ids in paths are real ones, so that calls get past the first look-up."""
    text = []
    parameters = []
    for parameter, (caller, path, field) in IDS.items():
        _, answer = api.call(f"/api/v1{path}", sessions[caller])
        values = [item[field] for item in answer["data"]["items"]]
        if not values:
            sys.exit(f"the demo has nothing at {path}")
        text.append(f"[dictionaries.{parameter}]\nvalues = {json.dumps(values)}\n")
        parameters.append(f'"path.{parameter}" = {{ dictionary = "{parameter}", probability = 0.5 }}')
    return "\n".join(text + ["[parameters]"] + parameters) + "\n"


if __name__ == "__main__":
    main()
