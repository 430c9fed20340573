namespace PushGateway.Bench.ColdStart;

/// <summary>The cost of one start.</summary>
/// <param name="NextMs">Milliseconds from the start of the process to its first request for an event.</param>
/// <param name="AnswerMs">Milliseconds from the start of the process to the answer to that event.</param>
/// <param name="CpuMs">User and system time until then, in milliseconds.</param>
/// <param name="PeakMb">Peak resident set size until then, in MB.</param>
internal readonly record struct Start(double NextMs, double AnswerMs, double CpuMs, double PeakMb);
