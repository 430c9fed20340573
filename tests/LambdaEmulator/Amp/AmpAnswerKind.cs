namespace PushGateway.LambdaEmulator;

/// <summary>What a <see cref="ScriptedAmp"/> does with a request that is in order.</summary>
public enum AmpAnswerKind
{
    /// <summary>Takes the samples and answers 200.</summary>
    Accept,

    /// <summary>Takes nothing and answers a status with a text.</summary>
    Refuse,

    /// <summary>Takes nothing and does not answer until the other side gives up.</summary>
    Hang,

    /// <summary>Takes nothing and cuts the connection.</summary>
    Cut,

    /// <summary>Takes the samples and cuts the connection, so that the other side cannot know.</summary>
    AcceptAndCut,
}
