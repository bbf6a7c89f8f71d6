namespace Cupola.Evaluation;

/// <summary>
/// A 95 % confidence interval: of the intervals of a hundred experiments, about ninety-five contain the true value.
/// </summary>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
public sealed record Interval(double Low, double High)
{
    /// <summary>The probability with which an interval contains the true value.</summary>
    internal const double Confidence = 0.95;
}
