using System.Globalization;
using System.Net.Sockets;
using Npgsql;

namespace Cupola.Postgres;

/// <summary>Where a database is, and what is said of it: never its password.</summary>
internal sealed class PostgresAddress
{
    private const int DefaultPort = 5432;

    private PostgresAddress(NpgsqlConnectionStringBuilder settings) => Settings = settings;

    /// <summary>What Npgsql needs.</summary>
    public NpgsqlConnectionStringBuilder Settings { get; }

    /// <summary>Host, port and database, for sentences.</summary>
    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Settings.Host}:{Settings.Port}/{Settings.Database}");

    /// <summary>Reads an address.</summary>
    /// <exception cref="ArgumentException">It is none of PostgreSQL's; the message does not repeat it.</exception>
    public static PostgresAddress Parse(string address)
    {
        if (
            !Uri.TryCreate(address, UriKind.Absolute, out Uri? uri)
            || uri.Scheme is not ("postgres" or "postgresql")
            || uri.Host.Length == 0
            || uri.AbsolutePath.Trim('/').Length == 0
        )
        {
            throw new ArgumentException("The store's address is no postgres://user@host:port/database.");
        }

        string[] user = uri.UserInfo.Split(':', 2);
        NpgsqlConnectionStringBuilder settings = new()
        {
            Host = uri.Host.Trim('[', ']'),
            Port = uri.Port > 0 ? uri.Port : DefaultPort,
            Database = Uri.UnescapeDataString(uri.AbsolutePath.Trim('/')),
            Username = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null,
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
            ApplicationName = "cupola",
        };
        foreach (string setting in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = setting.Split('=', 2);
            string name = Uri.UnescapeDataString(parts[0]);
            try
            {
                settings[name] = Uri.UnescapeDataString(parts.ElementAtOrDefault(1) ?? "");
            }
            catch (Exception problem) when (problem is ArgumentException or FormatException or InvalidCastException)
            {
                throw new ArgumentException(
                    $"The store's address has a setting {name} that PostgreSQL's client does not take.",
                    problem
                );
            }
        }

        return new(settings);
    }

    /// <summary>What is wrong with the database, and what to do, in a sentence.</summary>
    public IOException Failure(Exception problem) =>
        new(
            problem switch
            {
                PostgresException { SqlState: "28P01" or "28000" } =>
                    $"The database {Name} refuses the user; name one as in postgres://user@host/database, and give the "
                        + "password by "
                        + "the environment variable PGPASSWORD.",
                PostgresException { SqlState: "3D000" } => $"There is no database {Name}; make it with createdb.",
                PostgresException { SqlState: "42501" } denied =>
                    $"The database {Name} does not allow what the index needs ({denied.MessageText}); let its administrator run "
                        + "CREATE EXTENSION vector there and GRANT CREATE on the schema.",
                PostgresException { SqlState: "0A000" or "58P01" or "42704" or "22023" } missing =>
                    $"The database {Name} lacks pgvector 0.7 or newer ({missing.MessageText}); install it on the "
                        + "server, as by the "
                        + "package postgresql-17-pgvector or the image pgvector/pgvector.",
                PostgresException { SqlState: "53100" or "53200" or "53300" } full =>
                    $"The database {Name} has no room left ({full.MessageText}); what was written stays, and the same command "
                        + "goes on from there.",
                PostgresException other => $"The database {Name} fails ({other.SqlState}: {other.MessageText}).",
                NpgsqlException { InnerException: SocketException } =>
                    $"The database {Name} cannot be reached; see that it runs and that the address is right. What was written "
                        + "stays, and the same command goes on from there.",
                _ => $"The connection to the database {Name} broke off ({problem.Message.TrimEnd('.')}); what was written stays, "
                    + "and the same command goes on from there.",
            },
            problem
        );
}
