"""The story in headless Chromium, with scripts on and off, at the root and under a path prefix: what people see and do."""

import re
import time

import pytest
from conftest import link_in, order_event, wait_for
from test_independent import post_event

class Visitor:
    """A browser window that remembers every request and every complaint of the page."""

    def __init__(self, chromium, scripts):
        self.context = chromium.new_context(java_script_enabled=scripts, locale="it-IT", viewport={"width": 390, "height": 844})
        self.page = self.context.new_page()
        self.requests, self.complaints = [], []
        self.page.on("request", lambda request: self.requests.append(request))
        self.page.on("console", lambda message: self.complaints.append(message.text) if message.type == "error" else None)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("where", ["instance", "prefixed"])
def test_a_customer_tells_their_story(request, chromium, where, scripts):
    instance = request.getfixturevalue(where)
    shop = instance.shop("bottega.example")
    post_event(instance, shop, order_event("#1", "ada@example.com", time.time()))
    link = link_in(instance.mail_to("ada@example.com"), "/r/")
    assert link.startswith(instance.url + "/r/"), "links come from public_url alone"
    visitor = Visitor(chromium, scripts)
    page = visitor.page
    page.goto(link + "/4")
    assert page.locator("input[type=radio][name=stars]:checked").get_attribute("value") == "4", "the star of the mail is preselected"
    assert instance.get(f"/v1/shops/{shop['shop']}")["review_count"] == 0, "opening a link changes nothing"
    page.fill("[name=title]", "Una buona moka")
    page.fill("[name=text]", "Arrivata presto, il caffè è ottimo. <script>alert(1)</script>")
    page.fill("[name=name]", "Ada B.")
    page.locator("form:has([name=text]) [type=submit]").first.click()
    page.wait_for_load_state()
    page.goto(f"{instance.url}/shops/bottega.example")
    wait_for("the review on the profile", lambda: "Una buona moka" in page.content() or page.reload() and False)
    text = page.inner_text("body")
    assert "<script>alert(1)</script>" in text, "text from people is text"
    assert re.search(r"certificat", text), "the page says what certified means"
    badge = page.goto(f"{instance.url}/badges/bottega.example.svg")
    assert badge.status == 200 and "svg" in badge.headers["content-type"]
    page.goto(link)
    assert "Una buona moka" in page.content(), "the same link opens the customer's own review"
    strangers = {r.url for r in visitor.requests if not r.url.startswith((instance.url, "data:"))}
    assert not strangers, f"no third host is asked for anything: {strangers}"
    leaks = [r.headers["referer"] for r in visitor.requests if "/r/" in r.headers.get("referer", "")]
    assert not leaks, "the link's token leaves in no Referer"
    assert not visitor.complaints, f"the browser has nothing to complain about: {visitor.complaints}"
    visitor.context.close()


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_pages_fit_every_screen(instance, chromium, width):
    shop = instance.shop("bottega.example")
    post_event(instance, shop, order_event("#1", "ada@example.com", time.time()))
    link = link_in(instance.mail_to("ada@example.com"), "/r/")
    context = chromium.new_context(viewport={"width": width, "height": 900}, locale="it-IT")
    page = context.new_page()
    for url in (link, f"{instance.url}/shops/bottega.example", f"{instance.url}/docs", instance.url + "/"):
        page.goto(url)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{url} does not scroll sideways at {width} px (it is {wide} px wide)"
    context.close()


def test_the_form_works_by_keyboard_alone(instance, chromium):
    shop = instance.shop("bottega.example")
    post_event(instance, shop, order_event("#1", "ada@example.com", time.time()))
    link = link_in(instance.mail_to("ada@example.com"), "/r/")
    context = chromium.new_context(locale="it-IT")
    page = context.new_page()
    page.goto(link)
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "stars":
            break
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    assert page.locator("input[name=stars]:checked").count() == 1, "the stars are chosen with the arrow keys"
    page.keyboard.press("Enter")
    wait_for("the review", lambda: instance.get(f"/v1/shops/{shop['shop']}/reviews")["data"])
    context.close()
