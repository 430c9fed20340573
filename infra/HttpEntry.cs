using Amazon.CDK.AWS.CloudWatch;
using Amazon.CDK.AWS.IAM;
using Constructs;

namespace PushGateway.Infra;

/// <summary>Where HTTP comes in.</summary>
internal abstract class HttpEntry : Construct
{
    protected HttpEntry(Construct scope)
        : base(scope, "Http")
    {
    }

    /// <summary>Without a slash at the end.</summary>
    public abstract string Url { get; }

    /// <summary>Answers that say that a push was not taken, though there may be nothing wrong with it.</summary>
    public abstract Metric ServerErrors { get; }

    /// <summary>Lets a principal push where the entry asks for AWS' signature.</summary>
    public abstract Grant GrantPush(IGrantable grantee);

    public static HttpEntry Create(Construct scope, PrometheusPushGatewayProps props, ApiFunction api) => props.Entry switch
    {
        GatewayEntry.HttpApi => new HttpApiEntry(scope, props, api.Function),
        _ => new FunctionUrlEntry(scope, props.Auth, api.Function),
    };
}
