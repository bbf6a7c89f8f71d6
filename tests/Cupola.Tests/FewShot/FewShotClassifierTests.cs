using Cupola.Checkpoints;
using Cupola.FewShot;
using Cupola.Graphs;

namespace Cupola.Tests.FewShot;

/// <summary>Few-shot classifiers as a program makes, saves and reads them.</summary>
public sealed class FewShotClassifierTests
{
    private static readonly string[] Labels = ["Japan", "France", "Norway"];

    private static readonly Lazy<ClipEmbedder> Clip = new(() => ClipEmbedder.Load("flags"));

    private static readonly Lazy<ZeroShotClassifier> ZeroShot = new(() => Clip.Value.CreateClassifier(Labels));

    public static TheoryData<FewShotMethod> Methods => [.. Enum.GetValues<FewShotMethod>()];

    [Theory]
    [MemberData(nameof(Methods))]
    public void A_saved_classifier_answers_as_before(FewShotMethod method)
    {
        (EmbeddingMatrix examples, int[] labels) = Clusters(seed: 1, perLabel: 4);
        FewShotClassifier made = FewShotClassifier
            .Create(ZeroShot.Value, examples, labels, method, cancellationToken: TestContext.Current.CancellationToken)
            .WithTemperature(1.3f);
        string path = TestFolder.NewFile("few.safetensors");
        made.Save(path);
        FewShotClassifier read = FewShotClassifier.Load(path, Clip.Value);
        (EmbeddingMatrix images, _) = Clusters(seed: 2, perLabel: 3);
        Assert.All(Enumerable.Range(0, images.Count), image =>
            Assert.Equal(made.Classify(images[image]), read.Classify(images[image]))
        );
        Assert.Equal(made.Choice with { Notes = [] }, read.Choice with { Notes = [] });
        Assert.Equal(1.3f, read.Temperature);
        Assert.All(made.Classify(images), answer => Assert.Equal(1, answer.Sum(static each => each.Probability), 1e-5f));
    }

    [Fact]
    public void Examples_that_say_something_are_used_and_their_images_get_their_labels()
    {
        (EmbeddingMatrix examples, int[] labels) = Clusters(seed: 1, perLabel: 6);
        FewShotClassifier classifier = Create(examples, labels, FewShotMethod.Auto);
        Assert.NotEqual(FewShotMethod.ZeroShot, classifier.Choice.Method);
        Assert.True(classifier.Choice.Expected > classifier.Choice.ZeroShot);
        (EmbeddingMatrix images, int[] truths) = Clusters(seed: 5, perLabel: 20);
        int right = truths.Index().Count(image => classifier.Classify(images[image.Index])[0].Label == Labels[image.Item]);
        Assert.True(right >= 57, $"{right} of {truths.Length} are right.");
    }

    [Fact]
    public void Nothing_is_chosen_that_is_right_less_often_than_the_prompts()
    {
        (EmbeddingMatrix examples, int[] labels) = Clusters(seed: 1, perLabel: 8);
        for (int seed = 0; seed < 10; seed++)
        {
            int[] wrong = [.. labels];
            new Random(seed).Shuffle(wrong);
            FewShotChoice choice = Create(examples, wrong, FewShotMethod.Auto).Choice;
            Assert.True(choice.Expected >= choice.ZeroShot, $"{choice}");
        }
    }

    [Fact]
    public void Images_that_are_what_the_prompts_say_are_left_to_the_prompts_or_answered_as_well()
    {
        EmbeddingMatrix said = Clip.Value.EmbedTexts([.. Labels.Select(static label => $"a photo of a {label}.")]);
        EmbeddingMatrix Near(int seed, int perLabel)
        {
            (EmbeddingMatrix noise, int[] labels) = Clusters(seed, perLabel);
            float[] values =
            [
                .. labels.SelectMany(
                    (label, index) =>
                        said[label].ToArray().Zip(noise[index].ToArray(), static (own, other) => own + (0.1f * other))
                ),
            ];
            return new EmbeddingMatrix(values, labels.Length, said.Dimension).Normalize();
        }

        int[] labels = Clusters(1, 4).Labels;
        FewShotClassifier classifier = Create(Near(1, 4), labels, FewShotMethod.Auto);
        Assert.Equal(1, classifier.Choice.ZeroShot);
        EmbeddingMatrix images = Near(2, 4);
        Assert.All(labels.Index(), image => Assert.Equal(Labels[image.Item], classifier.Classify(images[image.Index])[0].Label));
    }

