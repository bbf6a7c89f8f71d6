using System.Diagnostics;
using System.IO.Hashing;
using System.Text;

namespace Cupola.Tests.Fuzzing;

/// <summary>Has a target read one mutated input after the other, and keeps what went wrong so that it can be replayed.</summary>
/// <param name="target">Who reads.</param>
internal sealed class FuzzRoom(FuzzTarget target)
{
    /// <summary>No input may hold a thread longer; the machine may be busy with other things.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>By hand, each input that took longer and longer than any before it is kept, for a person to look at.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    /// <summary>A fault that many inputs have is kept this often.</summary>
    private const int MostKept = 20;

    private readonly string _folder = TestFolder.New();
    private readonly string _findings = Path.Combine(FuzzSettings.Findings, target.Kind.Replace(' ', '-'));
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>What was wrong, one for each fault that differs.</summary>
    public IReadOnlyCollection<string> Faults => _known;

    /// <summary>Reads inputs until there were enough, or the time is over.</summary>
    public FuzzCounts Run(int inputs, TimeSpan? time, CancellationToken cancellationToken)
    {
        FuzzCounts.ForgetPeak();
        FuzzCounts counts = new(target.Kind);
        long start = Stopwatch.GetTimestamp();
        for (int index = 0; time is { } limit ? Stopwatch.GetElapsedTime(start) < limit : index < inputs; index++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            (FuzzSeed seed, byte[] bytes) = Input(index);
            FuzzOutcome outcome = Read($"{FuzzSettings.Seed}-{index}", seed.FileName, bytes, out TimeSpan taken);
            if (time is not null && taken > counts.Slowest && taken > Slow)
            {
                Keep($"slow-{FuzzSettings.Seed}-{index}_{seed.FileName}", bytes);
            }

            counts.Add(outcome, taken);
        }

        return counts;
    }

    /// <summary>Reads an input again that was kept.</summary>
    public FuzzOutcome Replay(string path) =>
        Read("replay", Path.GetFileName(path).Split('_', 2)[^1], File.ReadAllBytes(path), out _);

    /// <summary>Reads a good input.</summary>
    public FuzzOutcome Read(FuzzSeed seed) => Read("good", seed.FileName, seed.Bytes, out _);

    /// <summary>What an input is depends on its kind, its number and the first number of the sequence alone.</summary>
    private (FuzzSeed Seed, byte[] Bytes) Input(int index)
    {
        uint hash = XxHash32.HashToUInt32(Encoding.UTF8.GetBytes($"{target.Kind} {FuzzSettings.Seed} {index}"));
        Random random = new(unchecked((int)hash));
        FuzzSeed seed = target.Seeds[random.Next(target.Seeds.Count)];
        return (seed, Mutation.Of(seed, target.Seeds[random.Next(target.Seeds.Count)], random));
    }

    private FuzzOutcome Read(string name, string fileName, byte[] bytes, out TimeSpan taken)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, name)).FullName,
            path = Path.Combine(folder, fileName);
        foreach (string beside in target.Beside)
        {
            File.Copy(beside, Path.Combine(folder, Path.GetFileName(beside)));
        }

        File.WriteAllBytes(path, bytes);
        string kept = $"{name}_{fileName}";
        if (FuzzSettings.Time is not null)
        {
            // Where the process itself dies of it, the input lies here.
            Keep("reading.bin", bytes);
        }

        long start = Stopwatch.GetTimestamp();
        FuzzOutcome outcome = Judge(path);
        taken = Stopwatch.GetElapsedTime(start);
        if (outcome.Finding is { } finding && _known.Count < MostKept && _known.Add(Fault(finding, folder)))
        {
            Keep(kept, bytes);
            Keep(kept + ".txt", Encoding.UTF8.GetBytes(finding));
        }

        Directory.Delete(folder, recursive: true);
        return outcome;
    }

    /// <summary>On a thread of its own, which is left alone where it does not come back.</summary>
    private FuzzOutcome Judge(string path)
    {
        FuzzOutcome? outcome = null;
        Thread reader = new(() => outcome = FuzzOutcome.Of(target, path)) { IsBackground = true };
        reader.Start();
        return reader.Join(Longest) ? outcome! : new(null, $"It was not read within {Longest.TotalSeconds} seconds.");
    }

    /// <summary>By which a finding is known again: its first lines, without what differs from input to input.</summary>
    private static string Fault(string finding, string folder)
    {
        string[] lines = finding.Replace(folder, "", StringComparison.Ordinal).Split('\n');
        string? place = lines.FirstOrDefault(static line => line.Contains(" at Cupola.", StringComparison.Ordinal));
        string first = string.Concat(lines[0].Where(static letter => !char.IsAsciiDigit(letter)));
        return place is null ? first[..Math.Min(first.Length, 60)] : $"{first[..Math.Min(first.Length, 60)]} {place.Trim()}";
    }

    private void Keep(string name, byte[] bytes)
    {
        Directory.CreateDirectory(_findings);
        File.WriteAllBytes(Path.Combine(_findings, name), bytes);
    }
}
