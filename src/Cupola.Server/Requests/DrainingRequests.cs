using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Cupola.Server.Requests;

/// <summary>
/// Counts the requests that are being answered, and once the service is to stop, refuses new ones with a sentence, so that the
/// last of the accepted is answered before connections are closed.
/// </summary>
internal sealed class DrainingRequests(IHostApplicationLifetime life)
{
    /// <summary>How long connections that were made just before are told why, rather than closed.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    private int _active;

    /// <summary>Lets a request through, unless the service is to stop.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        // Counted first: whoever waits for the count then sees either this request, or that it was refused.
        Interlocked.Increment(ref _active);
        try
        {
            if (life.ApplicationStopping.IsCancellationRequested)
            {
                context.Response.OnStarting(() =>
                {
                    context.Response.Headers.Connection = "close";
                    return Task.CompletedTask;
                });
                throw new RequestException(
                    StatusCodes.Status503ServiceUnavailable,
                    "The service is stopping; send the request again once it runs."
                )
                {
                    RetryAfter = 5,
                };
            }

            await next(context);
        }
        finally
        {
            Interlocked.Decrement(ref _active);
        }
    }

    /// <summary>Waits until all requests are answered, but no longer than some time.</summary>
    public async Task WaitAsync(TimeSpan longest)
    {
        await Task.Delay(Farewell);
        for (TimeSpan waited = Farewell; Volatile.Read(ref _active) > 0 && waited < longest; waited += Look)
        {
            await Task.Delay(Look);
        }
    }
}
