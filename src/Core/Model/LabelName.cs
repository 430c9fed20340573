namespace PushGateway.Model;

/// <summary>Label names as Prometheus' data model has them: <c>[a-zA-Z_][a-zA-Z0-9_]*</c>.</summary>
public static class LabelName
{
    /// <summary>Whether the name is legal.</summary>
    public static bool IsLegal(ReadOnlySpan<byte> name) => NameAlphabet.Label.IsLegal(name);
}
