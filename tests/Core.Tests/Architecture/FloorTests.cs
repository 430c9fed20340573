using Xunit;

namespace PushGateway.Core.Tests.Architecture;

/// <summary>Core stands on floors: a folder refers only to folders on the floors below its own.</summary>
public sealed class FloorTests
{
    // From the ground up. Folders of one floor do not refer to each other, so there can be no circle.
    private static readonly string[][] Floors =
    [
        ["Buffers", "Wire", "Configuration", "Telemetry"],
        ["Model"],
        ["Push"],
        ["Formats.Compression", "Formats.Prometheus"],
        ["Formats.Json", "Formats.OpenMetrics", "Formats.Protobuf", "Formats.RemoteWrite2", "Formats.Text"],
        ["Formats"],
        ["Exposition"],
        ["Queue"],
        ["Groups"],
        ["Sinks"],
        ["Delivery"],
    ];

    private static readonly IReadOnlyList<SourceFolder> Folders = SourceFolder.Read("src/Core");

    [Fact]
    public void Every_folder_has_a_floor() =>
        Assert.Equal(Floors.SelectMany(floor => floor).Order(StringComparer.Ordinal), Folders.Select(folder => folder.Name).Order(StringComparer.Ordinal));

    [Fact]
    public void A_folder_refers_only_to_lower_floors()
    {
        var upward = from folder in Folders
                     from other in folder.References(Folders, "PushGateway")
                     where FloorOf(other) >= FloorOf(folder)
                     select $"{folder.Name} refers to {other.Name}";

        Assert.Empty(upward);
    }

    [Fact]
    public void References_are_found_in_using_directives_qualified_names_and_types_of_the_folder_around()
    {
        Assert.Contains(Folders.Single(folder => folder.Name == "Delivery").References(Folders, "PushGateway"), other => other.Name == "Sinks");
        Assert.Contains(Folders.Single(folder => folder.Name == "Queue").References(Folders, "PushGateway"), other => other.Name == "Formats");
        Assert.Contains(Folders.Single(folder => folder.Name == "Configuration").Types, type => type == "SettingsReader");
    }

    private static int FloorOf(SourceFolder folder) => Array.FindIndex(Floors, floor => floor.Contains(folder.Name));
}
