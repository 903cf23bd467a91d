"""What a million reviews cost a reader: a shop with 1,000,000 reviews against one with 1,000, both spread over the same 1,500
days. Cached reads, uncached rebuilds of the profile JSON and the first page, memory, and the start with the existing file.

    python3 benches/growth.py
"""

import random
import sqlite3
import statistics
import sys
import time

from common import build, folder, need, open_shop, serving, verdict, wrk

DAY = 86_400_000
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
            row = dict(shop_id=shop, id=unique, invitation_id=unique, order_id=unique, sku="", item=None, stars=stars, title="Bella", body=TEXT * 2,
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


def main():
    need("wrk")
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
            rss = server.rss_mb()
        ok.append(verdict("RSS", round(rss), "<= 100", rss <= 100, " MB"))
        ok.append(verdict("start with an existing file of a million reviews", round(start), "<= 300", start <= 300, " ms"))
    return 0 if all(ok) else 1


sys.exit(main())
