"""Mail as a receiver checks it: both signatures by a library that shares no code with the program, over the bytes a mail server got."""

import json
import subprocess
import time

import dkim
import pytest

from conftest import PROGRAM, Instance, order_event, wait_for
from resolver import Resolver
from test_independent import post_event

SETTINGS = ("mail_from=reviews@reviews.example",)


@pytest.fixture
def resolver():
    server = Resolver()
    yield server
    server.close()


def publish(instance, resolver, domain, settings):
    """What the operator does: reads what to publish, publishes it, has it looked at."""
    for record in instance.cli("mail", "records", domain, *settings)["records"]:
        resolver.texts[record["name"]] = record["publish"]


def verify(message, index, resolver):
    try:
        return dkim.DKIM(message).verify(idx=index, dnsfunc=resolver.txt)
    except dkim.ValidationError:
        return False


def test_both_signatures_hold_and_any_change_breaks_them(tmp_path, sink, resolver):
    settings = (*SETTINGS, f"dns.resolver={resolver.address}")
    instance = Instance(tmp_path, smtp=sink.url, settings=settings)
    told = [word for setting in settings for word in ("--set", setting)]
    shop = instance.shop("bottega.example", after="0h")
    instance.cli("shop", "set", "--shop", shop["shop"], "--mail-from", "ciao@bottega.example", "--mail-name", "Bottega Ligure è qui")
    publish(instance, resolver, "bottega.example", told)
    assert instance.cli("mail", "verify", "bottega.example", *told)["state"] == "signing"
    instance.start()
    status, answer = post_event(instance, shop, order_event("#1", "ada@example.com", time.time()))
    assert status == 202, answer
    mail = wait_for("the mail", lambda: sink.mail_to("ada@example.com"))
    message = sink.to("ada@example.com")[-1].data
    assert mail["From"].addresses[0].addr_spec == "ciao@bottega.example" and "(via Attesta)" in mail["From"]
    signatures = mail.get_all("DKIM-Signature")
    assert ["a=rsa-sha256" in signatures[0], "a=ed25519-sha256" in signatures[1], len(signatures)] == [True, True, 2], signatures
    for index in (0, 1):
        assert verify(message, index, resolver), f"signature {index} holds"
    changes = [
        message.replace(b"\r\nSubject: ", b"\r\nSubject: x", 1),
        message.replace(b"\r\nTo: ", b"\r\nTo: eve@example.com, ", 1),
        message.replace(b"List-Unsubscribe: <", b"List-Unsubscribe: <https://evil.example/>,<", 1),
        message.replace(b"\r\nDate: ", b"\r\nFrom: eve@example.com\r\nDate: ", 1),
        message.replace(b"\r\nDate: ", b"\r\nSubject: another\r\nDate: ", 1),
        message[:-20] + b"x" + message[-20:],
    ]
    for change in changes:
        assert change != message, "each changes something"
        assert not verify(change, 0, resolver) and not verify(change, 1, resolver), change[:3000]
    # A server on the way may unfold and respace headers: relaxed means that this holds.
    folded = message.replace(b"\r\nList-Id: ", b"\r\nList-Id:   ", 1)
    assert folded != message and verify(folded, 0, resolver) and verify(folded, 1, resolver)
    instance.stop()


def test_a_rotation_signs_with_new_keys_once_they_stand(tmp_path, sink, resolver):
    settings = (*SETTINGS, f"dns.resolver={resolver.address}")
    instance = Instance(tmp_path, smtp=sink.url, settings=settings)
    told = [word for setting in settings for word in ("--set", setting)]
    shop = instance.shop("bottega.example", after="0h")
    publish(instance, resolver, "reviews.example", told)
    signs(instance, told)
    instance.start()

    def selectors(number):
        post_event(instance, shop, order_event(f"#{number}", f"c{number}@example.com", time.time()))
        mail = wait_for("the mail", lambda: sink.mail_to(f"c{number}@example.com"))
        message = sink.to(f"c{number}@example.com")[-1].data
        assert verify(message, 0, resolver) and verify(message, 1, resolver), mail.get_all("DKIM-Signature")
        return {part.strip() for field in mail.get_all("DKIM-Signature") for part in field.split(";") if part.strip().startswith("s=")}

    old = selectors(1)
    instance.cli("key", "rotate", "dkim", *told)
    assert selectors(2) == old, "nobody could check the new keys yet"
    publish(instance, resolver, "reviews.example", told)
    signs(instance, told)
    numbers = iter(range(3, 1000))
    new = wait_for("the new keys", lambda: (found := selectors(next(numbers))) != old and found)
    assert len(new) == 2 and not new & old
    instance.stop()


def signs(instance, told):
    """Has the DNS looked at. SPF names a machine that exists only here, so the whole is not right and the command ends with 1; the keys are."""
    line = [PROGRAM, "mail", "verify", "reviews.example", *told, "--data-dir", str(instance.data), "--json"]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    assert json.loads(done.stdout)["state"] == "signing", done.stdout + done.stderr
