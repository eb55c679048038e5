-- Times are .NET ticks of UTC (100 ns since 0001-01-01): a timestamp keeps only whole microseconds. Checksums are CRC-32C over the row
-- and the stream it belongs to. COLLATE "C": two texts are the same only when their bytes are, on every server.

CREATE TABLE legpain.record (
    stream       text   COLLATE "C" NOT NULL,
    sequence     bigint NOT NULL CHECK (sequence > 0),
    recorded_at  bigint NOT NULL,
    request_id   text   COLLATE "C" NOT NULL,
    request_hash bytea  NOT NULL,
    payload      bytea  NOT NULL,
    checksum     bigint NOT NULL,
    PRIMARY KEY (stream, sequence),
    CONSTRAINT record_request UNIQUE (stream, request_id)
);

CREATE TABLE legpain.head (
    stream     text    COLLATE "C" NOT NULL PRIMARY KEY,
    tenant     text    COLLATE "C" NOT NULL,
    sequence   bigint  NOT NULL,
    rank       integer NOT NULL,
    due_at     bigint,
    updated_at bigint  NOT NULL,
    summary    bytea   NOT NULL
);

CREATE INDEX head_board ON legpain.head (tenant, rank DESC, updated_at);

CREATE INDEX head_due ON legpain.head (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE legpain.snapshot (
    stream   text   COLLATE "C" NOT NULL,
    sequence bigint NOT NULL,
    payload  bytea  NOT NULL,
    checksum bigint NOT NULL,
    PRIMARY KEY (stream, sequence)
);
