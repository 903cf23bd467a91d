"""What the benches share: the built program, a running instance, load by wrk, signed events, memory.

Every bench prints a ratio to a limit measured in the same run, because figures of different machines say nothing.
Traffic goes to 127.0.0.1 only, bounded in time; only processes started here are ended.
"""

import base64
import glob
import hashlib
import hmac
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HERE = Path(__file__).resolve().parent
PROGRAM = ROOT / "target/release/attesta"
UNLIMITED = {f"ATTESTA_LIMITS_{k}": "0" for k in ("PER_ADDRESS", "WRITES_PER_ADDRESS", "PER_SHOP", "WRITES_PER_SHOP", "WRONG_TOKENS")}


def build():
    subprocess.run(["cargo", "build", "--release", "--locked", "--quiet"], cwd=ROOT, check=True)


def need(*commands):
    missing = [c for c in commands if not shutil.which(c)]
    if missing:
        raise SystemExit(f"this bench needs {', '.join(missing)} (Debian: apt-get install wrk nginx-light nghttp2-client libsqlite3-dev gcc postgresql)")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextmanager
def folder():
    with tempfile.TemporaryDirectory(prefix="attesta-bench-") as path:
        os.chmod(path, 0o755)
        yield Path(path)


def cli(data, *args, database=None):
    more = ["--database-url", database] if database else []
    done = subprocess.run([PROGRAM, *args, "--data-dir", str(data), *more, "--json"], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def open_shop(data, domain="bench.example", database=None):
    return cli(data, "shop", "create", "--domain", domain, "--name", "Bench", "--locale", "it-IT", "--invite-on", "fulfilled",
               "--invite-after", "7d", database=database)


class Server:
    def __init__(self, process, port):
        self.process, self.port, self.url = process, port, f"http://127.0.0.1:{port}"

    def rss_mb(self):
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1024

    def forget_peak(self):
        """What `rss_mb` tells is the peak from here on."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def get(self, path, **headers):
        with urllib.request.urlopen(urllib.request.Request(self.url + path, headers=headers)) as answer:
            return answer.read()


@contextmanager
def serving(data, database=None, env=None):
    port = free_port()
    more = ["--database-url", database] if database else []
    process = subprocess.Popen(
        [PROGRAM, "serve", "--data-dir", str(data), "--listen", f"127.0.0.1:{port}", *more],
        env={**os.environ, **UNLIMITED, "ATTESTA_LOG_FILTER": "warn", **(env or {})}, stdout=subprocess.DEVNULL, stderr=open(data / "log", "w"))
    server = Server(process, port)
    try:
        server.start_ms = wait_ready(server, process, data)
        yield server
    finally:
        process.terminate()
        process.wait(30)


def wait_ready(server, process, data):
    begin = time.monotonic()
    while time.monotonic() - begin < 30:
        if process.poll() is not None:
            raise SystemExit("the server did not start:\n" + (data / "log").read_text())
        try:
            server.get("/health/ready")
            return (time.monotonic() - begin) * 1000
        except OSError:
            time.sleep(0.002)
    raise SystemExit("the server was not ready in 30 s")


class Postgres:
    def __init__(self, port):
        self.port, self.url = port, f"postgres://attesta@127.0.0.1:{port}/postgres"
        self.where = ["-h", "127.0.0.1", "-p", str(port), "-U", "attesta"]

    def ask(self, sql):
        """Rows of text fields."""
        done = subprocess.run(["psql", "-qAt", "-F", "\t", *self.where, "postgres", "-c", sql], check=True, capture_output=True, text=True)
        return [line.split("\t") for line in done.stdout.splitlines()]


@contextmanager
def postgres(data):
    """A server of our own below `data`, with its usual durability."""
    initdb = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
    if not initdb:
        raise SystemExit("this bench needs PostgreSQL (Debian: apt-get install postgresql)")
    bin_dir = os.path.dirname(initdb[-1])
    unprivileged = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.getuid() == 0 else []
    pg = data / "pg"
    pg.mkdir()
    if unprivileged:
        subprocess.run(["chown", "nobody", str(pg)], check=True)
    subprocess.run([*unprivileged, f"{bin_dir}/initdb", "-D", str(pg / "data"), "-A", "trust", "-U", "attesta", "-E", "UTF8"],
                   check=True, stdout=subprocess.DEVNULL)
    server = Postgres(free_port())
    process = subprocess.Popen([*unprivileged, f"{bin_dir}/postgres", "-D", str(pg / "data"), "-p", str(server.port), "-c", "listen_addresses=127.0.0.1",
                                "-c", "unix_socket_directories=", "-c", "max_connections=200", "-c", "shared_buffers=512MB"],
                               stderr=open(data / "pg.log", "w"))
    try:
        for _ in range(200):
            if subprocess.run([f"{bin_dir}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(server.port)]).returncode == 0:
                break
            time.sleep(0.05)
        yield server
    finally:
        process.terminate()
        process.wait(30)


def sign(secret, message_id, at, body):
    key = base64.b64decode(secret.removeprefix("whsec_"))
    mac = hmac.new(key, f"{message_id}.{at}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(mac).decode()


def signed_events(file, secret, count, happened=None, change=None):
    """One signed order.fulfilled per line for post.lua: every order, person and webhook id of its own. `change(n, order)` makes one differ."""
    at = int(time.time())
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(happened or at - 60))
    with open(file, "w") as out:
        for n in range(count):
            event = {
                "type": "order.fulfilled", "timestamp": stamp,
                "data": {"number": f"IT-{n:07}", "placed_at": stamp,
                         "customer": {"email": f"cliente{n}@example.com", "name": "Ada Bianchi", "locale": "it-IT", "country": "IT"},
                         "currency": "EUR", "total": 4990,
                         "items": [{"line": "1", "sku": f"sku-{n % 97}", "name": "Moka tre tazze", "quantity": 1, "price": 3990},
                                   {"line": "2", "sku": "caffe-250", "name": "Caffè macinato", "quantity": 1, "price": 1000}]}}
            if change:
                change(n, event["data"])
            body = json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()
            message_id = f"msg_{hashlib.sha1(str(n).encode()).hexdigest()[:24]}"
            out.write(f"{message_id}\t{at}\t{sign(secret, message_id, at, body)}\t{body.decode()}\n")


def wrk(url, connections=64, seconds=10, script=None, args=(), threads=1, headers=()):
    command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s", "--latency"]
    for header in headers:
        command += ["-H", header]
    if script:
        command += ["-s", str(script)]
    text = subprocess.run([*command, url, *(["--", *args] if args else [])], check=True, capture_output=True, text=True).stdout
    quantile = lambda name: re.search(rf"{name}%\s+([\d.]+)(us|ms|s)\b", text)
    ms = lambda found: float(found.group(1)) * {"us": 0.001, "ms": 1, "s": 1000}[found.group(2)]
    errors = sum(int(n) for n in re.findall(r"Non-2xx or 3xx responses: (\d+)", text))
    sockets = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    return {"per_second": float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1)),
            "requests": int(re.search(r"(\d+) requests in", text).group(1)),
            "p50_ms": ms(quantile("50")), "p99_ms": ms(quantile("99")), "errors": errors + sum(map(int, sockets.groups() if sockets else ()))}


def until(check, seconds):
    """Waits for a condition; the bound only ends what cannot succeed. Whether it came."""
    end = time.monotonic() + seconds
    while not (came := check()) and time.monotonic() < end:
        time.sleep(0.005)
    return bool(came)


def verdict(name, value, goal, holds, unit=""):
    print(f"{'ok  ' if holds else 'MISS'} {name}: {value}{unit} (goal {goal}{unit})")
    return holds
