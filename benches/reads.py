"""Cached reads: profile JSON, badge, widget data, widget script and profile page against nginx with two workers serving the
same bytes from files under the same headers, 64 connections, load generator on the same cores, identity encoding on both sides,
of a shop with 1,000 reviews. Also how long a share card takes that nobody has asked for before.

    python3 benches/reads.py
"""

import json
import statistics
import subprocess
import sys
import time
import urllib.request

from common import build, folder, free_port, need, open_shop, serving, verdict, wrk
from growth import seed

CONF = """worker_processes 2; pid {dir}/nginx.pid; error_log {dir}/error.log; daemon off; user root;
events {{ worker_connections 2048; }}
http {{ access_log off; sendfile on; tcp_nopush on; keepalive_requests 100000000; open_file_cache max=100 inactive=60s;
 types {{ application/json json; image/svg+xml svg; }}
 server {{ listen 127.0.0.1:{port}; root {dir}/www; {places} }} }}
"""
# What nginx says by itself.
OWN = {"date", "server", "content-length", "content-type", "etag", "last-modified", "connection"}


def place(name, headers):
    """A file's location in nginx, with the headers the service sends."""
    lines = "".join(f" add_header {key} \"{value}\";" for key, value in headers if key.lower() not in OWN)
    return f"location = /{name} {{{lines} }}"


def cards(server, shop):
    """Milliseconds of cards of different reviews, each drawn for the first time, one after the other."""
    listed = json.loads(server.get(f"/v1/shops/{shop['shop']}/reviews?limit=20"))["data"]
    took = []
    for review in listed:
        begin = time.perf_counter()
        server.get(f"/reviews/{review['id']}/card.png")
        took.append((time.perf_counter() - begin) * 1000)
    begin = time.perf_counter()
    server.get(f"/reviews/{listed[0]['id']}/card.png")
    again = (time.perf_counter() - begin) * 1000
    slowest = max(took[1:])
    print(f"share cards: first {took[0]:.0f} ms, median {statistics.median(took):.0f} ms, slowest of the others {slowest:.0f} ms, asked again {again:.1f} ms")
    return verdict("share card drawn for the first time, median", round(statistics.median(took)), "<= 80", statistics.median(took) <= 80, " ms")


def main():
    need("wrk", "nginx")
    build()
    results = []
    with folder() as data:
        shop = open_shop(data)
        seed(data / "attesta.db", shop["domain"], 1_000)
        with serving(data) as server:
            paths = {"profile.json": (f"/v1/shops/{shop['shop']}", 1.2), "badge.svg": (f"/badges/{shop['domain']}.svg", 1.2),
                     "widget.json": (f"/w/{shop['domain']}/summary.json", 1.2), "v1.js": ("/w/v1.js", 1.2),
                     "page.html": (f"/shops/{shop['domain']}", 0.8)}
            www = data / "www"
            www.mkdir()
            places = []
            for name, (path, _) in paths.items():
                with urllib.request.urlopen(server.url + path) as answer:
                    (www / name).write_bytes(answer.read())
                    places.append(place(name, answer.getheaders()))
            port = free_port()
            (data / "nginx.conf").write_text(CONF.format(dir=data, port=port, places=" ".join(places)))
            nginx = subprocess.Popen(["nginx", "-c", str(data / "nginx.conf"), "-p", str(data)])
            time.sleep(1)
            try:
                for name, (path, goal) in paths.items():
                    # Turn and turn about, so that a slow moment of the machine hits both.
                    ours, theirs = [], []
                    for _ in range(5):
                        theirs.append(wrk(f"http://127.0.0.1:{port}/{name}", 64, 3))
                        ours.append(wrk(server.url + path, 64, 3))
                    middle = lambda runs, what: statistics.median(run[what] for run in runs)
                    ratio = middle(ours, "per_second") / middle(theirs, "per_second")
                    print(f"{name}: {middle(ours, 'per_second'):.0f}/s (p50 {middle(ours, 'p50_ms'):.2f} ms, p99 {middle(ours, 'p99_ms'):.2f} ms), "
                          f"nginx {middle(theirs, 'per_second'):.0f}/s (p99 {middle(theirs, 'p99_ms'):.2f} ms)")
                    results.append(verdict(f"{name} of nginx", round(ratio, 2), f">= {goal}", ratio >= goal))
            finally:
                nginx.terminate()
                nginx.wait(10)
            results.append(cards(server, shop))
            rss = server.rss_mb()
        results.append(verdict("RSS", round(rss), "<= 100", rss <= 100, " MB"))
    return 0 if all(results) else 1


sys.exit(main())
