"""Intake over HTTP on PostgreSQL: signature checked, durable before the answer, 64 connections. The limit: pgbench with one
transaction per order that writes the same tables (event, order, contact, invitation, job), 64 clients, prepared.

    python3 benches/intake_postgres.py
"""

import glob
import os
import re
import subprocess
import sys
import time

from common import HERE, build, folder, free_port, need, open_shop, serving, signed_events, verdict, wrk

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
    bin_dir = os.path.dirname(sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))[-1])
    unprivileged = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.getuid() == 0 else []
    with folder() as data:
        pg = data / "pg"
        pg.mkdir()
        if unprivileged:
            subprocess.run(["chown", "nobody", str(pg)], check=True)
        subprocess.run([*unprivileged, f"{bin_dir}/initdb", "-D", str(pg / "data"), "-A", "trust", "-U", "attesta", "-E", "UTF8"], check=True, stdout=subprocess.DEVNULL)
        port = free_port()
        server = subprocess.Popen([*unprivileged, f"{bin_dir}/postgres", "-D", str(pg / "data"), "-p", str(port), "-c", "listen_addresses=127.0.0.1",
                                   "-c", "unix_socket_directories=", "-c", "max_connections=200", "-c", "shared_buffers=512MB"],
                                  stderr=open(data / "pg.log", "w"))
        psql = lambda sql: subprocess.run(["psql", "-qAt", "-h", "127.0.0.1", "-p", str(port), "-U", "attesta", "postgres", "-c", sql], check=True, capture_output=True, text=True).stdout
        try:
            for _ in range(200):
                if subprocess.run([f"{bin_dir}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]).returncode == 0:
                    break
                time.sleep(0.05)
            url = f"postgres://attesta@127.0.0.1:{port}/postgres"
            shop = open_shop(data, database=url)
            events = data / "events.tsv"
            signed_events(events, shop["webhook_secret"], 200_000)
            with serving(data, database=url) as service:
                result = wrk(f"{service.url}/v1/shops/{shop['shop']}/events", 64, 10, HERE / "post.lua", [str(events)])
                rss = service.rss_mb()
            stored = int(psql("SELECT count(*) FROM order_events"))
            psql("CREATE TABLE sample AS SELECT o.shop_id AS shop, o.fold, e.answer, c.sealed FROM orders o JOIN order_events e ON e.order_id = o.id JOIN contacts c ON c.order_id = o.id LIMIT 1;"
                 "CREATE TABLE sample_invitation AS SELECT * FROM invitations LIMIT 1; ANALYZE")
            (data / "order.sql").write_text(SCRIPT)
            text = subprocess.run(["pgbench", "-h", "127.0.0.1", "-p", str(port), "-U", "attesta", "-n", "-M", "prepared", "-f", str(data / "order.sql"),
                                   "-c", "64", "-j", "2", "-T", "10", "postgres"], check=True, capture_output=True, text=True).stdout
            limit = float(re.search(r"tps = ([\d.]+)", text).group(1))
        finally:
            server.terminate()
            server.wait(30)
    print(f"service {result['per_second']:.0f} events/s, p50 {result['p50_ms']:.1f} ms, p99 {result['p99_ms']:.1f} ms, {result['errors']} errors, "
          f"{stored} stored, RSS {rss:.0f} MB; pgbench {limit:.0f} orders/s")
    ok = [verdict("of pgbench", round(result["per_second"] / limit, 2), ">= 1.0", result["per_second"] >= limit),
          verdict("answered and stored", stored - result["requests"], ">= 0", stored >= result["requests"] and not result["errors"]),
          verdict("RSS", round(rss), "<= 100", rss <= 100, " MB")]
    return 0 if all(ok) else 1


sys.exit(main())
