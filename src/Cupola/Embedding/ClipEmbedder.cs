using System.Runtime.CompilerServices;
using Cupola.Checkpoints;
using Cupola.Graphs;
using Cupola.Images;
using Cupola.Models;
using Cupola.Models.Quantization;
using Cupola.Runtime;
using Cupola.Text;
using static System.FormattableString;

namespace Cupola;

/// <summary>
/// A CLIP ready to use: texts and images become unit vectors in one space, in which the dot product says how well they fit. The
/// same call gives the same bits whenever it is made. It may be used from several threads at once, and is disposed by whoever
/// loaded it.
/// </summary>
public sealed partial class ClipEmbedder : IDisposable
{
    /// <summary>Images that are encoded together: enough for every thread's batch, few enough to answer steadily.</summary>
    private const int ImagesPerThread = 8;

    private readonly ClipModel _model;
    private readonly ModelFolder _folder;
    private readonly Lazy<TextTokenizer> _tokenizer;
    private readonly int _threads;
    private readonly string _device;

    private ClipEmbedder(ClipModel model, ModelFolder folder, Engine engine)
    {
        _model = model;
        _folder = folder;
        _threads = engine.Threads;
        _device = engine.Device;
        Engine = engine;
        _tokenizer = new(() => folder.LoadTokenizer(Layout, Config.Text));
    }

    /// <summary>The architecture.</summary>
    internal ClipConfig Config => _model.Config;

    /// <summary>What happens to images first.</summary>
    internal ImagePreprocessing Preprocessing => _model.Preprocessing;

    /// <summary>Text to token ids; read when it is first needed.</summary>
    public TextTokenizer Tokenizer => _tokenizer.Value;

    /// <summary>The logarithm of the factor on cosines.</summary>
    public float LogitScale => _model.LogitScale;

    /// <summary>What networks run on.</summary>
    internal Engine Engine { get; }

    /// <summary>Threads that networks run on.</summary>
    internal int Threads => _threads;

    /// <summary>What probabilities are made of.</summary>
    internal ScoreRule Score => _model.Score;

    /// <summary>Numbers learned, in all.</summary>
    public long ParameterCount => _model.ParameterCount;

    /// <summary>Whose layout the weights were stored in.</summary>
    internal CheckpointLayout Layout => _model.Layout;

    /// <summary>The file of weights.</summary>
    public string WeightsPath => _model.WeightsPath;

    /// <summary>
    /// SHA-256, in 64 small hexadecimal digits, of everything that changes an embedding: the numbers of all parameters, the
    /// architecture, the preprocessing and the precision. It does not depend on the model's path, nor on the layout or the number
    /// of its files; the vocabulary is not part of it. It is worked out when it is first asked for, in about a second for a file
    /// of 600 MB.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The model was disposed before it was first asked for.</exception>
    public string Fingerprint => _model.Fingerprint;

    /// <summary>The towers, for what is built on them.</summary>
    internal ClipModel Model => _model;

    /// <summary>Where weights, architecture and preprocessing were read, each a file or a sentence.</summary>
    public IReadOnlyDictionary<string, string> Sources => _model.Sources;

    /// <summary>Loads a model.</summary>
    /// <param name="path">
    /// A folder with weights, configuration and tokenizer, the file of weights in it, or the name of a built-in model
    /// (<see cref="BuiltInModels"/>).
    /// </param>
    /// <param name="options">Device and threads; the processor and all its cores where null.</param>
    /// <exception cref="FileNotFoundException">Something is not there; the message says what.</exception>
    /// <exception cref="InvalidDataException">Something cannot be read, or does not fit together.</exception>
    public static ClipEmbedder Load(string path, EngineOptions? options = null) => Load(path, options, quantized: null);

    /// <summary>The same with a folder for quantized weights; the user's where null.</summary>
    internal static ClipEmbedder Load(string path, EngineOptions? options, QuantizedFolder? quantized)
    {
        path = BuiltInModels.Resolve(path);
        ModelFolder folder = ModelFolder.Find(path);
        Engine engine = new(options ?? new());
        return new(ClipModel.Load(path, engine, quantized: quantized), folder, engine);
    }

