using PushGateway.Testing;

namespace PushGateway.EndToEnd.Tests.Clients;

/// <summary>What a client made of the gateway's answers.</summary>
/// <param name="Succeeded">Whether it was content with all of them.</param>
/// <param name="Output">What it had to say.</param>
readonly record struct ClientOutcome(bool Succeeded, string Output)
{
    internal static ClientOutcome Of(ProcessResult result) => new(result.ExitCode == 0, result.Output);
}
