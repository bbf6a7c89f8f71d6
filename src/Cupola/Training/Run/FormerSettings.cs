using System.Text.Json;
using System.Text.Json.Nodes;
using Cupola.Files;
using Microsoft.Extensions.Logging;

namespace Cupola.Training.Run;

/// <summary>The former names of settings, under which files and runs of earlier versions have them.</summary>
internal static class FormerSettings
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["average"] = "emaDecay",
        ["storage"] = "weightsType",
        ["frozenStatistics"] = "freezeBatchNorm",
        ["keptMegabytes"] = "activationMegabytes",
        ["chunkPairs"] = "microBatchSize",
        ["chunkTokens"] = "microBatchTokens",
        ["colour"] = "colorJitter",
        ["smallestArea"] = "minimumScale",
    };

    /// <summary>The losses, which also said whether pairs with equal captions are masked.</summary>
    private static readonly Dictionary<string, (string Loss, bool MaskSameLabel)> Losses = new(StringComparer.Ordinal)
    {
        ["labelled"] = ("infoNce", true),
        ["contrastive"] = ("infoNce", false),
        ["labelledSigmoid"] = ("sigLip", true),
        ["sigmoid"] = ("sigLip", false),
    };

    /// <summary>Gives settings their names.</summary>
    /// <param name="changes">Settings under their names or former names.</param>
    /// <param name="source">Where they are from, for errors and sentences.</param>
    /// <param name="logger">Receives a sentence for each former name.</param>
    /// <exception cref="InvalidDataException">A setting is there under both names.</exception>
    public static JsonObject Rename(JsonObject changes, string source, ILogger? logger)
    {
        JsonObject current = [];
        foreach ((string name, JsonNode? value) in changes)
        {
            if (Names.TryGetValue(name, out string? today))
            {
                logger?.Warn($"{source}: the setting '{name}' is called '{today}'.");
                Add(current, today, value, source);
            }
            else if (name == "loss" && FormerLoss(value) is var (loss, isMasked))
            {
                logger?.Warn(
                    $"{source}: the loss '{(string)value!}' is called '{loss}' with "
                        + $"\"maskSameLabel\": {(isMasked ? "true" : "false")}."
                );
                Add(current, "loss", loss, source);
                Add(current, "maskSameLabel", isMasked, source);
            }
            else
            {
                Add(current, name, value, source);
            }
        }

        return current;
    }

    private static (string Loss, bool MaskSameLabel)? FormerLoss(JsonNode? value) =>
        value?.GetValueKind() == JsonValueKind.String && Losses.TryGetValue((string)value!, out var former) ? former : null;

    private static void Add(JsonObject target, string name, JsonNode? value, string source)
    {
        if (!target.TryAdd(name, value?.DeepClone()))
        {
            throw new InvalidDataException(
                $"{source} cannot be used: it sets '{name}' twice, once under its former name; leave one of them out."
            );
        }
    }
}
