-- What all nodes of an installation must agree on. A node that differs refuses to start.
CREATE TABLE orleans.installation (
    cluster_id text PRIMARY KEY,
    patient_key_fingerprint bytea NOT NULL
);

-- Which knowledge each silo has. A silo is told apart by its address: a restarted one replaces its row.
CREATE TABLE orleans.node_knowledge (
    cluster_id text NOT NULL,
    address text NOT NULL,
    port integer NOT NULL,
    in_force text NOT NULL,
    loaded text[] NOT NULL,
    started_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (cluster_id, address, port)
);
