using Cupola.Retrieval;
using Npgsql;

namespace Cupola.Postgres;

/// <summary>What a service asks of the library besides the images that fit best.</summary>
internal sealed partial class PostgresStore
{
    public override KnownFile? File(long number) =>
        Run(connection =>
        {
            using NpgsqlCommand command = new(
                $"SELECT {Columns} FROM cupola_images i WHERE i.number = $1 AND NOT i.gone AND i.error IS NULL",
                connection
            )
            {
                Parameters = { new() { Value = number } },
            };
            using NpgsqlDataReader reader = command.ExecuteReader();
            return reader.Read() ? File(reader) : null;
        });

    public override int Count(SearchQuery query) =>
        Run(connection =>
        {
            using NpgsqlCommand command = new() { Connection = connection };
            command.CommandText =
                $"SELECT count(*) FROM cupola_images i JOIN {_vectors} v ON v.hash = i.hash WHERE {Condition(command, query)}";
            return (int)(long)command.ExecuteScalar()!;
        });

    public override IReadOnlyList<string> Cameras() =>
        Run(static connection =>
        {
            using NpgsqlCommand command = new(
                "SELECT min(camera) FROM cupola_images WHERE NOT gone AND error IS NULL AND camera IS NOT NULL "
                    + "GROUP BY lower(camera) ORDER BY lower(camera)",
                connection
            );
            using NpgsqlDataReader reader = command.ExecuteReader();
            List<string> cameras = [];
            while (reader.Read())
            {
                cameras.Add(reader.GetString(0));
            }

            return cameras;
        });
}
