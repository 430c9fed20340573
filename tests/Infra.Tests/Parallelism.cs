using Xunit.Sdk;
using Xunit.v3;

// One node process runs the CDK for all tests, and takes one call at a time.
[assembly: Parallelization(Mode = ParallelMode.None)]
