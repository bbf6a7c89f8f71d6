using Cupola.Checkpoints;
using Cupola.Graphs;
using Cupola.Images;
using Cupola.Models;
using Cupola.Runtime;
using Cupola.Text;
using static System.FormattableString;

namespace Cupola;

/// <summary>
/// A CLIP ready to use: texts and images become unit vectors in one space, in which the dot product says how well they
/// fit. It may be used from several threads at once, and is disposed by whoever loaded it.
/// </summary>
public sealed partial class ClipEmbedder : IDisposable
{
    /// <summary>Images that are encoded together: enough for every thread's chunk, few enough to answer steadily.</summary>
    private const int ImagesPerThread = 8;

    private readonly ClipModel _model;
    private readonly ModelFolder _folder;
    private readonly Lazy<ClipTokenizer> _tokenizer;
    private readonly int _threads;
    private readonly string _device;

    private ClipEmbedder(ClipModel model, ModelFolder folder, Engine engine)
    {
        _model = model;
        _folder = folder;
        _threads = engine.Threads;
        _device = engine.Device;
        _tokenizer = new(() => folder.OpenTokenizer(Config.Text));
    }

    /// <summary>The architecture.</summary>
    internal ClipConfig Config => _model.Config;

    /// <summary>What happens to images first.</summary>
    public ImagePreprocessing Preprocessing => _model.Preprocessing;

    /// <summary>Text to token ids; read when it is first needed.</summary>
    public ClipTokenizer Tokenizer => _tokenizer.Value;

    /// <summary>The logarithm of the factor on cosines.</summary>
    public float LogitScale => _model.LogitScale;

    /// <summary>Numbers learned, in all.</summary>
    public long ParameterCount => _model.ParameterCount;

    /// <summary>Whose layout the weights were stored in.</summary>
    internal CheckpointLayout Layout => _model.Layout;

    /// <summary>The file of weights.</summary>
    public string WeightsPath => _model.WeightsPath;

    /// <summary>
    /// SHA-256, in 64 small hexadecimal digits, of everything that changes an embedding: the numbers of all parameters, the
    /// architecture, the
    /// preprocessing and the precision. It does not depend on the model's path, nor on the layout or the number of its files; the
    /// vocabulary is not part of it. It is worked out when it is first asked for, in about a second for a file of 600 MB.
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
    public static ClipEmbedder Load(string path, EngineOptions? options = null)
    {
        path = BuiltInModels.Resolve(path);
        ModelFolder folder = ModelFolder.Find(path);
        Engine engine = new(options ?? new());
        return new(ClipModel.Load(path, engine), folder, engine);
    }

    /// <summary>A model's tokenizer alone, without its weights.</summary>
    /// <param name="path">
    /// The model's folder, a file in it, a folder that holds a tokenizer only, or the name of a built-in model.
    /// </param>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public static ClipTokenizer LoadTokenizer(string path)
    {
        ModelFolder folder = ModelFolder.Find(BuiltInModels.Resolve(path));
        return folder.ContextLength() is { } contextLength
            ? ClipTokenizer.Open(folder.Path, contextLength)
            : ClipTokenizer.Open(folder.Path);
    }

    /// <summary>Embeds texts, in order. Beginnings that several texts share are computed once, and nothing is padded.</summary>
    /// <param name="texts">
    /// Whole prompts; what is longer than the context is cut (see <see cref="ClipTokenizer.Encode"/>).
    /// </param>
    /// <param name="progress">Told how many more texts are done.</param>
    /// <param name="cancellation">Stops between runs.</param>
    public EmbeddingMatrix EmbedTexts(
        IReadOnlyList<string> texts,
        Action<int>? progress = null,
        CancellationToken cancellation = default
    )
    {
        ArgumentNullException.ThrowIfNull(texts);
        return new EmbeddingMatrix(
            EncodeTexts(texts, progress, cancellation).Embeddings,
            texts.Count,
            Config.EmbeddingDimension
        ).Normalize();
    }

    /// <summary>
    /// Embeds images, in order, while the next ones are decoded. An image that cannot be read gives its sentence and
    /// never stops the rest.
    /// </summary>
    /// <param name="paths">Files, or addresses that begin with http:// or https://.</param>
    public IEnumerable<EmbeddedImage> EmbedImages(IEnumerable<string> paths) =>
        EmbedImages(paths, orient: false, CancellationToken.None);

