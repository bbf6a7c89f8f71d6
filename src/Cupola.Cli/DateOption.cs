using System.CommandLine;
using System.Globalization;

namespace Cupola.Cli;

/// <summary>An option that takes a year, a month or a day, and means its beginning.</summary>
internal sealed class DateOption : Option<DateTime?>
{
    private static readonly string[] Formats = ["yyyy", "yyyy-MM", "yyyy-MM-dd"];

    public DateOption(string name, string description)
        : base(name)
    {
        Description = description;
        HelpName = "DATE";
        CustomParser = given =>
        {
            string text = given.Tokens is [{ Value: var value }] ? value : "";
            if (DateTime.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTime date))
            {
                return date;
            }

            given.AddError($"{name} is a year, a month or a day as 2021, 2021-05 or 2021-05-03, and not '{text}'.");
            return null;
        };
    }
}
