"""Intake over HTTP on SQLite (synchronous FULL): signature checked, durable before the answer, 64 connections, the load
generator on the same cores. The limit: bare.c writing the same rows, columns and indexes, committing every 64.

    python3 benches/intake.py
"""

import sqlite3
import subprocess
import sys

from common import HERE, build, folder, need, open_shop, serving, signed_events, verdict, wrk


def main():
    need("wrk", "gcc")
    build()
    with folder() as data:
        shop = open_shop(data)
        events = data / "events.tsv"
        signed_events(events, shop["webhook_secret"], 200_000)
        with serving(data) as server:
            result = wrk(f"{server.url}/v1/shops/{shop['shop']}/events", 64, 10, HERE / "post.lua", [str(events)])
            rss = server.rss_mb()
        written = sqlite3.connect(data / "attesta.db")
        stored, = written.execute("SELECT count(*) FROM order_events").fetchone()
        schema = ";".join(sql for sql, in written.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND tbl_name NOT LIKE 'search_words%'"))
        target = sqlite3.connect(data / "bare.db")
        target.executescript(schema)
        for table in ("merchants", "shops"):
            rows = written.execute(f"SELECT * FROM {table}").fetchall()
            target.executemany(f"INSERT INTO {table} VALUES ({','.join('?' * len(rows[0]))})", rows)
        target.commit()
        target.close()
        subprocess.run(["gcc", "-O2", "-o", data / "bare", HERE / "bare.c", "-lsqlite3"], check=True)
        output = subprocess.run([data / "bare", data / "attesta.db", data / "bare.db", "64"], check=True, capture_output=True, text=True).stdout
        bare = float(output.split()[1])
    print(f"service {result['per_second']:.0f} events/s, p50 {result['p50_ms']:.1f} ms, p99 {result['p99_ms']:.1f} ms, "
          f"{result['errors']} errors, {stored} stored, RSS {rss:.0f} MB; bare sqlite3 {bare:.0f} orders/s")
    ok = [verdict("of the bare program", round(result["per_second"] / bare, 2), ">= 0.3", result["per_second"] >= 0.3 * bare),
          verdict("p99", round(result["p99_ms"], 1), "<= 30", result["p99_ms"] <= 30, " ms"),
          verdict("answered and stored", stored - result["requests"], ">= 0", stored >= result["requests"] and not result["errors"]),
          verdict("RSS", round(rss), "<= 100", rss <= 100, " MB")]
    return 0 if all(ok) else 1


sys.exit(main())
