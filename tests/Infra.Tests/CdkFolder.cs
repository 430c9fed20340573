using System.IO.Compression;
using PushGateway.Infra.Tests;
using Xunit;
using Code = Amazon.CDK.AWS.Lambda.Code;

[assembly: AssemblyFixture(typeof(CdkFolder))]

namespace PushGateway.Infra.Tests;

/// <summary>The folder that the CDK works in while the tests run, and stand-ins for the functions' zips in it.</summary>
public sealed class CdkFolder : IDisposable
{
    private static string? _path;

    private readonly ThrowawayFolder _folder = new();

    public CdkFolder() => _path = Path.GetTempPath();

    /// <summary>A new folder in it.</summary>
    public static string NewFolder() => Directory.CreateTempSubdirectory("test-").FullName;

    /// <summary>A zip that has only a name to tell it by.</summary>
    public static Code Zip(string function)
    {
        var path = Path.Combine(_path!, $"{function}.zip");
        if (!File.Exists(path))
        {
            using var zip = ZipFile.Open(path, ZipArchiveMode.Create);
            using var bootstrap = new StreamWriter(zip.CreateEntry("bootstrap").Open());
            bootstrap.Write($"#!/bin/sh\n# {function}\n");
        }

        return Code.FromAsset(path);
    }

    public void Dispose() => _folder.Dispose();
}
