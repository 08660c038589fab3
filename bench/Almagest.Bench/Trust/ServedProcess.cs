using System.Diagnostics;
using System.Globalization;

namespace Almagest.Bench.Trust;

/// <summary>A server with two workers in a process of its own.</summary>
internal sealed class ServedProcess : IDisposable
{
    private readonly Process _process;
    private bool _isGone;

    private ServedProcess(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    public static async Task<ServedProcess> StartAsync(string connection)
    {
        var process = Process.Start(
            new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Almagest.ServerProbe.dll"), connection])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;
        var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("the server does not start");
        return new ServedProcess(process, new Uri(line["ready ".Length..]));
    }

    /// <summary>Resident bytes.</summary>
    public long Memory() =>
        long.Parse(
            File.ReadLines($"/proc/{_process.Id}/status")
                .First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        ) << 10;

    public void Dispose()
    {
        if (_isGone)
            return;
        _isGone = true;
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
