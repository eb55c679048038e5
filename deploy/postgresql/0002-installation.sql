-- What all nodes of an installation must agree on. A node that differs refuses to start.
CREATE TABLE orleans.installation (
    cluster_id text PRIMARY KEY,
    patient_key_fingerprint bytea NOT NULL
);
