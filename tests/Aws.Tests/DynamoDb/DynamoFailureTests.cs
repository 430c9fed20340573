using System.Net;
using Amazon.DynamoDBv2;
using Amazon.DynamoDBv2.Model;
using Amazon.Runtime;
using PushGateway.Aws.DynamoDb;
using Xunit;

namespace PushGateway.Aws.Tests.DynamoDb;

public sealed class DynamoFailureTests
{
    public static TheoryData<Exception, string> Failures => new()
    {
        { new ResourceNotFoundException("x", ErrorType.Sender, "ResourceNotFoundException", "r", HttpStatusCode.BadRequest), "DynamoDB table t or its index does not exist (ResourceNotFoundException)." },
        { Error("AccessDeniedException", HttpStatusCode.BadRequest), "DynamoDB refuses access to table t (AccessDeniedException): because" },
        { Error("UnrecognizedClientException", HttpStatusCode.BadRequest), "DynamoDB refuses access to table t (UnrecognizedClientException): because" },
        { Error("MissingAuthenticationToken", HttpStatusCode.Forbidden), "DynamoDB refuses access to table t (MissingAuthenticationToken): because" },
        { Error("ThrottlingException", HttpStatusCode.BadRequest), "DynamoDB throttles table t (ThrottlingException): because" },
        {
            new ProvisionedThroughputExceededException(
                "because", ErrorType.Sender, "ProvisionedThroughputExceededException", "r", HttpStatusCode.BadRequest),
            "DynamoDB throttles table t (ProvisionedThroughputExceededException): because"
        },
        { Error("InternalServerError", HttpStatusCode.InternalServerError), "DynamoDB failed for table t (InternalServerError): because" },
        { new TaskCanceledException(), "DynamoDB did not answer in time for table t." },
        { new AmazonClientException("no region"), "DynamoDB cannot be called for table t: no region" },
        { new HttpRequestException("refused"), "DynamoDB cannot be reached for table t: refused" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void A_failure_is_told_in_a_sentence(Exception exception, string sentence)
    {
        Assert.True(AwsFailure.IsFailure(exception, CancellationToken.None));
        var wrapped = DynamoFailure.Wrap(exception, "t");
        Assert.Equal(sentence, wrapped.Message);
        Assert.Same(exception, wrapped.InnerException);
    }

    private static AmazonDynamoDBException Error(string code, HttpStatusCode status) => new("because", ErrorType.Unknown, code, "r", status);
}
