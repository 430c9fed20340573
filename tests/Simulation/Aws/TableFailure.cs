namespace PushGateway.Simulation.Aws;

/// <summary>How DynamoDB fails.</summary>
internal enum TableFailure
{
    /// <summary>It refuses calls for a while: too many of them.</summary>
    Throttles,

    /// <summary>It does not answer.</summary>
    Hangs,

    /// <summary>It answers 500.</summary>
    Fails,
}
