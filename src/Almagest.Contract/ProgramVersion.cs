namespace Almagest.Contract;

/// <summary>The version of this program, as runs, exports and answers name it.</summary>
public static class ProgramVersion
{
    /// <summary>Major, minor and patch, such as <c>0.1.0</c>.</summary>
    public static string Current { get; } = typeof(ProgramVersion).Assembly.GetName().Version?.ToString(3) ?? "0";
}
