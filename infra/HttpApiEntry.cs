using Amazon.CDK;
using Amazon.CDK.AWS.Apigatewayv2;
using Amazon.CDK.AWS.CloudWatch;
using Amazon.CDK.AWS.IAM;
using Amazon.CDK.AWS.Lambda;
using Amazon.CDK.AWS.Logs;
using Amazon.CDK.AwsApigatewayv2Authorizers;
using Amazon.CDK.AwsApigatewayv2Integrations;
using Constructs;

namespace PushGateway.Infra;

/// <summary>An HTTP API with one route for all paths, and an access log.</summary>
internal sealed class HttpApiEntry : HttpEntry
{
    private const string EveryPath = "/{proxy+}";

    private const string LogFormat =
        """{"requestId":"$context.requestId","time":"$context.requestTime","ip":"$context.identity.sourceIp","method":"$context.httpMethod","path":"$context.path","status":"$context.status","bytes":"$context.responseLength","error":"$context.integrationErrorMessage"}""";

    private readonly HttpApi _api;

    public HttpApiEntry(Construct scope, PrometheusPushGatewayProps props, Function api)
        : base(scope)
    {
        _api = new HttpApi(this, "Api", new HttpApiProps { Description = "Prometheus push gateway" });
        _api.AddRoutes(new AddRoutesOptions
        {
            Path = EveryPath,
            Methods = [Amazon.CDK.AWS.Apigatewayv2.HttpMethod.ANY],
            Integration = new HttpLambdaIntegration("Api", api),
            Authorizer = props.Auth == GatewayAuth.Iam ? new HttpIamAuthorizer() : null,
        });
        LogAccess(props);
    }

    public override string Url => _api.ApiEndpoint;

    public override Metric ServerErrors => _api.MetricServerError();

    public override Grant GrantPush(IGrantable grantee) => Grant.AddToPrincipal(new GrantOnPrincipalOptions
    {
        Grantee = grantee,
        Actions = ["execute-api:Invoke"],
        ResourceArns =
        [
            Stack.Of(this).FormatArn(new ArnComponents { Service = "execute-api", Resource = _api.ApiId, ResourceName = "*/*" }),
        ],
        Scope = this,
    });

    private void LogAccess(PrometheusPushGatewayProps props)
    {
        var logs = new LogGroup(this, "AccessLogs", new LogGroupProps
        {
            Retention = props.LogRetention,
            EncryptionKey = props.EncryptionKey,
            RemovalPolicy = props.RemovalPolicy,
        });
        ((CfnStage)_api.DefaultStage!.Node.DefaultChild!).AccessLogSettings = new CfnStage.AccessLogSettingsProperty
        {
            DestinationArn = logs.LogGroupArn,
            Format = LogFormat,
        };
    }
}
