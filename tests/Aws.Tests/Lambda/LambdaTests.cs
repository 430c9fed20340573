using Xunit;

namespace PushGateway.Aws.Tests.Lambda;

/// <summary>Tests that run invocations do so one after the other: the trace header is a variable of the whole process.</summary>
[CollectionDefinition(Name)]
public sealed class LambdaTests
{
    public const string Name = "Lambda";
}
