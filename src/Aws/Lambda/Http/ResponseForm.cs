namespace PushGateway.Aws.Lambda.Http;

/// <summary>How whoever sent the event wants headers that have several values.</summary>
internal enum ResponseForm
{
    /// <summary>Payload 2.0: joined by commas, cookies apart.</summary>
    Joined,

    /// <summary>Payload 1.0: lists in <c>multiValueHeaders</c>.</summary>
    Lists,

    /// <summary>An ALB whose target group has no multi-value headers: one value each.</summary>
    Single,
}
