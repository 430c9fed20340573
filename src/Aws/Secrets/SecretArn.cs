using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Amazon;

namespace PushGateway.Aws.Secrets;

/// <summary>
/// The ARN of a text that AWS keeps: <c>arn:aws:secretsmanager:&lt;region&gt;:&lt;account&gt;:secret:&lt;name&gt;</c>, a secret of Secrets
/// Manager, or <c>arn:aws:ssm:&lt;region&gt;:&lt;account&gt;:parameter/&lt;name&gt;</c>, a parameter of Parameter Store. Other partitions
/// than <c>aws</c> are allowed.
/// </summary>
public sealed record SecretArn
{
    private const string SecretsManager = "secretsmanager";
    private const string ParameterStore = "ssm";
    private const string Parameter = "parameter/";
    private const int AccountDigits = 12;

    private static readonly SearchValues<char> RegionCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_+=.@-");

    private SecretArn(string text, string service, string region)
    {
        Text = text;
        Service = service;
        Region = region;
    }

    /// <summary>The ARN as it was written.</summary>
    public string Text { get; }

    /// <summary>The signing name of the service. The service's host name begins with it, too.</summary>
    public string Service { get; }

    /// <summary>The region that keeps the text.</summary>
    public string Region { get; }

    internal bool IsParameter => Service == ParameterStore;

    /// <summary>The service's public endpoint in the region.</summary>
    internal Uri Endpoint => new($"https://{Service}.{Region}.{RegionEndpoint.GetBySystemName(Region).PartitionDnsSuffix}/");

    /// <summary>Reads an ARN; false when it is not the ARN of a secret or a parameter, or when it names a version of one.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out SecretArn? arn)
    {
        arn = text.Split(':') switch
        {
            ["arn", var partition, SecretsManager, var region, var account, "secret", var name]
                when IsPlace(partition, region, account) && IsName(name) => new SecretArn(text, SecretsManager, region),
            ["arn", var partition, ParameterStore, var region, var account, var resource]
                when IsPlace(partition, region, account) && IsParameterName(resource) => new SecretArn(text, ParameterStore, region),
            _ => null,
        };
        return arn is not null;
    }

    // The region is checked strictly because it becomes part of a host name.
    private static bool IsPlace(string partition, string region, string account) =>
        (partition == "aws" || partition.StartsWith("aws-", StringComparison.Ordinal))
        && region.Contains('-', StringComparison.Ordinal) && !region.AsSpan().ContainsAnyExcept(RegionCharacters)
        && account.Length == AccountDigits && account.All(char.IsAsciiDigit);

    private static bool IsParameterName(string resource) =>
        resource.StartsWith(Parameter, StringComparison.Ordinal) && IsName(resource[Parameter.Length..]);

    private static bool IsName(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExcept(NameCharacters);
}
