using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Cupola.Cli;

/// <summary>A number: read alike in every language of the machine, and refused where it makes no sense.</summary>
/// <typeparam name="T">The kind of number.</typeparam>
internal sealed class NumberOption<T> : Option<T?>
    where T : struct, INumber<T>, IMinMaxValue<T>
{
    private readonly T _least;
    private readonly T _most;
    private readonly bool _isAboveLeast;

    /// <summary>An option of a range.</summary>
    /// <param name="name">As it is typed.</param>
    /// <param name="least">The smallest number that it can be.</param>
    /// <param name="most">The largest; what the kind of number holds, where there is no bound that makes sense.</param>
    /// <param name="isAboveLeast">Whether it must be more than the smallest.</param>
    public NumberOption(string name, T least, T? most = null, bool isAboveLeast = false)
        : base(name)
    {
        (_least, _most, _isAboveLeast) = (least, most ?? T.MaxValue, isAboveLeast);
        CustomParser = Parse;
    }

    /// <summary>The number, of an option that always has one.</summary>
    public T Read(ParseResult parsed) => parsed.GetValue(this) ?? throw new InvalidOperationException($"{Name} has no default.");

    private static bool IsWhole => T.Zero is not (float or double);

    private T? Parse(ArgumentResult given)
    {
        string text = given.Tokens is [{ Value: var value }] ? value : "";
        NumberStyles styles = IsWhole ? NumberStyles.AllowLeadingSign : NumberStyles.Float;
        if (
            T.TryParse(text, styles, CultureInfo.InvariantCulture, out T number)
            && (_isAboveLeast ? number > _least : number >= _least)
            && number <= _most
        )
        {
            return number;
        }

        given.AddError($"{Name} is {Wanted}, and not '{text}'.");
        return null;
    }

    /// <summary>What it can be, in words.</summary>
    private string Wanted
    {
        get
        {
            string kind = IsWhole ? "a whole number" : "a number";
            bool hasLeast = _least != T.MinValue,
                hasMost = _most != T.MaxValue;
            return (hasLeast, hasMost) switch
            {
                (true, true) when !_isAboveLeast => Text($"{kind} from {_least} to {_most}"),
                (true, true) => Text($"{kind} above {_least} and at most {_most}"),
                (true, false) => Text($"{kind} {(_isAboveLeast ? "above" : "of at least")} {_least}"),
                _ => kind,
            };

            static string Text(FormattableString words) => FormattableString.Invariant(words);
        }
    }
}
