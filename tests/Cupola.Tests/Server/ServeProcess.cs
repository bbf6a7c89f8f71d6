using System.Diagnostics;

namespace Cupola.Tests.Server;

/// <summary><c>cupola serve</c> as a process of its own.</summary>
internal static class ServeProcess
{
    /// <summary>Where it says that it listens; a machine with much else to do may be worth a warning before.</summary>
    public static async Task<Uri> AddressAsync(Process process, CancellationToken cancellation)
    {
        while (await process.StandardError.ReadLineAsync(cancellation) is { } line)
        {
            if (line.StartsWith("Cupola listens at ", StringComparison.Ordinal))
            {
                return new(line.Split(' ')[3]);
            }
        }

        throw new InvalidOperationException("The service has ended and does not listen.");
    }
}
