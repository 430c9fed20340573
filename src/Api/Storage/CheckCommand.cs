using System.Globalization;
using PushGateway.Configuration;
using PushGateway.Embedded;

namespace PushGateway.Api.Storage;

/// <summary><c>check [--data &lt;folder&gt;]</c>: verifies a data folder that no gateway uses, and says what it holds.</summary>
internal static class CheckCommand
{
    public const string Name = "check";

    private const string Usage =
        $"Usage: PushGateway.Api {Name} [--data <folder>]\n\n"
        + "Verifies a data folder without changing it, and says what it holds. No gateway may use the folder meanwhile.\n"
        + "Without --data, it is the folder that PUSHGATEWAY_DATA_DIR names, or the default. The exit code is 1 when something is wrong.";

    /// <summary>Runs the command and returns the exit code: 0 when the folder is sound, otherwise 1.</summary>
    /// <param name="arguments">The arguments after the command's name.</param>
    /// <param name="setting">Finds a setting by its name.</param>
    /// <param name="output">Takes the report.</param>
    /// <param name="errors">Takes what is wrong, a sentence a line.</param>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, Func<string, string?> setting, TextWriter output, TextWriter errors)
    {
        if (arguments is ["--help" or "-h"])
        {
            await output.WriteLineAsync(Usage);
            return 0;
        }

        var folder = arguments switch
        {
            [] => GatewayOptions.ReadDataFolder(new SettingsReader(setting)),
            ["--data", { Length: > 0 } path] => path,
            _ => null,
        };
        if (folder is null)
        {
            await errors.WriteLineAsync(Usage);
            return 1;
        }

        try
        {
            var report = DataFolderCheck.Run(folder);
            await output.WriteAsync(Describe(report));
            foreach (var problem in report.Problems)
            {
                await errors.WriteLineAsync(problem);
            }

            return report.Problems.Count == 0 ? 0 : 1;
        }
        catch (DataFolderException exception)
        {
            await errors.WriteLineAsync(exception.Message);
            return 1;
        }
    }

    private static string Describe(DataFolderReport report)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture);
        var oldest = report.OldestMs is { } ms ? $", the oldest accepted at {DateTimeOffset.FromUnixTimeMilliseconds(ms):yyyy-MM-ddTHH:mm:ssZ}" : "";
        text.WriteLine(FormattableString.Invariant($"Data folder      {report.Folder}"));
        text.WriteLine(FormattableString.Invariant($"Files            {report.DatabaseBytes} bytes, and {report.LogBytes} bytes of write-ahead log"));
        text.WriteLine(FormattableString.Invariant($"Messages         {report.Messages}{oldest}"));
        text.WriteLine(FormattableString.Invariant($"Groups           {report.Groups}, and {report.UngroupedSeries} series without a group"));
        text.WriteLine(FormattableString.Invariant($"Dead letters     {report.DeadLetters.Values.Sum()}"));
        foreach (var (code, count) in report.DeadLetters)
        {
            text.WriteLine(FormattableString.Invariant($"  {code,-22} {count}"));
        }

        text.WriteLine(FormattableString.Invariant($"Unreadable rows  {report.UnreadableRows}"));
        text.WriteLine($"Integrity check  {report.Integrity.ReplaceLineEndings("\n                 ")}");
        return text.ToString();
    }
}
