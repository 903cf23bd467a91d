"""Recomputes the scores of a shop and of its products from its public tally, as docs/score.md says. Shares no code with
the program.

    python3 tests/outside/score.py https://reviews.example/v1/shops/bottega.example
"""

import json
import math
import sys
import urllib.parse
import urllib.request
from datetime import date


def score(rows):
    """rows: [{"day": "2026-03-01", "counts": [n1, n2, n3, n4, n5]}]"""
    days = [(date.fromisoformat(row["day"]), row["counts"]) for row in rows if sum(row["counts"])]
    if not days:
        return 0, 0, 0
    newest = max(day for day, _ in days)
    weight_sum = star_sum = 0.0
    for day, counts in sorted(days):
        weight = 2 ** (-(newest - day).days / 182.625)
        weight_sum += weight * sum(counts)
        star_sum += weight * sum(stars * count for stars, count in enumerate(counts, 1))
    t = round((7 * 3.5 + star_sum) / (7 + weight_sum), 9)
    return t, math.floor(10 * t + 0.5) / 10, math.floor(2 * t + 0.5) / 2


def products(base):
    """Every product of a shop with its rows, page by page."""
    cursor = ""
    while cursor is not None:
        page = json.load(urllib.request.urlopen(f"{base}/tally?products=true&limit=100&cursor={urllib.parse.quote(cursor)}"))
        yield from page["products"]
        cursor = page["next"]


if __name__ == "__main__":
    base = sys.argv[1].rstrip("/")
    tally = json.load(urllib.request.urlopen(base + "/tally"))
    shown = json.load(urllib.request.urlopen(base))
    t, as_score, as_stars = score(tally["days"])
    print(f"recomputed {as_score} ({as_stars} stars, T = {t}); shown {shown['score']} ({shown['stars']} stars)")
    wrong = 0
    for product in products(base):
        _, its_score, its_stars = score(product["days"])
        wrong += (its_score, its_stars) != (product["score"]["shown"], product["score"]["stars"])
    print(f"products whose score differs: {wrong}")
    sys.exit(wrong > 0 or (as_score, as_stars) != (shown["score"], shown["stars"]))
