using Xunit;

namespace PushGateway.EndToEnd.Tests.Clients;

public sealed class OneMachineClientTests(OneMachineTarget target) : ClientTests(target), IClassFixture<OneMachineTarget>;
