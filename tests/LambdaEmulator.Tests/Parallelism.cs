using Xunit.v3;

// Most tests run processes; more tests at a time than this would only wait for one another on a small machine.
[assembly: Parallelization(MaxThreads = 2)]
