using FsCheck.Xunit;
using PushGateway.Testing;

[assembly: Properties(Arbitrary = [typeof(FullRange)])]
