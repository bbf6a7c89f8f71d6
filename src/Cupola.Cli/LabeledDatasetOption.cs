using System.Collections.Frozen;
using System.CommandLine;
using Cupola.Data;
using Cupola.Evaluation;

namespace Cupola.Cli;

/// <summary>An option that names labeled images, with those that say how they are read.</summary>
/// <param name="name">As it is typed.</param>
/// <param name="description">What the images are for.</param>
/// <param name="beside">An option of the same command whose ways of reading hold for this one too.</param>
internal sealed class LabeledDatasetOption(string name, string description, LabeledDatasetOption? beside = null)
{
    private readonly Option<string> _dataset = new(name) { Description = description, HelpName = "DATASET" };

    private readonly CacheOption _caching = beside?._caching ?? new();

    private readonly FetchOption _fetch = beside?._fetch ?? new();

    public void AddTo(Command command)
    {
        command.Options.Add(_dataset);
        if (beside is null)
        {
            _caching.AddTo(command);
            _fetch.AddTo(command);
        }
    }

    public bool IsNamed(ParseResult parsed) => Name(parsed) is not null;

    /// <summary>What the command line calls the images; null where it names none.</summary>
    public string? Name(ParseResult parsed) => parsed.GetValue(_dataset);

    /// <summary>The images; null where the command line names none.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="labels">What there is to choose from; null takes the dataset's own.</param>
    public LabeledDataset? Open(ParseResult parsed, IReadOnlyList<string>? labels) =>
        Name(parsed) is { } dataset ? LabeledDataset.Read(dataset, labels, _fetch.Read(parsed), StandardStreams.Log) : null;

    /// <summary>The same of examples, whose classes are named as labels.</summary>
    public LabeledDataset? OpenExamples(ParseResult parsed, IReadOnlyList<string> labels) =>
        Name(parsed) is { } dataset
            ? LabeledDataset.ReadExamples(
                dataset,
                labels,
                FrozenDictionary<string, string>.Empty,
                _fetch.Read(parsed),
                StandardStreams.Log
            )
            : null;

    /// <summary>The labels of the images as they are stored.</summary>
    public IReadOnlyList<string> ReadLabels(ParseResult parsed) =>
        LabeledImages.Open(Name(parsed)!, fetch: _fetch.Read(parsed)).Labels;

    /// <inheritdoc cref="CacheOption.Embed"/>
    public EmbeddedDataset Embed(
        ParseResult parsed,
        LabeledDataset dataset,
        ClipEmbedder embedder,
        CancellationToken cancellationToken
    ) => _caching.Embed(parsed, dataset, embedder, cancellationToken);
}
