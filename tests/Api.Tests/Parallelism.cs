using Xunit.v3;

// Many classes wait for an emulator or for time to pass; more at a time than this would wait for a small machine.
[assembly: Parallelization(MaxThreads = 4)]
