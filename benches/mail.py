"""Due invitations to stored outcomes, on SQLite (synchronous FULL), over real SMTP to smtp-sink on the same cores. The limit in the same
run: smtp-source to the same sink with mails of the same size. Both come with Postfix; no mail server is set up or started:

    apt-get download postfix && dpkg -x postfix_*.deb /tmp/postfix && POSTFIX=/tmp/postfix python3 benches/mail.py
"""

import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

from common import HERE, build, cli, folder, free_port, need, serving, signed_events, verdict, wrk

MAILS, QUEUED = 10_000, 100_000
AHEAD = 3600 * 24 * 7


def tool(name):
    """A binary of Postfix: installed, or unpacked below $POSTFIX."""
    root = os.environ.get("POSTFIX", "")
    found = shutil.which(name, path=f"{root}/usr/sbin:{os.environ['PATH']}:/usr/sbin")
    if not found:
        raise SystemExit("this bench needs smtp-sink and smtp-source: apt-get download postfix, dpkg -x it somewhere, and say where in POSTFIX")
    return found, {**os.environ, "LD_LIBRARY_PATH": f"{root}/usr/lib/postfix"}


@contextmanager
def sink():
    path, env = tool("smtp-sink")
    port = free_port()
    as_user = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([path, *as_user, f"127.0.0.1:{port}", "1000"], env=env)
    time.sleep(0.5)
    try:
        yield port
    finally:
        process.terminate()
        process.wait(10)


def smtp_source(port, sessions, size, reuse=True):
    path, env = tool("smtp-source")
    again = ["-d"] if reuse else []
    begin = time.monotonic()
    subprocess.run([path, *again, "-s", str(sessions), "-m", str(MAILS), "-l", str(size), "-f", "reviews@bench.example", "-t", "cliente@example.com",
                    f"127.0.0.1:{port}"], env=env, check=True)
    return MAILS / (time.monotonic() - begin)


def dispatch(port, mails, connections, env=None):
    """Orders whose invitations are all due at one moment; returns mails a second from the first stored outcome to the last, their size, peak memory."""
    with folder() as data:
        shop = cli(data, "shop", "create", "--domain", "bench.example", "--name", "Bench", "--locale", "it-IT",
                   "--invite-on", "fulfilled", "--invite-after", "7d")
        wait = 15 + mails // 3000
        due = int(time.time()) + wait
        events = data / "events.tsv"
        signed_events(events, shop["webhook_secret"], mails, happened=due - AHEAD)
        settings = {"ATTESTA_SMTP_URL": f"smtp://127.0.0.1:{port}?tls=none", "ATTESTA_PUBLIC_URL": "http://reviews.bench.example",
                    "ATTESTA_MAIL_CONNECTIONS": str(connections), **(env or {})}
        with serving(data, env=settings) as server:
            wrk(f"{server.url}/v1/shops/{shop['shop']}/events", 64, max(4, wait - 8), HERE / "post.lua", [str(events)])
            stored = sqlite3.connect(f"file:{data}/attesta.db?mode=ro", uri=True)
            one = lambda sql: stored.execute(sql).fetchone()
            end = time.monotonic() + 600
            while time.monotonic() < end and one("SELECT count(*) FROM invitations WHERE sent_at IS NULL")[0] > 0:
                time.sleep(0.5)
            queued, = one("SELECT count(*) FROM invitations")
            sent, first, last = one("SELECT count(*), min(sent_at), max(sent_at) FROM messages WHERE state = 'sent'")
            assert sent == queued, f"{sent} of {queued} left: {one('SELECT count(*), min(reason), max(last_error) FROM messages, jobs LIMIT 1')}"
            rss = server.rss_mb()
    return {"per_second": sent / max(0.001, (last - first) / 1000), "sent": sent, "rss": rss}


def mail_size():
    """Bytes of the invitation that these orders get, as captured."""
    with folder() as data:
        shop = cli(data, "shop", "create", "--domain", "bench.example", "--name", "Bench", "--locale", "it-IT", "--invite-on", "fulfilled", "--invite-after", "0h")
        events = data / "events.tsv"
        signed_events(events, shop["webhook_secret"], 64)
        with serving(data) as server:
            wrk(f"{server.url}/v1/shops/{shop['shop']}/events", 1, 1, HERE / "post.lua", [str(events)])
            end = time.monotonic() + 20
            while not list((data / "captured").glob("*.eml")) and time.monotonic() < end:
                time.sleep(0.1)
            return max(file.stat().st_size for file in (data / "captured").glob("*.eml"))


def main():
    need("wrk")
    build()
    size, ok = mail_size(), []
    with sink() as port:
        for sessions, goal in ((10, 0.25), (1, 0.3)):
            limit, fresh = smtp_source(port, sessions, size), smtp_source(port, sessions, size, reuse=False)
            ours = dispatch(port, MAILS, sessions)
            print(f"{sessions} connections, {size} bytes: {ours['per_second']:.0f} mails/s, RSS {ours['rss']:.0f} MB; smtp-source {limit:.0f} "
                  f"mails/s, with a connection for each mail {fresh:.0f}")
            ok.append(verdict(f"of smtp-source at {sessions}", round(ours["per_second"] / limit, 2), f">= {goal}", ours["per_second"] >= goal * limit))
        many = dispatch(port, QUEUED, 10)
        print(f"{many['sent']} queued: {many['per_second']:.0f} mails/s")
        ok.append(verdict("RSS", round(many["rss"]), "<= 150", many["rss"] <= 150, " MB"))
    return 0 if all(ok) else 1


sys.exit(main())