    [Fact]
    public void With_one_example_a_label_auto_is_Tip_Adapter_and_expects_nothing()
    {
        (EmbeddingMatrix examples, int[] labels) = Clusters(seed: 1, perLabel: 1);
        FewShotChoice choice = Create(examples, labels, FewShotMethod.Auto).Choice;
        Assert.Equal((FewShotMethod.TipAdapter, 1.0, 5.5), (choice.Method, choice.Alpha, choice.Beta));
        Assert.Null(choice.Expected);
        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => Create(examples, labels, FewShotMethod.Gda));
        Assert.Contains("needs two examples of some label", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Methods))]
    public void Only_methods_that_can_do_without_go_by_labels_that_have_no_examples(FewShotMethod method)
    {
        (EmbeddingMatrix examples, int[] labels) = Clusters(seed: 1, perLabel: 4);
        EmbeddingMatrix some = new(examples.Values[..(8 * examples.Dimension)].ToArray(), 8, examples.Dimension);
        if (method is FewShotMethod.ClassMean or FewShotMethod.Gda or FewShotMethod.LinearProbe)
        {
            InvalidDataException refused = Assert.Throws<InvalidDataException>(() => Create(some, labels[..8], method));
            Assert.Contains("needs examples of every label, and 1 have none", refused.Message, StringComparison.Ordinal);
            return;
        }

        FewShotClassifier classifier = Create(some, labels[..8], method);
        Assert.Equal(3, classifier.Classify(examples[11]).Count);
    }

    [Fact]
    public void Many_examples_of_one_label_do_not_drown_the_labels_that_have_one_or_none()
    {
        (EmbeddingMatrix all, int[] ofAll) = Clusters(seed: 1, perLabel: 6);
        // Six of Japan, one of France, none of Norway.
        int[] rows = [0, 1, 2, 3, 4, 5, 6];
        EmbeddingMatrix some = Rows(all, rows);
        foreach (FewShotMethod method in new[] { FewShotMethod.Auto, FewShotMethod.TipAdapter, FewShotMethod.ProKeR })
        {
            FewShotClassifier classifier = Create(some, [.. rows.Select(row => ofAll[row])], method);
            Assert.All(Enumerable.Range(6, 6), row => Assert.NotEqual("Japan", classifier.Classify(all[row])[0].Label));
        }

        EmbeddingMatrix japan = new(all.Values[..(6 * all.Dimension)].ToArray(), 6, all.Dimension);
        FewShotChoice choice = Create(japan, new int[6], FewShotMethod.Auto).Choice;
        Assert.Equal(FewShotMethod.ZeroShot, choice.Method);
        Assert.Contains("one label alone", Assert.Single(choice.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void No_weight_for_the_examples_gives_the_prompts_answers()
    {
        (EmbeddingMatrix examples, int[] labels) = Clusters(seed: 1, perLabel: 3);
        foreach (FewShotMethod method in new[] { FewShotMethod.TipAdapter, FewShotMethod.Gda, FewShotMethod.ProKeR })
        {
            FewShotClassifier classifier = FewShotClassifier.Create(ZeroShot.Value, examples, labels, method, alpha: 0);
            Assert.All(ZeroShot.Value.Classify(examples[4]).Zip(classifier.Classify(examples[4])), pair =>
                Assert.Equal(pair.First.Probability, pair.Second.Probability, 1e-5f)
            );
        }
    }

    [Theory]
    [InlineData("format", "another", "its format is not cupola-few-shot-1")]
    [InlineData("method", "Auto", "its method is unknown")]
    [InlineData("method", "99", "its method is unknown")]
    [InlineData("beta", "NaN", "its beta is not a number")]
    [InlineData("factor", null, "it has no factor")]
    [InlineData("few_shot_temperature", "0", "its temperature is not a number above 0")]
    [InlineData("method", "Gda", "its weights are missing")]
    public void A_file_that_was_changed_is_refused_with_its_reason(string field, string? value, string reason)
    {
        (EmbeddingMatrix examples, int[] labels) = Clusters(seed: 1, perLabel: 2);
        string path = TestFolder.NewFile("few.safetensors"),
            changed = TestFolder.NewFile("changed.safetensors");
        Create(examples, labels, FewShotMethod.TipAdapter).Save(path);
        using (SafetensorsFile file = new(path))
        {
            Dictionary<string, string> metadata = new(file.Metadata);
            metadata.Remove(field);
            if (value is not null)
            {
                metadata[field] = value;
            }

            SafetensorsFile.Write(
                changed,
                [
                    .. file
                        .Tensors.Values.OrderByDescending(static tensor => tensor.Type == ElementType.Float64)
                        .Select(static tensor =>
                            (tensor.Name, tensor.Type, tensor.Shape, (Action<Stream>)(stream => stream.Write(tensor.Bytes)))
                        ),
                ],
                metadata
            );
        }

        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => FewShotClassifier.Load(changed, Clip.Value));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(47)]
    [InlineData(48)]
    [InlineData(131)]
    public void A_Cholesky_factor_solves(int size)
    {
        Random random = new(size);
        DoubleRows root = new([.. Enumerable.Range(0, size * size).Select(_ => random.NextDouble() - 0.5)], size),
            matrix = root.Times(root);
        for (int index = 0; index < size; index++)
        {
            matrix[index][index] += 1;
        }

        DoubleRows expected = new([.. Enumerable.Range(0, 3 * size).Select(_ => random.NextDouble())], size),
            sides = expected.Times(matrix);
        CancellationToken token = TestContext.Current.CancellationToken;
        new CholeskyFactor(matrix, token).Solve(sides);
        Assert.All(expected.Values.ToArray().Zip(sides.Values.ToArray()), static pair =>
            Assert.Equal(pair.First, pair.Second, 1e-9)
        );
        Assert.Throws<ArgumentException>(() => new CholeskyFactor(new([-1.0], 1), token));
    }

    [Fact]
    public void Where_a_fold_keeps_no_scatter_gda_is_left_out_and_the_rest_is_chosen_from()
    {
        (EmbeddingMatrix examples, int[] labels) = Clusters(seed: 1, perLabel: 3);
        EmbeddingMatrix twoAlike = Rows(examples, [0, 0, 2, 3, 3, 5, 6, 6, 8]);
        FewShotChoice chosen = Create(twoAlike, labels, FewShotMethod.Auto).Choice;
        Assert.NotNull(chosen.Expected);
        const string Told = "Gda is not tried: without those that are left out, the examples of every label are alike.";
        Assert.Single(chosen.Notes, Told);

        // Asked for by name it has scatter in the end, and nothing to be judged by.
        FewShotChoice named = Create(twoAlike, labels, FewShotMethod.Gda).Choice;
        Assert.Equal((FewShotMethod.Gda, 0.01, null), (named.Method, named.Alpha, named.Expected));
        Assert.Contains("cannot be judged", Assert.Single(named.Notes), StringComparison.Ordinal);

        EmbeddingMatrix allAlike = Rows(examples, [0, 0, 0, 3, 3, 3, 6, 6, 6]);
        Assert.Contains(
            "Gda is not tried: the examples of every label are alike.",
            Create(allAlike, labels, FewShotMethod.Auto).Choice.Notes
        );
        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => Create(allAlike, labels, FewShotMethod.Gda));
        Assert.Contains("needs examples of some label that differ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Factors_that_cannot_be_worked_with_are_refused_by_their_names()
    {
        (EmbeddingMatrix examples, int[] labels) = Clusters(seed: 1, perLabel: 2);
        EmbeddingMatrix alike = Rows(examples, [0, 0, 2, 2, 4, 4]);
        foreach (double factor in new[] { -1, 1e7, double.NaN, double.PositiveInfinity })
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => With(FewShotMethod.TipAdapter, factor, 1));
            Assert.Throws<ArgumentOutOfRangeException>(() => With(FewShotMethod.TipAdapter, 1, factor));
        }

        foreach (double lambda in new[] { 1e-18, 1e-310 })
        {
            InvalidDataException refused = Assert.Throws<InvalidDataException>(() => With(FewShotMethod.ProKeR, lambda, 1));
            Assert.Contains("ProKeR cannot be worked out with alpha 1E-", refused.Message, StringComparison.Ordinal);
        }

        // The largest factors of all give numbers still.
        foreach (FewShotMethod method in new[] { FewShotMethod.TipAdapter, FewShotMethod.ProKeR })
        {
            Assert.All(With(method, 1e6, 1e6).Classify(examples), answer =>
                Assert.Equal(1, answer.Sum(static each => each.Probability), 1e-5f)
            );
        }

        FewShotClassifier With(FewShotMethod method, double alpha, double beta) =>
            FewShotClassifier.Create(ZeroShot.Value, alike, labels, method, alpha, beta);
    }

    [Theory]
    [InlineData(FewShotMethod.Gda)]
    [InlineData(FewShotMethod.ProKeR)]
    [InlineData(FewShotMethod.LinearProbe)]
    public void What_takes_long_looks_whether_it_shall_stop(FewShotMethod method)
    {
        (EmbeddingMatrix examples, int[] labels) = Clusters(seed: 1, perLabel: 2);
        DoubleRows rows = DoubleRows.From(examples);
        ExampleSet set = ExampleSet.Create(rows, new ClassScores(ZeroShot.Value.Weights).Compute(rows), labels, scale: 100);
        ExampleMethod stopped = ExampleMethod.All.Single(each => each.Name == method);
        Assert.ThrowsAny<OperationCanceledException>(() => stopped.Fit(set, stopped.Unchosen, new(canceled: true)));
    }

    [Fact]
    public void The_factor_of_a_large_matrix_and_the_steps_of_a_minimum_stop_where_they_are()
    {
        using CancellationTokenSource stop = new();
        int gradients = 0;
        Assert.ThrowsAny<OperationCanceledException>(() =>
            ConvexMinimum.Find(
                2,
                (point, gradient) =>
                {
                    // A long narrow valley, which takes many steps.
                    (gradient[0], gradient[1]) = (point[0] - 1 + Math.Exp(point[0]), 1000 * (point[1] - 1));
                    if (++gradients == 3)
                    {
                        stop.Cancel();
                    }
                },
                tolerance: 0,
                stop.Token
            )
        );
        Assert.Equal(3, gradients);
        DoubleRows unit = new(100, 100);
        for (int index = 0; index < unit.Count; index++)
        {
            unit[index][index] = 1;
        }

        Assert.ThrowsAny<OperationCanceledException>(() => new CholeskyFactor(unit, stop.Token));
    }

    [Fact]
    public void Tables_of_more_numbers_than_an_array_holds_are_refused_with_a_sentence()
    {
        InvalidDataException refused = Assert.Throws<InvalidDataException>(() => new DoubleRows(50_000, 50_000));
        Assert.StartsWith("A table of 50000 rows and 50000 columns is larger", refused.Message, StringComparison.Ordinal);
        DoubleRows row = new(1, 50_000);
        Assert.Throws<InvalidDataException>(() => row.Take(new int[50_000]));
    }

    private static FewShotClassifier Create(EmbeddingMatrix examples, int[] labels, FewShotMethod method) =>
        FewShotClassifier.Create(
            ZeroShot.Value,
            examples,
            labels,
            method,
            cancellationToken: TestContext.Current.CancellationToken
        );

    private static EmbeddingMatrix Rows(EmbeddingMatrix all, int[] rows) =>
        new([.. rows.SelectMany(row => all[row].ToArray())], rows.Length, all.Dimension);

    /// <summary>Unit vectors around a direction for each label, which have nothing to do with what the prompts say.</summary>
    private static (EmbeddingMatrix Embeddings, int[] Labels) Clusters(int seed, int perLabel)
    {
        Random centers = new(77),
            random = new(seed);
        int dimension = Clip.Value.EmbedTexts(["Japan"]).Dimension;
        float[][] directions = [.. Labels.Select(_ => Numbers(centers, dimension))];
        int[] labels = [.. Enumerable.Range(0, Labels.Length * perLabel).Select(index => index / perLabel)];
        float[] values =
        [
            .. labels.SelectMany(label => directions[label].Zip(Numbers(random, dimension), static (own, noise) => own + noise)),
        ];
        return (new EmbeddingMatrix(values, labels.Length, dimension).Normalize(), labels);
    }

    private static float[] Numbers(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() - 0.5))];
}
