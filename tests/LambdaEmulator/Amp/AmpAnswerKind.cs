namespace PushGateway.LambdaEmulator;

/// <summary>What a <see cref="ScriptedAmp"/> does with a valid request.</summary>
public enum AmpAnswerKind
{
    /// <summary>Accepts the samples and answers 200.</summary>
    Accept,

    /// <summary>Accepts nothing and answers with a status and a text.</summary>
    Refuse,

    /// <summary>Accepts nothing and does not answer until the client gives up.</summary>
    Hang,

    /// <summary>Accepts nothing and cuts the connection.</summary>
    Cut,

    /// <summary>Accepts the samples and cuts the connection, so that the client cannot know.</summary>
    AcceptAndCut,
}
