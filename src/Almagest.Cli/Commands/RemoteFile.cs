using Almagest.Cli.Reports;
using Almagest.Cli.Shell;

namespace Almagest.Cli.Commands;

/// <summary>An address where a file was expected: nothing is fetched behind the user's back, but how to do it is said.</summary>
internal static class RemoteFile
{
    /// <param name="path">as it was typed</param>
    /// <param name="command">the command that wants to read it; null where it reads no pipes</param>
    /// <exception cref="UsageException">it is an address</exception>
    public static void Refuse(string path, string? command)
    {
        if (!path.Contains("://", StringComparison.Ordinal) || File.Exists(path))
            return;
        var source = IngestReportView.Quote(path);
        var fetch = path[..path.IndexOf("://", StringComparison.Ordinal)].ToLowerInvariant() switch
        {
            "http" or "https" or "ftp" or "ftps" or "file" => $"curl -fL {source}",
            "s3" or "s3a" => $"aws s3 cp {source} -",
            "gs" => $"gcloud storage cat {source}",
            _ => null,
        };
        var hint = command switch
        {
            null => "Fetch it first, and name the file.",
            _ when fetch is null => $"Fetch it first with a program that speaks this protocol, then: almagest {command} FILE.",
            "preview" => $"Fetch it first: {fetch} | almagest preview -",
            _ => $"Fetch it first: {fetch} | almagest {command} - --dataset NAME. A service is asked by --tap or --cone.",
        };
        throw new UsageException($"{path} is an address, not a file", hint, "FILE");
    }
}
