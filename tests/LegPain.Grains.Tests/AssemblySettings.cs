using Xunit.Sdk;
using Xunit.v3;

// Clusters share two cores: one at a time.
[assembly: Parallelization(Mode = ParallelMode.None)]
