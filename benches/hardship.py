"""What mail goes through, at full size and on both engines, as the tests hold it in short: the program killed and stopped in the middle of a
dispatch, a mail server that goes away and comes back, recipients that are answered late, orders that nobody can mean. About ten minutes;
names of rows measure these alone, SEED repeats what a run chose at random:

    [SEED=n] python3 benches/hardship.py [killed stopped away tarpits poison]
"""

import json
import os
import random
import sys
import time
import urllib.error
import urllib.request
from bisect import bisect_right
from collections import Counter, defaultdict
from contextlib import closing, contextmanager, nullcontext

from common import HERE, build, folder, need, open_shop, postgres, serving, signed_events, until, verdict, wrk
from mail import AHEAD, settings, sqlite
from sink import Sink
from weather import FAULTS, Line

CONNECTIONS, UNSETTLED = 8, 16
SEED = int(os.environ.get("SEED") or random.randrange(10_000))
TARPIT, DOMAINS = 30, 20


class Crowd:
    """Orders of one shop whose invitations are all due at one moment, and the mail server they go to."""

    def __init__(self, data, database, sink, mails, change=None):
        self.data, self.url, self.sink, self.mails = data, database and database.url, sink, mails
        self.shop = open_shop(data, database=self.url)
        self.ask = database.ask if database else sqlite(data)
        self.seconds = max(4, mails // 1250)
        self.events, self.due = data / "events.tsv", int(time.time()) + self.seconds + 5
        signed_events(self.events, self.shop["webhook_secret"], mails, happened=self.due - AHEAD, change=change)

    def serving(self, port=None, **more):
        return serving(self.data, database=self.url, env=settings(port or self.sink.server.server_address[1], CONNECTIONS, more))

    def push(self, server):
        wrk(f"{server.url}/v1/shops/{self.shop['shop']}/events", 64, self.seconds, HERE / "post.lua", [str(self.events)])
        pushed, stored = self.events.read_bytes().count(b"\n"), self.count("SELECT count(*) FROM invitations")
        assert stored >= pushed and not self.sink.ledger and time.time() < self.due, f"{stored} of {pushed} wait before they are due"

    def count(self, sql):
        return int(self.ask(sql)[0][0])

    def reach(self, goal):
        assert until(lambda: len(self.sink.ledger) >= goal, 120), f"{len(self.sink.ledger)} mails after two minutes, {goal} are meant"

    def unsent(self, seconds):
        """Invitations that are not stored as sent, once there is none or the time is over."""
        until(lambda: self.count("SELECT count(*) FROM invitations WHERE sent_at IS NULL") == 0, seconds)
        return self.mails - self.count("SELECT count(*) FROM messages WHERE state = 'sent'")

    def copies(self):
        """Of everybody who is due: where in the ledger their mails stand, and under which Message-IDs."""
        places, names = defaultdict(list), defaultdict(set)
        for place, mail in enumerate(self.sink.ledger):
            places[mail.to].append(place)
            names[mail.to].add(mail.message_id)
        return [(places[to], names[to]) for to in places] + [([], set())] * (self.mails - len(places))


@contextmanager
def crowd(engine, mails, change=None, tarpit=0):
    with folder() as data, (postgres(data) if engine == "PostgreSQL" else nullcontext()) as database, closing(Sink()) as sink:
        sink.tarpit = tarpit
        yield Crowd(data, database, sink, mails, change)


def killed(engine, mails=10_000, crashes=5):
    """Killed at a random instant in each part of the dispatch. Who is written to twice was written to before a crash and after it."""
    chance, part, ends = random.Random(SEED), mails // crashes, []
    goals = [n * part + chance.randrange(part * 9 // 10) for n in range(crashes)]
    with crowd(engine, mails) as due:
        with due.serving() as server:
            due.push(server)
        for goal in goals:
            with due.serving(JOBS_LEASE_SECONDS="5") as server:
                due.reach(goal)
                server.process.kill()
                server.process.wait(10)
            # What the dead one had said is still read.
            time.sleep(0.2)
            ends.append(len(due.sink.ledger))
        with due.serving(JOBS_LEASE_SECONDS="5"):
            unsent = due.unsent(120)
        copies = due.copies()
    lost = max(unsent, sum(not places for places, _ in copies))
    again = Counter(bisect_right(ends, before) for places, _ in copies for before in places[:-1])
    several = sum(len(names) > 1 for _, names in copies)
    most = max(again.values(), default=0)
    print(f"{engine}: killed after {ends} of {mails} mails; sent twice after each crash {[again[n] for n in range(crashes)]}, without any {again[crashes]}")
    return [verdict(f"killed: lost on {engine}", lost, "0", lost == 0),
            verdict(f"killed: copies after one crash on {engine}", most, f"<= {UNSETTLED}", most <= UNSETTLED and not again[crashes]),
            verdict(f"killed: mails with more than one Message-ID on {engine}", several, "0", several == 0)]


def stopped(engine):
    """What was claimed and not begun is due for the next at once: nothing waits for a lease, and nobody for whoever is answered late."""
    return [*stops(engine, 0, ""), *stops(engine, TARPIT, ", one in twenty answered late")]


def stops(engine, tarpit, among, mails=5_000, times=4):
    drains, ends = [], []
    with crowd(engine, mails, late(mails, False), tarpit) as due:
        with due.serving() as server:
            due.push(server)
        for goal in (mails * n // (times + 1) for n in range(1, times + 1)):
            with due.serving() as server:
                due.reach(goal)
                begin = time.monotonic()
                server.process.terminate()
                assert server.process.wait(60) == 0, "a stop in order ends with 0"
                drains.append(time.monotonic() - begin)
            ends.append(len(due.sink.ledger))
        due.sink.tarpit = 0
        with due.serving():
            unsent = due.unsent(60)
        copies = due.copies()
    lost, twice = max(unsent, sum(not places for places, _ in copies)), sum(len(places) > 1 for places, _ in copies)
    print(f"{engine}{among}: stopped after {ends} of {mails} mails, in {[round(drain, 2) for drain in drains]} s")
    return [verdict(f"stopped: lost on {engine}{among}", lost, "0", lost == 0), verdict(f"stopped: sent twice on {engine}{among}", twice, "0", twice == 0),
            verdict(f"stopped: longest drain on {engine}{among}", round(max(drains), 2), "<= 10", max(drains) <= 10, " s")]


def away(engine, mails=6_000, seconds=15):
    """The line to the mail server fails in each way in turn, a part of the dispatch apart; how long after its return the next mail arrives,
    and whether all have after five minutes."""
    waits = {}
    with crowd(engine, mails) as due, closing(Line(due.sink.server.server_address)) as line:
        with due.serving(port=line.port) as server:
            due.push(server)
            for n, fault in enumerate(FAULTS, 1):
                due.reach(mails * n // (len(FAULTS) + 1))
                line.fault = fault
                time.sleep(seconds)
                line.fault, end = None, time.monotonic()
                before = len(due.sink.ledger)
                assert until(lambda: len(due.sink.ledger) > before, 120), f"no mail for two minutes after {fault}"
                waits[fault] = time.monotonic() - end
            unsent = due.unsent(300)
            waiting = due.count("SELECT count(*) FROM jobs WHERE kind = 'invitation'")
            copies = due.copies()
    lost = max(0, max(unsent, sum(not places for places, _ in copies)) - waiting)
    twice, most = sum(len(places) > 1 for places, _ in copies), max(len(places) for places, _ in copies)
    print(f"{engine}: back after { {fault: round(wait, 1) for fault, wait in waits.items()} } s")
    bound = CONNECTIONS * len(FAULTS)
    return [verdict(f"away: lost on {engine}", lost, "0", lost == 0),
            verdict(f"away: mails that still wait five minutes later on {engine}", waiting, "0", waiting == 0),
            verdict(f"away: mails that arrived twice on {engine}, the most copies of one", f"{twice}, {most}", f"<= {bound}, <= 2", twice <= bound and most <= 2),
            verdict(f"away: longest wait after the line is back on {engine}", round(max(waits.values()), 1), "<= 5", max(waits.values()) <= 5, " s")]


def late(mails, apart):
    """One in twenty is a recipient who may be answered late: among the others of their domain, or in a domain of their own."""
    slow = set(random.Random(SEED).sample(range(mails), mails // 20))

    def change(n, order):
        domain = f"d{n % DOMAINS}.example"
        order["customer"]["email"] = f"cliente{n}@{domain}"
        if n in slow:
            order["number"], order["customer"]["email"] = f"LATE-{n}", f"tarpit-{n}@{'tarpit.example' if apart else domain}"
    return change


def rest(engine, mails, apart, tarpit):
    """Mails a second of those who are answered at once, from the first that is stored as sent to the last; the dispatch's peak memory."""
    of_rest = ("SELECT count(*), min(m.sent_at), max(m.sent_at) FROM messages m JOIN invitations i ON i.id = m.subject "
               "JOIN orders o ON o.shop_id = i.shop_id AND o.id = i.order_id WHERE m.state = 'sent' AND o.number NOT LIKE 'LATE-%'")
    quick = mails - mails // 20
    with crowd(engine, mails, late(mails, apart), tarpit) as due, due.serving() as server:
        due.push(server)
        server.forget_peak()
        due.reach(quick)
        until(lambda: sum(not mail.to.startswith("tarpit-") for mail in due.sink.ledger) >= quick, 120)
        until(lambda: due.count(of_rest) >= quick, 10)
        sent, first, last = map(int, due.ask(of_rest)[0])
        other = due.ask("SELECT state, reason, count(*) FROM messages WHERE state <> 'sent' GROUP BY 1, 2")
        assert sent == quick and not other, f"{sent} of {quick} are sent; nobody's mail fails because it takes long: {other}"
        rss = server.rss_mb()
        # The others would take their time.
        server.process.kill()
    return sent / max(0.001, (last - first) / 1000), rss


def tarpits(engine, mails=10_000):
    """How quick the rest is beside recipients that are answered late, against the same crowd without them."""
    ok = []
    for apart, where in ((False, "among others of their domains"), (True, "in a domain of their own")):
        (usual, before), (beside, after) = rest(engine, mails, apart, 0), rest(engine, mails, apart, TARPIT)
        print(f"{engine}: {usual:.0f} mails/s; with one in twenty answered after {TARPIT} s, {where}, {beside:.0f} of the rest; "
              f"RSS {before:.0f} and {after:.0f} MB")
        ok += [verdict(f"tarpits: throughput of the rest, late ones {where}, on {engine}", round(beside / usual, 2), ">= 0.8", beside >= 0.8 * usual),
               verdict(f"tarpits: RSS, late ones {where}, on {engine}", round(after - before), "<= +50", after - before <= 50, " MB")]
    return ok


def named(**fields):
    return lambda n, order: order["customer"].update({field: text.replace("#", str(n)) for field, text in fields.items()})


POISON = {
    "name of 1 MB": named(name="N" * 1_000_000),
    "invalid IDN": named(email="eva#@xn--99999999999.example"),
    "RTL override in the domain": named(email="eva#@\u202e.example"),
    "line break in the address": named(email="eva#@example.com\r\nBcc: x@evil.example"),
    "NUL in the name": named(name="Ada\0Bianchi"),
    "NUL in the address": named(email="eva#@example.com\0"),
    "emoji and RTL": named(name="\u202e👩‍👩‍👧‍👦 مرحبا"),
    "unknown locale": named(locale="tlh-Qaak"),
}


def poisoned(n, order):
    """One in a hundred, of each kind in turn."""
    if n % 100 == 50:
        order["number"] = f"POISON-{n}"
        list(POISON.values())[n // 100 % len(POISON)](n, order)


def post(server, shop, line):
    """Status and answer of one line of events."""
    message_id, at, signature, body = line.split("\t")
    headers = {"content-type": "application/json", "webhook-id": message_id, "webhook-timestamp": at, "webhook-signature": signature}
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{server.url}/v1/shops/{shop['shop']}/events", body.encode(), headers)) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)


def poison(engine, mails=5_000, most=5):
    """Poison comes first and by itself, for its answers to be seen; it is due with the others."""
    with crowd(engine, mails, poisoned) as due:
        lines = due.events.read_text().rstrip("\n").split("\n")
        due.events.write_text("".join(f"{line}\n" for n, line in enumerate(lines) if n % 100 != 50))
        healthy = {f"cliente{n}@example.com" for n in range(mails) if n % 100 != 50}
        with due.serving() as server:
            answers = {f"POISON-{n}": post(server, due.shop, lines[n]) for n in range(50, mails, 100)}
            due.push(server)
            waiting = "SELECT count(*) FROM jobs WHERE kind = 'invitation' AND parked = 0"
            assert until(lambda: time.time() > due.due and due.count(waiting) == 0, 120), f"{due.count(waiting)} invitations have no end"
            rows = due.ask("SELECT number, state, reason FROM orders WHERE number LIKE 'POISON-%'")
            attempts = due.count("SELECT coalesce(max(attempts), 0) FROM messages")
            server.get("/health/ready")
            ended = int(server.process.poll() is not None)
        got = Counter(mail.to for mail in due.sink.ledger if mail.to in healthy)
    stored = {number: (state, reason) for number, state, reason in rows}
    ends = {number: end_of(answer, stored.get(number)) for number, answer in answers.items()}
    for place, kind in enumerate(POISON):
        told = Counter(ends[f"POISON-{n}"] for n in range(50 + 100 * place, mails, 100 * len(POISON)))
        print(f"{engine}: {kind}: {', '.join(f'{count} {end}' for end, count in told.items())}")
    open_ended = sum(end.startswith("?") for end in ends.values())
    return [verdict(f"poison: healthy mails on {engine}", f"{len(got)} of {len(healthy)}", "all, once", len(got) == len(healthy) == got.total()),
            verdict(f"poison without an end or a reason on {engine}", open_ended, "0", open_ended == 0),
            verdict(f"poison: most attempts at one mail on {engine}", attempts, f"<= {most}", attempts <= most),
            verdict(f"poison: ends of the process on {engine}", ended, "0", not ended)]


def end_of(answer, order):
    """How an order ended that nobody can mean, in words; with a question mark where that is no end."""
    status, said = answer
    if status in (400, 413, 422) and said.get("detail"):
        return f"refused ({status} {said['code']})"
    state, reason = order or ("missing", None)
    if status == 202 and (state == "sent" or state in ("skipped", "failed") and reason):
        return f"{state} ({reason})" if reason else state
    return f"? {status} {said}, {state} {reason}"


ROWS = {"killed": killed, "stopped": stopped, "away": away, "tarpits": tarpits, "poison": poison}


def main(names):
    need("wrk")
    build()
    print(f"seed {SEED}")
    ok = [held for name in names or ROWS for engine in ("SQLite", "PostgreSQL") for held in ROWS[name](engine)]
    return 0 if all(ok) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
