using System.Xml.Linq;
using PushGateway.Testing;
using Xunit;

namespace PushGateway.Core.Tests.Architecture;

/// <summary>What each product project may refer to.</summary>
public sealed class ProjectReferenceTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["src/Core"] = ["Snappier"],
        ["src/Aws"] = ["Core", "AWSSDK.*", "Microsoft.AspNetCore.App"],
        ["src/Embedded"] = ["Core", "Microsoft.Data.Sqlite"],
        ["src/Hosting"] = ["Core", "Aws", "OpenTelemetry.*", "Microsoft.AspNetCore.App"],
        ["src/Api"] = ["Core", "Aws", "Embedded", "Hosting", "FluentValidation", "OpenTelemetry.*", "Swashbuckle.AspNetCore", "Amazon.Lambda.*"],
        ["src/Worker"] = ["Core", "Aws", "Hosting", "Amazon.Lambda.*"],
        ["infra"] = ["Amazon.CDK.Lib", "Constructs"],
    };

    [Fact]
    public void Every_product_project_has_its_row() =>
        Assert.Equal(
            Allowed.Keys.Order(StringComparer.Ordinal),
            Directory.GetDirectories(RepositoryRoot.Combine("src")).Where(folder => Directory.EnumerateFiles(folder, "*.csproj").Any())
                .Select(folder => "src/" + Path.GetFileName(folder)).Append("infra").Order(StringComparer.Ordinal));

    [Fact]
    public void A_project_refers_only_to_what_it_may() =>
        Assert.Empty(
            from row in Allowed
            from reference in References(row.Key)
            where !row.Value.Any(allowed => allowed == reference || (allowed.EndsWith('*') && reference.StartsWith(allowed[..^1], StringComparison.Ordinal)))
            select $"{row.Key} refers to {reference}");

    private static IEnumerable<string> References(string project) =>
        from file in Directory.EnumerateFiles(RepositoryRoot.Combine(project), "*.csproj")
        from element in XDocument.Load(file).Descendants()
        where element.Name.LocalName is "PackageReference" or "ProjectReference" or "FrameworkReference"
        let include = (string?)element.Attribute("Include")
        where include is not null
        select element.Name.LocalName == "ProjectReference" ? Path.GetFileNameWithoutExtension(include)["PushGateway.".Length..] : include;
}
