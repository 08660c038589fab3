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
    static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>What fixtures may take between two tests.</summary>
    static readonly TimeSpan Pause = TimeSpan.FromMinutes(3);

    const int HangCode = 70;

    static readonly HashSet<Entry> Running = [];
    static readonly Thread Watcher = new(Watch) { IsBackground = true, Name = "test watch" };
    static long lastEvent;

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
        lock (Running)
        {
            Running.Add(entry);
            lastEvent = entry.Start;
            if (Watcher.ThreadState.HasFlag(System.Threading.ThreadState.Unstarted)) Watcher.Start();
        }
        return entry;
    }

    /// <exception cref="TimeoutException">The test took longer than its limit.</exception>
    internal static void End(Entry entry)
    {
        lock (Running)
        {
            Running.Remove(entry);
            lastEvent = Stopwatch.GetTimestamp();
        }
        if (entry.Elapsed > entry.Limit && entry.Elapsed > entry.Limit * Stretch() && !Debugger.IsAttached)
            throw new TimeoutException($"The test took {entry.Elapsed.TotalSeconds:0} s; its limit is {entry.Limit.TotalSeconds:0} s.");
    }

    static void Watch()
    {
        while (true)
        {
            Thread.Sleep(500);
            if (Debugger.IsAttached) continue;
            Entry[] running;
            TimeSpan pause;
            lock (Running)
            {
                running = [.. Running];
                pause = Stopwatch.GetElapsedTime(lastEvent);
            }
            var stretch = Stretch();
            foreach (var late in running.Where(e => e.Elapsed > e.Limit * stretch && !e.IsCancelled))
            {
                late.IsCancelled = true;
                Console.Error.WriteLine($"test watch: {late.Name} has taken {late.Elapsed.TotalSeconds:0} s and is cancelled.");
                late.Cancel();
            }
            var hanging = running.Where(e => e.Elapsed > (e.Limit + Grace) * stretch).ToList();
            if (hanging.Count > 0)
                Stop($"{string.Join(", ", hanging.Select(e => e.Name))} {(hanging.Count == 1 ? "hangs" : "hang")}", running);
            if (running.Length == 0 && pause > Pause * stretch)
                Stop($"no test has begun or ended for {pause.TotalSeconds:0} s: a fixture hangs", running);
        }
    }

    static void Stop(string why, Entry[] running)
    {
        Console.Error.WriteLine($"test watch: {why}. The program ends; running were:");
        foreach (var entry in running) Console.Error.WriteLine($"  {entry.Name}, for {entry.Elapsed.TotalSeconds:0} s");
        Console.Error.Flush();
        // What ends the throw-away database runs at the process's exit, and may hang as well.
        new Thread(() =>
        {
            Thread.Sleep(TimeSpan.FromSeconds(60));
            Environment.FailFast("the end of the test program hangs");
        }) { IsBackground = true }.Start();
        Environment.Exit(HangCode);
    }
}
