namespace PushGateway.Api.Tests.Auth;

/// <summary>A gateway that asks for a credential: one for everything, two tenants, one that is also pinned to a job.</summary>
public sealed class GuardedGateway : KestrelGateway
{
    public const string AdminSecret = "correct horse:battery";
    public const string TokenSecret = "Zm9v.YmFy_-~+/=";
    public const string UnicodeSecret = "pässwörd🔑";

    public GuardedGateway()
    {
        Settings["PUSHGATEWAY_CREDENTIALS"] = string.Join(
            ';',
            TestCredentials.Line("admin", AdminSecret),
            TestCredentials.Line("token", TokenSecret, iterations: 2000),
            TestCredentials.Line("unicode", UnicodeSecret),
            TestCredentials.Line("a", "secret-a", "tenant=a"),
            TestCredentials.Line("b", "secret-b", "tenant=b%2Fc"),
            TestCredentials.Line("nightly", "secret-n", "job=nightly,tenant=n"));
    }
}
