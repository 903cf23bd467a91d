"""Judges that share no code with the program: the official webhook signer, a mail parser, a score in ten lines."""

import json
import re
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timezone

import pytest
from standardwebhooks.webhooks import Webhook

from conftest import Instance, link_in, order_event, text_of, wait_for
from score import products, score

TLS = "https://reviews.example"


def post(url, body, headers=None):
    request = urllib.request.Request(url, data=body, headers=headers or {}, method="POST")
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


def post_event(instance, shop, event, message_id=None, secret=None):
    body = json.dumps(event).encode()
    message_id = message_id or f"msg_{time.time_ns()}"
    at = datetime.now(timezone.utc)
    signature = Webhook(secret or shop["webhook_secret"]).sign(message_id, at, body.decode())
    headers = {"content-type": "application/json", "webhook-id": message_id, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}
    status, answer, _ = post(f"{instance.url}/v1/shops/{shop['shop']}/events", body, headers)
    return status, json.loads(answer)


def review(link, **fields):
    form = urllib.parse.urlencode(fields).encode()
    status, answer, _ = post(link, form, {"content-type": "application/x-www-form-urlencoded"})
    said = re.findall(r"error[^>]*>[^<]*", answer.decode())
    assert status in (200, 201, 303), f"the form is accepted: {status} {said}"


def test_the_official_signer_is_understood_and_a_foreign_one_refused(instance):
    shop = instance.shop("bottega.example")
    status, answer = post_event(instance, shop, order_event("#1", "ada@example.com", time.time()))
    assert status == 202 and answer["state"] == "scheduled", answer
    status, answer = post_event(instance, shop, order_event("#2", "ada@example.com", time.time()), secret="whsec_" + "A" * 32)
    assert status == 401 and answer["check"] == "signature_mismatch", answer


def test_the_score_can_be_recomputed_by_a_stranger(instance):
    shop = instance.shop("bottega.example")
    for n, stars in enumerate([5, 4, 1, 3, 5, 2]):
        post_event(instance, shop, order_event(f"#{n}", f"c{n}@example.com", time.time()))
        link = link_in(instance.mail_to(f"c{n}@example.com"), "/r/")
        item = re.search(r'name="(stars\.[^"]+)"', urllib.request.urlopen(link).read().decode()).group(1)
        review(link, stars=stars, title="", text="Va bene così.", name="", **{item: 6 - stars})
    tally = instance.get(f"/v1/shops/{shop['shop']}/tally")
    _, as_score, as_stars = score(tally["days"])

    def shown():
        profile = instance.get(f"/v1/shops/{shop['shop']}")
        return profile if profile["review_count"] == 6 else None

    profile = wait_for("the profile with six reviews", shown)
    assert (profile["score"], profile["stars"]) == (as_score, as_stars), "what is shown is what anyone computes"
    [moka] = products(f"{instance.url}/v1/shops/{shop['shop']}")
    shown = instance.get(f"/v1/shops/{shop['shop']}/products/moka-3")
    assert score(moka["days"])[1:] == (shown["score"], shown["stars"]), "and so it is for each product"


@pytest.fixture
def behind_tls(tmp_path):
    """As behind a proxy that speaks TLS for it."""
    running = Instance(tmp_path, smtp="capture:")
    running.public = ["--public-url", TLS]
    running.start()
    yield running
    if running.process.poll() is None:
        running.stop()


def test_without_tls_no_mail_program_is_told_of_one_click(instance):
    shop = instance.shop("bottega.example")
    post_event(instance, shop, order_event("#1", "ada@example.com", time.time()))
    mail = instance.mail_to("ada@example.com")
    assert mail["List-Unsubscribe"].startswith(f"<{instance.url}/u/"), mail["List-Unsubscribe"]
    assert mail["List-Unsubscribe-Post"] is None, "RFC 8058, 3.1: one HTTPS URI"


def test_the_mail_is_what_mail_programs_want(behind_tls):
    instance = behind_tls
    shop = instance.shop("bottega.example")
    post_event(instance, shop, order_event("#1", "ada@example.com", time.time()))
    mail = instance.mail_to("ada@example.com")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click", "RFC 8058: one click"
    unsubscribe = re.search(r"<(http[^>]+)>", mail["List-Unsubscribe"]).group(1)
    assert unsubscribe.startswith(TLS), unsubscribe
    unsubscribe = unsubscribe.replace(TLS, instance.url)
    assert "/u/" in unsubscribe and mail["List-Id"] and mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_body(("html",)) is not None and len(text_of(mail)) > 200, "a text part that can stand alone"
    for n in range(1, 6):
        assert re.search(rf"/r/[A-Za-z0-9_-]+/{n}\b", text_of(mail)), f"a link for {n} of 5"
    urllib.request.urlopen(unsubscribe).read()
    status, answer, _ = post(unsubscribe, b"", {"content-type": "text/plain"})
    assert status == 200, f"any content type, empty body, no redirect: {status} {answer}"
    post_event(instance, shop, order_event("#2", "ada@example.com", time.time()))

    def state():
        page = fetch(instance, shop, "/orders?" + urllib.parse.urlencode({"number": "#2"}))
        return page["data"][0]

    assert state()["state"] == "skipped", f"who unsubscribed is left alone: {state()}"


def fetch(instance, shop, path):
    request = urllib.request.Request(f"{instance.url}/v1/shops/{shop['shop']}{path}", headers={"authorization": f"Bearer {shop['api_key']}"})
    return json.load(urllib.request.urlopen(request))


def test_nothing_acknowledged_is_lost_by_kill_9(instance):
    """Five kills under load; every 202 is there afterwards, once."""
    shop = instance.shop("bottega.example", after="7d")
    acked, stop = [], threading.Event()

    def push(worker):
        n = 0
        while not stop.is_set():
            number = f"{worker}-{n}"
            try:
                status, _ = post_event(instance, shop, order_event(number, f"c{number}@example.com", time.time()), message_id=f"msg_{number}")
            except OSError:
                time.sleep(0.01)
                continue
            if status == 202:
                acked.append(number)
                n += 1

    workers = [threading.Thread(target=push, args=(w,)) for w in range(4)]
    for worker in workers:
        worker.start()
    for round in range(1, 6):
        wait_for("more acknowledged orders", lambda: len(acked) > 60 * round)
        instance.kill()
        instance.start()
    stop.set()
    for worker in workers:
        worker.join()
    stored = [order["number"] for order in instance.orders(shop)]
    assert len(stored) == len(set(stored)), "no order stands twice"
    assert not set(acked) - set(stored), f"acknowledged and lost: {set(acked) - set(stored)}"


def test_the_command_line_beside_the_server_is_seen(instance):
    shop = instance.shop("bottega.example")
    rotated = instance.cli("key", "rotate", "webhook", "--shop", "bottega.example")

    def accepted():
        status, _ = post_event(instance, shop, order_event(f"#{time.time_ns()}", "ada@example.com", time.time()), secret=rotated["webhook_secret"])
        return status == 202

    wait_for("the new secret to be accepted", accepted, 5)
    status, answer = post_event(instance, shop, order_event("#old", "ada@example.com", time.time()))
    assert status == 202, f"the old secret works during the overlap: {answer}"
    config = subprocess.run(["target/debug/attesta", "config", "--data-dir", str(instance.data)], capture_output=True, text=True, check=True)
    assert "public_poll_ms" in config.stdout
