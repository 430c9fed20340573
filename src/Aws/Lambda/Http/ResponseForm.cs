namespace PushGateway.Aws.Lambda.Http;

/// <summary>How the sender of the event expects headers with several values.</summary>
internal enum ResponseForm
{
    /// <summary>Payload 2.0: values joined by commas, cookies in a member of their own.</summary>
    Joined,

    /// <summary>Payload 1.0: lists in <c>multiValueHeaders</c>.</summary>
    Lists,

    /// <summary>An ALB whose target group has multi-value headers turned off: one value per header.</summary>
    Single,
}
