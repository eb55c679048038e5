using LegPain.Journal.Tests.PostgreSql;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

// The group commit and the telemetry tests listen to a meter and a source that every journal of the process shares.
[assembly: Parallelization(Mode = ParallelMode.None)]

[assembly: AssemblyFixture(typeof(PostgresFixture))]
