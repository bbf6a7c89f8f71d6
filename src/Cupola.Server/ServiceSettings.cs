using Cupola.Server.Classify;

namespace Cupola.Server;

/// <summary>What an operator decides about a service.</summary>
internal sealed record ServiceSettings
{
    /// <summary>Where it listens unless told otherwise: this machine alone.</summary>
    public const string UsualAddress = "http://127.0.0.1:2547";

    /// <summary>What the model is called in requests and answers.</summary>
    public required string ModelName { get; init; }

    /// <summary>Whether a name that a request gives the model is one of its names; any is, unless one says more.</summary>
    public Func<string, bool> IsModel { get; init; } = static _ => true;

    /// <summary>What the model's networks calculate in.</summary>
    public Precision Precision { get; init; }

    /// <summary>The addresses to listen at.</summary>
    public IReadOnlyList<string> Urls { get; init; } = [UsualAddress];

    /// <summary>Keys of which a request must carry one; none asks for none.</summary>
    public IReadOnlyList<string> ApiKeys { get; init; } = [];

    /// <summary>Names by which a service of this machine alone is asked for besides localhost, as through a proxy.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Whether images of public addresses in requests are fetched.</summary>
    public bool Fetch { get; init; }

    /// <summary>What requests may classify by, under names.</summary>
    public NamedClassifiers Classifiers { get; init; } = NamedClassifiers.None;

    /// <summary>Whether images of requests are turned as their EXIF says, as those of the index are.</summary>
    public bool Orient { get; init; } = true;

    /// <summary>What a request may cost.</summary>
    public ServiceLimits Limits { get; init; } = new();
}
