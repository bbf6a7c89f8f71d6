using System.CommandLine;
using System.Globalization;
using FlagWorld.Grammar;
using FlagWorld.Output;
using FlagWorld.Real;

Argument<string> folder = new("DIR") { Description = "The folder to write into; it is made where it is missing." };
Argument<string> name = new("NAME") { Description = "The country or the sign." };
Argument<string> file = new("FILE") { Description = "The PNG to write." };
Option<int> count = Number("--count", 1000, "How many images.", 1);
Option<int> captions = Number(
    "--captions",
    6,
    "How many captions an image has, at most: four whole descriptions, then parts.",
    1
);
Option<int> combinations = Number("--combinations", 100, "How many combinations of layout and colours.", 2);
Option<int> views = Number("--views", 10, "How many images of each.", 1);
Option<int> size = Number("--size", 96, "The side of an image in pixels.", 16);
Option<ulong> seed = new("--seed") { Description = "Equal seeds give equal files.", DefaultValueFactory = static _ => 1 };
Option<bool> heldOut = new("--held-out")
{
    Description = "Draw only combinations of layout and colours that are never drawn without this.",
};
Option<bool> distinct = new("--distinct") { Description = "Draw each combination of layout and colours once." };
Option<bool> tar = new("--tar") { Description = "Write tar shards (WebDataset) in place of a folder and captions.jsonl." };
Option<bool> real = new("--real") { Description = "The real flags and signs in place of random ones." };

RootCommand root = new(
    "Draws flags and signs from a grammar and says in words what they show: a world small enough to train CLIP on."
)
{
    Verb(
        "draw",
        "Writes random flags and signs with their captions, none of them real.",
        [folder, count, seed, heldOut, distinct, captions, tar, size],
        (parsed, stop) =>
        {
            string to = parsed.GetRequiredValue(folder);
            using PairWriter writer = parsed.GetValue(tar) ? new ShardWriter(to) : new FolderWriter(to);
            Share share = parsed.GetValue(heldOut) ? Share.HeldOut : Share.Training;
            RandomPairs.Write(
                writer,
                parsed.GetValue(count),
                parsed.GetValue(seed),
                share,
                parsed.GetValue(captions),
                parsed.GetValue(size),
                parsed.GetValue(distinct),
                stop
            );
        }
    ),
    Verb(
        "held-out",
        "Writes labelled images of combinations that training never sees, and sentences for each.",
        [folder, combinations, views, seed, size],
        (parsed, stop) =>
            HeldOutCombinations.Write(
                parsed.GetRequiredValue(folder),
                parsed.GetValue(combinations),
                parsed.GetValue(views),
                parsed.GetValue(seed),
                parsed.GetValue(size),
                stop
            )
    ),
    Verb(
        "parts",
        "Writes random flags with masks of their parts and what one would call them: parts.jsonl.",
        [folder, count, seed, heldOut, size],
        (parsed, stop) =>
            NamedParts.Write(
                parsed.GetRequiredValue(folder),
                parsed.GetValue(count),
                parsed.GetValue(seed),
                parsed.GetValue(heldOut) ? Share.HeldOut : Share.Training,
                parsed.GetValue(size),
                stop
            )
    ),
    Verb("real", "Writes real flags and road signs into a folder for each.", [folder, views, seed, size], (parsed, stop) =>
        RealFolders.Write(
            parsed.GetRequiredValue(folder),
            parsed.GetValue(views),
            parsed.GetValue(seed),
            parsed.GetValue(size),
            stop
        )
    ),
    Verb("picture", "Writes one PNG of a real flag or sign, flat.", [name, file, size], (parsed, _) =>
    {
        using Image image = new(parsed.GetValue(size));
        File.WriteAllBytes(parsed.GetRequiredValue(file), image.DrawFlat(RealDesigns.Named(parsed.GetRequiredValue(name))));
    }),
    Verb("sheet", "Writes one PNG with many images, for the eye.", [file, real, count, seed, size], (parsed, _) =>
    {
        const int Columns = 12;
        if (parsed.GetValue(real))
        {
            ContactSheet.OfReal(parsed.GetRequiredValue(file), Columns, parsed.GetValue(size));
        }
        else
        {
            ContactSheet.OfRandom(
                parsed.GetRequiredValue(file),
                parsed.GetValue(count),
                Columns,
                parsed.GetValue(seed),
                parsed.GetValue(size)
            );
        }
    }),
};
return root.Parse(args).Invoke();

static Option<int> Number(string name, int usual, string description, int least)
{
    Option<int> option = new(name) { Description = description, DefaultValueFactory = _ => usual };
    option.Validators.Add(result =>
    {
        if (
            result.Tokens.Count > 0
            && int.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, out int value)
            && value < least
        )
        {
            result.AddError($"{name} is at least {least}.");
        }
    });
    return option;
}

static Command Verb(string name, string description, IEnumerable<Symbol> symbols, Action<ParseResult, CancellationToken> run)
{
    Command verb = new(name, description);
    foreach (Symbol symbol in symbols)
    {
        if (symbol is Argument argument)
        {
            verb.Arguments.Add(argument);
        }
        else
        {
            verb.Options.Add((Option)symbol);
        }
    }

    verb.SetAction(
        (parsed, stop) =>
            Task.Run(() =>
            {
                try
                {
                    run(parsed, stop);
                    return 0;
                }
                catch (OperationCanceledException)
                {
                    return 130;
                }
                catch (Exception problem) when (problem is ArgumentException or IOException or UnauthorizedAccessException)
                {
                    Console.Error.WriteLine(problem.Message);
                    return problem is ArgumentException ? 2 : 3;
                }
            })
    );
    return verb;
}
