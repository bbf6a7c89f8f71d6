using Cupola.Graphs;
using Cupola.Models;
using Cupola.Models.Layers;
using Cupola.Runtime;
using Cupola.Training.Optimization;
using Cupola.Training.Run;

namespace Cupola.Tests.Training.Optimization;

/// <summary>What decides how fast each parameter moves.</summary>
public sealed class ScheduleTests
{
    private static readonly ClipConfig Config = new NewModel { ImageLayers = 3, TextLayers = 2 }.WithVocabulary(2048);

    /// <summary>open_clip's scheduler.py, cosine_lr: base 2, warm-up 10, 100 steps.</summary>
    [Theory]
    [InlineData(0, 0.2)]
    [InlineData(4, 1.0)]
    [InlineData(9, 2.0)]
    [InlineData(10, 2.0)]
    [InlineData(40, 1.5)]
    [InlineData(55, 1.0)]
    [InlineData(70, 0.5)]
    [InlineData(99, 0.00060917298090423788)]
    public void TheLearningRateRisesInALineAndFallsAlongACosine(long step, double rate) =>
        Assert.Equal(rate, new CosineSchedule(2, 10, 100).At(step), 1e-10);

    [Fact]
    public void WithoutANumberATenthOfTheStepsWarmUpAndAtMostTwoThousand()
    {
        Assert.Equal(10, TrainingPlan.Create(new() { Steps = 100 }, 7).Schedule.WarmUp);
        Assert.Equal(2000, TrainingPlan.Create(new() { Steps = 50_000 }, 7).Schedule.WarmUp);
        Assert.Equal(
            3,
            TrainingPlan
                .Create(
                    new()
                    {
                        Steps = 50_000,
                        Optimizer = new() { WarmUp = 3 },
                    },
                    7
                )
                .Schedule.WarmUp
        );
    }

    [Fact]
    public void EpochsBecomeStepsAndEvaluations()
    {
        TrainingPlan plan = TrainingPlan.Create(
            new()
            {
                Epochs = 2.5,
                Run = new() { EvaluateEvery = 0.5 },
            },
            8
        );

        Assert.Equal((20, 4, 1.5), (plan.Steps, plan.StepsPerEvaluation, plan.EpochAt(12)));
        Assert.Equal(
            (5e-4, 3e-5, 0.1),
            (
                plan.Schedule.Rate,
                TrainingPlan.Create(new() { Init = "m" }, 8).Schedule.Rate,
                TrainingPlan
                    .Create(
                        new()
                        {
                            Init = "m",
                            Optimizer = new() { LearningRate = 0.1 },
                        },
                        8
                    )
                    .Schedule.Rate
            )
        );
    }

    [Theory]
    [InlineData("image.patch_embedding", 4)]
    [InlineData("image.position_embedding", 4)]
    [InlineData("image.pre_norm.weight", 4)]
    [InlineData("image.blocks.0.mlp.expand.bias", 3)]
    [InlineData("image.blocks.2.attention.query.weight", 1)]
    [InlineData("image.post_norm.bias", 0)]
    [InlineData("image.projection", 0)]
    [InlineData("text.token_embedding", 3)]
    [InlineData("text.blocks.0.mlp_norm.weight", 2)]
    [InlineData("text.blocks.1.mlp_norm.weight", 1)]
    [InlineData("text.final_norm.weight", 0)]
    [InlineData("logit_scale", 0)]
    public void EachLayerLearnsMoreSlowlyThanTheOneBehindIt(string parameter, int layersBehind) =>
        Assert.Equal(
            Math.Pow(0.5, layersBehind),
            new LayerwiseDecay(new ClipNetwork(Config).Parameters, 0.5, []).MultiplierFor(parameter),
            1e-7
        );

    [Theory]
    [InlineData("img", "no parameter begins so; there are image, text, ")]
    [InlineData("image.block", "no parameter begins so")]
    [InlineData("image,text,logit_scale", "nothing is left to learn")]
    public void WhatCannotBeFrozenIsASentence(string frozen, string sentence) =>
        Assert.Contains(
            sentence,
            Assert
                .Throws<ArgumentException>(() => new LayerwiseDecay(new ClipNetwork(Config).Parameters, 1, frozen.Split(',')))
                .Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void GradientsAreShortenedAlikeAndOnlyWhereTheyAreTooLong()
    {
        using TrainableParameters parameters = new(
            [Vector("a", 2), Vector("b", 1)],
            static name => new float[name == "a" ? 2 : 1],
            static _ => false
        );
        new float[] { 2, -3 }.CopyTo(parameters.Gradients["a"].AsSpan<float>());
        parameters.Gradients["b"].AsSpan<float>()[0] = 6;

        Assert.Equal(7, GradientNorm.Compute(parameters), 1e-9);
        Assert.Equal(1, GradientNorm.Share(7, 8));
        Assert.Equal(0.5, GradientNorm.Share(7, 3.5), 1e-6);

        using AdamW optimizer = new(parameters, new());
        optimizer.Step(static _ => 1e-3f, share: 0.5f);
        float[] expected = [0.1f, -0.15f];
        Assert.All(expected.Zip(optimizer.Means["a"].AsSpan<float>().ToArray()), static pair =>
            Assert.Equal(pair.First, pair.Second, 1e-6)
        );
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(300_000, 2)]
    [InlineData(600_001, 3)]
    public void TheLengthOfGradientsHasTheSameBitsForAnyNumberOfThreads(int count, int threads)
    {
        Random random = new(3);
        float[] numbers = [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
        using TrainableParameters parameters = new([Vector("a", count)], _ => new float[count], static _ => false);
        numbers.CopyTo(parameters.Gradients["a"].AsSpan<float>());

        double norm = GradientNorm.Compute(parameters, threads);
        Assert.Equal(Math.Sqrt(numbers.Sum(static number => (double)number * number)), norm, 1e-4);
        Assert.Equal(GradientNorm.Compute(parameters, 1), norm);
    }

    [Fact]
    public void TheAverageFollowsByItsDecayAndAtFirstFaster()
    {
        using TrainableParameters parameters = new(
            [Vector("a", 1), Vector("still", 1)],
            static _ => [1f],
            static parameter => parameter.Name == "still"
        );
        using MovingAverage average = new(parameters, 0.9);
        Assert.Equal(["a"], average.Values.Keys);
        Tensor value = parameters.Values["a"];

        value.AsSpan<float>()[0] = 12;
        average.Follow(1);
        // (1 + 1) ÷ (10 + 1) of 1, and the rest of 12.
        Assert.Equal(10, average.Values["a"].AsSpan<float>()[0], 1e-5);
        average.Follow(1000);
        Assert.Equal(10.2, average.Values["a"].AsSpan<float>()[0], 1e-5);
        Assert.Equal(ElementType.Float32, average.Values["a"].Type);
    }

    private static Parameter Vector(string name, long length) =>
        new ParameterScope().Parameter(name, [length], Initialization.Zeros, ParameterKind.Bias);
}
