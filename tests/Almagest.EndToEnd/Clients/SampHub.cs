using System.Diagnostics;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;
using Almagest.Testing;
using Xunit;

namespace Almagest.EndToEnd.Clients;

/// <summary>A SAMP hub (JSAMP) with the web profile, which lets everybody in and all messages through, and a client that writes down every
/// message it gets.</summary>
internal sealed class SampHub : IAsyncDisposable
{
    private const string Jar = "/usr/share/java/jsamp.jar";

    // Fixed by the standard (SAMP 1.3, section 5.2.1).
    private const int Port = 21012;

    private readonly TestFolder _folder = TestFolder.Create("samp");
    private readonly List<Process> _processes = [];
    private readonly StringBuilder _heard = new();

    public static async Task<SampHub> StartAsync()
    {
        Tool.Require("java", "default-jre-headless");
        Assert.SkipUnless(File.Exists(Jar), "JSAMP is not installed: apt-get install libjsamp-java");
        Assert.SkipWhen(
            IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(l => l.Port == Port),
            $"Another SAMP hub is running here (port {Port})."
        );
        var hub = new SampHub();
        hub.Start("hub", "-mode", "no-gui", "-profiles", "std,web", "-web:auth", "true", "-web:norestrictmtypes");
        await Eventually.HoldsAsync(async () =>
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync("127.0.0.1", Port, TestContext.Current.CancellationToken);
                return File.Exists(Path.Combine(hub._folder.Path, "lock"));
            }
            catch (SocketException)
            {
                return false;
            }
        });
        hub.Start("snooper", "-clientname", "Listener");
        return hub;
    }

    private void Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("java", ["-Djava.awt.headless=true", $"-Duser.home={_folder.Path}", "-jar", Jar, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SAMP_HUB"] = $"std-lockurl:file://{_folder.Path}/lock";
        var process = new Process { StartInfo = start };
        process.OutputDataReceived += Note;
        process.ErrorDataReceived += Note;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _processes.Add(process);
    }

    private void Note(object sender, DataReceivedEventArgs line)
    {
        lock (_heard)
            _heard.AppendLine(line.Data);
    }

    public string Heard
    {
        get
        {
            lock (_heard)
                return _heard.ToString();
        }
    }

    /// <summary>Waits until the listener has got something that says so; the test's own time limit ends it.</summary>
    public Task HearsAsync(string text) => Eventually.HoldsAsync(() => Heard.Contains(text, StringComparison.Ordinal));

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
            process.Dispose();
        }
        _folder.Dispose();
    }
}
