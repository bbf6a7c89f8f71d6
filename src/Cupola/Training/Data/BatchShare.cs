using System.Text.Json;
using Cupola.Collectives;

namespace Cupola.Training.Data;

/// <summary>How ranks share the images of batches; all of them have all captions.</summary>
/// <param name="Ranks">The ranks.</param>
/// <param name="PairsOf">
/// The pairs of a batch of so many, from the first to that behind the last, whose images this rank needs.
/// </param>
internal sealed record BatchShare(ICollective Ranks, Func<int, (int Start, int End)> PairsOf)
{
    /// <summary>What is wrong with the images of a batch, whoever found it out.</summary>
    /// <param name="errors">What this rank found out, by pair.</param>
    public string?[] Gather(string?[] errors)
    {
        if (Ranks.Ranks == 1)
        {
            return errors;
        }

        Dictionary<int, string> mine = errors
            .Index()
            .Where(static error => error.Item is not null)
            .ToDictionary(static error => error.Index, static error => error.Item!);
        foreach (string found in Ranks.AllGather(mine.Count == 0 ? "" : JsonSerializer.Serialize(mine)))
        {
            foreach ((int index, string error) in found.Length == 0 ? [] : Read(found))
            {
                errors[index] = error;
            }
        }

        return errors;
    }

    private static Dictionary<int, string> Read(string found) => JsonSerializer.Deserialize<Dictionary<int, string>>(found)!;
}
