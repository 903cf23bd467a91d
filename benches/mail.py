"""Due invitations to stored outcomes, on SQLite (synchronous FULL) and on PostgreSQL, over real SMTP to smtp-sink on the same cores. The
limit in the same run: smtp-source to the same sink with mails of the same size. Both come with Postfix; no mail server is set up or started:

    apt-get download postfix && dpkg -x postfix_*.deb /tmp/postfix && POSTFIX=/tmp/postfix python3 benches/mail.py

Signed mail is held against the two signatures alone, by lettre's own DKIM signer (benches/lettre-dkim); and against what is left of the cores
once the two of ours, which are quicker and measured by themselves (benches/signatures.rs), have taken their time.
"""

import base64
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import contextmanager, nullcontext

from common import HERE, PROGRAM, ROOT, build, cli, folder, free_port, need, open_shop, postgres, serving, signed_events, verdict, wrk

sys.path.insert(0, str(ROOT / "tests/outside"))
from resolver import Resolver  # noqa: E402

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


def dispatch(port, mails, connections, data, database=None, more=()):
    """Orders whose invitations are all due at one moment; returns mails a second from the first stored outcome to the last, and peak memory."""
    shop = open_shop(data, database=database and database.url)
    wait = 15 + mails // 3000
    due = int(time.time()) + wait
    events = data / "events.tsv"
    signed_events(events, shop["webhook_secret"], mails, happened=due - AHEAD)
    with serving(data, database=database and database.url, env=settings(port, connections, more)) as server:
        wrk(f"{server.url}/v1/shops/{shop['shop']}/events", 64, max(4, wait - 8), HERE / "post.lua", [str(events)])
        ask = database.ask if database else sqlite(data)
        end = time.monotonic() + 600
        while time.monotonic() < end and int(ask("SELECT count(*) FROM invitations WHERE sent_at IS NULL")[0][0]) > 0:
            time.sleep(0.5)
        queued = int(ask("SELECT count(*) FROM invitations")[0][0])
        sent, first, last = map(int, ask("SELECT count(*), min(sent_at), max(sent_at) FROM messages WHERE state = 'sent'")[0])
        assert sent == queued, f"{sent} of {queued} left: {ask('SELECT state, reason, count(*) FROM messages GROUP BY 1, 2')}"
        rss = server.rss_mb()
    return {"per_second": sent / max(0.001, (last - first) / 1000), "sent": sent, "rss": rss}


def settings(port, connections, more):
    told = {"SMTP_URL": f"smtp://127.0.0.1:{port}?tls=none", "PUBLIC_URL": "http://reviews.bench.example", "MAIL_CONNECTIONS": str(connections)}
    return {f"ATTESTA_{name}": value for name, value in (told | dict(more)).items()}


def sqlite(data):
    stored = sqlite3.connect(f"file:{data}/attesta.db?mode=ro", uri=True)
    return lambda sql: stored.execute(sql).fetchall()


def signed(port, mails, connections, data):
    """The same with both signatures: their records stand in a DNS of our own, as any receiver would find them."""
    resolver = Resolver()
    try:
        more = {"DNS_RESOLVER": resolver.address, "MAIL_FROM": "reviews@reviews.bench.example"}
        env = {**os.environ, **settings(port, connections, more)}
        told = lambda *words: json.loads(subprocess.run([PROGRAM, "mail", *words, "reviews.bench.example", "--data-dir", str(data), "--json"],
                                                        env=env, capture_output=True, text=True).stdout)
        for record in told("records")["records"]:
            resolver.texts[record["name"]] = record["publish"]
        told("verify")
        return dispatch(port, mails, connections, data, more=more)
    finally:
        resolver.close()