    /// <summary>Loads a model by its name, which is downloaded where it is not on this machine yet.</summary>
    /// <param name="nameOrPath">
    /// A model's folder or file, the name of a built-in model, or a name on the Hugging Face hub
    /// (<c>openai/clip-vit-base-patch32</c>, or with <c>@revision</c>). What is on disk under that name comes first.
    /// </param>
    /// <param name="options">Device and threads; the processor and all its cores where null.</param>
    /// <param name="hub">Where models are fetched from and kept; as the environment says where null.</param>
    /// <param name="progress">Hears how far the download is.</param>
    /// <param name="cancellationToken">Stops the download; what has arrived is kept.</param>
    /// <exception cref="FileNotFoundException">Something is not there; the message says what.</exception>
    /// <exception cref="HttpRequestException">The hub cannot be reached, knows no such model, or refuses it.</exception>
    /// <exception cref="InvalidDataException">Something cannot be read, or does not fit together.</exception>
    public static async Task<ClipEmbedder> LoadAsync(
        string nameOrPath,
        EngineOptions? options = null,
        HubOptions? hub = null,
        IProgress<HubProgress>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(nameOrPath);
        string path = BuiltInModels.Resolve(nameOrPath);
        if (!Path.Exists(path) && ModelHub.IsName(path))
        {
            path = await new ModelHub(hub ?? HubOptions.FromEnvironment())
                .DownloadAsync(path, revision: null, progress, cancellationToken)
                .ConfigureAwait(false);
        }

        return await Task.Run(() => Load(path, options), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A model's tokenizer alone, without its weights.</summary>
    /// <param name="path">
    /// The model's folder, a file in it, a folder that holds a tokenizer only, or the name of a built-in model.
    /// </param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public static TextTokenizer LoadTokenizer(string path) => ModelFolder.Find(BuiltInModels.Resolve(path)).LoadTokenizer();

    /// <summary>Embeds texts, in order. Beginnings that several texts share are computed once, and nothing is padded.</summary>
    /// <param name="texts">
    /// Whole prompts; what is longer than the context is cut (see <see cref="TextTokenizer.Encode"/>).
    /// </param>
    /// <param name="progress">Told how many more texts are done.</param>
    /// <param name="cancellationToken">Stops between runs.</param>
    public EmbeddingMatrix EmbedTexts(
        IReadOnlyList<string> texts,
        IProgress<int>? progress = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(texts);
        return new EmbeddingMatrix(
            EncodeTexts(texts, fixedRuns: false, progress, cancellationToken).Embeddings,
            texts.Count,
            Config.EmbeddingDimension
        ).Normalize();
    }

    /// <summary>
    /// Embeds images, in order, while the next ones are decoded. An image that cannot be read gives its sentence and never stops
    /// the rest.
    /// </summary>
    /// <param name="paths">Files, or addresses that begin with http:// or https://.</param>
    public IEnumerable<EmbeddedImage> EmbedImages(IEnumerable<string> paths) => EmbedImages(paths.Select(ImageSource.FromPath));

    /// <summary>
    /// Embeds images, in order, wherever their bytes lie, while the next ones are decoded. An image that cannot be read gives its
    /// sentence and never stops the rest.
    /// </summary>
    /// <param name="images">Enumerated on the caller's thread, no further ahead than needed.</param>
    /// <param name="orient">Whether to turn images as their EXIF orientation says; the reference does not.</param>
    /// <param name="cache">
    /// Where embeddings are kept, so that an image it knows is not decoded again; it stays the caller's. What is there is found
    /// by the bytes of the image's file, the model's <see cref="Fingerprint"/>, the device and <paramref name="orient"/>.
    /// </param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public IEnumerable<EmbeddedImage> EmbedImages(
        IEnumerable<ImageSource> images,
        bool orient = false,
        EmbeddingCache? cache = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(images);
        return cache is null
            ? EmbedNew(images, orient, ImagesPerThread * _threads, fixedRuns: false, cancellationToken)
            : EmbedUnknown(images, orient, cache, cancellationToken);
    }

    /// <summary>Embeds images as <see cref="EmbedImages(IEnumerable{ImageSource}, bool, EmbeddingCache, CancellationToken)"/>, on
    /// threads of the pool.</summary>
    /// <param name="images">Enumerated on threads of the pool, one at a time, no further ahead than needed.</param>
    /// <param name="orient">Whether to turn images as their EXIF orientation says; the reference does not.</param>
    /// <param name="cache">Where embeddings are kept; it stays the caller's.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    public async IAsyncEnumerable<EmbeddedImage> EmbedImagesAsync(
        IEnumerable<ImageSource> images,
        bool orient = false,
        EmbeddingCache? cache = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        using IEnumerator<EmbeddedImage> embedded = EmbedImages(images, orient, cache, cancellationToken).GetEnumerator();
        while (await Task.Run(embedded.MoveNext, cancellationToken).ConfigureAwait(false))
        {
            yield return embedded.Current;
        }
    }

