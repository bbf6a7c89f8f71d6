using System.CommandLine;
using Cupola.Cli;

namespace Cupola.Tests.Cli;

/// <summary>What is wrong with a command line is said before anything is done, in words that name what there is.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("--threshold is a number from 0 to 1, and not '1.2'.", "classify x.png --labels a,b --threshold 1.2")]
    [InlineData("--threshold is a number from 0 to 1, and not '-0.1'.", "classify x.png --labels a,b --threshold -0.1")]
    [InlineData("--threshold is a number from 0 to 1, and not 'NaN'.", "classify x.png --labels a,b --threshold NaN")]
    [InlineData("--threshold is a number from 0 to 1, and not 'Infinity'.", "classify x.png --labels a,b --threshold Infinity")]
    [InlineData("--threshold is a number from 0 to 1, and not '0,6'.", "classify x.png --labels a,b --threshold 0,6")]
    [InlineData("--threshold is a number from 0 to 1, and not '٠.٥'.", "classify x.png --labels a,b --threshold ٠.٥")]
    [InlineData("--threshold is a number from 0 to 1, and not '−0.5'.", "classify x.png --labels a,b --threshold −0.5")]
    [InlineData("--top is a whole number of at least 1, and not '0'.", "classify x.png --labels a,b --top 0")]
    [InlineData("--top is a whole number of at least 1, and not '99999999999'.", "classify x.png --labels a,b --top 99999999999")]
    [InlineData("--top is a whole number of at least 1, and not '1.000'.", "prompts influence x.png --labels a,b --top 1.000")]
    [InlineData("--threads is a whole number from 0 to 1024, and not '-1'.", "embed texts x --threads -1")]
    [InlineData("--threads is a whole number from 0 to 1024, and not '100000'.", "train x.csv -o run --threads 100000")]
    [InlineData("--size is a whole number from 1 to 4096, and not '0'.", "inspect pixels x.png --size 0")]
    [InlineData("--seed is a whole number, and not 'one'.", "evaluate x --seed one")]
    [InlineData("--alpha is a number from 0 to 1, and not '1.5'.", "models interpolate a b -o c --alpha 1.5")]
    [InlineData("--learning-rate is a number above 0, and not '0'.", "train x.csv -o run --learning-rate 0")]
    [InlineData("--learning-rate is a number above 0, and not '1e400'.", "train x.csv -o run --learning-rate 1e400")]
    [InlineData("--epochs is a number above 0, and not '-3'.", "train x.csv -o run --epochs -3")]
    [InlineData("--steps is a whole number from 1 to 2147483647, and not '0'.", "train x.csv -o run --steps 0")]
    [InlineData("--temperature is a number from 0 to 2, and not '7'.", "prompts write -l a --llm m -o f --temperature 7")]
    [InlineData("--timeout is a number from 0.001 to 86400, and not '0'.", "prompts write -l a --llm m -o f --timeout 0")]
    [InlineData(
        "--concurrency is a whole number from 1 to 1000, and not '0'.",
        "prompts write -l a --llm m -o f --concurrency 0"
    )]
    [InlineData("--format is table, json or csv, and not 'foo'.", "classify x.png --labels a,b --format foo")]
    [InlineData("--format is table, json or csv, and not '1'.", "models list --format 1")]
    [InlineData("--format is table, json or csv, and not 'json,csv'.", "evaluate x --format json,csv")]
    [InlineData("There is no device 'foo'; this build has ", "inspect tokens x --device foo")]
    [InlineData("the package Microsoft.ML.OnnxRuntime.Gpu brings it.", "classify x.png --labels a,b --device cuda")]
    public void AValueThatMakesNoSenseIsTold(string sentence, string arguments)
    {
        ParseResult parsed = CommandRunner.Parse(CupolaCommand.Create(), arguments.Split(' '));

        Assert.Contains(sentence, Assert.Single(parsed.Errors).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("classify x.png --labels a,b --threshold 1")]
    [InlineData("classify x.png --labels a,b --threshold .5 --format JSON --device CPU --threads 0")]
    [InlineData("train x.csv -o run --learning-rate 5e-4 --epochs 0.5 --steps 2147483647 --seed 0")]
    [InlineData("evaluate x --seed -7")]
    public void AValueThatMakesSenseIsTaken(string arguments) =>
        Assert.Empty(CommandRunner.Parse(CupolaCommand.Create(), arguments.Split(' ')).Errors);

    [Theory]
    [InlineData("classify x.png --labels a,b --precision Int8", null)]
    [InlineData("embed texts a --precision float32", null)]
    [InlineData("evaluate x --precision int4", "--precision is float32 or int8, and not 'int4'.")]
    [InlineData("train x.csv -o run --precision int8", "train learns in float32")]
    [InlineData("models export x --precision int8", "models export writes the model's own float32 parameters")]
    public void PrecisionIsFloat32OrInt8WhereAVerbHasBoth(string arguments, string? error)
    {
        string[] errors =
        [
            .. CommandRunner.Parse(CupolaCommand.Create(), arguments.Split(' ')).Errors.Select(static found => found.Message),
        ];
        Assert.Equal(error is null ? 0 : 1, errors.Length);
        Assert.All(errors, found => Assert.StartsWith(error!, found, StringComparison.Ordinal));
    }
}
