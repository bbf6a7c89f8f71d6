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

    private readonly CrossValidation? _validation = examples.Most > 1 ? new(examples, folds) : null;
    private readonly Dictionary<FewShotMethod, IReadOnlyList<Trial>?> _trials = [];

    /// <summary>The methods for which there are examples enough.</summary>
    public IEnumerable<ExampleMethod> Sufficed => ExampleMethod.All.Where(method => Lack(method) is null);

    /// <summary>The prompts alone, on the examples that are left out; null where none can be.</summary>
    private Trial? ZeroShot => field ??= _validation?.ZeroShot();

    /// <summary>The method that is asked for, with the factors that are named or else chosen.</summary>
    /// <param name="name">The method.</param>
    /// <param name="alpha">The factor of that name; null where it is to be chosen.</param>
    /// <param name="beta">The same.</param>
    /// <param name="cancellationToken">Stops between settings.</param>
    /// <exception cref="InvalidDataException">The examples do not suffice for the method.</exception>
    public FewShotChoice Choose(FewShotMethod name, double? alpha, double? beta, CancellationToken cancellationToken)
    {
        if (name == FewShotMethod.Auto)
        {
            return ChooseMethod(cancellationToken);
        }

        if (name == FewShotMethod.ZeroShot)
        {
            return Choice(ZeroShot, null, default, []);
        }

        ExampleMethod method = ExampleMethod.All.Single(each => each.Name == name);
        if (Lack(method) is { } lack)
        {
            throw new InvalidDataException(lack);
        }

        if (LacksScatter(method))
        {
            throw new InvalidDataException(
                $"{method.Name} needs examples of some label that differ, and those of every label are alike; name more, or "
                    + "another method."
            );
        }

        if (!CanBeTried(method))
        {
            return Choice(null, method, Named(method.Unchosen, alpha, beta), []);
        }

        IReadOnlyList<Trial>? trials =
            alpha is null && beta is null
                ? Try(method, cancellationToken)
                : _validation!.Try(
                    method,
                    [.. method.Grid.Select(factors => Named(factors, alpha, beta)).Distinct()],
                    cancellationToken
                );
        if (trials is null)
        {
            return Choice(
                null,
                method,
                Named(method.Unchosen, alpha, beta),
                [$"{method.Name} cannot be judged by leaving examples out: those that stay are alike in every label."]
            );
        }

        Trial trial = Best(trials);
        return Choice(
            trial,
            method,
            trial.Factors,
            trial.Loss < ZeroShot!.Loss
                ? []
                : ["The examples do not help: those that are left out are better answered by the prompts alone."]
        );
    }

    /// <summary>Why a method that has examples enough is not tried beside others, in a sentence; null where it is.</summary>
    public string? WhyNotTried(ExampleMethod method, CancellationToken cancellationToken) =>
        examples.Count > method.MostTried
            ? Invariant($"{method.Name} is not tried: it takes too long with more than {method.MostTried} examples.")
        : LacksScatter(method) ? $"{method.Name} is not tried: the examples of every label are alike."
        : CanBeTried(method) && Try(method, cancellationToken) is null
            ? $"{method.Name} is not tried: without those that are left out, the examples of every label are alike."
        : null;

    private FewShotChoice ChooseMethod(CancellationToken cancellationToken)
    {
        if (_validation is null)
        {
            TipAdapterMethod first = new();
            return Choice(
                null,
                first,
                first.Unchosen,
                ["With one example a label none can be left out to judge by, so Tip-Adapter is taken with its authors' factors."]
            );
        }

        List<string> notes = [];
        List<Trial> trials = [];
        foreach (ExampleMethod method in Sufficed.Where(CanBeTried))
        {
            if (WhyNotTried(method, cancellationToken) is { } why)
            {
                notes.Add(why);
            }
            else
            {
                trials.AddRange(Try(method, cancellationToken)!);
            }
        }

        // Prompts may be too sure of themselves: what is less sure has the better loss without being right more often.
        Trial[] asRight = [.. trials.Where(trial => trial.Share >= ZeroShot!.Share)];
        if (asRight.Length > 0 && Best(asRight) is var best && IsClearlyBetter(best, ZeroShot!))
        {
            return Choice(best, best.Method, best.Factors, notes);
        }

        notes.Add(
            _validation is { LeavesLabelsOut: true, CanLeaveLabelsOut: false }
                ? "Examples of one label alone cannot show what they do to images of others, so the prompts answer alone."
                : "The examples do not clearly help, so the prompts answer alone."
        );
        return Choice(ZeroShot, null, default, notes);
    }

    /// <summary>All settings of a method that can be tried; null where it needs scatter and a fold has none.</summary>
    private IReadOnlyList<Trial>? Try(ExampleMethod method, CancellationToken cancellationToken)
    {
        if (!_trials.TryGetValue(method.Name, out IReadOnlyList<Trial>? trials))
        {
            trials = _validation!.Try(method, method.Grid, cancellationToken);
            _trials.Add(method.Name, trials);
        }

        return trials;
    }

    /// <summary>Why there are too few examples for a method; null where there are enough.</summary>
    private string? Lack(ExampleMethod method) =>
        !method.AllowsMissing && examples.Missing.Any()
            ? Invariant($"{method.Name} needs examples of every label, and {examples.Missing.Count()} have none; ")
                + "Tip-Adapter and ProKeR do without."
        : method.NeedsTwo && examples.Most < 2
            ? Invariant(
                $"{method.Name} needs two examples of some label, and there is one of each; name more, or another method."
            )
        : null;

    private bool LacksScatter(ExampleMethod method) => method.NeedsScatter && !examples.HasScatter;

    /// <summary>Whether a method can be judged by examples that are left out.</summary>
    private bool CanBeTried(ExampleMethod method) =>
        _validation is not null
        && examples.Most >= method.FewestToChoose
        && (!_validation.LeavesLabelsOut || (method.AllowsMissing && _validation.CanLeaveLabelsOut));

    /// <summary>Factors with those that are named in place of their own.</summary>
    private static Factors Named(Factors factors, double? alpha, double? beta) =>
        new(factors.Alpha is null ? null : alpha ?? factors.Alpha, factors.Beta is null ? null : beta ?? factors.Beta);

    /// <summary>The least loss; of equal ones the first.</summary>
    private static Trial Best(IReadOnlyList<Trial> trials) => trials.MinBy(static trial => trial.Loss)!;

    /// <summary>Whether the loss is less by more than one standard error of the difference.</summary>
    private static bool IsClearlyBetter(Trial trial, Trial zeroShot)
    {
        double gain = zeroShot.Loss - trial.Loss,
            squares = 0,
            weights = 0;
        for (int index = 0; index < trial.Losses.Length; index++)
        {
            double own = trial.Weights[index] * (zeroShot.Losses[index] - trial.Losses[index] - gain);
            squares += own * own;
            weights += trial.Weights[index];
        }

        double count = trial.Losses.Length;
        return gain > Math.Sqrt(squares * count / Math.Max(1, count - 1)) / weights;
    }

    private FewShotChoice Choice(Trial? trial, ExampleMethod? method, Factors factors, IReadOnlyList<string> notes) =>
        new(
            method?.Name ?? FewShotMethod.ZeroShot,
            factors.Alpha,
            factors.Beta,
            trial?.Share,
            trial is null
                ? null
                : WilsonInterval.Compute((int)Math.Round(trial.Share * trial.Losses.Length), trial.Losses.Length),
            ZeroShot?.Share,
            notes
        );
}
