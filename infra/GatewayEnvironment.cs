namespace PushGateway.Infra;

/// <summary>The names of the environment variables that the gateway sets for Api and Worker.</summary>
internal static class GatewayEnvironment
{
    public const string QueueUrl = "PUSHGATEWAY_QUEUE_URL";
    public const string DeadLetterQueueUrl = "PUSHGATEWAY_DEAD_LETTER_QUEUE_URL";
    public const string GroupsTable = "PUSHGATEWAY_GROUPS_TABLE";
    public const string MaxMessageBytes = "PUSHGATEWAY_MAX_MESSAGE_BYTES";
    public const string CredentialsSecret = "PUSHGATEWAY_CREDENTIALS_SECRET";
    public const string MetricsNamespace = "PUSHGATEWAY_METRICS_NAMESPACE";
    public const string RemoteWriteUrl = "PROMETHEUS_REMOTE_WRITE_URL";
    public const string TargetMaxAge = "PUSHGATEWAY_TARGET_MAX_AGE";
    public const string OutOfOrderWindow = "PUSHGATEWAY_TARGET_OUT_OF_ORDER_WINDOW";
    public const string OtlpEndpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    public const string CollectorConfiguration = "OPENTELEMETRY_COLLECTOR_CONFIG_URI";
    public const string CollectorRemoteWriteUrl = "AMP_REMOTE_WRITE_URL";

    /// <summary>AMP takes no sample that is older (https://docs.aws.amazon.com/prometheus/latest/userguide/AMP_quotas.html).</summary>
    public const string MaxAgeOfAmp = "1h";

    /// <summary>The address of the ADOT layer, and its configuration in Worker's zip.</summary>
    public const string CollectorEndpoint = "http://localhost:4318";
    public const string CollectorFile = "/var/task/collector.yaml";

    // Hashes do not belong in a template, and a function has no file to read them from.
    private static readonly string[] OtherCredentials = ["PUSHGATEWAY_CREDENTIALS", "PUSHGATEWAY_CREDENTIALS_FILE"];

    private static readonly string[] Own =
    [
        QueueUrl, DeadLetterQueueUrl, GroupsTable, MaxMessageBytes, CredentialsSecret, MetricsNamespace,
        RemoteWriteUrl, OtlpEndpoint, CollectorConfiguration, CollectorRemoteWriteUrl,
    ];

    // AWS Lambda developer guide, "Defined runtime environment variables".
    private static readonly string[] Lambdas =
    [
        "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_EXECUTION_ENV", "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "LAMBDA_RUNTIME_DIR", "LAMBDA_TASK_ROOT",
    ];

    /// <summary>Returns why <see cref="PrometheusPushGatewayProps.Environment"/> may not set a variable; null when it may.</summary>
    public static string? ReasonToRefuse(string name) => name switch
    {
        _ when Own.Contains(name) => $"Environment sets {name}, which the gateway sets itself: remove it, and use the property for it.",
        _ when OtherCredentials.Contains(name) => $"Environment sets {name}: use Auth Credentials with CredentialsSecret or CredentialsParameter.",
        _ when Lambdas.Contains(name) || name.StartsWith("AWS_LAMBDA_", StringComparison.Ordinal) => $"Environment sets {name}, which is Lambda's own: remove it.",
        _ => null,
    };
}
