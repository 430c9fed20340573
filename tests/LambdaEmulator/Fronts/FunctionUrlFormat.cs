using System.Text;
using Microsoft.AspNetCore.Http;

namespace PushGateway.LambdaEmulator;

/// <summary>A function URL with auth type NONE: payload format 2.0, with the path as received.</summary>
sealed class FunctionUrlFormat : IFrontFormat
{
    static readonly string DomainName = $"a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6.lambda-url.{AwsAccount.Region}.on.aws";

    /// <summary>A function may run for 15 minutes, and its URL waits for it.</summary>
    public TimeSpan Timeout => TimeSpan.FromMinutes(15);

    public int MaxRequestBytes => PayloadLimits.Request;

    public FrontResponse? Refuse(FrontRequest request) => null;

    public byte[] CreateEvent(FrontRequest request) =>
        PayloadV2.CreateEvent(request, request.RawPath, "anonymous", DomainName, PayloadV2.DefaultRoute);

    public FrontResponse? ReadResponse(FrontRequest request, ReadOnlyMemory<byte> payload) =>
        PayloadV2.ReadResponse(payload, "application/json");

    public FrontResponse Fail(FrontFailure failure) => failure switch
    {
        FrontFailure.Throttled => FrontResponse.Json(
            StatusCodes.Status429TooManyRequests,
            """{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}"""),
        FrontFailure.RequestTooLarge => FrontResponse.Json(
            StatusCodes.Status413PayloadTooLarge, """{"message":"Request Entity Too Large"}"""),
        _ => new(StatusCodes.Status502BadGateway, [("Content-Type", "application/json")], Encoding.UTF8.GetBytes("Internal Server Error")),
    };
}
