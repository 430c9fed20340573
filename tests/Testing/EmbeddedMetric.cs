namespace PushGateway.Testing;

/// <summary>A metric that CloudWatch publishes from a line of the embedded metric format, for one set of dimensions.</summary>
/// <param name="Namespace">The namespace.</param>
/// <param name="Name">The metric's name.</param>
/// <param name="Dimensions">The dimensions as <c>name=value</c>, in the line's order, separated by commas.</param>
/// <param name="Unit">The unit.</param>
/// <param name="Values">The values.</param>
public sealed record EmbeddedMetric(string Namespace, string Name, string Dimensions, string Unit, IReadOnlyList<double> Values)
{
    /// <summary>The sum of the values.</summary>
    public double Sum => Values.Sum();
}
