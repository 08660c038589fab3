using Spectre.Console;

namespace Almagest.Cli.Shell;

/// <summary>Told how far some work is; cheap to call often, from any thread.</summary>
internal interface IWorkProgress
{
    /// <param name="what">the present stage, a few words</param>
    /// <param name="fraction">0 to 1; null where it cannot be known</param>
    void Report(string what, double? fraction);
}

/// <summary>One progress bar on standard error while some work goes on, gone when it is done; nothing where that is not a
/// terminal.</summary>
internal static class ProgressDisplay
{
    public static async Task<T> ShowAsync<T>(CommandShell shell, string what, Func<IWorkProgress?, Task<T>> work)
    {
        if (!shell.Terminal.ErrorIsTerminal)
            return await work(null);
        return await shell
            .Messages.Progress()
            .AutoClear(true)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn { Width = 24 },
                new PercentageColumn(),
                new ElapsedTimeColumn()
            )
            .StartAsync(async context =>
            {
                var task = context.AddTask(Markup.Escape(what), maxValue: 1);
                return await work(new Bar(task, Math.Max(20, shell.Terminal.Width - 46)));
            });
    }

    private sealed class Bar(ProgressTask task, int room) : IWorkProgress
    {
        private readonly Lock _gate = new();

        public void Report(string what, double? fraction)
        {
            lock (_gate)
            {
                task.Description = Markup.Escape(ConsoleText.Clip(what, room));
                task.IsIndeterminate = fraction is null;
                task.Value = Math.Clamp(fraction ?? 0, 0, 1);
            }
        }
    }
}

/// <summary>Reports in the caller's thread and order, unlike <see cref="Progress{T}"/>.</summary>
internal sealed class SynchronousProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
