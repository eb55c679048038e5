-- What all nodes of an installation must agree on. A node that differs refuses to start.
CREATE TABLE orleans.installation (
    is_the_only_row boolean PRIMARY KEY DEFAULT true CHECK (is_the_only_row),
    patient_key_fingerprint bytea NOT NULL
);

-- Which knowledge each node has. It says so every few seconds, by the database's clock; one that is silent for 30 seconds
-- is gone. A node is told apart by where it is reached: a restarted one replaces its row.
CREATE TABLE orleans.node_knowledge (
    cluster_id text NOT NULL,
    node text NOT NULL,
    in_force text NOT NULL,
    loaded text[] NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (cluster_id, node)
);
