using PushGateway.Model;

namespace PushGateway.Push;

/// <summary>One push of a batch: its header, and its families and series. The batch is valid only during the call.</summary>
/// <param name="Header">Operation, group (null for ungrouped samples) and push time.</param>
/// <param name="Batch">The batch.</param>
/// <param name="Start">Where the push begins in the batch.</param>
/// <param name="End">Where the push ends in the batch.</param>
public readonly record struct BatchedPush(PushHeader Header, MetricBatch Batch, BatchMark Start, BatchMark End);
