using System.CommandLine;

namespace Cupola.Cli;

/// <summary>The options that every verb with a model has.</summary>
/// <param name="without">
/// What is done where none is named, of a verb that needs none; the others then take the built-in model.
/// </param>
/// <param name="withoutPrecision">Why a verb runs models in float32 only, where it does.</param>
internal sealed class ModelOptions(string? without = null, string? withoutPrecision = null)
{
    /// <summary>How open_clip begins the name of a folder.</summary>
    private const string LocalFolder = "local-dir:";

    /// <summary>More than any machine has; each costs memory and a session of its own.</summary>
    private const int MostThreads = 1024;

    private readonly Option<string> _model = new("--model", "-m")
    {
        Description =
            $"A folder, a file of weights, a name on the Hugging Face hub such as openai/clip-vit-base-patch32 "
            + $"or its page's address, or flags, which is built in{(without is null ? "" : $"; without one, {without}")}.",
        DefaultValueFactory = without is null ? static _ => BuiltInModels.Flags : null,
        HelpName = "M",
    };

    private readonly DeviceOption _device = new();

    private readonly PrecisionOption _precision = new(withoutPrecision);

    private readonly NumberOption<int> _threads = CreateThreads();

    /// <summary>The option that says how many threads work.</summary>
    public static NumberOption<int> CreateThreads() =>
        new("--threads", 0, MostThreads) { Description = "Threads; 0 stands for one a physical core.", HelpName = "N" };

    public void AddTo(Command command)
    {
        command.Options.Add(_model);
        command.Options.Add(_device);
        command.Options.Add(_precision);
        command.Options.Add(_threads);
    }

    /// <summary>Where the model lies; one that is named as on the hub is found in its cache or downloaded.</summary>
    public string Path(ParseResult parsed, CancellationToken cancellationToken) => Find(Name(parsed), cancellationToken);

    /// <summary>What the command line calls the model.</summary>
    public string Name(ParseResult parsed) => parsed.GetValue(_model)!;

    /// <summary>Whether a model was named at all.</summary>
    public bool IsNamed(ParseResult parsed) => parsed.GetResult(_model) is { Implicit: false };

    /// <summary>In what numbers the model is to run.</summary>
    public Precision Precision(ParseResult parsed) => parsed.GetValue(_precision);

    /// <summary>Loads the model.</summary>
    public ClipEmbedder Load(ParseResult parsed, CancellationToken cancellationToken) =>
        Load(parsed, Precision(parsed), isForOneAnswer: false, cancellationToken);

    /// <summary>Loads the model for a command that shows an answer and keeps no embedding: the first one comes soonest.</summary>
    public ClipEmbedder LoadForOneAnswer(ParseResult parsed, CancellationToken cancellationToken) =>
        Load(parsed, Precision(parsed), isForOneAnswer: true, cancellationToken);

    /// <summary>Loads the model in a precision, whatever the command line says of that.</summary>
    public ClipEmbedder Load(ParseResult parsed, Precision precision, CancellationToken cancellationToken) =>
        Load(parsed, precision, isForOneAnswer: false, cancellationToken);

    private ClipEmbedder Load(ParseResult parsed, Precision precision, bool isForOneAnswer, CancellationToken cancellationToken)
    {
        EngineOptions engine = new()
        {
            Device = parsed.GetValue(_device)!,
            Threads = parsed.GetValue(_threads) ?? 0,
            Precision = precision,
            IsForOneAnswer = isForOneAnswer,
        };
        ClipEmbedder embedder = ClipEmbedder.Load(Path(parsed, cancellationToken), engine);
        foreach (string assumption in embedder.Config.Assumptions)
        {
            Console.Error.WriteLine(assumption);
        }

        return embedder;
    }

    /// <summary>
    /// Where a model lies, by its path, its name on the hub or the name of a built-in one; what is on disk comes first.
    /// </summary>
    public static string Find(string name, CancellationToken cancellationToken)
    {
        string path = BuiltInModels.Resolve(
            name.StartsWith(LocalFolder, StringComparison.Ordinal) && !System.IO.Path.Exists(name)
                ? name[LocalFolder.Length..]
                : name
        );
        if (System.IO.Path.Exists(path))
        {
            return path;
        }

        return name.StartsWith(LocalFolder, StringComparison.Ordinal)
                ? throw new FileNotFoundException($"There is no folder {path}.")
            : BuiltInModels.Names.FirstOrDefault(known => ModelName.IsOtherwiseWritten(known, name)) is { } builtIn
                ? throw new FileNotFoundException($"There is no model {name}; the one that is built in is called {builtIn}.")
            : Download(name, cancellationToken);
    }

    /// <summary>Downloads a model, with progress where a person looks on.</summary>
    public static string Download(string name, CancellationToken cancellationToken)
    {
        HubOptions settings = HubOptions.FromEnvironment();
        ModelName model = ModelName.Parse(name, settings.Endpoint);
        if (!name.Contains(model.Hub, StringComparison.Ordinal))
        {
            Console.Error.WriteLine($"{name} is {model.Hub} on the hub.");
        }

        ModelHub hub = new(settings);
        string folder = hub.FindCached(model.Hub) ?? Fetch(hub, model.Hub, cancellationToken);
        return model.File is null ? folder : FileOf(model, folder);
    }

    private static string Fetch(ModelHub hub, string name, CancellationToken cancellationToken) =>
        hub.List().Select(static cached => cached.Name).FirstOrDefault(cached => ModelName.IsOtherwiseWritten(cached, name))
            is { } cached
            ? throw new FileNotFoundException($"There is no model {name}; the one that was downloaded is called {cached}.")
            : WorkProgress.Bytes($"Downloading {name}", progress =>
                hub.DownloadAsync(name, revision: null, progress, cancellationToken).GetAwaiter().GetResult()
            );

    /// <summary>A file of weights that an address names; of others, the model they belong to.</summary>
    private static string FileOf(ModelName model, string folder)
    {
        string file = System.IO.Path.Combine(folder, model.File!);
        if (System.IO.Path.GetExtension(file) is not (".safetensors" or ".bin" or ".pt" or ".pth" or ".ckpt"))
        {
            return folder;
        }

        if (System.IO.Path.GetFileName(model.File) == model.File && System.IO.Path.Exists(file))
        {
            return file;
        }

        Console.Error.WriteLine(
            $"{model.File} was not fetched, since the model has other weights that Cupola takes; they are used."
        );
        return folder;
    }
}
