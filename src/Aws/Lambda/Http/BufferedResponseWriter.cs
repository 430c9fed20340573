using System.IO.Pipelines;
using PushGateway.Buffers;

namespace PushGateway.Aws.Lambda.Http;

/// <summary>Writes the body of a <see cref="BufferedResponse"/>. The first flush starts the response.</summary>
internal sealed class BufferedResponseWriter(PooledBuffer body, Func<CancellationToken, Task> start) : PipeWriter
{
    private int _flushed;
    private bool _completed;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => body.Written.Length - _flushed;

    public override Memory<byte> GetMemory(int sizeHint = 0) => Open().GetMemory(sizeHint);

    public override Span<byte> GetSpan(int sizeHint = 0) => Open().GetSpan(sizeHint);

    public override void Advance(int bytes) => Open().Advance(bytes);

    public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        await start(cancellationToken);
        _flushed = body.Written.Length;
        return new FlushResult(isCanceled: false, isCompleted: _completed);
    }

    // Nothing is ever pending.
    public override void CancelPendingFlush()
    {
    }

    public override void Complete(Exception? exception = null) => _completed = true;

    private PooledBuffer Open() => _completed ? throw new InvalidOperationException("The response is complete.") : body;
}
