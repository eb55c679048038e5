-- Membership of the cluster, for Microsoft.Orleans.Clustering.AdoNet 10.4.2. The server's migrator applies it; nobody
-- need run it by hand. Orleans fixes the name and columns of OrleansQuery, the keys below, and the names of parameters
-- and result columns; the tables and the texts of the queries are ours. Every query is one statement, so it is atomic.
-- A new version of the package is a new file here, written against its contract (tests/LegPain.Cluster.Tests checks that every key
-- the package asks for is there).

CREATE SCHEMA IF NOT EXISTS orleans;

CREATE TABLE orleans.OrleansQuery (
    QueryKey text PRIMARY KEY,
    QueryText text NOT NULL
);

-- One row a cluster. Every change of its silos raises the version and names the one it was read at, so of two changes
-- made from one reading the second does nothing.
CREATE TABLE orleans.cluster (
    cluster_id text PRIMARY KEY,
    version integer NOT NULL DEFAULT 0
);

CREATE TABLE orleans.silo (
    cluster_id text NOT NULL REFERENCES orleans.cluster,
    address text NOT NULL,
    port integer NOT NULL,
    generation integer NOT NULL,
    silo_name text NOT NULL,
    host_name text NOT NULL,
    status integer NOT NULL,
    gateway_port integer NOT NULL,
    suspicions text,
    started_at timestamptz NOT NULL,
    alive_at timestamptz NOT NULL,
    PRIMARY KEY (cluster_id, address, port, generation)
);

INSERT INTO orleans.OrleansQuery (QueryKey, QueryText) VALUES
('InsertMembershipVersionKey', $$
WITH made AS (
    INSERT INTO orleans.cluster (cluster_id) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1)
SELECT count(*)::integer FROM made
$$),
('InsertMembershipKey', $$
WITH raised AS (
    UPDATE orleans.cluster SET version = version + 1
    WHERE cluster_id = @DeploymentId AND version = @Version AND NOT EXISTS (
        SELECT 1 FROM orleans.silo
        WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
    RETURNING cluster_id),
made AS (
    INSERT INTO orleans.silo (
        cluster_id, address, port, generation, silo_name, host_name, status, gateway_port, started_at, alive_at)
    SELECT cluster_id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
    FROM raised RETURNING 1)
SELECT count(*)::integer FROM made
$$),
('UpdateMembershipKey', $$
WITH raised AS (
    UPDATE orleans.cluster SET version = version + 1
    WHERE cluster_id = @DeploymentId AND version = @Version AND EXISTS (
        SELECT 1 FROM orleans.silo
        WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation)
    RETURNING cluster_id),
changed AS (
    UPDATE orleans.silo SET status = @Status, suspicions = @SuspectTimes, alive_at = @IAmAliveTime
    FROM raised
    WHERE silo.cluster_id = raised.cluster_id
        AND address = @Address AND port = @Port AND generation = @Generation
    RETURNING 1)
SELECT count(*)::integer FROM changed
$$),
('UpdateIAmAlivetimeKey', $$
UPDATE orleans.silo SET alive_at = @IAmAliveTime
WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
$$),
('MembershipReadRowKey', $$
SELECT address AS Address, port AS Port, generation AS Generation, silo_name AS SiloName, host_name AS HostName,
    status AS Status, gateway_port AS ProxyPort, suspicions AS SuspectTimes, started_at AS StartTime,
    alive_at AS IAmAliveTime, version AS Version
FROM orleans.cluster LEFT JOIN orleans.silo ON silo.cluster_id = cluster.cluster_id
    AND address = @Address AND port = @Port AND generation = @Generation
WHERE cluster.cluster_id = @DeploymentId
$$),
('MembershipReadAllKey', $$
SELECT address AS Address, port AS Port, generation AS Generation, silo_name AS SiloName, host_name AS HostName,
    status AS Status, gateway_port AS ProxyPort, suspicions AS SuspectTimes, started_at AS StartTime,
    alive_at AS IAmAliveTime, version AS Version
FROM orleans.cluster LEFT JOIN orleans.silo USING (cluster_id)
WHERE cluster_id = @DeploymentId
$$),
('GatewaysQueryKey', $$
SELECT address AS Address, gateway_port AS ProxyPort, generation AS Generation
FROM orleans.silo WHERE cluster_id = @DeploymentId AND status = @Status AND gateway_port > 0
$$),
('DeleteMembershipTableEntriesKey', $$
WITH silos AS (DELETE FROM orleans.silo WHERE cluster_id = @DeploymentId)
DELETE FROM orleans.cluster WHERE cluster_id = @DeploymentId
$$),
-- 6 is SiloStatus.Dead: a silo that may still live is never removed.
('CleanupDefunctSiloEntriesKey', $$
DELETE FROM orleans.silo WHERE cluster_id = @DeploymentId AND status = 6 AND alive_at < @IAmAliveTime
$$),
('CleanupDefunctSiloEntryKey', $$
DELETE FROM orleans.silo
WHERE cluster_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation AND status = 6
    AND started_at = @StartTime AND alive_at = @IAmAliveTime AND suspicions IS NOT DISTINCT FROM @SuspectTimes
$$);
