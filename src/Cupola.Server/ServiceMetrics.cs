using System.Diagnostics.Metrics;

namespace Cupola.Server;

/// <summary>What the service counts, in the meter "Cupola"; ASP.NET Core's own meters count requests.</summary>
internal sealed class ServiceMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "Cupola";

    private readonly Meter _meter;
    private readonly Histogram<int> _batchSize;
    private readonly Histogram<double> _batchDuration;
    private readonly Counter<long> _refused;

    /// <param name="factory">Makes the meter, and ends it.</param>
    public ServiceMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(MeterName);
        _batchSize = _meter.CreateHistogram<int>(
            "cupola.embedding.batch.size",
            "{item}",
            "Texts or images that were embedded together."
        );
        _batchDuration = _meter.CreateHistogram<double>("cupola.embedding.batch.duration", "s", "How long a batch took.");
        _refused = _meter.CreateCounter<long>("cupola.requests.refused", "{request}", "Requests that got an error, by status.");
    }

    /// <summary>Says how much waits, whenever somebody asks.</summary>
    public void Watch(Func<int> waiting) =>
        _meter.CreateObservableGauge("cupola.embedding.waiting", waiting, "{item}", "Texts and images that wait to be embedded.");

    /// <summary>A batch was embedded.</summary>
    public void CountBatch(string kind, int size, TimeSpan duration)
    {
        KeyValuePair<string, object?> tag = new("kind", kind);
        _batchSize.Record(size, tag);
        _batchDuration.Record(duration.TotalSeconds, tag);
    }

    /// <summary>A request got an error.</summary>
    public void CountRefused(int status) => _refused.Add(1, new KeyValuePair<string, object?>("status", status));
}
