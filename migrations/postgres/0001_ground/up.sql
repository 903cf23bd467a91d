CREATE TABLE instance (
  id BIGINT PRIMARY KEY CHECK (id = 1),
  master_fingerprint BYTEA NOT NULL,
  created_at BIGINT NOT NULL
);
-- Random keys by purpose, wrapped by the master key. kid is what a token or a ciphertext carries.
CREATE TABLE keyring (
  kid BIGINT PRIMARY KEY,
  purpose TEXT NOT NULL CHECK (purpose IN ('token', 'address', 'lookup', 'secret', 'certificate')),
  wrapped BYTEA NOT NULL,
  created_at BIGINT NOT NULL,
  retired_at BIGINT
);
-- Work that is due: (kind, subject), unique, without payload, deleted when done.
CREATE TABLE jobs (
  kind TEXT NOT NULL,
  subject BYTEA NOT NULL,
  due_at BIGINT NOT NULL,
  fence BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  parked BIGINT NOT NULL CHECK (parked IN (0, 1)),
  last_error TEXT,
  PRIMARY KEY (kind, subject)
);
CREATE INDEX jobs_due ON jobs (kind, due_at) WHERE parked = 0;