def watched(command, pairs):
    """Pairs a second of a program that signs so many and says when it begins and when it has ended."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "begins\n"
    begin = time.monotonic()
    assert process.stdout.readline() == "ended\n"
    took = time.monotonic() - begin
    assert process.wait() == 0
    return pairs / took


def signatures(pairs=4_000):
    """Pairs of an RSA-2048 and an Ed25519 signature a second on all cores, by the code that signs mails and nothing else."""
    subprocess.run(["cargo", "bench", "--locked", "--bench", "signatures", "--no-run"], cwd=ROOT, check=True)
    return watched(["cargo", "bench", "-q", "--locked", "--bench", "signatures", "--", str(pairs)], pairs)


def lettre_signatures(size, pairs=4_000):
    """The same by lettre's own DKIM signer, of mails of this size."""
    with folder() as keys:
        rsa, ed25519 = keys / "rsa.pem", keys / "ed25519"
        subprocess.run(["openssl", "genrsa", "-traditional", "-out", rsa, "2048"], check=True, capture_output=True)
        ed25519.write_text(base64.b64encode(os.urandom(32)).decode())
        built = ["--release", "--locked", "--quiet", "--manifest-path", HERE / "lettre-dkim/Cargo.toml", "--target-dir", ROOT / "target/lettre-dkim"]
        subprocess.run(["cargo", "build", *built], check=True)
        return watched([ROOT / "target/lettre-dkim/release/lettre-dkim", str(pairs), str(size), rsa, ed25519], pairs)


def openssl_signatures():
    """The same by OpenSSL, which knows the newest instructions of this machine."""
    text = subprocess.run(["openssl", "speed", "-multi", "2", "-seconds", "3", "rsa2048", "ed25519"], check=True, capture_output=True, text=True).stdout
    rsa = float(re.search(r"rsa 2048 bits\s+\S+\s+\S+\s+([\d.]+)", text).group(1))
    ed25519 = float(re.search(r"Ed25519\)?\s+\S+\s+\S+\s+([\d.]+)", text).group(1))
    return 1 / (1 / rsa + 1 / ed25519)


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
    need("wrk", "openssl")
    build()
    size, ok, plain = mail_size(), [], {}
    with sink() as port:
        for sessions, goal in ((10, 0.25), (1, 0.3)):
            limit, fresh = smtp_source(port, sessions, size), smtp_source(port, sessions, size, reuse=False)
            print(f"smtp-source, {sessions} sessions, {size} bytes: {limit:.0f} mails/s, with a connection for each mail {fresh:.0f}")
            for engine in ("SQLite", "PostgreSQL"):
                with folder() as data, (postgres(data) if engine == "PostgreSQL" else nullcontext()) as database:
                    ours = dispatch(port, MAILS, sessions, data, database)
                print(f"{engine}, {sessions} connections: {ours['per_second']:.0f} mails/s, RSS {ours['rss']:.0f} MB")
                share = ours["per_second"] / limit
                ok.append(verdict(f"of smtp-source at {sessions} on {engine}", round(share, 2), f">= {goal}", share >= goal))
                plain.setdefault(engine, ours["per_second"])
        with folder() as data:
            alone, lettre, both = signatures(), lettre_signatures(size), signed(port, MAILS, 10, data)
        share = both["per_second"] / lettre
        ok.append(verdict("signed twice, of the two signatures alone by lettre", round(share, 2), ">= 0.8", share >= 0.8))
        left = 1 / (1 / plain["SQLite"] + 1 / alone)
        print(f"signed twice: {both['per_second']:.0f} mails/s; the signatures alone {alone:.0f} pairs/s, which is {both['per_second'] / alone:.2f}x; "
              f"lettre signs {lettre:.0f} pairs/s, OpenSSL {openssl_signatures():.0f} pairs/s")
        ok.append(verdict("of what the signatures leave", round(both["per_second"] / left, 2), ">= 0.8", both["per_second"] >= 0.8 * left))
        with folder() as data:
            many = dispatch(port, QUEUED, 10, data)
        print(f"{many['sent']} queued: {many['per_second']:.0f} mails/s")
        ok.append(verdict("RSS", round(many["rss"]), "<= 150", many["rss"] <= 150, " MB"))
    return 0 if all(ok) else 1


if __name__ == "__main__":
    sys.exit(main())
