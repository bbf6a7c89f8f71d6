using Cupola.Checkpoints;
using Cupola.Text;

namespace Cupola.Tests.Fuzzing;

/// <summary>Weights, configurations and tokenizers.</summary>
internal static class ModelTargets
{
    private static readonly string[] ModelFiles =
    [
        "config.json",
        "open_clip_config.json",
        "preprocessor_config.json",
        "vocab.json",
        "merges.txt",
        "tokenizer.json",
        "model.safetensors",
        "open_clip_model.safetensors",
    ];

    public static IEnumerable<FuzzTarget> All() =>
        [
            new("safetensors", [OfRun("model.safetensors"), Small(), Small()], ReadTensors),
            new("torch", Torch(), ReadTensors),
            new("weights", [OfRun("model.safetensors"), OpenClip(), .. Torch()], static (path, _) =>
                Checkpoint.Open(path).Dispose()
            ),
            new("shards of weights", [Index()], ReadTensors) { Beside = [InRun("model.safetensors")] },
            Configuration("config.json", FuzzModels.Run),
            Configuration("preprocessor_config.json", FuzzModels.Run),
            Configuration("processor_config.json", FuzzModels.Run),
            Configuration("open_clip_config.json", FuzzModels.OpenClip),
            new("tokenizer.json", [OfRun("tokenizer.json")], Tokenize),
            new("vocab.json", [OfRun("vocab.json")], Tokenize) { Beside = [InRun("merges.txt")] },
            new("merges.txt", [OfRun("merges.txt")], Tokenize) { Beside = [InRun("vocab.json")] },
            new("bpe.gz", [new("bpe.txt.gz", InputForm.Gzip, GzipMutation.Pack(OfRun("merges.txt").Bytes))], Tokenize),
        ];

    private static string InRun(string name) => Path.Combine(FuzzModels.Run, name);

    private static FuzzSeed OfRun(string name) =>
        FuzzSeed.Of(
            InRun(name),
            Path.GetExtension(name) switch
            {
                ".json" => InputForm.Json,
                ".safetensors" => InputForm.Safetensors,
                _ => InputForm.Text,
            }
        );

    private static FuzzSeed OpenClip() =>
        FuzzSeed.Of(Path.Combine(FuzzModels.OpenClip, "open_clip_model.safetensors"), InputForm.Safetensors);

    /// <summary>The header counts here, and there is little else.</summary>
    private static FuzzSeed Small()
    {
        string path = TestFolder.NewFile("small.safetensors");
        SafetensorsFile.Write(
            path,
            [("a", [2, 2], static stream => stream.Write(new byte[16])), ("b", [], static stream => stream.Write(new byte[4]))],
            new Dictionary<string, string> { ["format"] = "pt" }
        );
        return FuzzSeed.Of(path, InputForm.Safetensors);
    }

    private static FuzzSeed[] Torch() =>
        [
            .. from path in Directory.EnumerateFiles(FuzzModels.Torch).Order(StringComparer.Ordinal)
            select FuzzSeed.Of(path, Path.GetFileName(path) == "legacy.pt" ? InputForm.Binary : InputForm.Zip),
        ];

    private static FuzzSeed Index()
    {
        using SafetensorsFile file = new(InRun("model.safetensors"));
        string places = string.Join(',', file.Tensors.Keys.Select(static name => $"\"{name}\":\"model.safetensors\""));
        return FuzzSeed.Of("model.safetensors.index.json", InputForm.Json, $"{{\"metadata\":{{}},\"weight_map\":{{{places}}}}}");
    }

    private static FuzzTarget Configuration(string name, string folder)
    {
        string file = Path.Combine(folder, name),
            usual = Path.Combine(folder, "preprocessor_config.json");
        bool isProcessor = name == "processor_config.json";
        FuzzSeed seed = isProcessor
            ? FuzzSeed.Of(name, InputForm.Json, $"{{\"image_processor\":{File.ReadAllText(usual)},\"processor_class\":\"x\"}}")
            : FuzzSeed.Of(file, InputForm.Json);
        return new(name, [seed], static (path, _) => ClipEmbedder.Load(Path.GetDirectoryName(path)!).Dispose())
        {
            // Of two files that say the same, the other would be read.
            Beside =
            [
                .. ModelFiles
                    .Select(each => Path.Combine(folder, each))
                    .Where(each => each != file && !(isProcessor && each == usual) && File.Exists(each)),
            ],
        };
    }

    private static void ReadTensors(string path, Action<string> told)
    {
        using TensorFile file = TensorFile.Open(path);
        foreach (StoredTensor tensor in file.Tensors.Values)
        {
            tensor.ToArray<byte>();
        }
    }

    private static void Tokenize(string path, Action<string> told)
    {
        ClipTokenizer tokenizer = ClipTokenizer.Load(path, contextLength: 77);
        string[] texts = ["a photo of a tree frog.", "Grüße, 日本語 👩‍👩‍👧 <|endoftext|> 12'll", "", new('a', 3000)];
        foreach (string text in texts)
        {
            tokenizer.Tokens(tokenizer.Encode(text).Ids);
        }
    }
}
