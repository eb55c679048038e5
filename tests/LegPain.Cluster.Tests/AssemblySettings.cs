using Xunit.Sdk;
using Xunit.v3;

// Each test has several processes of its own: together they would starve each other of processors.
[assembly: Parallelization(Mode = ParallelMode.None)]
