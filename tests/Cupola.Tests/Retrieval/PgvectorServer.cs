using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Cupola.Tests.Retrieval;

/// <summary>A PostgreSQL with pgvector on a free port of this machine (tests/pgvector), to be killed and started again.</summary>
internal sealed class PgvectorServer : IDisposable
{
    /// <summary>A slow machine takes a while to make a database, and to answer: this is WebAssembly on one thread.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private static readonly Lazy<string> Installed = new(static () => NodePackage.Install("pgvector", "pgvector for Node.js"));

    private readonly string _folder = TestFolder.New();
    private readonly bool _hasExtension;
    private Process? _process;

    private PgvectorServer(bool hasExtension) => _hasExtension = hasExtension;

    /// <summary>Where it listens, with a password that no sentence may repeat.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Starts a server with an empty database.</summary>
    /// <param name="hasExtension">Whether it knows pgvector.</param>
    public static PgvectorServer Start(bool hasExtension = true)
    {
        PgvectorServer server = new(hasExtension);
        server.Listen();
        return server;
    }

    /// <summary>Starts it again, after a kill on the port that it had.</summary>
    public void Listen()
    {
        int port = _process is null ? FreePort() : new Uri(Address).Port;
        Address = string.Create(
            CultureInfo.InvariantCulture,
            $"postgres://postgres:hush-hush@127.0.0.1:{port}/postgres?sslmode=disable"
                + $"&timeout={Longest.TotalSeconds}&command%20timeout={Longest.TotalSeconds}"
        );
        // What a killed server left says that it still runs.
        File.Delete(Path.Combine(_folder, "postmaster.pid"));
        _process = NodePackage.Start(
            Installed.Value,
            "node",
            ["server.js", _folder, port.ToString(CultureInfo.InvariantCulture), .. _hasExtension ? (string[])["vector"] : []]
        );
        using ManualResetEventSlim listens = new();
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("listening", StringComparison.Ordinal) == true)
            {
                listens.Set();
            }
        };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Assert.True(listens.Wait(Longest), "The server does not listen.");
    }

    /// <summary>Ends it as a power cut does.</summary>
    public void Kill()
    {
        _process!.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            Kill();
        }

        _process?.Dispose();
    }

    /// <summary>
    /// A port that nothing listens on, and that no system gives to a connection of its own choice (those begin at 32768), so that
    /// it is still free when the server has started, and again after a kill.
    /// </summary>
    private static int FreePort()
    {
        while (true)
        {
            int port = Random.Shared.Next(10_000, 32_000);
            try
            {
                using TcpListener listener = new(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Another one, then.
            }
        }
    }
}
