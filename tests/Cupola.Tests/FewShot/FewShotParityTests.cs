using System.Numerics.Tensors;
using System.Text.Json;
using Cupola.FewShot;

namespace Cupola.Tests.FewShot;

/// <summary>
/// Every method beside an independent reference in double precision. Logits agree to 1e-10 of the largest: both sides work in
/// float64, and sums of a few hundred products differ by their order. The probe's to 1e-6, where its solver stops.
/// </summary>
public sealed class FewShotParityTests
{
    public static TheoryData<string> Sets => ["caltech80-k4", "cifar10-k1", "cifar10-k4", "cifar10-k16"];

    [Theory]
    [MemberData(nameof(Sets))]
    public void Logits_are_those_of_the_reference(string set)
    {
        using FewShotGolden golden = new(set);
        foreach ((string name, FewShotMethod method, Factors factors) in Fixed(golden, 0))
        {
            if (!golden.Has($"logits.{name}"))
            {
                continue;
            }

            double[] expected = golden.Numbers($"logits.{name}");
            DoubleRows found = Logits(golden, 0, method, factors).Take(golden.Sample);
            double largest = expected.Max(Math.Abs),
                tolerance = method == FewShotMethod.LinearProbe ? 1e-6 : 1e-10;
            for (int index = 0; index < expected.Length; index++)
            {
                Assert.True(
                    Math.Abs(expected[index] - found.Values[index]) <= tolerance * Math.Max(1, largest),
                    $"{name} at {index}: {found.Values[index]} is not {expected[index]}."
                );
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Every_split_has_as_many_right_answers_as_the_reference(string set)
    {
        using FewShotGolden golden = new(set);
        for (int draw = 0; draw <= golden.Draws; draw++)
        {
            JsonElement right = golden.Said(draw).GetProperty("right");
            int compared = 0;
            foreach ((string name, FewShotMethod method, Factors factors) in Fixed(golden, draw))
            {
                if (right.TryGetProperty(name, out JsonElement count) && count.ValueKind == JsonValueKind.Number)
                {
                    Assert.Equal((draw, name, count.GetInt32()), (draw, name, Right(golden, draw, method, factors)));
                    compared++;
                }
            }

            Assert.True(compared >= 5, $"Only {compared} counts were compared.");
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Cross_validation_chooses_what_the_reference_chose(string set)
    {
        using FewShotGolden golden = new(set);
        for (int draw = 0; draw <= golden.Draws; draw++)
        {
            JsonElement chosen = golden.Said(draw).GetProperty("chosen");
            JsonElement tip = chosen.GetProperty("tip");
            FewShotChoice ofTip = Chosen(golden, draw, FewShotMethod.TipAdapter);
            Assert.Equal((draw, tip.GetProperty("alpha").GetDouble()), (draw, ofTip.Alpha!.Value));
            Assert.Equal((draw, tip.GetProperty("beta").GetDouble()), (draw, ofTip.Beta!.Value));
            if (golden.Examples(draw).Most > 1)
            {
                double alpha = chosen.GetProperty("gda").GetProperty("alpha").GetDouble();
                Assert.Equal((draw, alpha), (draw, Chosen(golden, draw, FewShotMethod.Gda).Alpha!.Value));
            }
        }
    }

    [Theory]
    [InlineData("caltech80-k4")]
    [InlineData("cifar10-k4")]
    [InlineData("cifar10-k16")]
    public void The_losses_of_cross_validation_are_those_of_the_reference(string set)
    {
        using FewShotGolden golden = new(set);
        CrossValidation validation = new(golden.Examples(0), folds: int.MaxValue);
        foreach (
            (ExampleMethod method, string name) in new (ExampleMethod, string)[]
            {
                (new TipAdapterMethod(), "cv.tip_loss"),
                (new GdaMethod(), "cv.gda_loss"),
            }
        )
        {
            double[] expected = golden.Numbers(name),
                found =
                [.. validation.Try(method, method.Grid, TestContext.Current.CancellationToken)!.Select(trial => trial.Loss)];
            Assert.Equal(expected.Length, found.Length);
            Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-9 * Math.Max(1, pair.First)));
        }
    }

    [Theory]
    [InlineData("caltech80-k4")]
    [InlineData("cifar10-k4")]
    [InlineData("cifar10-k16")]
    public void Discriminants_are_those_of_the_reference(string set)
    {
        using FewShotGolden golden = new(set);
        (DoubleRows weights, double[] biases) = GdaMethod.Discriminants(
            golden.Examples(0),
            TestContext.Current.CancellationToken
        );
        foreach ((double[] found, string name) in new[] { (weights.Values.ToArray(), "gda.weight"), (biases, "gda.bias") })
        {
            double[] expected = golden.Numbers(name);
            double tolerance = 1e-12 * expected.Max(Math.Abs);
            Assert.All(expected.Zip(found), pair => Assert.Equal(pair.First, pair.Second, tolerance));
        }
    }

    private static FewShotChoice Chosen(FewShotGolden golden, int draw, FewShotMethod method) =>
        new MethodChoice(golden.Examples(draw), folds: int.MaxValue).Choose(
            method,
            alpha: null,
            beta: null,
            TestContext.Current.CancellationToken
        );

    /// <summary>The reference's names of what it worked out, with the factors it took.</summary>
    private static IEnumerable<(string Name, FewShotMethod Method, Factors Factors)> Fixed(FewShotGolden golden, int draw)
    {
        JsonElement chosen = golden.Said(draw).GetProperty("chosen");
        JsonElement tip = chosen.GetProperty("tip");
        yield return ("zero_shot", FewShotMethod.ZeroShot, default);
        yield return ("tip_1_5.5", FewShotMethod.TipAdapter, new(1, 5.5));
        yield return ("tip_3_1", FewShotMethod.TipAdapter, new(3, 1));
        yield return (
            "tip_cv",
            FewShotMethod.TipAdapter,
            new(tip.GetProperty("alpha").GetDouble(), tip.GetProperty("beta").GetDouble())
        );
        yield return ("probe", FewShotMethod.LinearProbe, default);
        if (golden.Examples(draw).Most > 1)
        {
            yield return ("gda_zero_shot_1", FewShotMethod.Gda, new(1, null));
            yield return ("gda_zero_shot_10", FewShotMethod.Gda, new(10, null));
            double alpha = chosen.GetProperty("gda").GetProperty("alpha").GetDouble();
            yield return ("gda_zero_shot_cv", FewShotMethod.Gda, new(alpha, null));
        }
    }

    private static int Right(FewShotGolden golden, int draw, FewShotMethod method, Factors factors)
    {
        int[] labels = golden.Test(draw).Labels;
        DoubleRows logits = Logits(golden, draw, method, factors);
        return labels.Index().Count(image => TensorPrimitives.IndexOfMax<double>(logits[image.Index]) == image.Item);
    }

    private static DoubleRows Logits(FewShotGolden golden, int draw, FewShotMethod method, Factors factors)
    {
        (DoubleRows embeddings, DoubleRows scores, _) = golden.Test(draw);
        ExampleLogits logits =
            method == FewShotMethod.ZeroShot
                ? new PromptLogits()
                : ExampleMethod
                    .All.Single(each => each.Name == method)
                    .Fit(golden.Examples(draw), factors, TestContext.Current.CancellationToken);
        return logits.Compute(embeddings, scores, golden.Scale);
    }
}
