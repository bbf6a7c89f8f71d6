using System.CommandLine;
using Cupola.FewShot;
using Cupola.Images;
using Cupola.Prompts;
using Cupola.Server;
using Cupola.Server.Requests;

namespace Cupola.Cli;

/// <summary><c>cupola serve</c>: the model and the index over HTTP, and a page.</summary>
internal sealed class ServeCommand
{
    /// <summary>The memory for decoding images unless the environment says otherwise; the tool's is up to 2 GiB.</summary>
    private const string ImageMemorySize = "512MiB";

    private readonly ModelOptions _model = new();
    private readonly IndexOptions _index = new();

    private readonly Option<string[]> _urls = new("--urls")
    {
        Description =
            "Where to listen, instead of at "
            + ServiceSettings.UsualAddress
            + "; only what is named is reached from other machines.",
        HelpName = "URL",
    };

    private readonly Option<string> _keys = new("--api-key-file")
    {
        Description = "A file of keys, one a line, of which each request must carry one.",
        HelpName = "FILE",
    };

    private readonly Option<bool> _fetch = new("--fetch")
    {
        Description = "Fetch images whose public http(s) addresses stand in requests.",
    };

    private readonly Option<bool> _anyModel = new("--any-model") { Description = "Answer requests whatever model they name." };

    private readonly Option<string[]> _labels = Named("--labels", "A list of labels that requests can name.");
    private readonly Option<string[]> _prompts = Named("--prompts", "A file of prompts or templates that requests can name.");
    private readonly Option<string[]> _classifiers = Named("--classifier", "A saved classifier that requests can name.");

    public static Command Create() => new ServeCommand().Build();

    private CommandWithExamples Build()
    {
        CommandWithExamples command = new(
            "serve",
            "Serve the model and the index over HTTP: a page for people, OpenAI's and immich's requests for programs.",
            """
            cupola serve --model openai/clip-vit-base-patch32
            cupola serve --urls http://0.0.0.0:8080 --api-key-file keys.txt --model openai/clip-vit-base-patch32
            cupola serve --labels animals=animals.txt --prompts cupl=cupl.json --model openai/clip-vit-base-patch32
            """
        )
        {
            _urls,
            _keys,
            _fetch,
            _anyModel,
            _labels,
            _prompts,
            _classifiers,
        };
        _index.AddTo(command);
        _model.AddTo(command);
        // SIGTERM is how operators' tools end a service, which is no failure of it.
        command.SetVerb(Run, static _ => "Stopped.", terminated: ExitCode.Done);
        return command;
    }

    private int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable(ImageMemory.Setting) is null)
        {
            Environment.SetEnvironmentVariable(ImageMemory.Setting, ImageMemorySize);
        }

        string[] keys = ReadKeys(parsed);
        string[] urls = ReadUrls(parsed);
        Dictionary<string, IReadOnlyList<string>> labels = Read(parsed, _labels, LabelList.Read);
        Dictionary<string, PromptSource> prompts = Read(parsed, _prompts, PromptSource.Read);
        string given = _model.Name(parsed);
        using ClipEmbedder embedder = _model.Load(parsed, cancellationToken);
        using ImageIndex index = _index.Open(parsed, embedder);
        ServiceSettings settings = new()
        {
            // A folder's own name says enough, and nothing of where it lies.
            ModelName = Path.Exists(given) ? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(given))) : given,
            IsModel = parsed.GetValue(_anyModel) ? static _ => true : name => KnownModels.AreSame(name, given),
            Precision = _model.Precision(parsed),
            Urls = urls,
            AllowedHosts = Environment.GetEnvironmentVariable("AllowedHosts")?.Split(';') ?? [],
            ApiKeys = keys,
            Fetch = parsed.GetValue(_fetch),
            Orient = index.IsOriented,
            Classifiers = new(labels, prompts, Read(parsed, _classifiers, file => SavedClassifier.Load(file, embedder))),
        };
        return RunAsync(embedder, index, settings, cancellationToken).GetAwaiter().GetResult();
    }

    private static async Task<int> RunAsync(
        ClipEmbedder embedder,
        ImageIndex index,
        ServiceSettings settings,
        CancellationToken cancellationToken
    )
    {
        await using CupolaService service = CupolaService.Create(embedder, index, settings);
        await service.StartAsync(cancellationToken);
        Console.Error.WriteLine(
            $"Cupola listens at {string.Join(" and ", service.Addresses)} with {settings.ModelName}; Ctrl-C stops it."
        );
        if (settings.ApiKeys.Count == 0 && !settings.Urls.All(RequestGuard.IsLocal))
        {
            Console.Error.WriteLine(
                "Anyone who reaches it may use it and see the index's images; --api-key-file asks for a key."
            );
        }

        await service.WaitForShutdownAsync(cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
        return ExitCode.Done;
    }

    private string[] ReadUrls(ParseResult parsed)
    {
        string[] urls = parsed.GetValue(_urls) is { Length: > 0 } named ? named : [ServiceSettings.UsualAddress];
        return Array.Find(urls, static url => !IsUrl(url)) is { } wrong
            ? throw new ArgumentException($"--urls is an address such as {ServiceSettings.UsualAddress}, and not '{wrong}'.")
            : urls;
    }

    /// <summary>ASP.NET takes * and + for all addresses of this machine, which are no names of a host.</summary>
    private static bool IsUrl(string url) =>
        Uri.TryCreate(
            url.Replace("://*", "://all", StringComparison.Ordinal).Replace("://+", "://all", StringComparison.Ordinal),
            UriKind.Absolute,
            out Uri? address
        ) && address is { Scheme: "http" or "https", PathAndQuery: "/", UserInfo: "" };

    private string[] ReadKeys(ParseResult parsed)
    {
        if (parsed.GetValue(_keys) is not { } file)
        {
            return [];
        }

        string[] keys =
        [
            .. File.ReadLines(file)
                .Select(static line => line.Trim())
                .Where(static line => line.Length > 0 && !line.StartsWith('#')),
        ];
        return keys.Length > 0 ? keys : throw new InvalidDataException($"{file} holds no keys; write one a line.");
    }

    private static Option<string[]> Named(string name, string description) =>
        new(name) { Description = description, HelpName = "NAME=FILE" };

    private static Dictionary<string, T> Read<T>(ParseResult parsed, Option<string[]> option, Func<string, T> read)
    {
        Dictionary<string, T> named = new(StringComparer.Ordinal);
        foreach (string text in parsed.GetValue(option) ?? [])
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || equals == text.Length - 1)
            {
                throw new ArgumentException($"{option.Name} is NAME=FILE, and not '{text}'.");
            }

            if (!named.TryAdd(text[..equals], read(text[(equals + 1)..])))
            {
                throw new ArgumentException($"{option.Name} names {text[..equals]} twice.");
            }
        }

        return named;
    }
}
