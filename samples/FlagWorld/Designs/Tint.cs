using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace FlagWorld.Designs;

/// <summary>A color's family.</summary>
internal enum Hue
{
    Red,
    Orange,
    Yellow,
    Green,
    Blue,
    Purple,
    Pink,
    Brown,
    Black,
    Grey,
    White,
}

/// <summary>How light a color is within its family.</summary>
internal enum Shade
{
    Plain,
    Light,
    Dark,
}

/// <summary>A color as people name it: "red", "light blue".</summary>
[StructLayout(LayoutKind.Auto)]
[JsonConverter(typeof(TintConverter))]
internal readonly record struct Tint(Hue Hue, Shade Shade = Shade.Plain)
{
    public static Tint Parse(string name)
    {
        string[] words = name.Split(' ');
        return
            words.Length <= 2
            && Enum.TryParse(words[^1], ignoreCase: true, out Hue hue)
            && (words.Length == 1 || Enum.TryParse(words[0], ignoreCase: true, out Shade _))
            ? new(hue, words.Length == 1 ? Shade.Plain : Enum.Parse<Shade>(words[0], ignoreCase: true))
            : throw new InvalidDataException($"'{name}' is no colour of the flag world: it says red or dark red.");
    }

    public override string ToString() => (Shade == Shade.Plain ? $"{Hue}" : $"{Shade} {Hue}").ToLowerInvariant();

    private sealed class TintConverter : JsonConverter<Tint>
    {
        public override Tint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Parse(reader.GetString()!);

        public override void Write(Utf8JsonWriter writer, Tint value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
