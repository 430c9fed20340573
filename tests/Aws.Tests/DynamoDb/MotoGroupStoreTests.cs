using Xunit;

namespace PushGateway.Aws.Tests.DynamoDb;

public sealed class MotoGroupStoreTests(MotoEmulator emulator) : DynamoGroupStoreTests(emulator), IClassFixture<MotoEmulator>;
