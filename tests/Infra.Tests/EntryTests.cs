using Amazon.CDK.Assertions;
using Xunit;

namespace PushGateway.Infra.Tests;

/// <summary>Where HTTP comes in, and who may.</summary>
public sealed class EntryTests
{
    private const string Url = "AWS::Lambda::Url";
    private const string Permission = "AWS::Lambda::Permission";
    private const string Route = "AWS::ApiGatewayV2::Route";

    private static readonly string[] OpenOnPurpose = [Gateways.Public, Gateways.Secret, Gateways.Parameter];

    public static TheoryData<string> All => Gateways.All;

    [Theory]
    [MemberData(nameof(All))]
    public void Nothing_is_public_that_was_not_asked_for(string way)
    {
        var stack = Gateways.Get(way);
        var isOpen = OpenOnPurpose.Contains(way);
        Assert.All(stack.All(Url), url => Assert.Equal(isOpen ? "NONE" : "AWS_IAM", url.Text("AuthType")));
        Assert.All(stack.All(Route), route => Assert.Equal(way == Gateways.HttpApiCredentials ? "NONE" : "AWS_IAM", route.Text("AuthorizationType")));
        Assert.Equal(isOpen, stack.All(Permission).Any(permission => permission.Text("Principal") == "*"));
    }

    [Theory]
    [InlineData(Gateways.Public)]
    [InlineData(Gateways.Secret)]
    [InlineData(Gateways.Parameter)]
    public void A_public_url_has_both_permissions(string way)
    {
        var permissions = Gateways.Get(way).All(Permission).Where(permission => permission.Text("Principal") == "*").ToList();
        Assert.All(permissions, permission => Assert.Equal("${GatewayApiFunction.Arn}", permission.Text("FunctionName")));
        var url = Assert.Single(permissions, permission => permission.Text("Action") == "lambda:InvokeFunctionUrl");
        Assert.Equal("NONE", url.Text("FunctionUrlAuthType"));
        var function = Assert.Single(permissions, permission => permission.Text("Action") == "lambda:InvokeFunction");

        // Otherwise everyone could invoke the function with events that no URL sends.
        Assert.True((bool)function["InvokedViaFunctionUrl"]!);
        Assert.Equal(2, permissions.Count);
    }

    [Fact]
    public void The_url_ends_without_a_slash()
    {
        var parameter = Gateways.Get(Gateways.Default).All("AWS::SSM::Parameter").Single(parameter => parameter.Text("Name")!.EndsWith("/url", StringComparison.Ordinal));
        Assert.Matches("""^https://\{"Fn::Select":\[2,\{"Fn::Split":\["/",\{"Fn::GetAtt":\["GatewayHttpUrl[0-9A-F]{8}","FunctionUrl"\]\}\]\}\]\}$""", parameter.Text("Value"));
    }

    [Fact]
    public void An_http_api_has_one_signed_route_for_everything()
    {
        var stack = Gateways.Get(Gateways.HttpApi);
        Assert.Empty(stack.All(Url));
        Assert.Equal("ANY /{proxy+}", stack.One(Route).Text("RouteKey"));
        stack.Template.HasResourceProperties("AWS::ApiGatewayV2::Integration", new Dictionary<string, object> { ["PayloadFormatVersion"] = "2.0" });
        stack.Template.HasResourceProperties("AWS::ApiGatewayV2::Stage", new Dictionary<string, object>
        {
            ["StageName"] = "$default",
            ["AutoDeploy"] = true,
            ["AccessLogSettings"] = Match.ObjectLike(new Dictionary<string, object> { ["Format"] = Match.StringLikeRegexp("context.status") }),
        });
    }

    [Fact]
    public void With_credentials_an_http_api_leaves_it_to_Api()
    {
        var stack = Gateways.Get(Gateways.HttpApiCredentials);
        Assert.Equal("NONE", stack.One(Route).Text("AuthorizationType"));
        Assert.Equal(Gateways.SecretArn, stack.One("AWS::Lambda::Function", "GatewayApiFunction").Text("Environment.Variables.PUSHGATEWAY_CREDENTIALS_SECRET"));
    }

    [Fact]
    public void Api_is_told_where_the_credentials_are()
    {
        Assert.Equal(Gateways.SecretArn, Source(Gateways.Secret));
        Assert.Equal("arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/pushgateway/credentials", Source(Gateways.Parameter));
        Assert.Null(Source(Gateways.Public));

        static string? Source(string way) =>
            Gateways.Get(way).One("AWS::Lambda::Function", "GatewayApiFunction").Text("Environment.Variables.PUSHGATEWAY_CREDENTIALS_SECRET");
    }

    [Fact]
    public void Without_an_entry_there_is_no_Api()
    {
        var stack = Gateways.Get(Gateways.NoEntry);
        Assert.Empty(stack.All(Url));
        Assert.Empty(stack.All("AWS::ApiGatewayV2::Api"));
        Assert.DoesNotContain(stack.Resources, resource => resource.Id.StartsWith("GatewayApi", StringComparison.Ordinal));
        Assert.DoesNotContain(stack.All("AWS::SSM::Parameter"), parameter => parameter.Text("Name")!.EndsWith("/url", StringComparison.Ordinal));
    }
}
