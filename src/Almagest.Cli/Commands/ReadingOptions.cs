using System.CommandLine;
using Almagest.Catalog;
using Almagest.Cli.Shell;
using Almagest.Sky;

namespace Almagest.Cli.Commands;

/// <summary>Options of <c>ingest</c> and <c>preview</c> that say how a file is read: which table, in which system, from which right
/// ascension, at which epoch.</summary>
internal sealed class ReadingOptions
{
    private readonly Option<string?> _table = OptionFactory.Text(
        "--table",
        "NAME|N",
        "Which table of a file with several: its name, or its number from 1 (FITS, VOTable, VizieR TSV, CDS)"
    );
    private readonly Option<string?> _readMe = OptionFactory.Text(
        "--readme",
        "FILE",
        "The ReadMe that describes a CDS table byte by byte (default: ReadMe in its folder)"
    );

    private readonly Option<string[]?> _missing = new("--missing")
    {
        Description =
            "A value that means there is none, such as -999, in every column, or in one: parallax=-999; may be given several times",
        HelpName = "VALUE|COLUMN=VALUE",
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<PositionSystem?> _frame = new("--frame")
    {
        Description =
            "System of the positions, where the file does not say it or says it wrongly: icrs, fk5, fk4, galactic, or with an equinox "
            + "fk5:J1975, fk4:B1900; stars are stored in ICRS",
        HelpName = "SYSTEM",
        CustomParser = result =>
        {
            var system = PositionSystem.Parse(result.Tokens[0].Value);
            if (system is null)
                result.AddError($"--frame is '{result.Tokens[0].Value}', expected icrs, fk5, fk4, galactic, fk5:J1975 or fk4:B1900");
            return system;
        },
    };

    private readonly Option<int?> _raFrom = new("--ra-from")
    {
        Description =
            "Degrees from which the right ascensions run: 0, to 360, or -180, to 180 (of hours -12 to 12); asked for where it is not clear",
        HelpName = "0|-180",
        CustomParser = result =>
        {
            switch (result.Tokens[0].Value)
            {
                case "0":
                    return 0;
                case "-180":
                    return -180;
                default:
                    result.AddError($"--ra-from is '{result.Tokens[0].Value}', expected 0 or -180");
                    return null;
            }
        },
    };

    private readonly Option<double?> _epoch = Year(
        "--epoch",
        "Carry positions to this epoch by their proper motions, such as 2016 or J2000"
    );
    private readonly Option<double?> _catalogEpoch = Year(
        "--catalog-epoch",
        "Epoch of the catalogue's positions, where the file does not say it, such as 2016 for Gaia DR3"
    );

    /// <param name="whole">with what only a load needs</param>
    public void AddTo(Command command, bool whole)
    {
        command.Add(_table);
        command.Add(_readMe);
        command.Add(_missing);
        command.Add(_frame);
        command.Add(_raFrom);
        if (!whole)
            return;
        command.Add(_epoch);
        command.Add(_catalogEpoch);
    }

    public CatalogOpenOptions Open(ParseResult parsed)
    {
        if (parsed.GetValue(_readMe) is { } file)
            IngestCommand.RequireFiles([file]);
        return new CatalogOpenOptions
        {
            Table = parsed.GetValue(_table),
            ReadMe = parsed.GetValue(_readMe),
            Missing = [.. (parsed.GetValue(_missing) ?? []).Select(MissingValue.Parse)],
        };
    }

    public PositionSystem? Frame(ParseResult parsed) => parsed.GetValue(_frame);

    public int? RaFrom(ParseResult parsed) => parsed.GetValue(_raFrom);

    public double? Epoch(ParseResult parsed) => parsed.GetValue(_epoch);

    public double? CatalogEpoch(ParseResult parsed) => parsed.GetValue(_catalogEpoch);

    private static Option<double?> Year(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "YEAR",
            CustomParser = result =>
            {
                var year = PositionSystem.ParseEpoch(result.Tokens[0].Value);
                if (year is null)
                    result.AddError(
                        $"{name} is '{result.Tokens[0].Value}', expected a year from 1600 to 2200 such as 2016, J2000 or B1950"
                    );
                return year;
            },
        };
}
