-- Times are .NET ticks of UTC (100 ns since 0001-01-01). Checksums are CRC-32C over the row and the stream it belongs to.

CREATE TABLE record (
    stream       TEXT    NOT NULL,
    sequence     INTEGER NOT NULL,
    recorded_at  INTEGER NOT NULL,
    request_id   TEXT    NOT NULL,
    request_hash BLOB    NOT NULL,
    payload      BLOB    NOT NULL,
    checksum     INTEGER NOT NULL,
    PRIMARY KEY (stream, sequence)
) WITHOUT ROWID, STRICT;

CREATE UNIQUE INDEX record_request ON record (stream, request_id);

CREATE TABLE head (
    stream     TEXT    NOT NULL PRIMARY KEY,
    tenant     TEXT    NOT NULL,
    sequence   INTEGER NOT NULL,
    rank       INTEGER NOT NULL,
    due_at     INTEGER,
    updated_at INTEGER NOT NULL,
    summary    BLOB    NOT NULL
) WITHOUT ROWID, STRICT;

CREATE INDEX head_board ON head (tenant, rank DESC, updated_at);

CREATE INDEX head_due ON head (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE snapshot (
    stream   TEXT    NOT NULL,
    sequence INTEGER NOT NULL,
    payload  BLOB    NOT NULL,
    checksum INTEGER NOT NULL,
    PRIMARY KEY (stream, sequence)
) WITHOUT ROWID, STRICT;
