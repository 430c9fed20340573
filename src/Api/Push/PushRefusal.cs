using PushGateway.Push;
using PushGateway.Telemetry;

namespace PushGateway.Api.Push;

/// <summary>Why a push was refused: at least one error, the first of which gives the status.</summary>
internal sealed record PushRefusal(int StatusCode, IReadOnlyList<PushError> Errors)
{
    public PushError First => Errors[0];

    public static PushRefusal Of(PushError error) => new(StatusOf(error.Code), [error]);

    public static PushRefusal Of(IReadOnlyList<PushError> errors) => new(StatusOf(errors[0].Code), errors);

    /// <summary>The error of a body in a format that is not taken.</summary>
    public static PushError MediaTypeUnsupported(string? contentType) =>
        new(RejectCode.MediaTypeUnsupported, $"media type \"{contentType}\" is not supported");

    /// <summary>The refusal, once it is counted.</summary>
    /// <param name="format">Name of the format that was refused.</param>
    public PushRefusal Counted(string format)
    {
        PushTelemetry.Pushed(format, First.Code, samples: 0);
        return this;
    }

    private static int StatusOf(string code) => code switch
    {
        RejectCode.BodyTooLarge or RejectCode.DecompressedTooLarge or RejectCode.MessageTooLarge or RejectCode.PushTooLarge or RejectCode.GroupTooLarge =>
            StatusCodes.Status413PayloadTooLarge,
        RejectCode.TooManyGroups or RejectCode.TooManySeries => StatusCodes.Status429TooManyRequests,
        RejectCode.MediaTypeUnsupported or RejectCode.EncodingUnsupported => StatusCodes.Status415UnsupportedMediaType,
        RejectCode.Unauthorized => StatusCodes.Status401Unauthorized,
        RejectCode.QueueUnavailable or RejectCode.CredentialsUnavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status400BadRequest,
    };
}
