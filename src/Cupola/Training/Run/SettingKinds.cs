using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cupola.Training.Run;

/// <summary>What a setting takes, in words for who wrote something else.</summary>
internal static class SettingKinds
{
    /// <summary>What a setting takes.</summary>
    /// <param name="path">The setting as JSON names it: <c>model.imageWidth</c>, <c>frozen[0]</c>.</param>
    /// <param name="given">What stands there.</param>
    public static string KindOf(string path, JsonNode? given)
    {
        Type type = typeof(TrainingSettings);
        bool isOptional = false;
        foreach (string name in path.Split('.', '['))
        {
            if (name.EndsWith(']'))
            {
                type = type.GetGenericArguments()[0];
                continue;
            }

            PropertyInfo? property = Find(type, name);
            if (property is null)
            {
                return "something else";
            }

            type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            isOptional = new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;
        }

        return Words(type, given) + (isOptional ? " or null" : "");
    }

    /// <summary>The property that JSON names so, also where it is in a group of settings.</summary>
    private static PropertyInfo? Find(Type type, string name) =>
        TrainingSettingsFile.GroupOf.TryGetValue(name, out string? group) && type == typeof(TrainingSettings)
            ? Member(Member(type, group)!.PropertyType, name)
            : Member(type, name);

    private static PropertyInfo? Member(Type type, string name) =>
        Array.Find(type.GetProperties(), property => JsonNamingPolicy.CamelCase.ConvertName(property.Name) == name);

    private static string Words(Type type, JsonNode? given) =>
        type.IsEnum ? Either([.. Enum.GetNames(type).Select(JsonNamingPolicy.CamelCase.ConvertName)])
        : type == typeof(bool) ? "true or false"
        : type == typeof(int) || type == typeof(long)
            ? IsTooLarge(given) ? "a whole number up to 2147483647"
                : "a whole number"
        : type == typeof(float) || type == typeof(double) ? "a number"
        : type == typeof(string) ? "a text"
        : type == typeof(NewModel) ? "an object of sizes, as in { \"imageSize\": 48 }"
        : "a list";

    private static bool IsTooLarge(JsonNode? given) =>
        given?.GetValueKind() == JsonValueKind.Number
        && double.TryParse(given.ToJsonString(), CultureInfo.InvariantCulture, out double number)
        && Math.Abs(number) > int.MaxValue;

    private static string Either(string[] names) => $"{string.Join(", ", names.SkipLast(1))} or {names[^1]}";
}
