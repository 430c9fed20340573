using PushGateway.Api.Auth;
using PushGateway.Aws.DynamoDb;
using PushGateway.Aws.Secrets;
using PushGateway.Aws.Sqs;
using PushGateway.Configuration;
using PushGateway.Embedded;
using PushGateway.Groups;
using PushGateway.Push;

namespace PushGateway.Api;

/// <summary>The settings of Api. Each is read from the configuration (environment, command line) by the name that its comment gives.</summary>
internal sealed record GatewayOptions
{
    /// <summary><c>PUSHGATEWAY_QUEUE_URL</c>: the SQS queue to push into. Without one, the gateway runs on this machine alone.</summary>
    public Uri? QueueUrl { get; init; }

    /// <summary><c>PUSHGATEWAY_MAX_MESSAGE_BYTES</c>: largest message that the SQS queue takes.</summary>
    public required int MaxMessageBytes { get; init; }

    /// <summary><c>PUSHGATEWAY_GROUPS_TABLE</c>: the DynamoDB table in which Worker keeps the groups, to show them; only with a queue.</summary>
    public DynamoGroupOptions? Groups { get; init; }

    /// <summary><c>PUSHGATEWAY_DATA_DIR</c> and what else concerns the storage on this machine.</summary>
    public required EmbeddedOptions Embedded { get; init; }

    /// <summary><c>PUSHGATEWAY_MAX_*</c>, <c>PUSHGATEWAY_FUTURE_TOLERANCE</c>, <c>PUSHGATEWAY_ALLOW_TIMESTAMPS</c>.</summary>
    public required PushLimits Limits { get; init; }

    /// <summary><c>PUSHGATEWAY_GROUP_TTL</c>: how long a group is kept after its last push when that does not say. Null: until it is deleted.</summary>
    public TimeSpan? GroupTimeToLive { get; init; }

    /// <summary><c>PUSHGATEWAY_ENABLE_ADMIN_API</c>: whether everything may be wiped.</summary>
    public bool EnableAdminApi { get; init; }

    /// <summary><c>PUSHGATEWAY_CREDENTIALS_FILE</c>, <c>PUSHGATEWAY_CREDENTIALS</c>: who may use the gateway.</summary>
    public required IReadOnlyList<Credential> Credentials { get; init; }

    /// <summary><c>PUSHGATEWAY_CREDENTIALS_SECRET</c>: where AWS keeps more of them.</summary>
    public SecretOptions? CredentialsSecret { get; init; }

    /// <summary>Whether anything but health asks for a credential: where any are set, even those of a secret that turns out to have none.</summary>
    public bool AsksForCredentials => Credentials.Count > 0 || CredentialsSecret is not null;

    /// <summary><c>PUSHGATEWAY_ENABLE_LIFECYCLE</c>: whether <c>/-/quit</c> ends the process.</summary>
    public required bool EnableLifecycle { get; init; }

    /// <summary>Reads the settings; what is wrong is collected in <paramref name="settings"/>.</summary>
    public static GatewayOptions Read(SettingsReader settings) => new()
    {
        QueueUrl = settings.Url("PUSHGATEWAY_QUEUE_URL"),
        MaxMessageBytes = (int)settings.Number(
            "PUSHGATEWAY_MAX_MESSAGE_BYTES", SqsQueueOptions.DefaultMaxMessageBytes, 1024, SqsQueueOptions.LargestMessageBytes),
        Groups = DynamoGroupOptions.Read(settings, GroupStoreOptions.Default),
        Limits = PushLimits.Read(settings),
        GroupTimeToLive = ReadTimeToLive(settings),
        EnableAdminApi = settings.Flag("PUSHGATEWAY_ENABLE_ADMIN_API"),
        Credentials = CredentialSettings.Read(settings),
        CredentialsSecret = CredentialSettings.ReadSecret(settings),
        EnableLifecycle = settings.Flag("PUSHGATEWAY_ENABLE_LIFECYCLE"),
        Embedded = new EmbeddedOptions
        {
            DataFolder = ReadDataFolder(settings),
            Synchronous = settings.Choice("PUSHGATEWAY_SYNCHRONOUS", SynchronousMode.Normal),
            MaxBytes = settings.Number("PUSHGATEWAY_MAX_STORAGE_BYTES", 10L << 30, 1 << 20, long.MaxValue),
            Groups = GroupStoreOptions.Read(settings),
        },
    };

    /// <summary>Reads the folder of the SQLite file.</summary>
    public static string ReadDataFolder(SettingsReader settings)
    {
        var folder = settings.Text("PUSHGATEWAY_DATA_DIR") ?? DefaultDataFolder();
        settings.Show("PUSHGATEWAY_DATA_DIR", folder);
        return folder;
    }

    private static TimeSpan? ReadTimeToLive(SettingsReader settings)
    {
        const string name = "PUSHGATEWAY_GROUP_TTL";
        if (settings.Text(name) is not { } text)
        {
            return null;
        }

        settings.Show(name, text);
        if (TimeToLive.TryParse(text, out var timeToLive))
        {
            return timeToLive;
        }

        settings.Refuse($"{name}: {TimeToLive.Invalid(text).Detail}.");
        return null;
    }

    private static string DefaultDataFolder() => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "pushgateway");
}
