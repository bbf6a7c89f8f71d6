using System.Diagnostics.Metrics;
using Cupola.Server;

namespace Cupola.Tests.Server;

/// <summary>
/// Holds the one thread on which a service embeds: as it tells its metrics of a batch, whoever listens holds it up. So a test
/// says what waits, however fast the machine is.
/// </summary>
internal sealed class HeldWorker : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ManualResetEventSlim _goOn = new();
    private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="service">The service, which runs.</param>
    /// <param name="size">The size of the batch after which it is held.</param>
    public HeldWorker(RunningService service, int size)
    {
        IMeterFactory own = service.Meters;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (
                instrument.Meter.Scope == own
                && instrument is { Meter.Name: ServiceMetrics.MeterName, Name: "cupola.embedding.batch.size" }
            )
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<int>(
            (_, measured, _, _) =>
            {
                if (measured == size)
                {
                    _held.TrySetResult();
                    _goOn.Wait();
                }
            }
        );
        _listener.Start();
    }

    /// <summary>Ends when it is held.</summary>
    public Task Held => _held.Task;

    /// <summary>Lets it go on.</summary>
    public void Release() => _goOn.Set();

    public void Dispose()
    {
        _goOn.Set();
        _listener.Dispose();
    }
}
