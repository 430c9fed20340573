namespace PushGateway.Model;

/// <summary>Consecutive buckets of a <see cref="NativeHistogram"/>.</summary>
/// <param name="Offset">Number of empty buckets since the previous span. In the first span, the index of its first bucket.</param>
/// <param name="Length">Number of buckets.</param>
internal readonly record struct NativeSpan(int Offset, uint Length);
