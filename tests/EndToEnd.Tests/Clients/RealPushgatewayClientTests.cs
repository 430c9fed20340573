using Xunit;

namespace PushGateway.EndToEnd.Tests.Clients;

public sealed class RealPushgatewayClientTests(RealPushgatewayTarget target) : ClientTests(target), IClassFixture<RealPushgatewayTarget>;
