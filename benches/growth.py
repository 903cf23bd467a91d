"""What a million reviews cost a reader: a shop with 1,000,000 reviews against one with 1,000, both spread over the same 1,500
days. Cached reads, uncached rebuilds of the profile JSON and the first page, pages made for who asks at 300 a second, memory,
and the start with the existing file. With `--search` also how fast what was there before the search becomes searchable, and searches.

    python3 benches/growth.py [--search]
"""

import itertools
import random
import sqlite3
import statistics
import subprocess
import sys
import time

from common import build, folder, need, open_shop, serving, verdict, wrk

DAY = 86_400_000
# Reviews that the search is measured with: the index is filled beside everything else, and takes its time.
FINDABLE = 100_000
TEXT = "Consegna rapida, imballo curato, la moka fa il suo mestiere e il caffè sa di caffè. "


def seed(file, domain, count, days=1500):
    """Reviews as the service would have written them: rows, tally, reply times."""
    db = sqlite3.connect(file)
    db.execute("PRAGMA synchronous = OFF")
    shop, = db.execute("SELECT id FROM shops WHERE domain = ?", (domain,)).fetchone()
    today = int(time.time() * 1000) // DAY
    names = [row[1] for row in db.execute("PRAGMA table_info(reviews)")]
    chance = random.Random(count)
    tally = {}

    def rows():
        for n in range(count):
            day = today - days + 1 + n * days // count
            at = day * DAY + n * 7919 % DAY
            stars = chance.choice([5, 5, 5, 4, 4, 3, 2, 1])
            tally.setdefault(day, [0] * 5)[stars - 1] += 1
            unique = at.to_bytes(6, "big") + b"\x70\x00\x80" + count.to_bytes(3, "big") + n.to_bytes(4, "big")
            row = dict(shop_id=shop, id=unique, invitation_id=unique, order_id=unique, sku="", item=None, stars=stars, title="Bella", body=f"{TEXT}{TEXT}codice{n % 5000}",
                       author="Ada B.", language="it", status="published", version=1, published_at=at, published_day=day, changed_at=at, erased_at=None,
                       replied_at=None, restriction_id=None, checked="v1", ordered_at=at, delivered_at=None, salt=unique * 2)
            yield [row[name] for name in names]

    db.executemany(f"INSERT INTO reviews VALUES ({','.join('?' * len(names))})", rows())
    db.executemany("INSERT INTO tally VALUES (?, '', ?, ?, ?, ?, ?, ?)", [(shop, day, *counts) for day, counts in tally.items()])
    db.execute("UPDATE shops SET public_version = public_version + 1 WHERE id = ?", (shop,))
    db.commit()
    # Left behind as after an orderly stop: nothing is waiting in the log.
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()


def rebuilds(server, file, domain, path, times=60):
    """Milliseconds of the first read after the shop's public version moved."""
    db = sqlite3.connect(file, timeout=30)
    took = []
    for _ in range(times):
        db.execute("UPDATE shops SET public_version = public_version + 1 WHERE domain = ?", (domain,))
        db.commit()
        time.sleep(0.03)
        begin = time.perf_counter()
        server.get(path)
        took.append((time.perf_counter() - begin) * 1000)
    return statistics.median(took)


def at_rate(server, data, paths, rate=300, seconds=10):
    """Milliseconds of each answer at a fixed rate, every path in turn: 15 clients that begin one after the other."""
    uris = data / "uris"
    uris.write_text("".join(f"{server.url}{path}\n" for path in paths))
    clients = 15
    log = data / "answers.log"
    log.unlink(missing_ok=True)
    subprocess.run(["h2load", "--h1", f"--rps={rate // clients}", f"-c{clients}", "-r1", "--rate-period=3ms", f"-n{rate * seconds}", "-i", uris, f"--log-file={log}"],
                   check=True, stdout=subprocess.DEVNULL)
    rows = [line.split("\t") for line in log.read_text().splitlines()]
    wrong = sum(row[1] != "200" for row in rows)
    return sorted(int(row[2]) / 1000 for row in rows), wrong


