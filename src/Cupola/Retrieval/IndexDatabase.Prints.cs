using Cupola.Images;
using Microsoft.Data.Sqlite;

namespace Cupola.Retrieval;

/// <summary>What an index keeps of pictures besides their vectors, to tell duplicates.</summary>
internal sealed partial class IndexDatabase
{
    /// <summary>
    /// The prints of contents; null for a flat image, whose row has an aspect of 0. A row without one says nothing: such rows
    /// may be of images that could not be read.
    /// </summary>
    public Dictionary<ContentHash, PicturePrint?> Prints()
    {
        using SqliteCommand command = Command("SELECT hash, bits, aspect FROM prints WHERE aspect IS NOT NULL");
        using SqliteDataReader reader = command.ExecuteReader();
        Dictionary<ContentHash, PicturePrint?> prints = [];
        while (reader.Read())
        {
            prints.Add(
                new(Blob(reader, 0)!),
                reader.IsDBNull(1) ? null : new PicturePrint((ulong)reader.GetInt64(1), reader.GetDouble(2))
            );
        }

        return prints;
    }

    /// <summary>Keeps the prints of contents, all or none.</summary>
    public void AddPrints(IEnumerable<(ContentHash Content, PicturePrint? Print)> prints)
    {
        using SqliteTransaction transaction = _connection.BeginTransaction();
        using SqliteCommand command = Command("INSERT OR REPLACE INTO prints VALUES ($hash, $bits, $aspect)");
        foreach ((ContentHash content, PicturePrint? print) in prints)
        {
            command.Parameters.Clear();
            Add(command, "$hash", content.ToArray());
            Add(command, "$bits", (long?)print?.Bits);
            Add(command, "$aspect", print?.Aspect ?? 0);
            command.ExecuteNonQuery();
        }

        transaction.Commit();
    }
}
