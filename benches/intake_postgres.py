"""Intake over HTTP on PostgreSQL: signature checked, durable before the answer, 64 connections. The limit: pgbench with one
transaction per order that writes the same tables (event, order, contact, invitation, job), 64 clients, prepared.

    python3 benches/intake_postgres.py
"""

import re
import subprocess
import sys

from common import HERE, build, folder, need, open_shop, postgres, serving, signed_events, verdict, wrk

SCRIPT = r"""
\set n random(1, 9000000000000000)
BEGIN;
INSERT INTO order_events SELECT shop, 'msg_' || md5(:n::text), decode(md5('e' || :n), 'hex'), decode(md5('o' || :n), 'hex'), 'order.fulfilled', sha256(:n::text::bytea), 1, 1, 'v1', answer FROM sample;
INSERT INTO orders SELECT shop, decode(md5('o' || :n), 'hex'), 'IT-' || :n, 0, 'scheduled', NULL, 1, fold, 1, 0, 1, 1 FROM sample;
INSERT INTO contacts SELECT shop, decode(md5('o' || :n), 'hex'), sha256(:n::text::bytea), 1, sealed, NULL FROM sample;
INSERT INTO invitations SELECT (jsonb_populate_record(i, jsonb_build_object('id', '\x' || md5('i' || :n), 'order_id', '\x' || md5('o' || :n), 'person', '\x' || md5('p' || :n)))).* FROM sample_invitation i;
INSERT INTO jobs (kind, subject, due_at, fence, attempts, parked) VALUES ('invitation', decode(md5('i' || :n), 'hex'), 1, 0, 0, 0);
END;
"""


def main():
    need("wrk", "pgbench")
    build()
    with folder() as data, postgres(data) as server:
        shop = open_shop(data, database=server.url)
        events = data / "events.tsv"
        signed_events(events, shop["webhook_secret"], 200_000)
        with serving(data, database=server.url) as service:
            result = wrk(f"{service.url}/v1/shops/{shop['shop']}/events", 64, 10, HERE / "post.lua", [str(events)])
            rss = service.rss_mb()
        stored = int(server.ask("SELECT count(*) FROM order_events")[0][0])
        server.ask("CREATE TABLE sample AS SELECT o.shop_id AS shop, o.fold, e.answer, c.sealed FROM orders o JOIN order_events e ON e.order_id = o.id JOIN contacts c ON c.order_id = o.id LIMIT 1;"
                   "CREATE TABLE sample_invitation AS SELECT * FROM invitations LIMIT 1; ANALYZE")
        (data / "order.sql").write_text(SCRIPT)
        text = subprocess.run(["pgbench", *server.where, "-n", "-M", "prepared", "-f", str(data / "order.sql"),
                               "-c", "64", "-j", "2", "-T", "10", "postgres"], check=True, capture_output=True, text=True).stdout
        limit = float(re.search(r"tps = ([\d.]+)", text).group(1))
    print(f"service {result['per_second']:.0f} events/s, p50 {result['p50_ms']:.1f} ms, p99 {result['p99_ms']:.1f} ms, {result['errors']} errors, "
          f"{stored} stored, RSS {rss:.0f} MB; pgbench {limit:.0f} orders/s")
    ok = [verdict("of pgbench", round(result["per_second"] / limit, 2), ">= 1.0", result["per_second"] >= limit),
          verdict("answered and stored", stored - result["requests"], ">= 0", stored >= result["requests"] and not result["errors"]),
          verdict("RSS", round(rss), "<= 100", rss <= 100, " MB")]
    return 0 if all(ok) else 1


sys.exit(main())
