namespace Cupola.Evaluation;

/// <summary>A confidence interval of 95 %: of a hundred experiments' intervals, about ninety-five hold the true value.</summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
public sealed record Interval(double Low, double High)
{
    /// <summary>How often an interval shall hold the true value.</summary>
    internal const double Confidence = 0.95;
}
