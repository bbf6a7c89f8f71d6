using Cupola.Text;

namespace Cupola.Evaluation;

/// <summary>
/// Which captions belong to which images. Equal captions are one caption and images of equal bytes are one image, however often
/// they stand in the data: each is then a right answer to all that it belongs to, and is asked for once.
/// </summary>
internal sealed class RetrievalPairs(TextTokenizer tokenizer)
{
    private readonly Dictionary<string, int> _images = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _captions = new(StringComparer.Ordinal);
    private readonly List<string> _texts = [];
    private readonly List<HashSet<int>> _imagesOfText = [];

    /// <summary>How many different images there are.</summary>
    public int Images => _images.Count;

    /// <summary>The different captions.</summary>
    public IReadOnlyList<string> Texts => _texts;

    /// <summary>The images of each caption.</summary>
    public IReadOnlyList<IReadOnlyCollection<int>> ImagesOfText => _imagesOfText;

    /// <summary>Adds an image and its captions.</summary>
    /// <param name="hash">Of its bytes.</param>
    /// <param name="captions">What is said of it.</param>
    /// <returns>Whether the image was not there before.</returns>
    public bool Add(string hash, IReadOnlyList<string> captions)
    {
        bool isNew = _images.TryAdd(hash, _images.Count);
        foreach (string caption in captions)
        {
            string key = Key(caption);
            if (_captions.TryAdd(key, _texts.Count))
            {
                _texts.Add(caption);
                _imagesOfText.Add([]);
            }

            _imagesOfText[_captions[key]].Add(_images[hash]);
        }

        return isNew;
    }

    /// <summary>Captions are equal where the model reads the same tokens; of cut ones nobody knows.</summary>
    private string Key(string caption)
    {
        TokenizedText tokens = tokenizer.Encode(caption);
        return tokens.IsTruncated ? $"text {caption}" : $"tokens {string.Join(' ', tokens.Ids)}";
    }
}
