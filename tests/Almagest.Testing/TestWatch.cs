using System.Diagnostics;
using System.Globalization;

namespace Almagest.Testing;

/// <summary>
/// Ends what hangs. A test that passes its limit is cancelled, and fails even if it comes to its end. One that does not heed the
/// cancellation, or a fixture that hangs while no test runs, ends the program: the names of what was running are written to the standard
/// error.
/// </summary>
public static class TestWatch
{
    /// <summary>What a test may take that says nothing else (<see cref="TimeLimitAttribute"/>).</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    /// <summary>What a cancelled test has to clean up.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(30);

    /// <summary>What fixtures may take between two tests.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(3);

    private const int HangCode = 70;

    private static readonly HashSet<Entry> s_running = [];
    private static readonly Thread s_watcher = new(Watch) { IsBackground = true, Name = "test watch" };
    private static long s_lastEvent;

    /// <summary>A running test.</summary>
    internal sealed record Entry(string Name, TimeSpan Limit, Action Cancel, long Start)
    {
        public bool IsCancelled { get; set; }

        public TimeSpan Elapsed => Stopwatch.GetElapsedTime(Start);

        // Two runs of one test are two entries.
        public bool Equals(Entry? other) => ReferenceEquals(this, other);

        public override int GetHashCode() => Start.GetHashCode();
    }

    /// <summary>
    /// How much longer things may take on a machine that has more work than processors: a limit is to find what hangs and not what waits
    /// for its turn.
    /// </summary>
    public static double Stretch()
    {
        try
        {
            var load = double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
            return Math.Clamp(load / (2 * Environment.ProcessorCount), 1, 10);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            return 1;
        }
    }

    internal static Entry Begin(string name, TimeSpan limit, Action cancel)
    {
        var entry = new Entry(name, limit, cancel, Stopwatch.GetTimestamp());
        lock (s_running)
        {
            s_running.Add(entry);
            s_lastEvent = entry.Start;
            if (s_watcher.ThreadState.HasFlag(System.Threading.ThreadState.Unstarted))
                s_watcher.Start();
        }
        return entry;
    }

    /// <exception cref="TimeoutException">The test took longer than its limit.</exception>
    internal static void End(Entry entry)
    {
        lock (s_running)
        {
            s_running.Remove(entry);
            s_lastEvent = Stopwatch.GetTimestamp();
        }
        if (entry.Elapsed > entry.Limit && entry.Elapsed > entry.Limit * Stretch() && !Debugger.IsAttached)
            throw new TimeoutException($"The test took {entry.Elapsed.TotalSeconds:0} s; its limit is {entry.Limit.TotalSeconds:0} s.");
    }

    private static void Watch()
    {
        while (true)
        {
            Thread.Sleep(500);
            if (Debugger.IsAttached)
                continue;
            Entry[] running;
            TimeSpan pause;
            lock (s_running)
            {
                running = [.. s_running];
                pause = Stopwatch.GetElapsedTime(s_lastEvent);
            }
            var stretch = Stretch();
            foreach (var late in running.Where(e => e.Elapsed > e.Limit * stretch && !e.IsCancelled))
            {
                late.IsCancelled = true;
                Console.Error.WriteLine($"test watch: {late.Name} has taken {late.Elapsed.TotalSeconds:0} s and is cancelled.");
                late.Cancel();
            }
            var hanging = running.Where(e => e.Elapsed > (e.Limit + s_grace) * stretch).ToList();
            if (hanging.Count > 0)
                Stop($"{string.Join(", ", hanging.Select(e => e.Name))} {(hanging.Count == 1 ? "hangs" : "hang")}", running);
            if (running.Length == 0 && pause > s_pause * stretch)
                Stop($"no test has begun or ended for {pause.TotalSeconds:0} s: a fixture hangs", running);
        }
    }

    private static void Stop(string why, Entry[] running)
    {
        Console.Error.WriteLine($"test watch: {why}. The program ends; running were:");
        foreach (var entry in running)
            Console.Error.WriteLine($"  {entry.Name}, for {entry.Elapsed.TotalSeconds:0} s");
        Console.Error.Flush();
        // What ends the throw-away database runs at the process's exit, and may hang as well.
        new Thread(() =>
        {
            Thread.Sleep(TimeSpan.FromSeconds(60));
            Environment.FailFast("the end of the test program hangs");
        })
        {
            IsBackground = true,
        }.Start();
        Environment.Exit(HangCode);
    }
}
