using System.Text.Json;
using Cupola.Checkpoints;
using Cupola.FewShot;

namespace Cupola.Tests.FewShot;

/// <summary>Golden numbers of few-shot methods: embeddings, labels, class vectors, and what a reference made of them.</summary>
internal sealed class FewShotGolden : IDisposable
{
    private readonly SafetensorsFile _set;
    private readonly SafetensorsFile _file;
    private readonly JsonDocument _json;
    private readonly DoubleRows _embeddings;
    private readonly DoubleRows _scores;
    private readonly int[] _labels;

    public FewShotGolden(string name)
    {
        string set = name[..name.IndexOf('-', StringComparison.Ordinal)];
        _set = new(SharedFolder.Need("few-shot", $"{set}.safetensors"));
        _file = new(SharedFolder.Need("few-shot", $"{name}.safetensors"));
        _json = JsonDocument.Parse(File.ReadAllText(SharedFolder.Need("few-shot", $"{name}.json")));
        _embeddings = Wide(_set, "embeddings");
        _labels = _set.Tensors["labels"].ToArray<int>();
        Scale = _json.RootElement.GetProperty("logit_scale").GetDouble();
        _scores = _embeddings.Times(Wide(_set, "class_vectors"));
    }

    public double Scale { get; }

    /// <summary>What is said of the first split, or of a drawn one.</summary>
    public JsonElement Said(int draw) =>
        draw == 0 ? _json.RootElement.GetProperty("first") : _json.RootElement.GetProperty("draws")[draw - 1];

    public int Draws => _json.RootElement.GetProperty("draws").GetArrayLength();

    /// <summary>The examples of a split.</summary>
    public ExampleSet Examples(int draw) => Take(_file.Tensors[draw == 0 ? "shots" : $"draw{draw}.shots"].ToArray<int>());

    /// <summary>The images that are answered for.</summary>
    public (DoubleRows Embeddings, DoubleRows Scores, int[] Labels) Test(int draw)
    {
        int[] rows = _file.Tensors[draw == 0 ? "test" : $"draw{draw}.test"].ToArray<int>();
        return (_embeddings.Take(rows), _scores.Take(rows), [.. rows.Select(row => _labels[row])]);
    }

    /// <summary>Which of them have logits in the file.</summary>
    public int[] Sample => _file.Tensors["sample"].ToArray<int>();

    public double[] Numbers(string name) => _file.Tensors[name].ToArray<double>();

    public bool Has(string name) => _file.Tensors.ContainsKey(name);

    public void Dispose()
    {
        _set.Dispose();
        _file.Dispose();
        _json.Dispose();
    }

    private ExampleSet Take(int[] rows) =>
        ExampleSet.Create(_embeddings.Take(rows), _scores.Take(rows), [.. rows.Select(row => _labels[row])], Scale);

    private static DoubleRows Wide(SafetensorsFile file, string name)
    {
        StoredTensor tensor = file.Tensors[name];
        return new([.. tensor.ToArray<float>().Select(static number => (double)number)], (int)tensor.Shape[1]);
    }
}
