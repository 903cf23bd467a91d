"""Feeds, exports and lists of addresses, read by parsers that share no code with the program."""

import base64
import csv
import html
import io
import json
import re
import time
import urllib.error
import urllib.request
import urllib.robotparser
from pathlib import Path

import feedparser
import pytest
import xmlschema

from conftest import link_in, order_event, wait_for
from test_independent import post, post_event, review

DATA = Path(__file__).resolve().parents[1] / "data"
GOOGLE = xmlschema.XMLSchema(str(DATA / "google/product_reviews_2.4.xsd"))
SITEMAPS = xmlschema.XMLSchema(str(DATA / "sitemaps/sitemap.xsd"))

# What a spreadsheet could run, what could leave an element, and what no XML may hold.
HOSTILE = [
    "=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "＝1+1", "＋1", "－1", "＠x", "'=1", "''",
    "]]></content><script>alert(1)</script>", "<![CDATA[x", "&lt;b&gt; & \"quotes\" 'single'", "a,\"b\";c\nd", "\u200e\U0001f600 é",
]
FORMULA = tuple("=+-@\t\r＝＋－＠")


def key(sku):
    """The form's name for a product whose SKU cannot stand in a field name."""
    return "~" + base64.urlsafe_b64encode(sku.encode()).decode().rstrip("=")


def fetch(url):
    with urllib.request.urlopen(url) as answer:
        return answer.read(), answer.headers


@pytest.fixture
def filled(prefixed):
    """A shop with a review and a product review for each hostile text, some of them replied to, one erased."""
    shop = prefixed.shop("bottega.example")
    for n, text in enumerate(HOSTILE):
        event = order_event(f"#{n}", f"c{n}@example.com", time.time() - 60)
        event["data"]["items"][0] |= {"sku": f"=sku {n}", "name": text, "gtin": "8006363018432", "brand": text, "mpn": f"-{n}", "url": f"https://bottega.example/p/{n}?a=1&b=<2>"}
        status, answer = post_event(prefixed, shop, event)
        assert status == 202, answer
    for n, text in enumerate(HOSTILE):
        fields = {"stars": 1 + n % 5, "title": text, "text": text, "name": text, f"stars.{key(f'=sku {n}')}": 1 + n % 5, f"text.{key(f'=sku {n}')}": text}
        link = link_in(prefixed.mail_to(f"c{n}@example.com"), "/r/")
        review(link, **fields)
    post(f"{link}/erase", b"", {"content-type": "application/x-www-form-urlencoded"})
    listed = prefixed.get(f"/v1/shops/{shop['shop']}/reviews?limit=100")["data"]
    for entry, text in zip((e for e in listed if e["status"] == "published"), HOSTILE):
        request = urllib.request.Request(
            f"{prefixed.url}/v1/shops/{shop['shop']}/reviews/{entry['id']}/reply", data=json.dumps({"text": text}).encode(), method="PUT",
            headers={"authorization": f"Bearer {shop['api_key']}", "content-type": "application/json"})
        assert urllib.request.urlopen(request).status in (200, 201)
    return prefixed, shop


def lines_of(instance):
    body, headers = fetch(f"{instance.url}/v1/shops/bottega.example/export.ndjson")
    assert headers["content-type"].startswith("application/x-ndjson")
    return [json.loads(line) for line in body.decode().splitlines()]


def test_the_table_gives_back_every_text_and_holds_no_formula(filled):
    instance, _ = filled
    body, headers = fetch(f"{instance.url}/v1/shops/bottega.example/export.csv")
    assert headers["content-disposition"] == 'attachment; filename="reviews-bottega.example.csv"'
    raw = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))
    assert not [cell for row in raw for cell in row.values() if cell.startswith(FORMULA)], "a cell that a spreadsheet would run"
    rows = [{name: cell.removeprefix("'") for name, cell in row.items()} for row in raw]
    lines = lines_of(instance)
    assert [row["id"] for row in rows] == [line["id"] for line in lines]
    for row, line in zip(rows, lines):
        assert row["status"] == line["status"]
        if line["status"] != "published":
            assert row["text"] == "" and row["gone_reason"] == line["reason"] == "erased_by_author"
            continue
        product = line["product"] or {"sku": "", "name": ""}
        wanted = [line["title"], line["text"], line["author"] or "", product["sku"], product["name"] or "", str(line["stars"])]
        assert [row[name] for name in ("title", "text", "author", "sku", "product", "stars")] == wanted
        assert row["reply"] == ((line["reply"] or {}).get("text") or "")
    assert set(HOSTILE[:-1]) <= {row["text"] for row in rows}, "texts come back as they were written"


