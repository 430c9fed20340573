using Amazon.CDK;
using Amazon.CDK.AWS.CloudWatch;
using Amazon.CDK.AWS.IAM;
using Amazon.CDK.AWS.Lambda;
using Constructs;

namespace PushGateway.Infra;

/// <summary>
/// A Function URL. Since October 2025 its callers need two permissions: to invoke the URL, and to invoke the function through its URL.
/// </summary>
internal sealed class FunctionUrlEntry : HttpEntry
{
    private const string InvokeFunction = "lambda:InvokeFunction";

    private readonly Function _api;
    private readonly FunctionUrl _url;

    public FunctionUrlEntry(Construct scope, GatewayAuth auth, Function api)
        : base(scope)
    {
        _api = api;
        var isPublic = auth != GatewayAuth.Iam;
        _url = new FunctionUrl(this, "Url", new FunctionUrlProps
        {
            Function = api,
            AuthType = isPublic ? FunctionUrlAuthType.NONE : FunctionUrlAuthType.AWS_IAM,
        });
        if (isPublic)
        {
            AllowInvoking("Everyone", "*");
        }
    }

    public override string Url => $"https://{Fn.Select(2, Fn.Split("/", _url.Url))}";

    public override Metric ServerErrors => _api.Metric("Url5xxCount");

    public override Grant GrantPush(IGrantable grantee)
    {
        var grant = _url.GrantInvokeUrl(grantee);
        var result = grantee.GrantPrincipal.AddToPrincipalPolicy(new PolicyStatement(new PolicyStatementProps
        {
            Actions = [InvokeFunction],
            Resources = [_api.FunctionArn],
            Conditions = new Dictionary<string, object>
            {
                ["Bool"] = new Dictionary<string, object> { ["lambda:InvokedViaFunctionUrl"] = "true" },
            },
        }));
        if (!result.StatementAdded)
        {
            AllowInvoking($"Invoke{Node.Children.Length}", PrincipalOf(grantee));
        }

        return grant;
    }

    private static string PrincipalOf(IGrantable grantee) => grantee.GrantPrincipal switch
    {
        ArnPrincipal arn => arn.Arn,
        ServicePrincipal service => service.Service,
        _ => throw new ArgumentException("GrantPush: a principal without a policy of its own must be an ArnPrincipal, an AccountPrincipal or a ServicePrincipal."),
    };

    private void AllowInvoking(string id, string principal) => new CfnPermission(this, id, new CfnPermissionProps
    {
        FunctionName = _api.FunctionArn,
        Action = InvokeFunction,
        Principal = principal,
    }).LimitToFunctionUrl();
}
