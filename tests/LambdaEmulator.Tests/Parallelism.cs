using Xunit.Sdk;
using Xunit.v3;

// Each test has servers of its own, and waits for them and for timeouts most of the time; more at a time than this would wait for a small
// machine.
[assembly: Parallelization(Mode = ParallelMode.All, MaxThreads = 4)]
