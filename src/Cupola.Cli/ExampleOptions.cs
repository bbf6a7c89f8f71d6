using System.CommandLine;
using System.Globalization;
using Cupola.Evaluation;
using Cupola.FewShot;
using Cupola.Reports;

namespace Cupola.Cli;

/// <summary>The options that say which labeled examples help a classifier, and how.</summary>
internal sealed class ExampleOptions
{
    private static readonly Dictionary<string, FewShotMethod> Names = new(StringComparer.Ordinal)
    {
        ["auto"] = FewShotMethod.Auto,
        ["zero-shot"] = FewShotMethod.ZeroShot,
        ["class-mean"] = FewShotMethod.ClassMean,
        ["tip-adapter"] = FewShotMethod.TipAdapter,
        ["gda"] = FewShotMethod.Gda,
        ["proker"] = FewShotMethod.ProKeR,
        ["linear-probe"] = FewShotMethod.LinearProbe,
    };

    private readonly LabeledDatasetOption _examples;

    private readonly Option<string> _method = new("--method")
    {
        Description =
            "How examples change the answers: auto (the default) leaves examples out and takes what answers best for them; "
            + "zero-shot, class-mean, tip-adapter, gda, proker, linear-probe.",
        HelpName = "M",
    };

    private readonly NumberOption<double> _alpha = new("--alpha", 0, Factors.Most)
    {
        Description = "How much examples count beside the prompts (tip-adapter, gda; proker's lambda); chosen where not named.",
        HelpName = "A",
    };

    private readonly NumberOption<double> _beta = new("--beta", 0, Factors.Most)
    {
        Description = "How fast an example's weight falls with its distance (tip-adapter, proker); chosen where not named.",
        HelpName = "B",
    };

    /// <param name="beside">The command's other labeled images, read in the same way.</param>
    public ExampleOptions(LabeledDatasetOption beside) =>
        _examples = new(
            "--examples",
            "Labelled images that make the answers better: a folder with a folder for each label, a table or shards.",
            beside
        );

    public void AddTo(Command command)
    {
        _examples.AddTo(command);
        command.Options.Add(_method);
        command.Options.Add(_alpha);
        command.Options.Add(_beta);
    }

    public bool AreNamed(ParseResult parsed) => _examples.IsNamed(parsed);

    /// <summary>The labels that the examples have.</summary>
    public IReadOnlyList<string> ReadLabels(ParseResult parsed) => _examples.ReadLabels(parsed);

    /// <summary>Refuses what cannot be together before anything that takes long.</summary>
    public void Check(ParseResult parsed)
    {
        FewShotMethod method = Method(parsed);
        bool hasAlpha = parsed.GetValue(_alpha) is not null,
            hasBeta = parsed.GetValue(_beta) is not null;
        string? why =
            !AreNamed(parsed) && (parsed.GetValue(_method) is not null || hasAlpha || hasBeta)
                ? "--method, --alpha and --beta say how examples are used; name a folder of them by --examples."
            : method == FewShotMethod.Auto && (hasAlpha || hasBeta)
                ? "--method auto chooses its factors itself; name a method, or omit --alpha and --beta."
            : hasAlpha && method is FewShotMethod.ZeroShot or FewShotMethod.ClassMean or FewShotMethod.LinearProbe
                ? $"{Name(method)} has no factor; omit --alpha."
            : hasBeta && method is not (FewShotMethod.TipAdapter or FewShotMethod.ProKeR)
                ? $"{Name(method)} has no --beta; tip-adapter and proker have."
            : null;
        if (why is not null)
        {
            throw new ArgumentException(why);
        }
    }

    /// <summary>The examples; null where the command line names none.</summary>
    public LabeledDataset? Open(ParseResult parsed, IReadOnlyList<string> labels) => _examples.OpenExamples(parsed, labels);

    /// <summary>Embeds the examples, with progress where a person looks on.</summary>
    public EmbeddedDataset Embed(
        ParseResult parsed,
        LabeledDataset examples,
        ClipEmbedder embedder,
        CancellationToken cancellationToken
    ) => _examples.Embed(parsed, examples, embedder, cancellationToken);

    /// <summary>A classifier that goes by the examples, and what was chosen, told on standard error.</summary>
    public FewShotClassifier Create(
        ParseResult parsed,
        ZeroShotClassifier zeroShot,
        EmbeddedDataset examples,
        CancellationToken cancellationToken
    )
    {
        FewShotClassifier classifier = FewShotClassifier.Create(
            zeroShot,
            examples.Embeddings,
            examples.Truths,
            Method(parsed),
            parsed.GetValue(_alpha),
            parsed.GetValue(_beta),
            cancellationToken
        );
        Tell(classifier.Choice, examples.Truths.Count, examples.Truths.Distinct().Count());
        return classifier;
    }

    /// <summary>What the command line calls a method.</summary>
    public static string Name(FewShotMethod method) => Names.Single(entry => entry.Value == method).Key;

    /// <summary>The choice as a program reads it.</summary>
    public static object Line(FewShotChoice choice) =>
        new
        {
            Method = Name(choice.Method),
            choice.Alpha,
            choice.Beta,
            choice.Expected,
            ExpectedLow = choice.ExpectedInterval?.Low,
            ExpectedHigh = choice.ExpectedInterval?.High,
            choice.ZeroShot,
        };

    private FewShotMethod Method(ParseResult parsed)
    {
        string name = parsed.GetValue(_method) ?? "auto";
        return Names.TryGetValue(name, out FewShotMethod method)
            ? method
            : throw new ArgumentException($"There is no method '{name}'; there are {string.Join(", ", Names.Keys)}.");
    }

    private static void Tell(FewShotChoice choice, int examples, int labels)
    {
        string factors = (choice.Alpha, choice.Beta) switch
        {
            ({ } alpha, { } beta) => Text($" (alpha {alpha}, beta {beta})"),
            ({ } alpha, null) => Text($" (alpha {alpha})"),
            _ => "",
        };
        string expected = choice is { Expected: { } share, ExpectedInterval: { } interval, ZeroShot: { } alone }
            ? Text($"; of examples that are left out it gets {share * 100:0.0} % right ({interval.Low * 100:0.0} to ")
                + Text($"{interval.High * 100:0.0} %), the prompts alone {alone * 100:0.0} %")
            : "";
        Console.Error.WriteLine(
            $"Method {Name(choice.Method)}{factors}, judged by {NumberFormat.Count(examples, "example")} of "
                + $"{NumberFormat.Count(labels, "label")}{expected}."
        );
        foreach (string note in choice.Notes)
        {
            Console.Error.WriteLine(note);
        }

        static string Text(FormattableString words) => words.ToString(CultureInfo.InvariantCulture);
    }
}
