using Xunit;
using Xunit.v3;

// One node process runs the CDK for all tests, and takes one call at a time: they are one collection, but for those that do not use it.
[assembly: CollectionBehavior(CollectionBehavior.CollectionPerAssembly)]
[assembly: Parallelization(MaxThreads = 2)]
