namespace Almagest.Cli.Shell;

/// <summary>What the program answers to whoever started it.</summary>
internal static class ExitCodes
{
    /// <summary>It did what was asked.</summary>
    public const int Done = 0;

    /// <summary>It failed, or a check found differences.</summary>
    public const int Failed = 1;

    /// <summary>The command, an option or a value was not understood; nothing was done.</summary>
    public const int BadUsage = 2;

    /// <summary>Ended by Ctrl-C, as shells count it.</summary>
    public const int Cancelled = 130;
}
