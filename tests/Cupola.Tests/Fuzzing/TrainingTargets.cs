using Cupola.Tests.Training.Run;
using Cupola.Training.Data;
using Cupola.Training.Run;

namespace Cupola.Tests.Fuzzing;

/// <summary>Settings of a training, and what a run that goes on finds in its folder.</summary>
internal static class TrainingTargets
{
    private static readonly string[] RunFiles =
    [
        "run.json",
        "checkpoint.safetensors",
        "log.jsonl",
        "config.json",
        "preprocessor_config.json",
        "model.safetensors",
        "vocab.json",
        "merges.txt",
        "tokenizer.json",
        "tokenizer_config.json",
    ];

    private static readonly Lazy<TrainingPairs> Pairs = new(static () => TrainingPairs.Read(TrainingFixture.Table));

    public static IEnumerable<FuzzTarget> All()
    {
        string settings = TrainingSettingsFile.ToJson(TrainingFixture.Settings).ToJsonString();
        FuzzSeed seed = FuzzSeed.Of("settings.json", InputForm.Json, settings);
        yield return new("settings", [seed], static (path, _) => new TrainingSettings().With(path).Checked());
        yield return RunFile("run.json", InputForm.Json);
        yield return RunFile("checkpoint.safetensors", InputForm.Safetensors);
        yield return RunFile("log.jsonl", InputForm.JsonLines);
    }

    private static FuzzTarget RunFile(string name, InputForm form)
    {
        IEnumerable<string> others = RunFiles
            .Where(file => file != name)
            .Select(static file => Path.Combine(FuzzModels.Run, file));
        FuzzSeed seed = FuzzSeed.Of(Path.Combine(FuzzModels.Run, name), form);
        return new(name, [seed], static (path, _) => GoOn(path)) { Beside = [.. others.Where(File.Exists)] };
    }

    private static void GoOn(string path)
    {
        string run = Path.GetDirectoryName(path)!;
        TrainingSettings settings = TrainingSettings.ReadRun(run) ?? TrainingFixture.Settings;
        using Trainer trainer = Trainer.Open(run, "pairs.csv", Pairs.Value, settings, threads: 1);
    }
}