def test_the_google_feed_is_valid_and_whole(filled):
    instance, _ = filled
    body, headers = fetch(f"{instance.url}/v1/shops/bottega.example/google-product-reviews.xml")
    assert headers["content-type"].startswith("application/xml")
    GOOGLE.validate(io.BytesIO(body))
    feed = GOOGLE.to_dict(io.BytesIO(body))
    found = {one["review_id"]: one for one in feed["reviews"]["review"]}
    lines = {line["id"]: line for line in lines_of(instance) if line["status"] == "published" and line["product"] and line["text"].strip()}
    assert found.keys() == lines.keys() and len(found) == len(HOSTILE)
    for id, line in lines.items():
        assert found[id]["content"] == line["text"], "text of people is text"
        assert found[id]["products"]["product"][0]["product_ids"]["skus"]["sku"] == [line["product"]["sku"]]
        assert found[id]["is_verified_purchase"] is True and found[id]["collection_method"] == "post_fulfillment"
        assert found[id]["ratings"]["overall"]["$"] == line["stars"]
    empty = instance.shop("vuota.example")
    body, _ = fetch(f"{instance.url}/v1/shops/{empty['shop']}/google-product-reviews.xml")
    GOOGLE.validate(io.BytesIO(body))


def test_subscribers_read_the_newest_as_text(filled):
    instance, _ = filled
    body, headers = fetch(f"{instance.url}/shops/bottega.example/reviews.atom")
    feed = feedparser.parse(body, response_headers=dict(headers))
    assert not feed.bozo and feed.version == "atom10", feed.get("bozo_exception")
    assert feed.feed.language == "it" and len(feed.entries) == len(HOSTILE)
    lines = {f"/reviews/{line['id']}": line for line in lines_of(instance)}
    for entry in feed.entries:
        line = lines[entry.link[len(instance.url):]]
        assert entry.content[0].type == "text/plain"
        if line["status"] == "published":
            assert entry.content[0].value.startswith(line["text"].strip() or "Nessun"), entry
            assert entry.author == line["author"]
        else:
            assert "cancellata" in entry.content[0].value
    as_json = instance.get("/shops/bottega.example/reviews.json")
    assert as_json["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["url"] for item in as_json["items"]] == [entry.link for entry in feed.entries]
    again = urllib.request.Request(feed.feed.links[0].href, headers={"if-none-match": headers["etag"]})
    with pytest.raises(urllib.error.HTTPError) as unchanged:
        urllib.request.urlopen(again)
    assert unchanged.value.code == 304


def test_robots_find_every_public_page_and_no_personal_one(filled):
    instance, shop = filled
    listed = wait_for("the shop in the directory", lambda: instance.get("/v1/shops")["data"])
    assert [entry["domain"] for entry in listed] == ["bottega.example"]
    robots = urllib.robotparser.RobotFileParser()
    robots.parse(fetch(f"{instance.url}/robots.txt")[0].decode().splitlines())
    personal = link_in(instance.mail_to("c0@example.com"), "/r/")
    assert not robots.can_fetch("Googlebot", personal) and robots.can_fetch("Googlebot", f"{instance.url}/shops/bottega.example")
    [index] = robots.site_maps()
    body, _ = fetch(index)
    SITEMAPS.validate(io.BytesIO(body))
    pages = []
    for part in SITEMAPS.to_dict(io.BytesIO(body))["sitemap"]:
        body, _ = fetch(part["loc"])
        SITEMAPS.validate(io.BytesIO(body))
        assert len(body) < 50_000_000
        pages += [url["loc"] for url in SITEMAPS.to_dict(io.BytesIO(body))["url"]]
    assert len(pages) == len(set(pages)) and all(robots.can_fetch("Googlebot", page) for page in pages)
    published = [line["id"] for line in lines_of(instance) if line["status"] == "published"]
    assert {f"{instance.url}/reviews/{id}" for id in published} == {page for page in pages if "/reviews/" in page}
    for page in pages:
        text = fetch(page)[0].decode()
        canonical = html.unescape(re.search(r'<link rel="canonical" href="([^"]+)">', text).group(1))
        assert canonical == page, "each page that is listed is its own canonical address"
        tongues = re.findall(r'<link rel="alternate" hreflang="([a-z-]+)"', text)
        assert tongues.count("x-default") == 1 and len(tongues) >= 3, page
