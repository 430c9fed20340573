namespace PushGateway.EndToEnd.Tests.Clients;

/// <summary>A gateway on one machine that asks for a credential.</summary>
public sealed class GuardedTarget : OneMachineTarget
{
    public override ClientCredential Credential { get; } = new("ci", "not a word: ü/+");
}
