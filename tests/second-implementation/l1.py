"""An L1 by docs/l1-operators.md alone, with Python's standard library; nothing of this repository is in it.

    python3 l1.py L2_URL [PORT [old]]

GET /auth, POST /auth/revoke, POST /auth/revoke-user, GET /me (who is signed in), POST /runs, GET /runs/{id}, POST /runs/{id}/publish. An old one has no
/auth/revoke. For tests: it keeps everything in memory, and prints who came in and who went out by which call.
"""
import base64, binascii, email.utils, hashlib, http.server, json, re, secrets, sys, threading, time
import urllib.error, urllib.parse, urllib.request
from datetime import datetime, timezone

L2 = sys.argv[1].rstrip("/")
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 0
IS_OLD = sys.argv[3:] == ["old"]
SKEW = 300
BETWEEN_FETCHES = 60
SHA256_INFO = bytes.fromhex("3031300d060960864801650304020105000420")

lock = threading.Lock()
sessions = {}  # secret of the cookie -> {token, token_hash, jti, username, issued_at}
runs = {}  # run_id -> the run, as L2 reads it
revoked = set()  # hashes and jtis
revoked_users = {}  # username -> seconds since 1970: all up to then
keys = {"tried": 0.0, "by_id": {}}


class Refused(Exception):
    def __init__(self, status, code):
        super().__init__(code)
        self.status, self.code = status, code


# --- RSA by hand: PEM -> (n, e), RFC 8017 8.2.2 -------------------------------------------------------------------------------------------------


