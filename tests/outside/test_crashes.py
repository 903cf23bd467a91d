"""What may fail while work is under way: the program killed in the middle of a dispatch, one of two nodes, the database itself."""

import collections
import threading
import time
import urllib.error

import pytest

from conftest import Instance, order_event, wait_for
from test_independent import post_event

MAILS, CONNECTIONS = 200, 8
# Mails that one process has handed over and not stored, at most.
UNSETTLED = 16
LEASE = ["jobs.lease_seconds=5"]


@pytest.fixture(params=["sqlite", "postgres"])
def database(request):
    return request.getfixturevalue("cluster").database() if request.param == "postgres" else None


def addresses(ledger):
    return collections.Counter(mail.to for mail in ledger)


def push_crowd(instance, shop):
    """So many orders of different people, whose invitations are due at once."""
    def push(worker):
        for n in range(worker, MAILS, 4):
            status, answer = post_event(instance, shop, order_event(f"#{n}", f"c{n}@example.com", time.time()), message_id=f"msg_{n}")
            assert status == 202, answer

    together([lambda w=w: push(w) for w in range(4)])


def together(tasks):
    failures = []

    def run(task):
        try:
            task()
        except BaseException as failure:  # noqa: B902: a worker's failure is the test's
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures


def judge(sink, crashes):
    """Nobody was forgotten; who was written to twice got the same message, and they were in flight at a crash."""
    counts = addresses(sink.ledger)
    assert set(counts) == {f"c{n}@example.com" for n in range(MAILS)}, "everybody who was due got their mail"
    twice = [address for address, count in counts.items() if count > 1]
    assert sum(counts.values()) - len(counts) <= UNSETTLED * crashes, f"at most what was in flight comes twice: {len(twice)}"
    for address in twice:
        copies = sink.to(address)
        assert len({mail.message_id for mail in copies}) == 1, f"copies to {address} share one Message-ID"
        assert len({mail.data.split(b"\r\n", 1)[1] for mail in copies}) == 1, "and every byte after the Date"


def test_a_dispatch_survives_kill_9(tmp_path, sink, database):
    """In short (benches/hardship.py has it in full): killed three times while the mail server has mails that it did not answer for."""
    instance = Instance(tmp_path, smtp="", database=database, settings=LEASE)
    instance.start()
    shop = instance.shop("bottega.example")
    push_crowd(instance, shop)
    instance.stop()
    instance.smtp = sink.url
    for crash in (1, 2, 3):
        quiet_from = len(sink.ledger) + MAILS // 8
        sink.fall_silent_after(quiet_from)
        instance.start()
        wait_for("mails in flight", lambda: len(sink.ledger) > quiet_from)
        instance.kill()
        sink.talk()
    instance.start()
    wait_for("every order's invitation", lambda: all(order["state"] == "sent" for order in instance.orders(shop)), 60)
    judge(sink, crashes=3)
    assert len(sink.ledger) > MAILS, "what was in flight is sent again rather than lost"
    instance.stop()


def test_a_stop_in_order_loses_and_repeats_nothing(tmp_path, sink, database):
    """In short, too: asked to stop twice in the middle of a dispatch; what was claimed and not begun is due for the next at once."""
    instance = Instance(tmp_path, smtp="", database=database)
    instance.start()
    shop = instance.shop("bottega.example")
    push_crowd(instance, shop)
    instance.stop()
    instance.smtp = sink.url
    for goal in (MAILS // 4, MAILS // 2):
        instance.start()
        wait_for("mails under way", lambda: len(sink.ledger) >= goal)
        instance.stop()
    instance.start()
    wait_for("every order's invitation", lambda: all(order["state"] == "sent" for order in instance.orders(shop)), 20)
    assert len(sink.ledger) == MAILS and len(addresses(sink.ledger)) == MAILS, "everybody once"
    instance.stop()


def test_a_node_takes_over_what_a_killed_one_left(tmp_path, sink, cluster):
    """Two nodes over one PostgreSQL, everything due at once, one of them killed in the middle."""
    database = cluster.database()
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    key = f"master_key_file={tmp_path}/one/master.key"
    first = Instance(tmp_path / "one", smtp="", database=database, settings=LEASE)
    first.start()
    shop = first.shop("bottega.example")
    push_crowd(first, shop)
    first.stop()
    second = Instance(tmp_path / "two", smtp=sink.url, database=database, settings=[*LEASE, key])
    second.public = first.public
    first.smtp = sink.url
    sink.fall_silent_after(MAILS // 4)
    first.start()
    second.start()
    # One node alone has no more dialogues than this.
    wait_for("both nodes to be busy", lambda: len(sink.ledger) > MAILS // 4 + CONNECTIONS)
    first.kill()
    sink.talk()
    wait_for("every order's invitation", lambda: all(order["state"] == "sent" for order in second.orders(shop)), 60)
    judge(sink, crashes=1)
    second.stop()


class Crowd:
    """Pushes orders and repeats each until it is taken, as a shop's server does. Remembers what else it was told."""

    def __init__(self, instance, shop):
        self.instance, self.shop, self.ended = instance, shop, threading.Event()
        self.acked, self.refusals, self.lock = [], collections.Counter(), threading.Lock()
        self.workers = [threading.Thread(target=self.push, args=(w,)) for w in range(4)]
        for worker in self.workers:
            worker.start()

    def push(self, worker):
        n = 0
        while not self.ended.is_set():
            number = f"{worker}-{n}"
            event, n = order_event(number, f"c{number}@example.com", time.time()), n + 1
            while not self.ended.is_set() and not self.taken(number, event):
                time.sleep(0.02)

    def taken(self, number, event):
        status, answer = post_event(self.instance, self.shop, event, message_id=f"msg_{number}")
        with self.lock:
            if status == 202:
                self.acked.append(number)
            else:
                self.refusals[(status, answer.get("code"))] += 1
        return status == 202

    def more(self, count):
        goal = len(self.acked) + count
        wait_for(f"{count} more acknowledged orders", lambda: len(self.acked) >= goal)

    def end(self):
        self.ended.set()
        for worker in self.workers:
            worker.join()


def test_nothing_acknowledged_is_lost_when_postgresql_dies(tmp_path, cluster):
    """Five immediate restarts under load, then a time without any database."""
    instance = Instance(tmp_path, database=cluster.database())
    instance.start()
    shop = instance.shop("bottega.example", after="7d")
    crowd = Crowd(instance, shop)
    try:
        for _ in range(5):
            crowd.more(40)
            cluster.control("restart", "-m", "immediate")
        crowd.more(40)
        cluster.control("stop", "-m", "immediate")
        without = sum(crowd.refusals.values())
        wait_for("refusals while there is no database", lambda: sum(crowd.refusals.values()) >= without + 4)
        with pytest.raises(urllib.error.HTTPError) as unready:
            instance.get("/health/ready")
        assert unready.value.code == 503, "and the health says so"
        cluster.control("start")
        crowd.more(40)
    finally:
        crowd.end()
    assert instance.process.poll() is None, "the process has lived through it"
    assert set(crowd.refusals) <= {(503, "unavailable"), (503, "busy")}, f"every refusal asks to come back: {crowd.refusals}"
    stored = [order["number"] for order in instance.orders(shop)]
    assert len(stored) == len(set(stored)), "no order stands twice"
    assert not set(crowd.acked) - set(stored), f"acknowledged and lost: {set(crowd.acked) - set(stored)}"
    instance.stop()
