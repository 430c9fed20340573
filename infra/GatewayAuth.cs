namespace PushGateway.Infra;

/// <summary>Who may push over HTTP.</summary>
public enum GatewayAuth
{
    /// <summary>
    /// AWS principals with the permissions of <see cref="PrometheusPushGateway.GrantPush"/>. Requests are signed with Signature Version 4.
    /// </summary>
    Iam,

    /// <summary>
    /// Holders of one of the gateway's own credentials, by HTTP Basic or Bearer. The URL is public, and Api itself refuses others. The
    /// hashes are in <see cref="PrometheusPushGatewayProps.CredentialsSecret"/> or
    /// <see cref="PrometheusPushGatewayProps.CredentialsParameter"/>.
    /// </summary>
    Credentials,

    /// <summary>Everyone who knows the URL.</summary>
    None,
}
