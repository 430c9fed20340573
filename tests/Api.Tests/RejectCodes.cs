using System.Reflection;
using PushGateway.Push;

namespace PushGateway.Api.Tests;

/// <summary>The codes of <see cref="RejectCode"/>.</summary>
internal static class RejectCodes
{
    public static IReadOnlySet<string> All { get; } = typeof(RejectCode)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (string)field.GetRawConstantValue()!)
        .ToHashSet(StringComparer.Ordinal);
}
