using PushGateway.Model;

namespace PushGateway.Push;

/// <summary>One push as the group store sees it: a run of families and series in a batch that is lent for the duration of the call.</summary>
/// <param name="Header">Operation, group (null: ungrouped samples) and push time.</param>
/// <param name="Batch">The batch.</param>
/// <param name="Start">Where the push begins in the batch.</param>
/// <param name="End">Where it ends.</param>
public readonly record struct BatchedPush(PushHeader Header, MetricBatch Batch, BatchMark Start, BatchMark End);
