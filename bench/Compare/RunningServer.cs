using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.Data.Sqlite;

namespace PushGateway.Bench.Compare;

/// <summary>A server in its own process, with its own data folder and port.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SettleDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan QuietCpu = TimeSpan.FromMilliseconds(10);

    private readonly Server _server;
    private readonly Process _process;
    private readonly string _folder;

    private RunningServer(Server server, Process process, string folder, Uri address)
    {
        _server = server;
        _process = process;
        _folder = folder;
        Address = address;
        AppDomain.CurrentDomain.ProcessExit += Kill;
        Client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address };
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    /// <summary>User and system time of the process so far, of all threads.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Resident set size in MB.</summary>
    public double RssMb => StatusMb("VmRSS:");

    /// <summary>Peak resident set size in MB since <see cref="ResetPeak"/>.</summary>
    public double PeakMb => StatusMb("VmHWM:");

    public static async Task<RunningServer> StartAsync(Server server, string folder)
    {
        Directory.CreateDirectory(folder);
        var port = FreePort();
        var start = new ProcessStartInfo(server.Program, server.Arguments(port, folder))
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = folder,
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{server.Program} cannot be started.");
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, line) => Console.Error.Write(line.Data is { Length: > 0 } text ? text + "\n" : "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var running = new RunningServer(server, process, folder, new Uri($"http://127.0.0.1:{port}/"));
        try
        {
            await running.WaitUntilReadyAsync();
            return running;
        }
        catch
        {
            await running.DisposeAsync();
            throw;
        }
    }

    /// <summary>Pushes once.</summary>
    /// <exception cref="HttpRequestException">The answer is not 2xx.</exception>
    public async Task PushAsync(Target target, int group, byte[] body)
    {
        using var request = new HttpRequestMessage(new HttpMethod(target.Method), new Uri(target.PathOf(group), UriKind.Relative))
        {
            Content = new ByteArrayContent(body) { Headers = { { "Content-Type", "text/plain; version=0.0.4" } } },
        };
        using var answer = await Client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>
    /// Waits until everything that was answered has been processed: the queue is empty and the process is idle. False when that takes too
    /// long.
    /// </summary>
    public async Task<bool> SettleAsync()
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < SettleDeadline)
        {
            var before = Cpu;
            await Task.Delay(Quiet);
            if (!HasMessages() && Cpu - before <= QuietCpu)
            {
                return true;
            }
        }

        return false;
    }

    public void ResetPeak() => File.WriteAllText($"/proc/{_process.Id}/clear_refs", "5");

    public async ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= Kill;
        Client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    // Ends the server when the benchmark itself is ended.
    private void Kill(object? sender, EventArgs e) => _process.Kill();

    private async Task WaitUntilReadyAsync()
    {
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < StartDeadline && !_process.HasExited)
        {
            try
            {
                using var answer = await Client.GetAsync(new Uri(_server.ReadyPath, UriKind.Relative));
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
            }

            await Task.Delay(10);
        }

        throw new InvalidOperationException($"{_server.Name} did not start.");
    }

    // The database is read from outside, so that the check costs the process nothing.
    private bool HasMessages()
    {
        if (!_server.HasQueue)
        {
            return false;
        }

        var connection = new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(_folder, "pushgateway.db"),
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
        };
        using var database = new SqliteConnection(connection.ConnectionString);
        database.Open();
        using var command = database.CreateCommand();
        command.CommandText = "SELECT EXISTS (SELECT 1 FROM messages)";
        return (long)command.ExecuteScalar()! != 0;
    }

    private double StatusMb(string name)
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(text => text.StartsWith(name, StringComparison.Ordinal));
        return int.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1000.0;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
