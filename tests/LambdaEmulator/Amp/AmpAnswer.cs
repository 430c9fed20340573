namespace PushGateway.LambdaEmulator;

/// <summary>An answer of a <see cref="ScriptedAmp"/>.</summary>
/// <param name="Kind">The kind of answer.</param>
/// <param name="Status">The HTTP status of a refusal.</param>
/// <param name="Text">The body of a refusal.</param>
/// <param name="RetryAfter">The <c>Retry-After</c> header of a refusal, in whole seconds; no header when null.</param>
public sealed record AmpAnswer(AmpAnswerKind Kind, int Status = 200, string Text = "", TimeSpan? RetryAfter = null)
{
    /// <summary>200.</summary>
    public static AmpAnswer Accept { get; } = new(AmpAnswerKind.Accept);

    /// <summary>No answer.</summary>
    public static AmpAnswer Hang { get; } = new(AmpAnswerKind.Hang);

    /// <summary>The request is lost.</summary>
    public static AmpAnswer Cut { get; } = new(AmpAnswerKind.Cut);

    /// <summary>The samples are accepted, but the answer is lost.</summary>
    public static AmpAnswer AcceptAndCut { get; } = new(AmpAnswerKind.AcceptAndCut);

    /// <summary>400. Such a refusal is final.</summary>
    public static AmpAnswer BadRequest(string text) => new(AmpAnswerKind.Refuse, 400, text);

    /// <summary>429, with or without <c>Retry-After</c>.</summary>
    public static AmpAnswer Throttle(TimeSpan? retryAfter = null) =>
        new(AmpAnswerKind.Refuse, 429, "ingestion rate limit exceeded", retryAfter);

    /// <summary>500.</summary>
    public static AmpAnswer InternalError { get; } = new(AmpAnswerKind.Refuse, 500, "internal server error");

    /// <summary>503.</summary>
    public static AmpAnswer Unavailable { get; } = new(AmpAnswerKind.Refuse, 503, "service unavailable");
}
