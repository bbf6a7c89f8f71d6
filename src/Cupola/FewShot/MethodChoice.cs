using Cupola.Evaluation;
using static System.FormattableString;

namespace Cupola.FewShot;

/// <summary>Chooses a method and its factors by leaving examples out.</summary>
/// <param name="examples">The examples.</param>
/// <param name="folds">How many folds at most.</param>
internal sealed class MethodChoice(ExampleSet examples, int folds = MethodChoice.Folds)
{
    /// <summary>More of them change little and take longer.</summary>
    private const int Folds = 5;

    private readonly List<string> _notes = [];

    /// <summary>The method that is asked for, with the factors that are named or else chosen.</summary>
    /// <param name="name">The method.</param>
    /// <param name="alpha">The factor of that name; null where it is to be chosen.</param>
    /// <param name="beta">The same.</param>
    /// <param name="cancellationToken">Stops between settings.</param>
    /// <exception cref="InvalidDataException">The examples do not suffice for the method.</exception>
    public FewShotChoice Choose(FewShotMethod name, double? alpha, double? beta, CancellationToken cancellationToken)
    {
        CrossValidation? validation = examples.Most > 1 ? new(examples, folds) : null;
        Trial? zeroShot = validation?.ZeroShot();
        if (name == FewShotMethod.ZeroShot)
        {
            return Choice(zeroShot, zeroShot, null, default);
        }

        if (name == FewShotMethod.Auto)
        {
            return Auto(validation, zeroShot, cancellationToken);
        }

        ExampleMethod method = ExampleMethod.All.Single(each => each.Name == name);
        if (WhyNot(method) is { } why)
        {
            throw new InvalidDataException(why);
        }

        IReadOnlyList<Factors> grid = Grid(method, alpha, beta);
        Trial? trial = validation is null ? null : Best(validation.Try(method, grid, cancellationToken));
        if (trial is not null && zeroShot is not null && trial.Loss >= zeroShot.Loss)
        {
            _notes.Add("The examples do not help here: left out, they are better answered by the prompts alone.");
        }

        return Choice(trial, zeroShot, method, trial?.Factors ?? grid[0]);
    }

    private FewShotChoice Auto(CrossValidation? validation, Trial? zeroShot, CancellationToken cancellationToken)
    {
        if (validation is null || zeroShot is null)
        {
            TipAdapterMethod first = new();
            _notes.Add("With one example a label nothing can be left out to judge by, so Tip-Adapter's usual factors are taken.");
            return Choice(null, null, first, first.Unchosen);
        }

        List<Trial> trials = [];
        foreach (ExampleMethod method in ExampleMethod.All)
        {
            if (examples.Count > method.MostTried)
            {
                _notes.Add(
                    Invariant($"{method.Name} was not tried: it takes too long with more than {method.MostTried} examples.")
                );
            }
            else if (WhyNot(method) is null)
            {
                trials.AddRange(validation.Try(method, Grid(method, null, null), cancellationToken));
            }
        }

        Trial best = Best(trials);
        if (IsClearlyBetter(best, zeroShot))
        {
            return Choice(best, zeroShot, best.Method, best.Factors);
        }

        _notes.Add("The examples do not help clearly, so the prompts answer alone.");
        return Choice(zeroShot, zeroShot, null, default);
    }

    /// <summary>Why a method cannot go by these examples; null where it can.</summary>
    private string? WhyNot(ExampleMethod method) =>
        !method.AllowsMissing && examples.Missing.Any()
            ? Invariant(
                $"{method.Name} needs examples of every label, and {examples.Missing.Count()} have none; "
            ) + "Tip-Adapter and ProKeR do without."
        : method.NeedsTwo && examples.Most < 2
            ? Invariant($"{method.Name} needs two examples of some label, and there is one of each; name more, or another method.")
        : null;

    private IReadOnlyList<Factors> Grid(ExampleMethod method, double? alpha, double? beta)
    {
        IReadOnlyList<Factors> grid = examples.Fewest >= method.FewestToChoose ? method.Grid : [method.Unchosen];
        return
        [
            .. grid.Select(factors => new Factors(
                    factors.Alpha is null ? null : alpha ?? factors.Alpha,
                    factors.Beta is null ? null : beta ?? factors.Beta
                ))
                .Distinct(),
        ];
    }

    /// <summary>The least loss; of equal ones the first.</summary>
    private static Trial Best(IReadOnlyList<Trial> trials) => trials.MinBy(static trial => trial.Loss)!;

    /// <summary>Whether the loss is less by more than one standard error of the difference.</summary>
    private static bool IsClearlyBetter(Trial trial, Trial zeroShot)
    {
        double[] gains = [.. zeroShot.Losses.Zip(trial.Losses, static (without, with) => without - with)];
        double mean = gains.Average(),
            squares = gains.Sum(gain => (gain - mean) * (gain - mean));
        double error = Math.Sqrt(squares / Math.Max(1, gains.Length - 1) / gains.Length);
        return mean > error;
    }

    private FewShotChoice Choice(Trial? trial, Trial? zeroShot, ExampleMethod? method, Factors factors) =>
        new(
            method?.Name ?? FewShotMethod.ZeroShot,
            factors.Alpha,
            factors.Beta,
            trial is null ? null : (double)trial.Right / trial.Losses.Length,
            trial is null ? null : WilsonInterval.Compute(trial.Right, trial.Losses.Length),
            zeroShot is null ? null : (double)zeroShot.Right / zeroShot.Losses.Length,
            _notes
        );
}
