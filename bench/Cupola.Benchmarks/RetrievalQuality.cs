using System.Globalization;
using System.Text.Json;
using Cupola.Images;
using Cupola.Prompts;

namespace Cupola.Benchmarks;

/// <summary>
/// How good a search by words is: the rank of the first right image for each query, and whether 'nothing fits' is said where
/// nothing does. The numbers of docs/search.md.
/// </summary>
internal static class RetrievalQuality
{
    private const int Resamples = 2000;

    /// <summary>A query and the images that are right answers to it.</summary>
    private sealed record Question(string Words, IReadOnlyList<string> Sentences, IReadOnlySet<int> Right);

    /// <summary>Recall and median rank of text to image.</summary>
    /// <param name="model">The model.</param>
    /// <param name="images">A folder of one folder a class, or one with captions.jsonl.</param>
    /// <param name="prompts">Sentences of the classes, or null.</param>
    public static int Run(string model, string images, string? prompts)
    {
        using ClipEmbedder embedder = ClipEmbedder.Load(model);
        (string[] paths, List<(string Name, Question[] Questions)> sets) = File.Exists(Path.Combine(images, "captions.jsonl"))
            ? Captions(images)
            : Classes(images, prompts);
        float[][] vectors = [.. embedder.EmbedImages(paths).Select(static image => image.Vector!)];
        EmbeddingMatrix matrix = new([.. vectors.SelectMany(static vector => vector)], vectors.Length, vectors[0].Length);
        Console.WriteLine($"{images}: {paths.Length} images");
        foreach ((string name, Question[] questions) in sets)
        {
            int[] ranks = [.. questions.Select(question => Rank(embedder, matrix, question))];
            Console.WriteLine(
                $"| {name} | {ranks.Length} | {Cell(ranks, 1)} | {Cell(ranks, 5)} | {Cell(ranks, 10)} | "
                    + $"{Interval(ranks, static some => some.Order().ElementAt(some.Length / 2) + 1, "0")} |"
            );
        }

        return 0;
    }

    /// <summary>
    /// The errors of 'nothing fits': half of the classes or images are indexed, and all are asked for; then the other half.
    /// </summary>
    public static int Fits(string model, string[] folders)
    {
        using ClipEmbedder embedder = ClipEmbedder.Load(model);
        (string Name, string[] Images)[] things = folders
            .SelectMany(Things)
            .GroupBy(static thing => thing.Name)
            .Select(static same => (same.Key, (string[])[.. same.SelectMany(static thing => thing.Images)]))
            .ToArray();
        bool areCaptions = things[0].Name.Contains(' ') && things.Length > 200;
        if (areCaptions)
        {
            things = things[..200];
        }

        foreach (int half in (int[])[0, 1])
        {
            string folder = Directory.CreateTempSubdirectory("cupola-fits-").FullName;
            using (ImageIndex index = ImageIndex.Open(folder, embedder, orient: false))
            {
                string photos = Path.Combine(folder, "photos");
                Directory.CreateDirectory(photos);
                foreach (
                    (int place, string image) in things
                        .Where((_, place) => place % 2 == half)
                        .SelectMany(static thing => thing.Images)
                        .Index()
                )
                {
                    string name = string.Create(CultureInfo.InvariantCulture, $"{place:00000}{Path.GetExtension(image)}");
                    File.Copy(image, Path.Combine(photos, name));
                }

                index.Update(photos);

                foreach (string template in areCaptions ? (string[])["{}"] : ["{}", "a photo of a {}."])
                {
                    bool[] likely =
                    [
                        .. things.Select(thing =>
                            index.Search(SearchQuery.Words(template.Replace("{}", thing.Name, StringComparison.Ordinal)), 1)
                                is [{ IsLikely: true }]
                        ),
                    ];
                    int with = likely.Where((_, place) => place % 2 == half).Count(static each => each),
                        without = likely.Where((_, place) => place % 2 != half).Count(static each => each),
                        there = likely.Where((_, place) => place % 2 == half).Count();
                    Console.WriteLine(
                        $"half {half}, \"{template}\": with a match {with} of {there} likely; "
                            + $"without {without} of {likely.Length - there} likely"
                    );
                }
            }

            Directory.Delete(folder, recursive: true);
        }

        return 0;
    }

