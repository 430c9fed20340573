using Amazon.CDK.AWS.CloudWatch;
using Amazon.CDK.AWS.IAM;
using Constructs;

namespace PushGateway.Infra;

/// <summary>The entry of HTTP requests.</summary>
internal abstract class HttpEntry : Construct
{
    protected HttpEntry(Construct scope)
        : base(scope, "Http")
    {
    }

    /// <summary>The URL without a slash at the end.</summary>
    public abstract string Url { get; }

    /// <summary>The number of 5xx answers: pushes that were not taken, although they may be valid.</summary>
    public abstract Metric ServerErrors { get; }

    /// <summary>Lets a principal push when the entry requires an AWS signature.</summary>
    public abstract Grant GrantPush(IGrantable grantee);

    public static HttpEntry Create(Construct scope, PrometheusPushGatewayProps props, ApiFunction api) => props.Entry switch
    {
        GatewayEntry.HttpApi => new HttpApiEntry(scope, props, api.Function),
        _ => new FunctionUrlEntry(scope, props.Auth, api.Function),
    };
}
