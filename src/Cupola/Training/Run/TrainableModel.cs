using Cupola.Images;
using Cupola.Models;
using Cupola.Runtime;
using Cupola.Training.Losses;
using Cupola.Training.Optimization;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Training.Run;

/// <summary>
/// A model while it learns: its architecture, what happens to its images, where its tokenizer lies, and its parameters.
/// </summary>
internal sealed class TrainableModel : IDisposable
{
    private readonly string _tokenizerFolder;

    private TrainableModel(
        ClipConfig config,
        ImagePreprocessing preprocessing,
        string tokenizerFolder,
        TrainingSettings settings,
        Func<string, ReadOnlySpan<float>> initial,
        float? logitBias
    )
    {
        ClipNetwork network = new(config, settings.HasBias);
        Config = config;
        Preprocessing = preprocessing;
        _tokenizerFolder = tokenizerFolder;
        LayerwiseDecay = new(network.Parameters, settings.Optimizer.LayerDecay, settings.Frozen);

        // Scale and bias belong together: of a model that has no bias, neither is of use to a loss that has.
        ReadOnlySpan<float> Initial(string name) =>
            name switch
            {
                TrainableParameters.LogitBiasName => new float[] { logitBias ?? SigmoidLoss.InitialLogitBias },
                TrainableParameters.LogitScaleName when settings.HasBias && logitBias is null => new float[]
                {
                    SigmoidLoss.InitialLogitScale,
                },
                _ => initial(name),
            };
        Parameters = new(network.Parameters, Initial, parameter =>
            LayerwiseDecay.IsFrozen(parameter) || (settings.KeepsStatistics && parameter.IsStatistic)
        );
    }

    public ClipConfig Config { get; }

    public ImagePreprocessing Preprocessing { get; }

    /// <summary>Which parameters learn, and how fast.</summary>
    public LayerwiseDecay LayerwiseDecay { get; }

    public TrainableParameters Parameters { get; }

    /// <summary>A model that is there: one to fine-tune, or that of a run which goes on.</summary>
    /// <param name="path">A folder or a file.</param>
    /// <param name="settings">Which parameters learn.</param>
    /// <exception cref="FileNotFoundException">Weights, configuration or tokenizer are not there.</exception>
    /// <exception cref="InvalidDataException">They cannot be read, or do not fit together.</exception>
    public static TrainableModel Load(string path, TrainingSettings settings)
    {
        using ClipModel model = ClipModel.Load(path, new Engine(new()));
        ModelFolder folder = ModelFolder.Find(path);
        _ = folder.LoadTokenizer(model.Layout, model.Config.Text);
        return new(
            model.Config,
            model.Preprocessing,
            folder.Path,
            settings,
            name => model.Parameters[name].AsSpan<float>(),
            model.LogitBias
        );
    }

    /// <summary>A new model with first numbers.</summary>
    /// <param name="config">The architecture.</param>
    /// <param name="tokenizerFolder">Where its tokenizer lies.</param>
    /// <param name="settings">The seed, and which parameters learn.</param>
    public static TrainableModel Create(ClipConfig config, string tokenizerFolder, TrainingSettings settings)
    {
        IReadOnlyDictionary<string, Tensor> initial = InitialParameters.Create(config, settings.Seed);
        try
        {
            return new(
                config,
                new ImagePreprocessing(config.Image.ImageSize),
                tokenizerFolder,
                settings,
                name => initial[name].AsSpan<float>(),
                logitBias: null
            );
        }
        finally
        {
            foreach (Tensor tensor in initial.Values)
            {
                tensor.Dispose();
            }
        }
    }

    /// <summary>Writes the model as it is now.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="average">What stands in for the parameters that learn, where an average is kept.</param>
    /// <param name="storage">What a number becomes.</param>
    public void Write(string folder, MovingAverage? average, Graphs.ElementType storage)
    {
        Dictionary<string, Tensor> parameters = new(Parameters.Values, StringComparer.Ordinal);
        foreach ((string name, Tensor value) in average?.Values ?? new Dictionary<string, Tensor>())
        {
            parameters[name] = value;
        }

        ModelFolderWriter.Write(folder, Config, Preprocessing, parameters, _tokenizerFolder, storage);
    }

    public void Dispose() => Parameters.Dispose();
}
