using System.CommandLine;
using Almagest.Charts.Export;
using Almagest.Cli.Shell;
using Almagest.Contract.Errors;

namespace Almagest.Cli.Commands;

/// <summary>Where a picture goes, and as what.</summary>
internal sealed class PictureOutput
{
    private readonly Option<string> _output = new("--output", "-o")
    {
        Description = "File to write; its ending says how: .pdf, .svg or .png",
        HelpName = "FILE",
        Required = true,
    };
    private readonly Option<string?> _width = OptionFactory.Text(
        "--width",
        "WIDTH",
        $"How wide it is printed, which its words follow: {FigureSize.Forms} (default: as pages show it)"
    );
    private readonly Option<double?> _scale = OptionFactory.Real(
        "--scale",
        "S",
        "Pixels of a PNG for each unit of the drawing, instead of its width (default 2; 0.5 to 8)"
    );
    private readonly Option<bool> _bare = new("--no-caption") { Description = "Without title and caption, which journals set themselves" };

    public void AddTo(Command command)
    {
        command.Add(_output);
        command.Add(_width);
        command.Add(_scale);
        command.Add(_bare);
    }

    public FigureSize? Size(ParseResult parsed)
    {
        try
        {
            return parsed.GetValue(_width) is { } width ? FigureSize.Parse(width, "--width") : null;
        }
        catch (LedgerException e)
        {
            throw new UsageException(e.Message, e.Remedy, "--width");
        }
    }

    public bool HasCaption(ParseResult parsed) => !parsed.GetValue(_bare);

    public void Check(ParseResult parsed)
    {
        var path = parsed.GetRequiredValue(_output);
        var format = Format(path);
        if (!Figure.Formats.Contains(format))
            throw new UsageException(
                $"{path} ends neither in .pdf nor in .svg nor in .png",
                "Name a file such as run.pdf with -o.",
                "--output"
            );
        Size(parsed);
        if (parsed.GetValue(_scale) is not { } s)
            return;
        if (format != "png")
            throw new UsageException(
                $"--scale is of PNG, and {(format == "svg" ? "an SVG" : "a PDF")} has no pixels",
                "Leave it out.",
                "--scale"
            );
        if (parsed.GetValue(_width) is not null)
            throw new UsageException("--scale and --width are both given", "Give one of them.", "--scale");
        if (s is < 0.5 or > 8)
            throw new UsageException(FormattableString.Invariant($"--scale is {s}, expected 0.5 to 8"), null, "--scale");
    }

    public async Task WriteAsync(CommandShell shell, ParseResult parsed, Figure figure)
    {
        var path = parsed.GetRequiredValue(_output);
        var bytes = figure.Write(Format(path), parsed.GetValue(_scale));
        await using (var file = OutputFile.Create(path))
            await file.WriteAsync(_ => file.Stream.WriteAsync(bytes, shell.CancellationToken).AsTask());
        shell.Answer(
            new { file = Path.GetFullPath(path), bytes = bytes.Length },
            console => console.Say($"Wrote {path} ({bytes.Length / 1024:N0} KiB).")
        );
    }

    private static string Format(string path) => Path.GetExtension(path).TrimStart('.').ToLowerInvariant();
}
