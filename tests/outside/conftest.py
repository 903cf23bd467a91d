"""A running instance, as an operator starts one, for judges that share no code with it."""

import email
import email.policy
import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from cluster import Cluster
from sink import Sink

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "target/debug/attesta"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(what, check, seconds=30):
    """Waits for a condition, never for a duration; the bound only ends a run that cannot succeed."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = check()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} did not happen within {seconds} s")


RUNNING = []


class Instance:
    def __init__(self, data, prefix="", smtp=None, database=None, settings=()):
        self.data, self.port = data, free_port()
        self.listen = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.listen}{prefix}"
        # A public address makes it a real instance: its mail goes to a mail server, or waits for one.
        self.public = ["--public-url", self.url] if prefix or smtp is not None else []
        self.smtp = "capture:" if prefix and smtp is None else smtp
        self.database = ["--database-url", database] if database else []
        self.settings = [word for setting in settings for word in ("--set", setting)]
        self.process = None

    def start(self):
        smtp = ["--smtp-url", self.smtp] if self.smtp else []
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--data-dir", str(self.data), "--listen", self.listen,
             *self.public, *smtp, *self.database, *self.settings],
            stderr=open(self.data / "log", "a"))
        RUNNING.append(self.process)
        wait_for("the server's readiness", self.ready)

    def ready(self):
        assert self.process.poll() is None, (self.data / "log").read_text()
        try:
            return urllib.request.urlopen(self.url + "/health/ready").status == 200
        except OSError:
            return False

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self):
        self.process.terminate()
        assert self.process.wait(30) == 0, "a stop in order ends with 0"

    def cli(self, *args):
        done = subprocess.run([PROGRAM, *args, "--data-dir", str(self.data), *self.database, "--json"], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"attesta {' '.join(args)}: {done.stderr}"
        return json.loads(done.stdout)

    def shop(self, domain, after="0h"):
        return self.cli("shop", "create", "--domain", domain, "--name", "Bottega Verdi", "--locale", "it-IT",
                        "--invite-on", "fulfilled", "--invite-after", after)

    def orders(self, shop):
        """Every order of a shop, page by page."""
        found, cursor = [], ""
        while cursor is not None:
            path = f"/v1/shops/{shop['shop']}/orders?limit=100{cursor and '&cursor=' + urllib.parse.quote(cursor)}"
            request = urllib.request.Request(self.url + path, headers={"authorization": f"Bearer {shop['api_key']}"})
            page = json.load(urllib.request.urlopen(request))
            found += page["data"]
            cursor = page["next"]
        return found

    def get(self, path):
        with urllib.request.urlopen(self.url + path) as answer:
            return json.load(answer)

    def mails(self):
        files = sorted((self.data / "captured").glob("*.eml"), reverse=True) if (self.data / "captured").exists() else []
        return [email.message_from_bytes(file.read_bytes(), policy=email.policy.default) for file in files]

    def mail_to(self, address):
        return wait_for(f"a mail to {address}", lambda: next((m for m in self.mails() if address in m["To"]), None))


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def link_in(mail, part):
    return re.search(rf"https?://\S*{part}[A-Za-z0-9_-]+", text_of(mail)).group(0)


def order_event(number, address, at, kind="order.fulfilled"):
    stamp = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(at))
    return {"type": kind, "timestamp": stamp, "data": {
        "number": number, "placed_at": stamp, "customer": {"email": address, "name": "Ada Bianchi", "locale": "it-IT", "country": "IT"},
        "currency": "EUR", "total": 4990, "items": [{"line": "1", "sku": "moka-3", "name": "Moka tre tazze", "quantity": 1, "price": 4990}]}}


@pytest.fixture(autouse=True)
def nothing_left_running():
    # What a whole module shares was started before its first test, and is stopped by the module.
    before = len(RUNNING)
    yield
    while len(RUNNING) > before:
        process = RUNNING.pop()
        if process.poll() is None:
            process.kill()
            process.wait(10)


@pytest.fixture
def instance(tmp_path):
    running = Instance(tmp_path)
    running.start()
    yield running
    if running.process.poll() is None:
        running.stop()


@pytest.fixture
def prefixed(tmp_path):
    running = Instance(tmp_path, "/a/b")
    running.start()
    yield running
    if running.process.poll() is None:
        running.stop()


@pytest.fixture
def sink():
    server = Sink()
    yield server
    server.close()


@pytest.fixture(scope="session")
def cluster():
    server = Cluster()
    yield server
    server.close()


@pytest.fixture(scope="session")
def chromium():
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=arguments)
        yield browser
        browser.close()
