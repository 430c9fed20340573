using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PushGateway.EndToEnd.Tests;

/// <summary>A connection on which a test sends HTTP/1.1 as it likes: parts of requests, and endless ones.</summary>
sealed class RawHttp : IAsyncDisposable
{
    readonly TcpClient _client;
    readonly NetworkStream _stream;

    RawHttp(TcpClient client)
    {
        _client = client;
        _stream = client.GetStream();
    }

    /// <exception cref="SocketException">The server does not take connections.</exception>
    internal static async Task<RawHttp> ConnectAsync(Uri server, CancellationToken cancellationToken)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, server.Port, cancellationToken);
            return new RawHttp(client);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    internal Task SendAsync(string text, CancellationToken cancellationToken) => SendAsync(Encoding.UTF8.GetBytes(text), cancellationToken);

    internal Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _stream.WriteAsync(bytes, cancellationToken).AsTask();

    /// <summary>Reads the status line of the next answer, before which there may be the empty line that ends an interim one.</summary>
    internal async Task<int> ReadStatusAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (await _stream.ReadAsync(one, cancellationToken) == 1)
        {
            if (one[0] is not ((byte)'\r' or (byte)'\n'))
                line.Append((char)one[0]);
            else if (line.Length > 0)
                break;
        }

        // HTTP/1.1 202 Accepted
        var words = line.ToString().Split(' ');
        return words.Length > 1
            ? int.Parse(words[1], NumberStyles.None, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"The server closed the connection after \"{line}\".");
    }

    /// <summary>Reads what is left of the answer, up to the end of the connection, however that comes.</summary>
    internal async Task<string> ReadRestAsync(CancellationToken cancellationToken) =>
        Encoding.UTF8.GetString(await ReadRestBytesAsync(cancellationToken));

    /// <summary>The same, undecoded.</summary>
    internal async Task<byte[]> ReadRestBytesAsync(CancellationToken cancellationToken)
    {
        using var rest = new MemoryStream();
        try
        {
            await _stream.CopyToAsync(rest, cancellationToken);
        }
        catch (IOException)
        {
            // The server resets a connection on which it has not read everything that was announced.
        }

        return rest.ToArray();
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _client.Dispose();
    }
}
