using Xunit.v3;

// Most of the time a test waits for its servers and for what they wait for; more at a time than this would wait for a small machine.
[assembly: Parallelization(MaxThreads = 4)]