    /// <summary>Embeds images as <see cref="EmbedImages(IEnumerable{string})"/>.</summary>
    /// <param name="paths">Files, or addresses that begin with http:// or https://.</param>
    /// <param name="orient">Whether to turn images as their EXIF orientation says; the reference does not.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public IEnumerable<EmbeddedImage> EmbedImages(IEnumerable<string> paths, bool orient, CancellationToken cancellation) =>
        EmbedImages(paths.Select(ImageSource.FromPath), orient, cancellation);

    /// <summary>
    /// Embeds images, in order, wherever their bytes lie, while the next ones are decoded. An image that cannot be read gives
    /// its sentence and never stops the rest.
    /// </summary>
    /// <param name="images">Where each is to be had; enumerated on the caller's thread, no further ahead than needed.</param>
    /// <param name="orient">Whether to turn images as their EXIF orientation says; the reference does not.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public IEnumerable<EmbeddedImage> EmbedImages(IEnumerable<ImageSource> images, bool orient, CancellationToken cancellation)
    {
        int batch = ImagesPerThread * _threads;
        ImageReader reader = new(Preprocessing, orient, _threads);
        foreach (PreparedImage[] prepared in reader.Prepare(images, 2 * batch, cancellation).Chunk(batch))
        {
            foreach (EmbeddedImage embedded in EmbedBatch(prepared, cancellation))
            {
                yield return embedded;
            }
        }
    }

    /// <summary>Embeds preprocessed images.</summary>
    /// <param name="pixels">[count, size, size, 3] bytes, as <see cref="ImagePreprocessing.Apply"/> gives them.</param>
    /// <param name="count">How many images there are.</param>
    /// <param name="cancellation">Stops between chunks.</param>
    /// <exception cref="ArgumentException">The bytes are not so many images.</exception>
    public EmbeddingMatrix EmbedPixels(ReadOnlySpan<byte> pixels, int count, CancellationToken cancellation = default)
    {
        if (pixels.Length != (long)count * Preprocessing.ByteCount)
        {
            throw new ArgumentException(
                Invariant($"{pixels.Length} bytes are not {count} images of {Preprocessing.ByteCount}."),
                nameof(pixels)
            );
        }

        using Tensor images = Tensor.Of(ElementType.UInt8, pixels, count, Preprocessing.Size, Preprocessing.Size, 3);
        return new EmbeddingMatrix(_model.Image.Encode(images, cancellation), count, Config.EmbeddingDimension).Normalize();
    }

    /// <summary>
    /// Writes the model as the folder that transformers.js loads: standard ONNX (<c>onnx/text_model.onnx</c>,
    /// <c>vision_model.onnx</c> and
    /// <c>model.onnx</c>), configuration, preprocessing and tokenizer.
    /// </summary>
    /// <param name="folder">Where to; it is made if it is not there. In the model's own folder, what it has already
    /// stays.</param>
    /// <returns>Whole sentences about what could not be written, as a tokenizer that is not there.</returns>
    public IReadOnlyList<string> Export(string folder) => ExportedFolder.Write(folder, _model, _folder.Path);

    /// <summary>Gives the model back.</summary>
    public void Dispose() => _model.Dispose();

    /// <summary>What the text tower says of texts, pooled and projected.</summary>
    internal TextFeatures EncodeTexts(IReadOnlyList<string> texts, Action<int>? progress, CancellationToken cancellation)
    {
        int[][] ids = new int[texts.Count][];
        Parallel.For(
            0,
            texts.Count,
            new ParallelOptions { MaxDegreeOfParallelism = _threads, CancellationToken = cancellation },
            index => ids[index] = Tokenizer.Encode(texts[index]).Ids
        );
        return _model.Text.Encode(ids, progress, cancellation);
    }

    private IEnumerable<EmbeddedImage> EmbedBatch(PreparedImage[] images, CancellationToken cancellation)
    {
        PreparedImage[] readable = [.. images.Where(static image => image.Pixels is not null)];
        byte[] pixels = new byte[readable.Length * Preprocessing.ByteCount];
        for (int index = 0; index < readable.Length; index++)
        {
            readable[index].Pixels!.CopyTo(pixels, index * Preprocessing.ByteCount);
        }

        EmbeddingMatrix? embeddings = readable.Length == 0 ? null : EmbedPixels(pixels, readable.Length, cancellation);
        int next = 0;
        return
        [
            .. images.Select(image => new EmbeddedImage(
                image.Path,
                image.Pixels is null ? null : embeddings![next++].ToArray(),
                image.Error
            )),
        ];
    }
}
