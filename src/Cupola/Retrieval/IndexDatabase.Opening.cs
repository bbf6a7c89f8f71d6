using Microsoft.Data.Sqlite;

namespace Cupola.Retrieval;

/// <summary>How an index's database is opened, and what it means where that fails.</summary>
internal sealed partial class IndexDatabase
{
    /// <summary>SQLite's codes for a file that cannot be opened, or not be written.</summary>
    private const int CannotOpen = 14,
        ReadOnly = 8;

    /// <summary>SQLite's codes for a disk that is full, or fails.</summary>
    private const int Full = 13,
        Failed = 10;

    /// <summary>SQLite's code for a database that another process is writing.</summary>
    private const int Busy = 5;

    /// <summary>Opens a folder's database, or makes it; one that cannot be written is opened to be read.</summary>
    /// <exception cref="InvalidDataException">It is damaged, or is no index.</exception>
    /// <exception cref="IOException">It can neither be written nor be read.</exception>
    public static IndexDatabase Open(string folder)
    {
        Directory.CreateDirectory(folder);
        string path = Path.Combine(folder, "index.sqlite");
        try
        {
            return new(path, isReadOnly: false);
        }
        catch (SqliteException problem) when (IsUnwritable(problem) || (IsOfDisk(problem) && HasBegun(path)))
        {
            // On a full disk SQLite cannot make the files beside the database.
            return OpenToRead(path, problem);
        }
        catch (SqliteException problem)
        {
            throw IsOfDisk(problem) ? Unwritten(folder, problem)
            : IsHeld(problem) ? Held(folder, problem)
            : Unreadable(path, problem);
        }
    }

    private static bool HasBegun(string path) => new FileInfo(path) is { Exists: true, Length: > 0 };

    /// <summary>Whether something failed because a disk is full or broken, and not because of what lies there.</summary>
    internal static bool IsOfDisk(Exception problem) =>
        problem is IOException or SqliteException { SqliteErrorCode: Full or Failed };

    /// <summary>Whether something failed because another process is writing.</summary>
    internal static bool IsHeld(Exception problem) => problem is SqliteException { SqliteErrorCode: Busy };

    /// <summary>What it means for an index that another process is writing.</summary>
    internal static IOException Held(string folder, Exception? problem = null) =>
        new($"The index {folder} is being updated by another process; wait until that has ended.", problem);

    /// <summary>What a full disk means for an index.</summary>
    internal static IOException Unwritten(string folder, Exception problem) =>
        new(
            $"The index {folder} cannot be written ({problem.Message.TrimEnd('.')}); what was done before stays, and the next "
                + "update goes on.",
            problem
        );

    /// <summary>Opens a database that cannot be written.</summary>
    internal static IndexDatabase OpenToRead(string path, SqliteException written)
    {
        if (!File.Exists(path))
        {
            throw new IOException($"The index {path} cannot be made there ({written.Message}); name another folder.", written);
        }

        try
        {
            // Where its owner has it open, its last changes are seen, and those to come.
            return new(path, isReadOnly: true);
        }
        catch (SqliteException problem) when (IsUnwritable(problem) || IsOfDisk(problem))
        {
            return OpenUnchanging(path, written);
        }
        catch (SqliteException problem)
        {
            throw Unreadable(path, problem);
        }
    }

    /// <summary>Opens a database beside which SQLite can make no file, as one that nobody changes meanwhile.</summary>
    private static IndexDatabase OpenUnchanging(string path, SqliteException written)
    {
        if (new FileInfo(path + "-wal") is { Exists: true, Length: > 0 })
        {
            throw new IOException($"The index {path} cannot be written, and its last update was not ended.", written);
        }

        try
        {
            return new(new Uri(path).AbsoluteUri + "?immutable=1", isReadOnly: true);
        }
        catch (SqliteException problem)
        {
            throw IsOfDisk(problem) ? Unwritten(Path.GetDirectoryName(path)!, problem) : Unreadable(path, problem);
        }
    }

    /// <summary>Whether something failed because the database lies where nothing can be written.</summary>
    internal static bool IsUnwritable(SqliteException problem) => problem.SqliteErrorCode is CannotOpen or ReadOnly;

    private static InvalidDataException Unreadable(string path, SqliteException problem) =>
        new($"The index {path} cannot be read ({problem.Message}); move it away, and it is made anew.", problem);
}