    private static IEnumerable<(string Name, string[] Images)> Things(string folder) =>
        File.Exists(Path.Combine(folder, "captions.jsonl"))
            ? Lines(folder).Select(static line => (line.Captions[0], (string[])[line.Image]))
            : ImageFolder
                .Folders(folder)
                .Select(name => (name, (string[])[.. ImageFolder.Enumerate(Path.Combine(folder, name))]));

    private static IEnumerable<(string Image, string[] Captions)> Lines(string folder) =>
        File.ReadLines(Path.Combine(folder, "captions.jsonl"))
            .Select(line =>
            {
                JsonElement root = JsonDocument.Parse(line).RootElement;
                return (
                    Path.Combine(folder, root.GetProperty("image").GetString()!),
                    (string[])[.. root.GetProperty("caption").EnumerateArray().Select(static caption => caption.GetString()!)]
                );
            });

    private static (string[] Paths, List<(string, Question[])> Sets) Captions(string folder)
    {
        (string Image, string[] Captions)[] lines = [.. Lines(folder)];
        return (
            [.. lines.Select(static line => line.Image)],
            [
                (
                    "one caption",
                    [.. lines.Select(static (line, place) => new Question("", [line.Captions[0]], new HashSet<int> { place }))]
                ),
                (
                    "all captions of an image",
                    [.. lines.Select(static (line, place) => new Question("", line.Captions, new HashSet<int> { place }))]
                ),
            ]
        );
    }

    private static (string[] Paths, List<(string, Question[])> Sets) Classes(string folder, string? prompts)
    {
        (string Name, string Path)[] images =
        [
            .. ImageFolder
                .Folders(folder)
                .SelectMany(name => ImageFolder.Enumerate(Path.Combine(folder, name)).Select(path => (name, path))),
        ];
        string[] names = [.. images.Select(static image => image.Name).Distinct()];
        Question[] Ask(Func<string, IReadOnlyList<string>> sentences) =>
            [
                .. names.Select(name => new Question(
                    name,
                    sentences(name),
                    images.Index().Where(image => image.Item.Name == name).Select(static image => image.Index).ToHashSet()
                )),
            ];
        List<(string, Question[])> sets =
        [
            ("the name", Ask(static name => [name])),
            ("a photo of a {}.", Ask(static name => [$"a photo of a {name}."])),
            (
                "imagenet-7",
                Ask(static name => [.. PromptSource.Read("imagenet-7").Templates.Select(template => template.Format(name))])
            ),
        ];
        if (prompts is not null && PromptSource.Read(prompts).Written is { } written)
        {
            sets.Add(
                (
                    Path.GetFileName(prompts),
                    [
                        .. Ask(name =>
                                written.ClassNames.Contains(name) ? [.. written[name].Select(static prompt => prompt.Text)] : []
                            )
                            .Where(static question => question.Sentences.Count > 0),
                    ]
                )
            );
        }

        return ([.. images.Select(static image => image.Path)], sets);
    }

    /// <summary>How many wrong images come before the first right one, by the mean of the sentences' embeddings.</summary>
    private static int Rank(ClipEmbedder embedder, EmbeddingMatrix images, Question question)
    {
        EmbeddingMatrix texts = embedder.EmbedTexts(question.Sentences);
        float[] equal = [.. Enumerable.Repeat(1f / texts.Count, texts.Count)];
        float[] scores = new float[images.Count];
        images.Scores(texts.Mean([.. Enumerable.Range(0, texts.Count)], equal), scores);
        float best = question.Right.Max(image => scores[image]);
        return scores.Where((score, image) => score >= best && !question.Right.Contains(image)).Count();
    }

    private static string Cell(int[] ranks, int depth) =>
        Interval(ranks, some => some.Count(rank => rank < depth) / (double)some.Length, "0.000");

    /// <summary>A statistic of the queries, with the middle 95 % of it over queries drawn again with replacement.</summary>
    private static string Interval(int[] ranks, Func<int[], double> statistic, string format)
    {
        Random random = new(11);
        double[] drawn =
        [
            .. Enumerable
                .Range(0, Resamples)
                .Select(_ => statistic([.. Enumerable.Range(0, ranks.Length).Select(_ => ranks[random.Next(ranks.Length)])]))
                .Order(),
        ];
        string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        return $"{Text(statistic(ranks))} [{Text(drawn[Resamples / 40])}, {Text(drawn[^(Resamples / 40)])}]";
    }
}
