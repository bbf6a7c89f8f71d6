using System.Text.Json;
using System.Text.Json.Serialization;
using FlagWorld.Designs;

namespace FlagWorld.Real;

/// <summary>A country's flag or a road sign as its specification gives it.</summary>
/// <param name="Name">The country's name in English, or the sign's.</param>
/// <param name="Source">Where proportions and colors are from.</param>
/// <param name="Colors">Code of each color, by its name.</param>
/// <param name="Design">Layout and proportions.</param>
internal sealed record RealDesign(string Name, string Source, IReadOnlyDictionary<string, string> Colors, Design Design);

/// <summary>The real flags and signs: never drawn for training, and the unseen test of what was learned.</summary>
internal static class RealDesigns
{
    private static readonly JsonSerializerOptions Reading = new(JsonSerializerDefaults.Web)
    {
        AllowOutOfOrderMetadataProperties = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Countries and signs, in the file's order.</summary>
    public static IReadOnlyList<RealDesign> All { get; } = [.. Read("real-flags"), .. Read("real-signs")];

    /// <summary>Their combinations of layout and colors.</summary>
    public static IReadOnlySet<string> Keys { get; } =
        All.Select(static real => real.Design.Key).ToHashSet(StringComparer.Ordinal);

    /// <summary>The flag of a country, or a sign.</summary>
    /// <exception cref="ArgumentException">There is none of this name.</exception>
    public static RealDesign Named(string name) =>
        All.FirstOrDefault(real => real.Name == name)
        ?? throw new ArgumentException(
            $"There is no flag or sign '{name}'; these are there: {string.Join(", ", All.Select(static real => real.Name))}."
        );

    private static RealDesign[] Read(string file)
    {
        using Stream stream = typeof(RealDesigns).Assembly.GetManifestResourceStream($"{file}.json")
            ?? throw new InvalidDataException($"{file}.json is missing from the program.");
        return JsonSerializer.Deserialize<RealDesign[]>(stream, Reading)
            ?? throw new InvalidDataException($"{file}.json holds no list of designs.");
    }
}
