using System.Buffers;
using PushGateway.Configuration;
using PushGateway.Groups;

namespace PushGateway.Aws.DynamoDb;

/// <summary>The table that keeps the groups, and the limits of a group.</summary>
public sealed record DynamoGroupOptions
{
    private const string Setting = "PUSHGATEWAY_GROUPS_TABLE";
    private const int ShortestName = 3;
    private const int LongestName = 255;

    private static readonly SearchValues<char> NameCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");

    /// <summary>The table, in the region that the SDK is set to.</summary>
    public required string TableName { get; init; }

    /// <summary>
    /// The most series of a group, and how long a deleted group is remembered. The number of groups is not limited, because DynamoDB has no
    /// reliable count of items. Ungrouped series are not held.
    /// </summary>
    public GroupStoreOptions Groups { get; init; } = GroupStoreOptions.Default;

    /// <summary>Spreads what workers do at the same time.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>Reads <c>PUSHGATEWAY_GROUPS_TABLE</c>; null when it is not set.</summary>
    public static DynamoGroupOptions? Read(SettingsReader settings, GroupStoreOptions groups)
    {
        if (settings.Text(Setting) is not { } name)
        {
            return null;
        }

        if (name.Length is < ShortestName or > LongestName || name.AsSpan().ContainsAnyExcept(NameCharacters))
        {
            settings.Refuse($"{Setting}: \"{name}\" is not the name of a DynamoDB table: 3 to 255 letters, digits, underscores, hyphens and points.");
        }

        return new DynamoGroupOptions { TableName = name, Groups = groups };
    }
}
