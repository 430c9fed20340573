using Xunit;

namespace PushGateway.Aws.Tests.Sqs;

public sealed class MotoQueueTests(MotoEmulator emulator) : SqsPushQueueTests(emulator), IClassFixture<MotoEmulator>;
