using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Cupola.Server;

/// <summary>
/// <c>GET /metrics</c>: what the meters have counted since the start, as Prometheus reads it (text format 0.0.4). Histograms are
/// given as their counts and sums.
/// </summary>
internal sealed class MetricsText : IDisposable
{
    /// <summary>The content's type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Series that are kept; labels are few and bounded, so that more would be a mistake.</summary>
    private const int MostSeries = 2000;

    /// <summary>The meters that are listened to.</summary>
    public static IReadOnlyList<string> Meters { get; } =
    [ServiceMetrics.MeterName, "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<(Instrument Instrument, string Labels), Series> _series = new();

    /// <param name="factory">Made the meters that are meant; there may be other services in the process.</param>
    public MetricsText(IMeterFactory factory)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == factory && Meters.Contains(instrument.Meter.Name, StringComparer.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Count(instrument, value, tags));
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Count(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Count(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>All series.</summary>
    public string Write()
    {
        _listener.RecordObservableInstruments();
        StringBuilder text = new();
        foreach (
            var group in _series
                .GroupBy(static each => each.Key.Instrument)
                .OrderBy(static group => group.Key.Name, StringComparer.Ordinal)
        )
        {
            string name = Name(group.Key);
            string kind =
                IsHistogram(group.Key) ? "summary"
                : IsGauge(group.Key) ? "gauge"
                : "counter";
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {group.Key.Description}\n# TYPE {name} {kind}\n");
            foreach (
                ((Instrument _, string labels), Series series) in group.OrderBy(
                    static each => each.Key.Labels,
                    StringComparer.Ordinal
                )
            )
            {
                if (IsHistogram(group.Key))
                {
                    text.Append(CultureInfo.InvariantCulture, $"{name}_count{labels} {series.Count}\n");
                    text.Append(CultureInfo.InvariantCulture, $"{name}_sum{labels} {series.Sum:R}\n");
                }
                else
                {
                    text.Append(CultureInfo.InvariantCulture, $"{name}{labels} {series.Sum:R}\n");
                }
            }
        }

        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private static bool IsHistogram(Instrument instrument) =>
        instrument.GetType().GetGenericTypeDefinition() == typeof(Histogram<>);

    private static bool IsGauge(Instrument instrument) =>
        instrument.IsObservable || instrument.GetType().GetGenericTypeDefinition() == typeof(UpDownCounter<>);

    private static string Name(Instrument instrument)
    {
        string unit = instrument.Unit == "s" ? "_seconds" : "";
        string total = IsHistogram(instrument) || IsGauge(instrument) ? "" : "_total";
        return instrument.Name.Replace('.', '_') + unit + total;
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        StringBuilder labels = new();
        foreach ((string name, object? value) in tags)
        {
            string text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            text = text.Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal);
            labels.Append(labels.Length == 0 ? '{' : ',').Append(name.Replace('.', '_')).Append("=\"").Append(text).Append('"');
        }

        return labels.Length == 0 ? "" : labels.Append('}').ToString();
    }

    private void Count(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        (Instrument, string) key = (instrument, Labels(tags));
        if (_series.Count < MostSeries || _series.ContainsKey(key))
        {
            _series.GetOrAdd(key, static _ => new()).Add(value, instrument.IsObservable);
        }
    }

    private sealed class Series
    {
        private readonly Lock _gate = new();

        public long Count { get; private set; }

        public double Sum { get; private set; }

        public void Add(double value, bool replaces)
        {
            lock (_gate)
            {
                Count++;
                Sum = replaces ? value : Sum + value;
            }
        }
    }
}
