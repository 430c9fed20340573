using PushGateway.Limits;

namespace PushGateway.Api.Push;

/// <summary>Why a push was refused: at least one error, the first of which gives the status.</summary>
internal sealed record PushRefusal(int StatusCode, IReadOnlyList<PushError> Errors)
{
    public PushError First => Errors[0];

    public static PushRefusal Of(PushError error) => new(StatusOf(error.Code), [error]);

    public static PushRefusal Of(IReadOnlyList<PushError> errors) => new(StatusOf(errors[0].Code), errors);

    private static int StatusOf(string code) => code switch
    {
        RejectCode.BodyTooLarge or RejectCode.DecompressedTooLarge or RejectCode.MessageTooLarge or RejectCode.PushTooLarge or RejectCode.GroupTooLarge =>
            StatusCodes.Status413PayloadTooLarge,
        RejectCode.TooManyGroups => StatusCodes.Status429TooManyRequests,
        RejectCode.MediaTypeUnsupported or RejectCode.EncodingUnsupported => StatusCodes.Status415UnsupportedMediaType,
        RejectCode.Unauthorized => StatusCodes.Status401Unauthorized,
        RejectCode.QueueUnavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status400BadRequest,
    };
}