def pages(server, data, domain):
    """Pages that nobody holds: each filter, sort and language of the page."""
    asks = [f"/shops/{domain}?lang={lang}&{what}" for what, lang in itertools.product(
        ["stars=1", "stars=2", "stars=3", "stars=4", "stars=5", "language=it", "with_text=true", "replied=false", "sort=oldest", "sort=lowest"],
        ["it", "en", "de", "fr", "es"])]
    took, wrong = at_rate(server, data, asks)
    p99 = took[len(took) * 99 // 100]
    return [verdict(f"pages made for who asks, {len(took)} at 300/s, p50 {statistics.median(took):.1f} ms, p99", round(p99, 1), "<= 15", p99 <= 15, " ms"),
            verdict("refused or failed", wrong, "0", wrong == 0)]


def searches(data, domain):
    """How long until all is searchable, then searches at the same rate; what is not searchable yet waits in search_todo."""
    db = sqlite3.connect(data / "attesta.db", timeout=30)
    db.execute("INSERT INTO search_todo SELECT shop_id, id FROM reviews ORDER BY published_at DESC LIMIT ?", (FINDABLE,))
    db.commit()
    begin = time.monotonic()
    with serving(data) as server:
        while db.execute("SELECT EXISTS (SELECT 1 FROM search_todo)").fetchone()[0]:
            time.sleep(0.5)
        print(f"     {FINDABLE} reviews became searchable in {time.monotonic() - begin:.0f} s")
        words = ["moka", "caff%C3%A8+rapida", "codice17", "codice17+imballo", "cod", "consegna+codice4999", "niente"]
        asks = [f"/shops/{domain}?lang={lang}&q={q}" for q, lang in itertools.product(words, ["it", "en", "de"])]
        took, wrong = at_rate(server, data, asks)
        p99 = took[len(took) * 99 // 100]
        print(f"     searches, {len(took)} at 300/s: p50 {statistics.median(took):.1f} ms, p99 {p99:.1f} ms, {wrong} refused or failed")
        print(f"     RSS {server.rss_mb():.0f} MB")


def main():
    need("wrk", "h2load")
    build()
    with folder() as data:
        for domain, count in (("few.example", 1_000), ("many.example", 1_000_000)):
            open_shop(data, domain)
            seed(data / "attesta.db", domain, count)
        with serving(data, env={"ATTESTA_PUBLIC_POLL_MS": "10"}) as server:
            start = server.start_ms
            ok = []
            for what, path in (("JSON", "/v1/shops/{}"), ("page", "/shops/{}?lang=it"), ("first reviews", "/v1/shops/{}/reviews")):
                few, many = (rebuilds(server, data / "attesta.db", domain, path.format(domain)) for domain in ("few.example", "many.example"))
                ok.append(verdict(f"rebuild of {what}, {many:.1f} ms against {few:.1f} ms", round(many / few, 2), "<= 1.2", many <= 1.2 * few))
        with serving(data) as server:
            for what, path in (("JSON", "/v1/shops/{}"), ("badge", "/badges/{}.svg")):
                # Turn and turn about, so that a slow moment of the machine hits both.
                runs = [[wrk(server.url + path.format(domain), 64, 2)["p50_ms"] for domain in ("few.example", "many.example")] for _ in range(5)]
                few, many = (statistics.median(column) for column in zip(*runs))
                ok.append(verdict(f"cached {what} p50, {many:.2f} ms against {few:.2f} ms", round(many / few, 2), "about 1", many <= 1.1 * few))
            ok += pages(server, data, "many.example")
            rss = server.rss_mb()
        ok.append(verdict("RSS", round(rss), "<= 100", rss <= 100, " MB"))
        ok.append(verdict("start with an existing file of a million reviews", round(start), "<= 300", start <= 300, " ms"))
        if "--search" in sys.argv:
            searches(data, "many.example")
    return 0 if all(ok) else 1


if __name__ == "__main__":
    sys.exit(main())
