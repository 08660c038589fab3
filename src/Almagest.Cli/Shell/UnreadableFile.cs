namespace Almagest.Cli.Shell;

/// <summary>A file that an option names and that cannot be read.</summary>
internal static class UnreadableFile
{
    /// <param name="error">what the system says</param>
    public static UsageException Report(string file, Exception error, string option) =>
        // The system says of a folder that access is denied.
        Directory.Exists(file)
            ? new UsageException($"{file} is a folder", "Name a file.", option)
            : new UsageException($"{file} cannot be read: {error.Message.TrimEnd('.')}", "Name a file that this account may read.", option);
}
