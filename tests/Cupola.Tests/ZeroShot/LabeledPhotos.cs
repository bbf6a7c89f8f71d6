using Cupola.ZeroShot;

namespace Cupola.Tests.ZeroShot;

/// <summary>Some real photos of twelve classes, embedded by a real model once for all tests.</summary>
internal sealed class LabeledPhotos
{
    private const int Classes = 12;
    private const int PhotosPerClass = 5;

    private static readonly Lazy<LabeledPhotos> Loaded = new(() => new());

    private LabeledPhotos()
    {
        Model = ClipEmbedder.Load(SharedFolder.Need("models", "photo-tiny"));
        string[] folders =
        [
            .. Directory
                .EnumerateDirectories(SharedFolder.Need("data", "photo-tiny-test", "caltech80"))
                .Order(StringComparer.Ordinal)
                .Take(Classes),
        ];
        Labels = [.. folders.Select(folder => Path.GetFileName(folder))];
        Files =
        [
            .. folders.SelectMany(folder => Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal).Take(PhotosPerClass)),
        ];
        LabelOfPhoto = [.. Enumerable.Range(0, Files.Count).Select(index => index / PhotosPerClass)];
        float[] values = [.. Model.EmbedImages(Files).SelectMany(image => image.Vector!)];
        Embeddings = new(values, Files.Count, Model.Config.EmbeddingDimension);
        Written = PromptSet.Read(SharedFolder.Need("data", "cupl", "cal_prompts_full.json")).Select(Labels).Prompts;
        Encoded = EncodedPrompts.Encode(Model, Written);
    }

    public ClipEmbedder Model { get; }

    public IReadOnlyList<string> Labels { get; }

    public IReadOnlyList<string> Files { get; }

    public EmbeddingMatrix Embeddings { get; }

    public IReadOnlyList<int> LabelOfPhoto { get; }

    /// <summary>CuPL's sentences of the classes, thirty each.</summary>
    public PromptSet Written { get; }

    public EncodedPrompts Encoded { get; }

    /// <summary>The photos, or a skipped test where they are absent.</summary>
    public static LabeledPhotos Need()
    {
        SharedFolder.Need("models", "photo-tiny");
        return Loaded.Value;
    }

    /// <summary>How many photos a classifier answers rightly.</summary>
    public int Right(ZeroShotClassifier classifier) =>
        Files.Index().Count(photo => classifier.Classify(Embeddings[photo.Index])[0].Label == Labels[LabelOfPhoto[photo.Index]]);
}
