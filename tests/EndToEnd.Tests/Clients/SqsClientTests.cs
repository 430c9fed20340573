using Xunit;

namespace PushGateway.EndToEnd.Tests.Clients;

public sealed class SqsClientTests(SqsTarget target) : ClientTests(target), IClassFixture<SqsTarget>;
