using Cupola.Files;
using Cupola.Text;

namespace Cupola.Models;

/// <summary>
/// Writes a model as the folder that transformers.js loads: the ONNX files in <c>onnx/</c>, and beside it config.json,
/// preprocessor_config.json, tokenizer.json and tokenizer_config.json, whatever layout the model came in.
/// </summary>
internal static class ExportedFolder
{
    private const string OnnxFolder = "onnx";

    private static readonly string[] TokenizerFileNames = ["tokenizer.json", "tokenizer_config.json"];

    /// <summary>Writes the folder; in the model's own, what it has beside its weights stays as it is.</summary>
    /// <param name="folder">Where to; it is made if it is not there.</param>
    /// <param name="model">The model.</param>
    /// <param name="modelFolder">Where its tokenizer lies.</param>
    /// <param name="inside">Bytes of parameters above which they lie in a file beside the graph.</param>
    /// <returns>Whole sentences about what could not be written.</returns>
    public static IReadOnlyList<string> Write(
        string folder,
        ClipModel model,
        string modelFolder,
        long inside = OnnxFile.MaximumParameterBytes
    )
    {
        Directory.CreateDirectory(folder);
        IReadOnlyList<string> divided = model.Export(Path.Combine(folder, OnnxFolder), inside);
        bool isOwn =
            Path.GetFullPath(folder).TrimEnd(Path.DirectorySeparatorChar)
            == Path.GetFullPath(modelFolder).TrimEnd(Path.DirectorySeparatorChar);
        bool Stays(string file) => isOwn && File.Exists(Path.Combine(folder, file));
        List<string> notes = [];

        ClipConfig config = model.Config;
        if (config.Score == ScoreKind.Sigmoid)
        {
            WriteSiglip(folder, model, modelFolder, Stays, Settings(divided), notes);
            return notes;
        }

        (int start, int end) = (config.Text.VocabularySize - 2, config.Text.VocabularySize - 1);
        if (FindTokenizer(modelFolder, notes) is { } files)
        {
            ClipTokenizer tokenizer = ClipTokenizer.Load(modelFolder, config.Text.ContextLength);
            (start, end) = (tokenizer.StartId, tokenizer.EndId);
            if (!Stays("tokenizer.json") || !Stays("tokenizer_config.json"))
            {
                TokenizerFolder.WriteWhole(folder, files, config.Text.ContextLength);
            }
        }

        if (!Stays("config.json"))
        {
            Dictionary<string, object> described = ModelConfigWriter.Transformers(config, start, end);
            described["transformers.js_config"] = Settings(divided);
            ModelConfigWriter.Write(folder, "config.json", described);
        }

        if (ModelConfigWriter.Preprocessor(model.Preprocessing) is not { } preprocessor)
        {
            notes.Add(
                "No preprocessor_config.json was written, for it cannot say that the longer side of an image counts, "
                    + "as this model's preprocessing does."
            );
        }
        else if (!Stays("preprocessor_config.json"))
        {
            ModelConfigWriter.Write(folder, "preprocessor_config.json", preprocessor);
        }

        return notes;
    }

    /// <summary>A SigLIP's tokenizer is copied, because its files say more than is read of them.</summary>
    private static void WriteSiglip(
        string folder,
        ClipModel model,
        string modelFolder,
        Func<string, bool> stays,
        Dictionary<string, object> settings,
        List<string> notes
    )
    {
        foreach (string file in TokenizerFileNames.Where(file => !stays(file)))
        {
            string source = Path.Combine(modelFolder, file);
            if (!File.Exists(source))
            {
                notes.Add($"No {file} was written, for {modelFolder} has none; transformers.js needs it.");
                continue;
            }

            byte[] bytes = File.ReadAllBytes(source);
            AtomicFile.Write(Path.Combine(folder, file), stream => stream.Write(bytes));
        }

        if (!stays("config.json"))
        {
            Dictionary<string, object> described = SiglipConfigWriter.Describe(model.Config);
            described["transformers.js_config"] = settings;
            ModelConfigWriter.Write(folder, "config.json", described);
        }

        if (!stays("preprocessor_config.json"))
        {
            ModelConfigWriter.Write(folder, "preprocessor_config.json", SiglipConfigWriter.Preprocessor(model.Preprocessing));
        }
    }

    /// <summary>
    /// There are no quantized files, which a browser asks for unless it is told so; and it must be told of files beside a graph.
    /// </summary>
    private static Dictionary<string, object> Settings(IReadOnlyList<string> divided)
    {
        Dictionary<string, object> settings = new() { ["dtype"] = "fp32" };
        if (divided.Count > 0)
        {
            settings["use_external_data_format"] = divided.ToDictionary(
                static file => file,
                static _ => 1,
                StringComparer.Ordinal
            );
        }

        return settings;
    }

    private static TokenizerFiles? FindTokenizer(string folder, List<string> notes)
    {
        try
        {
            return TokenizerFiles.Read(folder);
        }
        catch (FileNotFoundException problem)
        {
            notes.Add($"No tokenizer.json was written. {problem.Message}");
            return null;
        }
    }
}
