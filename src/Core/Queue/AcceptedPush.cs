using PushGateway.Push;

namespace PushGateway.Queue;

/// <summary>A push as it was accepted, still decoded. Its time is not that of the queue.</summary>
/// <param name="Push">The push. Samples without a timestamp have none here either.</param>
/// <param name="Batch">Its batch.</param>
public readonly record struct AcceptedPush(BatchedPush Push, SharedBatch Batch);
