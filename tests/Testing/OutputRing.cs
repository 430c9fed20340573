namespace PushGateway.Testing;

/// <summary>The last lines that a process wrote. Their number is limited, so that a verbose server cannot fill the memory.</summary>
sealed class OutputRing(int capacity)
{
    readonly Lock _gate = new();
    readonly Queue<string> _lines = new(capacity);
    long _dropped;

    internal void Add(string line)
    {
        lock (_gate)
        {
            if (_lines.Count == capacity)
            {
                _lines.Dequeue();
                _dropped++;
            }

            _lines.Enqueue(line);
        }
    }

    internal IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    public override string ToString()
    {
        lock (_gate)
        {
            var head = _dropped > 0 ? $"({_dropped} earlier lines dropped){Environment.NewLine}" : "";
            return head + string.Join(Environment.NewLine, _lines);
        }
    }
}
