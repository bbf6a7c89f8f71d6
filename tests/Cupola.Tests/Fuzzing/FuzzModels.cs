using Cupola.Checkpoints;
using Cupola.Graphs;
using Cupola.Models;
using Cupola.Tests.Checkpoints;
using Cupola.Tests.Training.Run;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Tests.Fuzzing;

/// <summary>Small whole models, in each layout, whose files are the good inputs of those who read models.</summary>
internal static class FuzzModels
{
    private static readonly Lazy<string> Trained = new(static () =>
        TrainingFixture.Train(TrainingFixture.Settings with { Steps = 2 })
    );

    private static readonly Lazy<string> Residual = new(WriteResidual);

    private static readonly Lazy<string> Archives = new(WriteArchives);

    /// <summary>The run of a vision transformer, which is a folder in transformers' layout too.</summary>
    public static string Run => Trained.Value;

    /// <summary>A residual network in open_clip's layout.</summary>
    public static string OpenClip => Residual.Value;

    /// <summary>A folder of archives as PyTorch saves them.</summary>
    public static string Torch => Archives.Value;

    private static string WriteResidual()
    {
        string folder = TestFolder.New();
        TextConfig text = new(540, 16, new(32, 1, 2, 64, Activation.Gelu));
        ClipConfig config = new(text, new ResNetConfig(32, [1, 1, 1, 1], 4, 2), 16, []);
        IReadOnlyDictionary<string, Tensor> parameters = InitialParameters.Create(config, seed: 1);
        ModelFolderWriter.Write(folder, config, new(32), parameters, Run, ElementType.Float32);
        foreach (Tensor tensor in parameters.Values)
        {
            tensor.Dispose();
        }

        return folder;
    }

    private static string WriteArchives()
    {
        string folder = TestFolder.New();
        foreach (string file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Golden", "torch"), "*.pt"))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        using SafetensorsFile tensors = new(Path.Combine(OpenClip, "open_clip_model.safetensors"));
        IEnumerable<StoredTensor> some = tensors.Tensors.Values.Where(static tensor => tensor.ByteCount < 4096);
        TorchArchiveWriter.WriteStateDictionary(Path.Combine(folder, "state.pt"), some);
        TorchArchiveWriter.WriteScript(Path.Combine(folder, "modules.pt"), some);
        return folder;
    }
}
