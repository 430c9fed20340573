using PushGateway.Delivery;

namespace PushGateway.Simulation.Aws;

/// <summary>A worker's way to the board.</summary>
internal sealed class WorkerBoard(Board board, Life life) : IBacklogBoard
{
    public async ValueTask<IReadOnlyDictionary<long, long>> ReadAsync(CancellationToken cancellationToken)
    {
        await life.DelayAsync(board.CallTime());
        return board.Marks.ToDictionary();
    }

    public async ValueTask WriteAsync(IReadOnlyDictionary<long, long> marks, IReadOnlyCollection<long> past, CancellationToken cancellationToken)
    {
        await life.DelayAsync(board.CallTime());
        foreach (var span in past)
        {
            board.Marks.Remove(span);
        }

        foreach (var (span, until) in marks)
        {
            board.Marks[span] = until;
        }
    }
}
