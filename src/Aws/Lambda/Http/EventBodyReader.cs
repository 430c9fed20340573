using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace PushGateway.Aws.Lambda.Http;

/// <summary>
/// The body of an event as a pipe. Like Kestrel, it checks the size limit from the first read on, and from then on the limit cannot be
/// changed.
/// </summary>
internal sealed class EventBodyReader(ReadOnlyMemory<byte> body) : PipeReader, IHttpMaxRequestBodySizeFeature
{
    private readonly PipeReader _body = Create(new ReadOnlySequence<byte>(body));
    private long? _maxRequestBodySize;

    public bool IsReadOnly { get; private set; }

    /// <summary>Null, no limit, by default: Lambda takes no event larger than 6 MB.</summary>
    public long? MaxRequestBodySize
    {
        get => _maxRequestBodySize;
        set => _maxRequestBodySize = IsReadOnly
            ? throw new InvalidOperationException("The limit cannot be changed once the body is read.")
            : value;
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        CheckSize();
        return _body.ReadAsync(cancellationToken);
    }

    public override bool TryRead(out ReadResult result)
    {
        CheckSize();
        return _body.TryRead(out result);
    }

    public override void AdvanceTo(SequencePosition consumed) => _body.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _body.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => _body.CancelPendingRead();

    public override void Complete(Exception? exception = null) => _body.Complete(exception);

    private void CheckSize()
    {
        IsReadOnly = true;
        if (body.Length > _maxRequestBodySize)
        {
            throw new BadHttpRequestException("Request body too large.", StatusCodes.Status413PayloadTooLarge);
        }
    }
}