def read_der(data, at):
    tag, length, at = data[at], data[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        length, at = int.from_bytes(data[at : at + count], "big"), at + count
    return tag, data[at : at + length], at + length


def rsa_key(pem):
    der = base64.b64decode("".join(line for line in pem.splitlines() if "-----" not in line))
    _, spki, _ = read_der(der, 0)
    _, _, at = read_der(spki, 0)  # the algorithm
    _, bits, _ = read_der(spki, at)
    _, key, _ = read_der(bits[1:], 0)  # without the count of unused bits
    _, n, at = read_der(key, 0)
    _, e, _ = read_der(key, at)
    return int.from_bytes(n, "big"), int.from_bytes(e, "big")


def rsa_sha256_verifies(pem, text, signature):
    n, e = rsa_key(pem)
    size = (n.bit_length() + 7) // 8
    if n.bit_length() < 2048 or len(signature) != size:
        return False
    opened = pow(int.from_bytes(signature, "big"), e, n).to_bytes(size, "big")
    end = SHA256_INFO + hashlib.sha256(text).digest()
    return opened == b"\x00\x01" + b"\xff" * (size - len(end) - 3) + b"\x00" + end


# --- calls of L2 ----------------------------------------------------------------------------------------------------------------------------------


class NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


opener = urllib.request.build_opener(NoRedirects)


def fetch_json(url, body=None, token=None, timeout=30):
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": "application/json", "Accept": "application/json, application/activity+json"}
    if token is not None:
        headers["Authorization"] = "Bearer " + token
    with opener.open(urllib.request.Request(url, data, headers), timeout=timeout) as response:
        return json.load(response)


def key_of(key_id):
    if not key_id.startswith(L2 + "/actor#"):
        raise Refused(401, "key_unavailable")
    with lock:
        stale = key_id not in keys["by_id"] and time.time() - keys["tried"] > BETWEEN_FETCHES
        if stale:
            keys["tried"] = time.time()
    if stale:
        try:
            actor = fetch_json(L2 + "/actor")
            key = actor["publicKey"]
            if actor["id"] == L2 + "/actor" and key["owner"] == actor["id"]:
                keys["by_id"] = {key["id"]: key["publicKeyPem"]}
        except (OSError, ValueError, KeyError):
            pass
    if key_id not in keys["by_id"]:
        raise Refused(401, "key_unavailable")
    return keys["by_id"][key_id]


def check_signature(method, target, headers, body):
    header = headers.get_all("Signature") or []
    if len(header) != 1:
        raise Refused(401, "signature_missing")
    found = re.findall(r'(\w+)="([^"]*)"', header[0])
    values = dict(found)
    names = values.get("headers", "").lower().split(" ")
    needed = {"(request-target)", "host", "date", "digest"}
    if len(values) != len(found) or not needed <= set(names) or values.get("algorithm") not in ("rsa-sha256", "hs2019"):
        raise Refused(401, "signature_invalid")
    if any(len(headers.get_all(name) or []) != 1 for name in names if name[0] != "("):
        raise Refused(401, "signature_invalid")
    if headers["Host"] != "localhost:%d" % server.server_port:
        raise Refused(401, "signature_invalid")
    try:
        signed_at = email.utils.parsedate_to_datetime(headers["Date"]).timestamp()
        signature = base64.b64decode(values["signature"], validate=True)
    except (TypeError, ValueError, KeyError, binascii.Error):
        raise Refused(401, "signature_invalid")
    if abs(time.time() - signed_at) > SKEW:
        raise Refused(401, "date_skew")
    if headers["Digest"] != "SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode():
        raise Refused(401, "digest_mismatch")
    values_of = {"(request-target)": "%s %s" % (method.lower(), target)}
    text = "\n".join("%s: %s" % (name, values_of.get(name) or headers[name].strip()) for name in names)
    if not rsa_sha256_verifies(key_of(values.get("keyId", "")), text.encode(), signature):
        raise Refused(401, "signature_invalid")
    return signed_at


def call_of_l2(method, target, headers, body):
    signed_at = check_signature(method, target, headers, body)
    try:
        call = json.loads(body)
        if call["l2_server"] != L2:
            raise Refused(401, "signer_not_allowed")
        return call["username"], call, signed_at
    except (ValueError, KeyError, TypeError):
        raise Refused(422, "invalid_body")


def say(text):
    print(text, flush=True)


def is_revoked(session):
    until = revoked_users.get(session["username"], -1)
    return session["token_hash"] in revoked or session["jti"] in revoked or session["issued_at"] <= until


# --- HTTP -----------------------------------------------------------------------------------------------------------------------------------------


class L1(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body=None, headers=()):
        data = json.dumps(body or {}).encode()
        self.send_response(status)
        for name, value in [("Content-Type", "application/json"), ("Content-Length", str(len(data))), ("Cache-Control", "no-store"), *headers]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):  # the address holds a token
        pass

    def handle_with(self, route):
        try:
            route()
        except Refused as refused:
            self.answer(refused.status, {"code": refused.code})

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        if url.path == "/auth":
            self.handle_with(lambda: self.attach(urllib.parse.parse_qs(url.query).get("auth_token", [])))
        elif url.path == "/me":
            self.handle_with(lambda: self.answer(200, {"username": self.session()["username"]}))
        elif url.path.startswith("/runs/") and url.path[6:] in runs:
            self.answer(200, runs[url.path[6:]])
        else:
            self.answer(404, {"code": "not_found"})

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        if length > 16384:
            return self.answer(413, {"code": "body_too_large"}, [("Connection", "close")])
        body = self.rfile.read(length)
        if self.path == "/auth/revoke" and not IS_OLD:
            self.handle_with(lambda: self.revoke(body))
        elif self.path == "/auth/revoke-user":
            self.handle_with(lambda: self.revoke_user(body))
        elif self.path == "/runs":
            self.handle_with(lambda: self.render(body))
        elif self.path.startswith("/runs/") and self.path.endswith("/publish"):
            self.handle_with(lambda: self.publish(self.path[6:-8]))
        else:
            self.answer(404, {"code": "not_found"})

    def attach(self, tokens):
        if len(tokens) != 1:
            raise Refused(400, "token_missing")
        try:
            said = fetch_json(L2 + "/auth/verify", {"token": tokens[0], "l1_server": own_url()})
        except urllib.error.HTTPError as error:
            raise Refused(error.code if error.code in (401, 403) else 502, "token_refused")
        except (OSError, ValueError):
            raise Refused(502, "l2_unreachable")
        issued = datetime.fromisoformat(said["issued_at"].replace("Z", "+00:00")).astimezone(timezone.utc)
        token_hash = hashlib.sha256(tokens[0].encode()).hexdigest()
        known_by = {"token": tokens[0], "token_hash": token_hash, "jti": said["jti"]}
        session = {**known_by, "username": said["username"], "issued_at": issued.timestamp()}
        if is_revoked(session):
            raise Refused(401, "token_revoked")
        secret = secrets.token_urlsafe(32)
        sessions[secret] = session
        say("in: %s" % session["username"])
        cookie = "l1_session=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000" % secret
        self.answer(303, headers=[("Location", "/me"), ("Set-Cookie", cookie), ("Referrer-Policy", "no-referrer")])

    def session(self):
        if self.command != "GET" and self.headers["Origin"] != own_url():
            raise Refused(403, "csrf")
        found = re.search(r"(?:^|; )l1_session=([\w-]+)", self.headers.get("Cookie") or "")
        session = sessions.get(found.group(1)) if found else None
        if session is None or is_revoked(session):
            raise Refused(401, "not_signed_in")
        return session

    def render(self, body):
        username, run_id = self.session()["username"], secrets.token_hex(8)
        output_hash = hashlib.sha3_256(body).hexdigest()  # it renders what it is sent
        now = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        run = {"run_id": run_id, "status": "completed", "recipe": "echo", "inputs": [], "output_name": "echo-" + run_id, "output_hash": output_hash}
        runs[run_id] = {**run, "asset_type": "document", "username": username, "created_at": now, "completed_at": now}
        self.answer(201, runs[run_id])

    def publish(self, run_id):
        session = self.session()
        if run_id not in runs or runs[run_id]["username"] != session["username"]:
            raise Refused(404, "run_not_found")
        body = {"run_id": run_id, "l1_server": own_url(), "output_name": runs[run_id]["output_name"]}
        try:
            self.answer(201, fetch_json(L2 + "/assets/record-run", body, session["token"], 40))
        except urllib.error.HTTPError as error:
            raise Refused(error.code, "not_published")

    def revoke(self, body):
        username, call, _ = call_of_l2("POST", self.path, self.headers, body)
        ids = [call[name] for name in ("token_hash", "jti") if isinstance(call.get(name), str)]
        if not ids:
            raise Refused(422, "invalid_body")
        revoked.update(ids)
        say("out: %s by /auth/revoke (%s)" % (username, call.get("reason")))
        self.answer(200, {"revoked": True})

    def revoke_user(self, body):
        username, _, signed_at = call_of_l2("POST", self.path, self.headers, body)
        revoked_users[username] = max(signed_at, revoked_users.get(username, 0))
        say("out: %s by /auth/revoke-user" % username)
        self.answer(200, {"revoked": True})


def own_url():
    return "http://localhost:%d" % server.server_port


server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), L1)
say("ready at " + own_url())
server.serve_forever()
