"""The tokens of a whole journey are canaries. Afterwards they are looked for wherever they have no business."""

import base64
import email
import email.policy
import re
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest

from conftest import Instance, link_in, order_event, text_of, wait_for
from test_independent import fetch, post_event

# The pages behind a link: to the form, to leaving, to what is stored.
BEHIND = ("/r/", "/u/", "/me/")
FORM = {"content-type": "application/x-www-form-urlencoded"}


class Journey:
    """Requests whose answers are kept: headers of all, bodies of those that everybody may read."""

    def __init__(self, instance):
        self.instance, self.heard = instance, []

    def send(self, method, url, fields=None, headers=None):
        body = urllib.parse.urlencode(fields).encode() if fields is not None else None
        request = urllib.request.Request(url, data=body, headers={**FORM, **(headers or {})}, method=method)
        try:
            answer = urllib.request.urlopen(request)
        except urllib.error.HTTPError as error:
            answer = error
        text = answer.read().decode(errors="replace")
        self.heard.append(str(answer.headers))
        if any(part in url for part in BEHIND):
            told = answer.headers["Cache-Control"], answer.headers["Referrer-Policy"]
            assert told == ("no-store", "no-referrer"), f"{method} {url}: {told}"
        else:
            self.heard.append(text)
        return answer.status, text

    def get(self, path):
        return self.send("GET", self.instance.url + path)


def tokens_in(mail):
    return set(re.findall(r"/[ru]/([A-Za-z0-9_-]{40,})", text_of(mail)))


def spellings(token):
    """The token as text, the bytes it stands for, and its proof alone, as text columns, blobs and dumps would hold them."""
    raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    proof = raw[-32:]
    return [token.encode(), raw, proof, raw.hex().encode(), proof.hex().encode(), base64.b64encode(proof).rstrip(b"=")]


def travel(journey, sink, shop):
    """Everything that can be done with a link, well and badly. Returns every token that was mailed."""
    instance, ada = journey.instance, "ada@example.com"
    assert post_event(instance, shop, order_event("#1", ada, time.time()))[0] == 202
    mail = wait_for("the invitation", lambda: sink.mail_to(ada))
    link, stop, tokens = link_in(mail, "/r/"), link_in(mail, "/u/"), tokens_in(mail)
    for method in ("HEAD", "GET", "OPTIONS", "PUT"):
        journey.send(method, link)
    journey.send("GET", link + "/4", headers={"referer": link})
    journey.send("GET", link[:-1])
    journey.send("GET", link + "/what/is/this")
    journey.send("POST", link, {"stars": "9"})
    assert journey.send("POST", link, {"stars": "4", "text": "Va bene così.", "name": "Ada"})[0] == 201
    assert journey.send("POST", link + "/edit", {"stars": "3", "text": "Ripensandoci."})[0] == 200
    review = journey.get(f"/v1/shops/{shop['shop']}/reviews")[1]
    review = re.search(r"rev_[a-z0-9]+", review).group(0)
    reply = f"{instance.url}/v1/shops/{shop['shop']}/reviews/{review}/reply"
    headers = {"content-type": "application/json", "authorization": f"Bearer {shop['api_key']}"}
    urllib.request.urlopen(urllib.request.Request(reply, b'{"text": "Grazie."}', headers, method="PUT"))
    wait_for("the notices of review and reply", lambda: len(sink.to(ada)) == 3)
    assert journey.send("POST", link + "/answer?reply=1", {"text": "Prego."})[0] == 200
    assert journey.send("POST", link + "/fresh", {})[0] == 200
    wait_for("the notice of the answer and the fresh link", lambda: len(sink.to(ada)) == 5)
    for one in sink.to(ada):
        tokens |= tokens_in(email.message_from_bytes(one.data, policy=email.policy.default))
    mine = link.replace("/r/", "/me/")
    assert journey.send("GET", mine)[0] == 200
    status, copy = journey.send("GET", mine + "/data.json")
    assert status == 200 and "Ripensandoci." in copy, "the person's own copy"
    journey.send("GET", stop)
    assert journey.send("POST", stop, {"List-Unsubscribe": "One-Click"})[0] == 200
    assert journey.send("POST", stop + "/undo", {})[0] == 200
    for path in (f"/v1/shops/{shop['shop']}", "/shops/bottega.example", f"/reviews/{review}", "/badges/bottega.example.svg", f"/v1/reviews/{review}"):
        assert journey.get(path)[0] == 200, path
    journey.heard += [str(fetch(instance, shop, path)) for path in ("/orders", "/invitations", "/messages", "/rejected-webhooks", "/inbox")]
    journey.send("GET", link + "/erase")
    assert journey.send("POST", link + "/erase", {})[0] == 200
    return tokens


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_no_token_is_found_where_it_has_no_business(request, tmp_path, sink, engine):
    cluster = request.getfixturevalue("cluster") if engine == "postgres" else None
    database = cluster.database() if cluster else None
    instance = Instance(tmp_path, smtp=sink.url, database=database, settings=["log.filter=trace"])
    instance.start()
    journey = Journey(instance)
    tokens = travel(journey, sink, instance.shop("bottega.example"))
    assert len(tokens) >= 3, "two of the invitation, one of the fresh link"
    places = {"the metrics": journey.get("/metrics")[1].encode(), "what was answered": "\n".join(journey.heard).encode()}
    places |= {f"{file.name}, while it runs": file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    instance.stop()
    places |= {file.name: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    assert "POST" in places["log"].decode() or len(places["log"]) > 1000, "the log is a full one"
    if cluster:
        places["the dump"] = cluster.dump(database).encode()
        assert b"COPY public.invitations" in places["the dump"], "the dump is a full one"
    hits = {(place, token[:6]) for token in tokens for form in spellings(token) for place, text in places.items() if form in text}
    assert not hits, f"tokens where they have no business: {hits}"


def test_the_pages_behind_a_link_tell_nobody_where_one_came_from(instance, chromium):
    shop = instance.shop("bottega.example")
    post_event(instance, shop, order_event("#1", "ada@example.com", time.time()))
    mail = instance.mail_to("ada@example.com")
    context = chromium.new_context(locale="it-IT")
    page, requests = context.new_page(), []
    page.on("request", lambda request: requests.append(request))
    form = link_in(mail, "/r/")
    for link in (form, link_in(mail, "/u/"), form.replace("/r/", "/me/")):
        page.goto(link)
        # A copy to keep is saved, and leads nowhere.
        leading = "a[href]:not([download])"
        for n in range(page.locator(leading).count()):
            page.goto(link)
            with page.expect_navigation():
                page.locator(leading).nth(n).dispatch_event("click")
    told = [request.all_headers().get("referer", "") for request in requests]
    assert not [referer for referer in told if any(part in referer for part in BEHIND)], "no Referer carries a token"
    strangers = {request.url for request in requests if not request.url.startswith((instance.url, "data:"))}
    assert not strangers, f"no third host is asked for anything: {strangers}"
    context.close()
