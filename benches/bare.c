/* The limit the intake is measured against: a bare sqlite3 program that writes the same rows, columns and indexes.
 *
 * bare SOURCE TARGET EVERY: reads what the service wrote into SOURCE (one row per order in each of five tables), then
 * writes the same rows into TARGET, which has the same schema, order by order, committing every EVERY orders with the
 * same pragmas (WAL, synchronous FULL). Prints orders per second. Reading is not timed.
 */
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char *TABLES[] = {"order_events", "orders", "contacts", "invitations", "jobs"};
static const char *ORDER[] = {"id", "id", "order_id", "order_id", "due_at, subject"};
enum { N_TABLES = 5 };

static void check(int rc, sqlite3 *db, const char *what) {
  if (rc != SQLITE_OK && rc != SQLITE_DONE && rc != SQLITE_ROW) {
    fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(db));
    exit(1);
  }
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  int every = atoi(argv[3]);
  sqlite3 *from, *to;
  check(sqlite3_open(argv[1], &from), from, "open source");
  check(sqlite3_open(argv[2], &to), to, "open target");
  check(sqlite3_exec(to, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                         "PRAGMA cache_size=-16384; PRAGMA wal_autocheckpoint=1000", 0, 0, 0), to, "pragmas");

  sqlite3_value ***rows[N_TABLES];
  int columns[N_TABLES], counts[N_TABLES];
  sqlite3_stmt *insert[N_TABLES];
  for (int t = 0; t < N_TABLES; t++) {
    char sql[256];
    sqlite3_stmt *select;
    snprintf(sql, sizeof sql, "SELECT * FROM %s ORDER BY %s", TABLES[t], ORDER[t]);
    check(sqlite3_prepare_v2(from, sql, -1, &select, 0), from, sql);
    columns[t] = sqlite3_column_count(select);
    int capacity = 1024;
    counts[t] = 0;
    rows[t] = malloc(capacity * sizeof *rows[t]);
    while (sqlite3_step(select) == SQLITE_ROW) {
      if (counts[t] == capacity) rows[t] = realloc(rows[t], (capacity *= 2) * sizeof *rows[t]);
      sqlite3_value **row = malloc(columns[t] * sizeof *row);
      for (int c = 0; c < columns[t]; c++) row[c] = sqlite3_value_dup(sqlite3_column_value(select, c));
      rows[t][counts[t]++] = row;
    }
    sqlite3_finalize(select);
    int at = snprintf(sql, sizeof sql, "INSERT INTO %s VALUES (", TABLES[t]);
    for (int c = 0; c < columns[t]; c++) at += snprintf(sql + at, sizeof sql - at, c ? ",?" : "?");
    snprintf(sql + at, sizeof sql - at, ")");
    check(sqlite3_prepare_v3(to, sql, -1, SQLITE_PREPARE_PERSISTENT, &insert[t], 0), to, sql);
    if (counts[t] < counts[0]) {
      fprintf(stderr, "%s has %d rows for %d orders\n", TABLES[t], counts[t], counts[0]);
      return 1;
    }
  }

  double begin = now();
  for (int i = 0; i < counts[0]; i++) {
    if (i % every == 0) check(sqlite3_exec(to, "BEGIN IMMEDIATE", 0, 0, 0), to, "begin");
    for (int t = 0; t < N_TABLES; t++) {
      for (int c = 0; c < columns[t]; c++) sqlite3_bind_value(insert[t], c + 1, rows[t][i][c]);
      check(sqlite3_step(insert[t]), to, TABLES[t]);
      sqlite3_reset(insert[t]);
    }
    if (i % every == every - 1 || i == counts[0] - 1) check(sqlite3_exec(to, "COMMIT", 0, 0, 0), to, "commit");
  }
  printf("%d %.0f\n", counts[0], counts[0] / (now() - begin));
  return 0;
}
