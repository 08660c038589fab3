namespace Almagest.Charts.Drawing;

/// <summary>The shape of a mark: clusters are told apart by shape as well as by colour.</summary>
internal enum MarkShape
{
    Circle,
    Square,
    Triangle,
    Diamond,
    TriangleDown,
    Plus,
}
