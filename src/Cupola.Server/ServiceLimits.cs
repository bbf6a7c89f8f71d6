using Cupola.Server.Requests;

namespace Cupola.Server;

/// <summary>What the service takes at most, so that nothing that is sent to it costs more than it has.</summary>
internal sealed record ServiceLimits
{
    /// <summary>Bytes of a request's body.</summary>
    public long BodyBytes { get; init; } = 20 << 20;

    /// <summary>Bytes of all bodies that are being read or worked on, together.</summary>
    public long AllBodyBytes { get; init; } = 64 << 20;

    /// <summary>Bytes of these that are left to small bodies: each connection can bring one.</summary>
    public long SmallBodyBytes => Math.Min((long)Connections * BodyBudget.SmallBody, AllBodyBytes);

    /// <summary>Names, texts, numbers and brackets of a body of JSON.</summary>
    public int JsonParts { get; init; } = 100_000;

    /// <summary>Images of a request.</summary>
    public int Images { get; init; } = 64;

    /// <summary>Pixels of an image.</summary>
    public long Pixels { get; init; } = 50_000_000;

    /// <summary>Texts of a request.</summary>
    public int Texts { get; init; } = 2048;

    /// <summary>Characters (UTF-16 units) of a text. A model reads some 77 tokens of it.</summary>
    public int TextLength { get; init; } = 4096;

    /// <summary>Characters of all texts of a request together.</summary>
    public int AllTextLength { get; init; } = 500_000;

    /// <summary>Labels of a classification.</summary>
    public int Labels { get; init; } = 1000;

    /// <summary>Characters of a label or a template.</summary>
    public int LabelLength { get; init; } = 500;

    /// <summary>Prompts of a classification, of all its labels together.</summary>
    public int Prompts { get; init; } = 10_000;

    /// <summary>Terms of a query.</summary>
    public int Terms { get; init; } = 16;

    /// <summary>Results of one answer to a search.</summary>
    public int Results { get; init; } = 500;

    /// <summary>Texts and images that may wait to be embedded; who comes then is told to come again.</summary>
    public int Waiting { get; init; } = 1024;

    /// <summary>Texts or images that are embedded together.</summary>
    public int Batch { get; init; } = 64;

    /// <summary>Addresses that are fetched at once, each of at most a body's bytes.</summary>
    public int Fetches { get; init; } = 4;

    /// <summary>Connections at once.</summary>
    public int Connections { get; init; } = 256;

    /// <summary>From a request's first byte to its answer.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a connection stays open between two requests.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Bytes a second that a body comes with at least, after the first seconds.</summary>
    public double BytesPerSecond { get; init; } = 1024;

    /// <summary>How long a body may come more slowly.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How deep JSON may be nested.</summary>
    public int JsonDepth { get; init; } = 16;
}
