using Almagest.Charts.Drawing;
using Almagest.Contract.Runs;

namespace Almagest.Charts.Pictures;

/// <summary>A chart of stars on a page: what it shows now, and in words how much of it.</summary>
public sealed class ScatterChart
{
    private readonly Func<ChartWindow?, (string Svg, StarLayer.Drawn Drawn)> _draw;
    private readonly string _marked;
    private readonly ChartFacts _facts;
    private StarLayer.Drawn _drawn;

    /// <param name="marked">what marked stars are called: flagged stars, members</param>
    /// <param name="draw">a part; null = the frame that it begins with</param>
    internal ScatterChart(Func<ChartWindow?, (string Svg, StarLayer.Drawn Drawn)> draw, string marked, ChartFacts facts) =>
        (_draw, _marked, _facts) = (draw, marked, facts);

    public string? Svg { get; private set; }

    /// <summary>The part that it shows; null = the one that it begins with.</summary>
    public ChartWindow? Window { get; private set; }

    /// <summary>The part that it shows, whichever that is.</summary>
    public ChartWindow Shown => _drawn.Window;

    /// <summary>E.g. <c>3,000 of 6,981 members</c>, where not all that are in sight are drawn; null where they are.</summary>
    public string? Sampled =>
        _drawn.MarksDrawn < _drawn.MarksInSight
            ? $"{ChartFacts.N(_drawn.MarksDrawn)} of {ChartFacts.N(_drawn.MarksInSight)} {_marked}"
            : null;

    /// <summary>What a reader of the page is told below it.</summary>
    public string Note
    {
        get
        {
            var how = _drawn.OneByOne ? ", each drawn." : $"; their density on a logarithmic scale, in {Cells}; closer in, single stars.";
            return InSight + Outside + how + (Sampled is { } part ? $" {part} {AreDrawn}; closer in, all." : "") + Rest;
        }
    }

    /// <summary>What a reader of a paper is told below it.</summary>
    public string Caption =>
        InSight
        + Outside
        + (_drawn.OneByOne ? "." : $"; their density on a logarithmic scale, in {Cells}.")
        + (
            Sampled is { } part ? $" {part} {AreDrawn}."
            : _drawn.MarksInSight == 1 ? $" The only one of the {_marked} in sight is drawn."
            : _drawn.MarksInSight > 0 ? $" All {ChartFacts.N(_drawn.MarksInSight)} {_marked} in sight are drawn."
            : ""
        )
        + Rest;

    private string AreDrawn => _drawn.MarksDrawn == 1 ? "is drawn" : "are drawn";

    private string InSight => $"{CountText.Of(_drawn.InSight, "star", "stars")} in sight";

    private string Outside => _facts.Outside(_drawn.InSight);

    private string Cells => $"cells of {_facts.Cell(_drawn.Cell)}";

    private string Rest =>
        _drawn.Beyond switch
        {
            0 => "",
            1 => $" An arrow at the edge points at one of the {_marked} beyond the frame.",
            var beyond => $" Arrows at the edge point at {ChartFacts.N(beyond)} {_marked} beyond the frame.",
        }
        + (_drawn.Bars > 0 && _facts.Bars is { } bars ? $" {bars}" : "")
        + (_facts.Counts() is { } counts ? $" {counts}" : "")
        + (_facts.Remark is { } remark ? $" {remark}" : "");

    /// <summary>Draws another part; null = the one that it began with.</summary>
    public ScatterChart Show(ChartWindow? window)
    {
        Window = window;
        (Svg, _drawn) = _draw(window);
        return this;
    }
}
