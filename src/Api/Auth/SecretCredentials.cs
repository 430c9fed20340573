using PushGateway.Aws.Secrets;

namespace PushGateway.Api.Auth;

/// <summary>
/// Adds the credentials that AWS keeps to those of the settings. They are read when first needed, and again once they are
/// <see cref="MaxAge"/> old; what cannot be read or used leaves those of before as they are.
/// </summary>
internal sealed class SecretCredentials(
    SecretReader secret, GatewayOptions options, Authenticator authenticator, TimeProvider time, ILogger<SecretCredentials> logger)
{
    /// <summary>How old they get before they are read again: what a rotation takes to be seen.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    /// <summary>When a first read that failed is tried again. Requests wait for it, so no later than they are told to come again.</summary>
    public static readonly TimeSpan RetryFirst = TimeSpan.FromSeconds(1);

    /// <summary>When a later read that failed is tried again: nothing waits for it.</summary>
    public static readonly TimeSpan RetryLater = TimeSpan.FromSeconds(30);

    /// <summary>What a request that finds the credentials old waits for new ones, before it is held against the old.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Task _read = Task.CompletedTask;
    private DateTimeOffset _startedAt = DateTimeOffset.MinValue;
    private TimeSpan _interval = TimeSpan.Zero;
    private volatile string? _text;

    /// <summary>Reads what is to be read; false when the credentials have never been read yet.</summary>
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
                // It goes on, for the requests that follow.
            }
        }

        return _text is not null;
    }

    private Task StartIfDue(out bool isStarted)
    {
        lock (_lock)
        {
            // By the wall clock: the monotonic one may stand still while Lambda freezes the process. A start in the future is one from before
            // the clock was set back.
            var now = time.GetUtcNow();
            isStarted = _read.IsCompleted && (now < _startedAt || now - _startedAt >= _interval);
            if (isStarted)
            {
                _startedAt = now;

                // For all requests that come meanwhile, so that none of them can cancel it.
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

    // Null, or why it failed.
    private async Task<string?> TryReadAsync()
    {
        try
        {
            return Use(await secret.ReadAsync(CancellationToken.None));
        }
#pragma warning disable CA1031 // Mostly SecretUnavailableException. Whatever it was, requests go on with the credentials that there are.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return exception.Message;
        }
    }

    private string? Use(string text)
    {
        // As most times: what has been verified stays so.
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
