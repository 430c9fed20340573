using Microsoft.AspNetCore.Http;

namespace PushGateway.LambdaEmulator;

/// <summary>An HTTP API: payload format 2.0. The path is decoded, and includes the stage unless that is <c>$default</c>.</summary>
/// <param name="stage">The stage.</param>
sealed class HttpApiFormat(string stage) : IFrontFormat
{
    internal const string DefaultStage = "$default";

    static readonly string DomainName = $"a1b2c3d4e5.execute-api.{AwsAccount.Region}.amazonaws.com";

    public TimeSpan Timeout => TimeSpan.FromSeconds(30);

    public int MaxRequestBytes => 10 * 1024 * 1024;

    public FrontResponse? Refuse(FrontRequest request) =>
        stage == DefaultStage || StagePath.TryStrip(request.RawPath, stage, out _)
            ? null
            : FrontResponse.Json(StatusCodes.Status404NotFound, """{"message":"Not Found"}""");

    public byte[] CreateEvent(FrontRequest request) =>
        PayloadV2.CreateEvent(request, Uri.UnescapeDataString(request.RawPath), AwsAccount.Id, DomainName, stage);

    public FrontResponse? ReadResponse(FrontRequest request, ReadOnlyMemory<byte> payload) =>
        PayloadV2.ReadResponse(payload, "text/plain;charset=UTF-8");

    public FrontResponse Fail(FrontFailure failure) => failure switch
    {
        FrontFailure.Throttled or FrontFailure.TimedOut =>
            FrontResponse.Json(StatusCodes.Status503ServiceUnavailable, """{"message":"Service Unavailable"}"""),
        FrontFailure.RequestTooLarge =>
            FrontResponse.Json(StatusCodes.Status413PayloadTooLarge, """{"message":"Request Entity Too Large"}"""),
        _ => FrontResponse.Json(StatusCodes.Status500InternalServerError, """{"message":"Internal Server Error"}"""),
    };
}
