using System.Diagnostics;
using System.Globalization;
using Cupola.Files;

namespace Cupola.Training.Run;

/// <summary>
/// The folder of a run: <c>run.json</c> (<see cref="RunDescription"/>), <c>checkpoint.safetensors</c>
/// (<see cref="TrainingState"/>), <c>log.jsonl</c>, <c>evaluations.jsonl</c>, <c>training.html</c>, and the files of a model. One
/// process has it at a time.
/// </summary>
internal sealed class RunFolder : IDisposable
{
    private const string LockName = "run.lock";

    /// <summary>How long another machine may take to see what the first rank has written.</summary>
    private static readonly TimeSpan SeenAfter = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly FileStream? _lock;

    private RunFolder(string path, FileStream? held) => (Path, _lock) = (path, held);

    /// <summary>Where it lies.</summary>
    public string Path { get; }

    /// <summary>What people call it.</summary>
    public string Name =>
        System.IO.Path.GetFileName(System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(Path)));

    public string Checkpoint => System.IO.Path.Combine(Path, "checkpoint.safetensors");

    public string Log => System.IO.Path.Combine(Path, "log.jsonl");

    public string Evaluations => System.IO.Path.Combine(Path, "evaluations.jsonl");

    public string Page => System.IO.Path.Combine(Path, "training.html");

    /// <summary>The batches of an epoch that was mined for hard negatives.</summary>
    public string Mined => System.IO.Path.Combine(Path, "mined.json");

    /// <summary>Where a model lies that is not yet known to be the best.</summary>
    public string UnderEvaluation => System.IO.Path.Combine(Path, "candidate");

    /// <summary>The images of the batch at which training went astray.</summary>
    public string FailedBatch => System.IO.Path.Combine(Path, "failed-batch.txt");

    /// <summary>Whether there is anything to go on from.</summary>
    public bool IsBegun => File.Exists(Checkpoint);

    /// <summary>Opens a run, or begins one.</summary>
    /// <param name="path">The folder.</param>
    /// <param name="wanted">What the run is.</param>
    /// <exception cref="IOException">Another process trains there, or the folder is something else.</exception>
    /// <exception cref="InvalidDataException">A run of other settings or other pairs lies there.</exception>
    public static RunFolder Open(string path, RunDescription wanted)
    {
        if (File.Exists(path))
        {
            throw new IOException($"{path} is a file; name a folder for the run.");
        }

        if (
            Directory.Exists(path)
            && !File.Exists(System.IO.Path.Combine(path, RunDescription.FileName))
            && Directory
                .EnumerateFileSystemEntries(path)
                .Any(static entry =>
                    System.IO.Path.GetFileName(entry) is not (LockName or RunDescription.FileName + AtomicFile.Unfinished)
                )
        )
        {
            throw new IOException(
                $"{path} holds something else than a run; name a folder that is new or empty, or a run that shall go on."
            );
        }

        Directory.CreateDirectory(path);
        FileStream held = FileLock.TryOpen(System.IO.Path.Combine(path, LockName))
            ?? throw new IOException($"{path} is in use: another process trains there. Wait for it, or name another folder.");
        try
        {
            RunFolder run = new(path, held);
            if (RunDescription.Read(path) is { } found)
            {
                found.Require(path, wanted);
                if (found.Ranks != wanted.Ranks)
                {
                    (found with { Ranks = wanted.Ranks }).Write(path);
                }
            }
            else
            {
                wanted.Write(path);
            }

            return !run.IsBegun && new FileInfo(run.Log) is { Exists: true, Length: > 0 }
                ? throw new InvalidDataException(
                    $"{path} holds a run without its checkpoint, so that it cannot go on, and its model is left as it is; name "
                        + "another folder."
                )
                : run;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>
    /// A run that the first rank has opened, for another rank, which only reads. A network's file system may remember for a while
    /// that nothing was there; listing the folder lets it look again.
    /// </summary>
    /// <exception cref="InvalidDataException">It is not to be seen there.</exception>
    public static RunFolder Follow(string path, int rank)
    {
        RunFolder run = new(path, held: null);
        for (Stopwatch since = Stopwatch.StartNew(); !run.IsBegun && since.Elapsed < SeenAfter; Thread.Sleep(Pause))
        {
            if (Directory.Exists(path))
            {
                _ = Directory.EnumerateFileSystemEntries(path).Count();
            }
        }

        return run.IsBegun
            ? run
            : throw new InvalidDataException(
                $"Rank {rank.ToString(CultureInfo.InvariantCulture)} on {Environment.MachineName} does not see {run.Checkpoint}, "
                    + "which rank 0 has; the run's folder must be one that all ranks share."
            );
    }

    /// <summary>
    /// Takes back what the run is, where it never came to its first checkpoint: an attempt that failed binds no one.
    /// </summary>
    public void Forget()
    {
        if (_lock is not null && !IsBegun)
        {
            File.Delete(System.IO.Path.Combine(Path, RunDescription.FileName));
        }
    }

    public void Dispose() => _lock?.Dispose();
}
