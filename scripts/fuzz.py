"""`make fuzz`: every operation of the OpenAPI document, with what schemathesis makes up, as six kinds of caller; the three that end
a session or make another one (`ENDING`), as one of them each.

Fails on a 5xx, on a status or a body that the document does not know, on a wrong content type. Before anything is made up,
`scripts/walk.py` calls every operation well, on the same server: what random bodies hardly reach is compared there. Which operations
those are is said at the end: no made-up call was answered well by them.

    scripts/fuzz.py PROGRAM FOLDER PORT [EXAMPLES]

PROGRAM and FOLDER are those of `scripts/walk.py`; EXAMPLES is how many calls are made up for an operation beyond the ones that its
schema lists (the default is the short form that `make test` runs).
"""

import json
import pathlib
import re
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from walk import CALLERS, PROGRAM, served, walk_all

CHECKS = ",".join([
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
])
EMAILS = {name: email for name, email, _ in CALLERS}
BOTH = ("a sponsor", "a community")
# How often a path has a real id: the rest is made up. What lies below something else has two, which must fit together.
REAL, REAL_BELOW = 0.8, 0.9
# What a path's parameter means: by whom, from which list and in which field its ids are read, or what `furnish` of `walk.py` has put by
# under that name. Whoever has ids of their own gets those; the others get everybody's.
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


def main():
    program, folder, port = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve(), sys.argv[3]
    examples = sys.argv[4] if len(sys.argv) > 4 else "12"
    with served(program, folder, port) as (api, sessions):
        failed = fuzz(api, sessions, folder, examples)
    sys.exit(1 if failed else 0)


def fuzz(api, sessions, folder, examples):
    must_know_every_parameter(api.document)
    ids = real_ids(api, sessions, walk_all(api, sessions))
    calls = [(name, headers, ["--exclude-path-regex", f"^({'|'.join(ENDING.values())})$"]) for name, headers in sessions.items()]
    calls += [(name, api.sign_in(EMAILS[name]), ["--include-path-regex", f"^{ending}$"]) for name, ending in ENDING.items()]
    if api.faults:
        sys.exit("\n".join(sorted(set(api.faults))))
    # A line of the log is written before its answer is sent: what stands there by now was walked.
    walked = (folder / "server.log").stat().st_size
    failed = []
    with ThreadPoolExecutor(2) as pool:
        for pair in zip(calls[::2], calls[1::2]):
            for name, is_wrong in pool.map(lambda call: fuzz_as(api, folder, ids, examples, *call), pair):
                if is_wrong:
                    failed.append(name)
    say_what_only_the_walk_proves(api.document, folder, walked)
    return failed + faults_of_the_log(folder)


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


def must_know_every_parameter(document):
    """A parameter that means nothing here would be looked at up to its 404."""
    named = {(path, name) for path in document.whole["paths"] for name in re.findall(r"{(\w+)}", path)}
    faults = [f"{path} has a {{{name}}}: say in IDS of scripts/fuzz.py where its ids are read"
              for path, name in sorted(named) if name not in IDS and (path, name) not in IDS_AT]
    faults += [f"IDS of scripts/fuzz.py knows a {{{name}}} that no path has" for name in sorted(set(IDS) - {name for _, name in named})]
    faults += [f"IDS_AT of scripts/fuzz.py: there is no {path} with a {{{name}}}" for path, name in sorted(set(IDS_AT) - named)]
    if faults:
        sys.exit("\n".join(faults))


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


def answers_of_the_log(folder, begin=0):
    """What the server itself says that it answered since this place in its log: method, path as the document has it, status."""
    with open(folder / "server.log", "rb") as log:
        log.seek(begin)
        for line in log:
            if b'"served"' not in line:
                continue
            try:
                served = json.loads(line)
            except ValueError:
                continue
            # Probes are answered before the house is ready, which is no fault.
            if served.get("route", "").startswith("/api/v1"):
                yield served["method"], served["route"].removeprefix("/api/v1"), served["status"]


def say_what_only_the_walk_proves(document, folder, walked):
    """A made-up call that nobody answers well proves refusals alone; what a good answer looks like is then the walk's to see."""
    well = {(method, path) for method, path, status in answers_of_the_log(folder, walked) if 200 <= status < 300}
    missed = [f"{method} {path}" for method, path in document.operations if (method, path) not in well]
    print(f"   answered well by made-up calls: {len(document.operations) - len(missed)} of {len(document.operations)} operations", flush=True)
    if missed:
        print(f"   by the walk alone: {', '.join(missed)}", flush=True)


def faults_of_the_log(folder):
    """Whatever the document knows, nothing may break."""
    broken = {f"{method} /api/v1{path} answered {status}" for method, path, status in answers_of_the_log(folder) if status >= 500}
    for fault in sorted(broken):
        print(f"   {fault}", flush=True)
    return sorted(broken)


if __name__ == "__main__":
    main()
