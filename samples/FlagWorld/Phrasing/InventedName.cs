using FlagWorld.Real;

namespace FlagWorld.Phrasing;

/// <summary>
/// Names of countries that do not exist: a model learns from them that a name says nothing of what a flag looks like.
/// </summary>
internal static class InventedName
{
    private static readonly string[] Beginnings =
    [
        "Vel",
        "Kor",
        "Zan",
        "Mor",
        "Thal",
        "Quen",
        "Bra",
        "Dro",
        "Eri",
        "Fen",
        "Gor",
        "Hul",
        "Ist",
        "Jor",
        "Lun",
        "Nor",
        "Ost",
        "Pal",
        "Ras",
        "Syl",
        "Tor",
        "Ul",
        "Wes",
        "Xan",
        "Yar",
        "Zem",
        "Cal",
        "Den",
    ];
    private static readonly string[] Middles =
    [
        "a",
        "o",
        "e",
        "an",
        "ar",
        "or",
        "en",
        "im",
        "ul",
        "ast",
        "ond",
        "ev",
        "iv",
        "ox",
        "",
    ];
    private static readonly string[] Ends =
    [
        "dia",
        "nia",
        "via",
        "land",
        "stan",
        "ria",
        "mar",
        "tova",
        "lund",
        "esh",
        "quor",
        "zar",
        "mbo",
        "wick",
        "ros",
        "tania",
    ];

    public static string Draw(CounterRandom random)
    {
        while (true)
        {
            string name = random.Pick<string>(Beginnings) + random.Pick<string>(Middles) + random.Pick<string>(Ends);
            if (!RealDesigns.All.Any(real => name.Contains(real.Name, StringComparison.OrdinalIgnoreCase)))
            {
                return name;
            }
        }
    }
}
