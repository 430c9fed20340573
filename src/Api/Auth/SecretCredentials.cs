using PushGateway.Aws.Secrets;

namespace PushGateway.Api.Auth;

/// <summary>
/// Adds the credentials that AWS keeps to those of the settings. They are read on first use, and again when they are <see cref="MaxAge"/>
/// old. When they cannot be read or used, the former ones stay valid.
/// </summary>
internal sealed class SecretCredentials(
    SecretReader secret, GatewayOptions options, Authenticator authenticator, TimeProvider time, ILogger<SecretCredentials> logger)
{
    /// <summary>How old the credentials may get before they are read again. A rotated secret takes effect within this time.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    /// <summary>
    /// When a failed first read is tried again. Requests wait for it, so it is not longer than the time after which they are told to come
    /// again.
    /// </summary>
    public static readonly TimeSpan RetryFirst = TimeSpan.FromSeconds(1);

    /// <summary>When a failed later read is tried again. No request waits for it.</summary>
    public static readonly TimeSpan RetryLater = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a request waits for new credentials when those at hand are old. After that it is checked against the old ones.
    /// </summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task _read = Task.CompletedTask;
    private DateTimeOffset _startedAt = DateTimeOffset.MinValue;
    private TimeSpan _interval = TimeSpan.Zero;
    private volatile string? _text;

    /// <summary>Starts a read when one is due and waits for it. Returns false when the credentials have never been read.</summary>
    public async ValueTask<bool> EnsureAsync(CancellationToken cancellationToken)
    {
        var read = StartIfDue(out var isStarted);
        if (_text is null)
        {
            await read.WaitAsync(cancellationToken);
        }
        else if (isStarted)
        {
            try
            {
                await read.WaitAsync(LongestWait, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                // The read goes on, for the requests that follow.
            }
        }

        return _text is not null;
    }

    private Task StartIfDue(out bool isStarted)
    {
        lock (_lock)
        {
            // The wall clock is used, because the monotonic clock may stand still while Lambda freezes the process. A start time in the
            // future means that the clock was set back.
            var now = time.GetUtcNow();
            isStarted = _read.IsCompleted && (now < _startedAt || now - _startedAt >= _interval);
            if (isStarted)
            {
                _startedAt = now;

                // All requests share this read, so none of them can cancel it.
                _read = Task.Run(ReadAsync, CancellationToken.None);
            }

            return _read;
        }
    }

    private async Task ReadAsync()
    {
        if (await TryReadAsync() is not { } reason)
        {
            _interval = MaxAge;
        }
        else if (_text is null)
        {
            _interval = RetryFirst;
            logger.CredentialsUnavailable(reason);
        }
        else
        {
            _interval = RetryLater;
            logger.CredentialsKept(reason);
        }
    }

    // Returns null, or why it failed.
    private async Task<string?> TryReadAsync()
    {
        try
        {
            return Use(await secret.ReadAsync(CancellationToken.None));
        }
#pragma warning disable CA1031 // Usually SecretUnavailableException. Whatever it was, requests go on with the credentials at hand.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return exception.Message;
        }
    }

    private string? Use(string text)
    {
        // Usually the text has not changed. What was verified then stays verified.
        if (text == _text)
        {
            return null;
        }

        if (!CredentialSettings.TryParse(text, options.Credentials, out var credentials, out var error))
        {
            return error;
        }

        authenticator.Replace(credentials);
        _text = text;
        logger.CredentialsRead(credentials.Count);
        return null;
    }
}
