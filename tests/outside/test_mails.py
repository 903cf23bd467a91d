"""Every mail in five languages, judged from outside: MIME as Python reads it, HTML as Chromium shows it on a phone, light and dark."""

import json
import re
import time
import urllib.error
import urllib.request
from email.utils import parseaddr
from importlib.util import find_spec
from pathlib import Path

import pytest
from conftest import RUNNING, Instance, link_in, order_event, text_of, wait_for
from test_independent import post_event, review

MAILS = ["invitation", "reminder", "review_received", "reply_notice", "answer_shown", "fresh_link"]
LANGUAGES = ["it", "en", "de", "fr", "es"]
CASES = ["plain", "no_name", "long_name", "many_items", "right_to_left", "emoji", "longest", "bare"]
HOSTILE = "Ada\r\nBcc: x@evil.example =?utf-8?q?x?= <b>Bianchi</b>"


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    instance = Instance(tmp_path_factory.mktemp("mails"))
    instance.start()
    # It serves all tests of this file, and is stopped below.
    RUNNING.remove(instance.process)
    yield instance, instance.shop("bottega.example")
    instance.stop()


def ask(instance, shop, method, path, body):
    """Status and answer of the shop's own API."""
    headers = {"content-type": "application/json", "authorization": f"Bearer {shop['api_key']}"}
    url = f"{instance.url}/v1/shops/{shop['shop']}{path}"
    request = urllib.request.Request(url, data=json.dumps(body).encode(), method=method, headers=headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def preview(instance, shop, mail, language, **wanted):
    status, seen = ask(instance, shop, "POST", f"/templates/{mail}/{language}/preview", wanted)
    assert status == 200, seen
    return seen


def axe(page):
    """What axe-core finds wrong with a mail."""
    source = next(Path(find_spec("axe_playwright_python").submodule_search_locations[0]).glob("**/axe.min.js"))
    page.evaluate(source.read_text())
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'], runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] })")
    return [(one["id"], [node["html"][:150] for node in one["nodes"]]) for one in found["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_reads_well_on_a_phone(shown, chromium, language, scheme):
    instance, shop = shown
    # Pictures are off: a mail is whole without them, and nothing is fetched.
    context = chromium.new_context(viewport={"width": 360, "height": 740}, color_scheme=scheme, offline=True)
    page = context.new_page()
    for mail in MAILS:
        for case in CASES:
            html = preview(instance, shop, mail, language, case=case, width="phone", scheme=scheme)["html"]
            assert len(html.encode()) <= 60 * 1024
            page.set_content(html)
            name = f"{mail} {language} {case} {scheme}"
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
            assert page.evaluate("document.documentElement.lang") == language and page.evaluate("document.documentElement.dir") == "ltr", name
            small = page.evaluate("[...document.links].filter(a => getComputedStyle(a).display !== 'inline').map(a => a.getBoundingClientRect().height).filter(h => h < 44)")
            assert small == [], f"{name}: targets of {small} px"
            assert not page.evaluate("[...document.images].filter(image => !image.alt).length"), name
            if case in ("plain", "right_to_left", "longest"):
                assert axe(page) == [], name
    context.close()


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Every sample of every mail of the house, as the program writes them for whoever wants to look."""
    place = tmp_path_factory.mktemp("written")
    assert Instance(place).cli("mail", "check", "--out", str(place / "out"))["mails"]
    return place / "out"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("mail", ["restriction_statement", "weekly_numbers"])
def test_mails_that_shops_do_not_write_read_well_on_a_phone_too(written, chromium, mail, scheme):
    context = chromium.new_context(viewport={"width": 360, "height": 740}, color_scheme=scheme, offline=True)
    page = context.new_page()
    for language in LANGUAGES:
        samples = sorted(written.glob(f"{mail}.{language}.*.html"))
        assert samples, f"{mail} {language}"
        for sample in samples:
            html = sample.read_text()
            assert len(html.encode()) <= 60 * 1024
            page.set_content(html)
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, sample.name
            assert page.evaluate("document.documentElement.lang") == language, sample.name
            assert not page.evaluate("[...document.images].filter(image => !image.alt).length"), sample.name
        assert axe(page) == [], samples[-1].name
    context.close()


def luminance(colour):
    """Relative luminance (WCAG 2.2) of `rgb(r, g, b)`."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip([0.2126, 0.7152, 0.0722], linear))


def contrast(one, other):
    light, dark = sorted([luminance(one), luminance(other)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


def rgb(colour):
    return "rgb(" + ", ".join(str(int(colour[at:at + 2], 16)) for at in (1, 3, 5)) + ")"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_words_of_a_logo_can_be_read_where_pictures_are_off(shown, chromium, scheme):
    instance, shop = shown
    own = {"logo": {"url": "https://cdn.bottega.example/logo.png", "alt": "Bottega Verdi", "width": 140}}
    context = chromium.new_context(color_scheme=scheme, offline=True)
    page = context.new_page()
    page.set_content(preview(instance, shop, "invitation", "it", own=own, scheme=scheme)["html"])
    # The ground is that of the nearest element which has one.
    ink, ground = page.evaluate("""() => {
        const logo = document.querySelector('img.logo');
        const grounds = [];
        for (let at = logo; at; at = at.parentElement) grounds.push(getComputedStyle(at).backgroundColor);
        return [getComputedStyle(logo).color, grounds.find(ground => ground !== 'rgba(0, 0, 0, 0)')];
    }""")
    assert contrast(ink, ground) >= 4.5, f"{ink} on {ground}"
    context.close()


LOGO = {"url": "https://cdn.bottega.example/logo.png", "alt": "Bottega Verdi", "width": 140}
OWN = {
    # As light as it may be on white; the house makes the others of them where it is dark.
    "light": {"accent": "#767676", "paper": "#ffffff"},
    "dark": {"accent": "#000000", "paper": "#e1e1e1"},
    "saturated": {"accent": "#0000ff"},
    "loud": {"accent": "#c4007a", "paper": "#ffe100"},
    # As the shop says itself: white in the dark, and as deep as it may be there.
    "white in the dark": {"accent": "#000000", "accent_dark": "#ffffff"},
    "deep in the dark": {"accent": "#7a1f3d", "accent_dark": "#d95b8a"},
}


def grounds(page):
    """Words, ink and ground of every element with words of its own; beside them signs that say nothing new (stars), and what buttons stand on."""
    return page.evaluate("""() => {
        const clear = ['rgba(0, 0, 0, 0)', 'transparent'];
        const ground = at => {
            for (; at; at = at.parentElement) {
                const colour = getComputedStyle(at).backgroundColor;
                if (!clear.includes(colour)) return colour;
            }
            return 'rgb(255, 255, 255)';
        };
        const shown = [...document.body.querySelectorAll('*')].filter(at => at.getClientRects().length);
        const speaks = at => at.matches('img[alt]') || [...at.childNodes].some(node => node.nodeType === 3 && node.data.trim());
        const said = shown.filter(speaks).map(at => [at.closest('[aria-hidden]'), at.alt || at.innerText.slice(0, 40), getComputedStyle(at).color, ground(at)]);
        const [words, signs] = [said.filter(one => !one[0]), said.filter(one => one[0])].map(all => all.map(one => one.slice(1)));
        const buttons = shown.filter(at => at.matches('.button')).map(at => ['a button', ground(at), ground(at.parentElement)]);
        return [words, [...signs, ...buttons]];
    }""")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("dress", OWN)
def test_in_the_colours_of_a_shop_every_word_can_be_read(shown, chromium, dress, scheme):
    instance, shop = shown
    context = chromium.new_context(viewport={"width": 360, "height": 740}, color_scheme=scheme, offline=True)
    page = context.new_page()
    seen = set()
    for mail in MAILS:
        own = {"colours": OWN[dress], "logo": LOGO}
        page.set_content(preview(instance, shop, mail, "it", own=own, case="longest", width="phone", scheme=scheme)["html"])
        name = f"{mail} {dress} {scheme}"
        words, signs = grounds(page)
        assert words and any(said == "Bottega Verdi" for said, _, _ in words), f"{name}: the words of the logo"
        for least, pairs in [(4.5, words), (3, signs)]:
            poor = [(said, ink, ground) for said, ink, ground in pairs if contrast(ink, ground) < least]
            assert poor == [], name
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
        if mail == "reply_notice":
            assert axe(page) == [], name
        seen |= {colour for _, ink, ground in words for colour in (ink, ground)}
    own = OWN[dress].get("accent_dark" if scheme == "dark" else "accent")
    assert own is None or rgb(own) in seen, f"{own} is what the shop chose: {sorted(seen)}"
    context.close()


def test_a_colour_that_cannot_be_read_is_no_colour_of_a_mail(shown):
    instance, shop = shown
    for colours in [{"accent": "#777777"}, {"accent": "#ffe100"}, {"accent_dark": "#7a1f3d"}, {"paper": "#333333"}]:
        status, refused = ask(instance, shop, "PUT", "/templates/invitation/it", {"colours": colours})
        assert status == 422 and "WCAG" in json.dumps(refused), refused


def test_a_mail_has_what_mail_programs_need(shown):
    instance, shop = shown
    for language in LANGUAGES:
        for mail in MAILS:
            seen = preview(instance, shop, mail, language)
            html = seen["html"]
            assert html.startswith(f'<!doctype html>\n<html lang="{language}" dir="ltr">'), html[:80]
            # What shows beside the subject: hidden, and before everything else.
            preheader = re.search(r'<body[^>]*>\s*<div aria-hidden="true" style="display:none[^>]*>([^<&]{20,})', html)
            assert preheader, f"{mail} {language}"
            assert "<script" not in html and "<link" not in html and "@import" not in html and "position:" not in html
            if mail in ("invitation", "reminder"):
                rows = re.findall(r'<a href="[^"]*/([1-5])" class="choice.*?</span><span[^>]*>([^<]+)</span>', html)
                assert [n for n, _ in rows] == ["5", "4", "3", "2", "1"], rows
                assert all(words.startswith(n) and "5" in words[1:] for n, words in rows), f"how many, out of five: {rows}"


def test_a_shop_changes_its_words_and_not_what_stands_around_them(shown):
    instance, shop = shown
    own = {"subject": "Ordine {{order.number}}", "text": {"opening": "Ciao."}, "colours": {"accent": "#7a1f3d"},
           "logo": {"url": "https://cdn.bottega.example/logo.png", "alt": "Bottega Verdi", "width": 140}}
    status, stored = ask(instance, shop, "PUT", "/templates/reminder/de", own)
    assert status == 200 and stored["version"] == 1, stored
    seen = preview(instance, shop, "reminder", "de")
    assert seen["subject"].startswith("Ordine ") and "5 von 5 Sternen, sehr gut" in seen["html"] and "Keine Nachrichten mehr" in seen["html"]
    for bad, code in [("Bitte geben Sie uns 5 Sterne", "asks_for_praise"), ("{{> layout}}", "template_refused"), ("{{#if a}}" * 500, "template_refused")]:
        status, refused = ask(instance, shop, "PUT", "/templates/reminder/de", {"subject": bad[:190]})
        assert status == 422 and refused["code"] == code, refused
    assert preview(instance, shop, "reminder", "de")["subject"].startswith("Ordine "), "the process lives, and nothing was stored"


def by_subject(instance):
    return {mail["Subject"]: mail for mail in instance.mails() if "ada@example.com" in mail["To"]}


def test_python_reads_every_mail_that_was_sent(shown):
    instance, shop = shown
    event = order_event("#1", "ada@example.com", time.time())
    event["data"]["customer"]["name"] = HOSTILE
    post_event(instance, shop, event)
    link = link_in(instance.mail_to("ada@example.com"), "/r/")
    review(link, stars=4, title="Bella", text="Arrivata intera, funziona.", name="Ada")
    mails = wait_for("the invitation and the notice", lambda: len(by_subject(instance)) == 2 and by_subject(instance))
    for subject, mail in mails.items():
        assert mail.get_content_type() == "multipart/alternative" and not mail.defects, subject
        text, html = mail.get_body(("plain",)), mail.get_body(("html",))
        assert not text.defects and not html.defects
        assert text.get_content_charset() == "utf-8" and html.get_content_charset() == "utf-8"
        assert mail["Bcc"] is None and parseaddr(mail["To"])[1] == "ada@example.com", mail["To"]
        assert "<b>" not in html.get_content() and len(html.get_content().encode()) <= 60 * 1024
        # Both parts lead to the same places.
        places = [set(re.findall(r"https?://[^\s\"<>]+", part.get_content())) for part in (text, html)]
        assert places[0] == places[1], places[0] ^ places[1]
        assert f"<{link_in(mail, '/u/')}>" in mail["List-Unsubscribe"], subject
        said = text_of(mail).replace("\r\n", "\n")
        assert said.count("\n-- \n") + said.count("\n--\n") == 1, said
