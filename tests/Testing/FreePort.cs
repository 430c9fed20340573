using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace PushGateway.Testing;

/// <summary>
/// Free TCP ports on 127.0.0.1. A process never gets the same port twice, and two test processes of a user never have the same port at the
/// same time: each process locks slices of ports, and the kernel unlocks them however the process ends. All ports are below the range from
/// which Linux takes local ports of outgoing connections.
/// </summary>
public static class FreePort
{
    const int First = 12_000;
    const int SliceLength = 100;
    const int SliceCount = 200;

    static readonly Lock Gate = new();
    static readonly List<FileStream> HeldSlices = [];
    static readonly HashSet<int> TakenSlices = [];
    static int _next;
    static int _end;

    /// <summary>A port on which nothing listens now. No later call returns it again.</summary>
    /// <exception cref="InvalidOperationException">Every slice is in use.</exception>
    public static int Next()
    {
        lock (Gate)
        {
            while (true)
            {
                while (_next < _end)
                {
                    var port = _next++;
                    if (CanBind(port))
                        return port;
                }

                TakeSlice();
            }
        }
    }

    static void TakeSlice()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"pushgateway-ports-{Environment.UserName}");
        Directory.CreateDirectory(folder);
        for (var i = 0; i < SliceCount; i++)
        {
            // Processes start their search at different slices, so they rarely meet slices that others hold.
            var slice = (Environment.ProcessId + i) % SliceCount;
            if (TakenSlices.Contains(slice))
                continue;
            try
            {
                var path = Path.Combine(folder, slice.ToString(CultureInfo.InvariantCulture));
                HeldSlices.Add(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException)
            {
                continue;
            }

            TakenSlices.Add(slice);
            _next = First + (slice * SliceLength);
            _end = _next + SliceLength;
            return;
        }

        throw new InvalidOperationException($"All {SliceCount} slices of test ports are in use; see {folder}.");
    }

    static bool CanBind(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
