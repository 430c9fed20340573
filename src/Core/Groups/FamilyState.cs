namespace PushGateway.Groups;

/// <summary>The last push of one family of a group. The arrays are shared and never written to.</summary>
/// <param name="PushTimeNs">Time of that push, nanoseconds since the Unix epoch.</param>
/// <param name="Header">A <see cref="FamilyHeader"/>.</param>
/// <param name="Series">A <see cref="SeriesSet"/>.</param>
internal readonly record struct FamilyState(long PushTimeNs, byte[] Header, byte[] Series);