    /// <summary>Embeds preprocessed images.</summary>
    /// <param name="pixels">[count, size, size, 3] bytes, as <see cref="ImagePreprocessing.Apply"/> gives them.</param>
    /// <param name="count">How many images there are.</param>
    /// <param name="cancellationToken">Stops between batches.</param>
    /// <exception cref="ArgumentException">The bytes are not so many images.</exception>
    public EmbeddingMatrix EmbedPixels(ReadOnlySpan<byte> pixels, int count, CancellationToken cancellationToken = default) =>
        EmbedPixels(pixels, count, fixedRuns: false, cancellationToken);

    private EmbeddingMatrix EmbedPixels(ReadOnlySpan<byte> pixels, int count, bool fixedRuns, CancellationToken cancellationToken)
    {
        if (pixels.Length != (long)count * Preprocessing.ByteCount)
        {
            throw new ArgumentException(
                Invariant($"{pixels.Length} bytes are not {count} images of {Preprocessing.ByteCount}."),
                nameof(pixels)
            );
        }

        using Tensor images = Tensor.Of(ElementType.UInt8, pixels, count, Preprocessing.Size, Preprocessing.Size, 3);
        return new EmbeddingMatrix(
            _model.Image.Encode(images, fixedRuns, cancellationToken),
            count,
            Config.EmbeddingDimension
        ).Normalize();
    }

    /// <summary>
    /// Writes the model as the folder that transformers.js loads: standard ONNX (<c>onnx/text_model.onnx</c>,
    /// <c>vision_model.onnx</c> and <c>model.onnx</c>), configuration, preprocessing and tokenizer.
    /// </summary>
    /// <param name="folder">Where to; it is made if it is not there. In the model's own folder, what it has already
    /// stays.</param>
    /// <returns>Whole sentences about what could not be written, as a tokenizer that is not there.</returns>
    public IReadOnlyList<string> Export(string folder) => ExportedFolder.Write(folder, _model, _folder.Path);

    /// <summary>Gives the model back.</summary>
    public void Dispose() => _model.Dispose();

    /// <summary>What the text tower says of texts, pooled and projected.</summary>
    internal TextFeatures EncodeTexts(
        IReadOnlyList<string> texts,
        bool fixedRuns,
        IProgress<int>? progress,
        CancellationToken cancellationToken
    )
    {
        int[][] ids = new int[texts.Count][];
        Parallel.For(
            0,
            texts.Count,
            new ParallelOptions { MaxDegreeOfParallelism = _threads, CancellationToken = cancellationToken },
            index => ids[index] = Tokenizer.Read(texts[index])
        );
        return _model.Text.Encode(ids, share: true, fixedRuns, progress, cancellationToken);
    }

    private IEnumerable<EmbeddedImage> EmbedNew(
        IEnumerable<ImageSource> images,
        bool orient,
        int batch,
        bool fixedRuns,
        CancellationToken cancellationToken
    )
    {
        ImageReader reader = new(Preprocessing, orient, _threads);
        foreach (PreparedImage[] prepared in reader.Prepare(images, 2 * batch, cancellationToken).Chunk(batch))
        {
            foreach (EmbeddedImage embedded in EmbedBatch(prepared, fixedRuns, cancellationToken))
            {
                yield return embedded;
            }
        }
    }

    private IEnumerable<EmbeddedImage> EmbedBatch(PreparedImage[] images, bool fixedRuns, CancellationToken cancellationToken)
    {
        PreparedImage[] readable = [.. images.Where(static image => image.Pixels is not null)];
        byte[] pixels = new byte[readable.Length * Preprocessing.ByteCount];
        for (int index = 0; index < readable.Length; index++)
        {
            readable[index].Pixels!.CopyTo(pixels, index * Preprocessing.ByteCount);
        }

        EmbeddingMatrix? embeddings =
            readable.Length == 0 ? null : EmbedPixels(pixels, readable.Length, fixedRuns, cancellationToken);
        int next = 0;
        return
        [
            .. images.Select(image => new EmbeddedImage(
                image.Path,
                image.Pixels is null ? null : embeddings![next++].ToArray(),
                image.Error,
                image.FileHash
            )),
        ];
    }
}
