using Xunit.v3;

// Every test runs several servers; more tests at a time than this would only wait for one another on a small machine.
[assembly: Parallelization(MaxThreads = 2)]
