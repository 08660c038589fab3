using System.Text.Json.Nodes;
using Almagest.Catalog.Writing.Hats;
using Almagest.Cli.Shell;

namespace Almagest.Cli.Commands;

/// <summary>Writes a HATS catalogue, a folder, and says what was written.</summary>
internal static class HatsOutput
{
    /// <summary>What <c>--format</c> calls it.</summary>
    public const string Name = "hats";

    /// <summary>A catalogue that is written.</summary>
    public sealed record Written(string Folder, long Rows, long Bytes, int Pixels, JsonObject Provenance)
    {
        public Dictionary<string, object?> Document()
        {
            var document = new Dictionary<string, object?>
            {
                ["folder"] = Folder,
                ["format"] = Name,
                ["rows"] = Rows,
                ["bytes"] = Bytes,
                ["pixels"] = Pixels,
                ["provenance"] = Provenance,
            };
            if (Provenance["run_id"] is { } run)
                document["run_id"] = run;
            return document;
        }

        public string Sentence(string path) =>
            $"Wrote {ConsoleText.Plural(Rows, "star", "stars")} in {ConsoleText.Plural(Pixels, "cell", "cells")} to {path} "
            + $"({ConsoleText.Bytes(Bytes)}).";
    }

    /// <summary>Writes it, and answers.</summary>
    public static async Task AnswerAsync(CommandShell shell, string path, Func<Task<HatsCatalogue>> prepare)
    {
        if (path == "-")
            throw new UsageException("a HATS catalogue is a folder, and - is standard output", "Name a folder with --output.", "--output");
        using var folder = OutputFolder.Create(path);
        var written = await WriteAsync(shell, folder, prepare);
        shell.Answer(written.Document(), console => console.Say(written.Sentence(path)));
    }

    public static Task<Written> WriteAsync(CommandShell shell, OutputFolder folder, Func<Task<HatsCatalogue>> prepare) =>
        ProgressDisplay.ShowAsync(
            shell,
            "dividing over the sky",
            async progress =>
            {
                try
                {
                    var catalogue = await prepare();
                    var total = Math.Max(1, catalogue.Pixels.Sum(p => p.Rows));
                    var told = progress is null
                        ? null
                        : new SynchronousProgress<long>(n =>
                            progress.Report($"exporting {ConsoleText.Plural(n, "star", "stars")}", (double)n / total)
                        );
                    var bytes = await folder.WriteAsync(partial => catalogue.WriteAsync(partial, told, shell.CancellationToken));
                    return new Written(
                        folder.Path,
                        catalogue.Pixels.Sum(p => p.Rows),
                        bytes,
                        catalogue.Pixels.Count,
                        catalogue.Table.Provenance
                    );
                }
                catch (InvalidDataException e)
                {
                    throw new CommandFailedException(e.Message, "What it is written from has changed meanwhile: write it again.", e);
                }
            }
        );
}
