CREATE TABLE instance (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  master_fingerprint BLOB NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
-- Random keys by purpose, wrapped by the master key. kid is what a token or a ciphertext carries.
CREATE TABLE keyring (
  kid INTEGER PRIMARY KEY,
  purpose TEXT NOT NULL CHECK (purpose IN ('token', 'address', 'lookup', 'secret', 'certificate')),
  wrapped BLOB NOT NULL,
  created_at INTEGER NOT NULL,
  retired_at INTEGER
) STRICT;
-- Work that is due: (kind, subject), unique, without payload, deleted when done.
CREATE TABLE jobs (
  kind TEXT NOT NULL,
  subject BLOB NOT NULL,
  due_at INTEGER NOT NULL,
  fence INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  parked INTEGER NOT NULL CHECK (parked IN (0, 1)),
  last_error TEXT,
  PRIMARY KEY (kind, subject)
) STRICT, WITHOUT ROWID;
CREATE INDEX jobs_due ON jobs (kind, due_at) WHERE parked = 0;
