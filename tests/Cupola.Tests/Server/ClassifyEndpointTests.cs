using System.Text.Json;
using Cupola.Prompts;
using Cupola.Server.Classify;
using Cupola.ZeroShot;

namespace Cupola.Tests.Server;

/// <summary><c>/v1/classify</c> in its own form and Hugging Face's.</summary>
public sealed class ClassifyEndpointTests : IAsyncLifetime
{
    private const string Path = "/v1/classify";

    private static readonly string[] Colors = ["a red flag", "a blue flag"];

    private RunningService _service = null!;

    public async ValueTask InitializeAsync()
    {
        ZeroShotClassifier saved = ZeroShotClassifier.Create(RunningService.Model, PromptSet.FromTemplates(Colors, [new("{}")]));
        NamedClassifiers named = new(
            new Dictionary<string, IReadOnlyList<string>> { ["colors"] = Colors },
            new Dictionary<string, PromptSource> { ["plain"] = new("plain", [new("{}")], null) },
            new Dictionary<string, ILabelClassifier> { ["saved"] = saved }
        );
        _service = await RunningService.StartAsync(settings => settings with { Classifiers = named });
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task LabelsTemplatesPromptsAndSavedClassifiersGiveTheSameAnswer()
    {
        string image = RunningService.Base64(_service.At("red.png"));
        string expected = Expected();

        Assert.Equal(
            expected,
            (
                await _service.PostAsync(
                    Path,
                    new
                    {
                        image,
                        labels = Colors,
                        templates = new[] { "{}" },
                    }
                )
            ).Text
        );
        Assert.Equal(
            expected,
            (
                await _service.PostAsync(
                    Path,
                    new
                    {
                        images = new[] { image },
                        labelSet = "colors",
                        prompts = "plain",
                    }
                )
            ).Text
        );
        Assert.Equal(expected, (await _service.PostAsync(Path, new { image, classifier = "saved" })).Text);
        Dictionary<string, string[]> prompts = Colors.ToDictionary(static color => color, static color => new[] { color });
        Assert.Equal(expected, (await _service.PostAsync(Path, new { image, prompts })).Text);
    }

    [Fact]
    public async Task AnImageOfTheIndexIsClassifiedByItsNumber()
    {
        JsonElement found = (await _service.PostAsync("/v1/search", """{"query":"flag"}""")).Json.GetProperty("results");
        JsonElement red = found.EnumerateArray().Single(each => each.GetProperty("image").GetString() == _service.At("red.png"));

        JsonElement answer = (
            await _service.PostAsync(
                Path,
                new
                {
                    id = red.GetProperty("id").GetInt64(),
                    classifier = "saved",
                    threshold = 0,
                }
            )
        ).Json.GetProperty("results")[0];

        Assert.Equal(
            answer.GetProperty("predictions")[0].GetProperty("label").GetString(),
            answer.GetProperty("answer").GetString()
        );
    }

    [Fact]
    public async Task HuggingFacesFormGetsLabelsAndScores()
    {
        string inputs = RunningService.Base64(_service.At("red.png"));
        object[] requests =
        [
            new { inputs, parameters = new { candidate_labels = Colors, hypothesis_template = "{}" } },
            new { inputs, parameters = new { candidateLabels = Colors, hypothesisTemplate = "{}" } },
            new { inputs, parameters = new { candidate_labels = string.Join(", ", Colors), hypothesis_template = "{}" } },
            new { inputs = new { image = inputs, candidateLabels = Colors }, parameters = new { hypothesisTemplate = "{}" } },
        ];
        IReadOnlyList<Prediction> best = Predictions();
        string expected = JsonSerializer.Serialize(
            best.Select(static each => new { label = each.Label, score = each.Probability })
        );

        foreach (object request in requests)
        {
            Assert.Equal(expected, (await _service.PostAsync(Path, request)).Text);
        }
    }

    [Fact]
    public async Task SeveralLabelsMayBeInAnImage()
    {
        string image = RunningService.Base64(_service.At("red.png"));

        JsonElement result = (
            await _service.PostAsync(
                Path,
                new
                {
                    image,
                    labels = Colors,
                    multiLabel = true,
                    threshold = 0,
                    top = 1,
                }
            )
        ).Json.GetProperty("results")[0];

        Assert.Equal(2, result.GetProperty("answers").GetArrayLength());
        Assert.Equal(1, result.GetProperty("predictions").GetArrayLength());
    }

    [Theory]
    [InlineData("""{"labels":["a"]}""", 400, "one of 'image', 'images' and 'id'")]
    [InlineData("""{"image":"AAAA","labels":[]}""", 400, "nothing to choose from")]
    [InlineData("""{"image":"AAAA","labels":["a","a"]}""", 400, "positions 1 and 2")]
    [InlineData("""{"image":"AAAA","labels":["a"],"templates":["no gap"]}""", 400, "{}")]
    [InlineData("""{"image":"AAAA","labelSet":"../../etc/passwd"}""", 404, "GET /v1/classifiers")]
    [InlineData("""{"image":"AAAA","labels":["a"],"prompts":"/etc/passwd"}""", 404, "GET /v1/classifiers")]
    [InlineData("""{"image":"AAAA","classifier":"/etc/passwd"}""", 404, "GET /v1/classifiers")]
    [InlineData("""{"image":"AAAA","classifier":"saved","labels":["a"]}""", 400, "saved classifier has its labels")]
    [InlineData("""{"image":"AAAA","labels":["a"],"prompts":[1]}""", 400, "'prompts' is the name")]
    [InlineData("""{"image":"AAAA","labels":["a"],"prompts":{"b":["c"]}}""", 400, "no prompts")]
    [InlineData("""{"id":77,"labels":["a"]}""", 404, "no image of the number 77")]
    [InlineData("""{"inputs":7,"parameters":{"candidate_labels":["a"]}}""", 400, "'inputs' is the image")]
    [InlineData("""{"inputs":"AAAA","parameters":{}}""", 400, "candidate_labels")]
    public async Task WhatCannotBeClassifiedIsASentence(string request, int status, string words)
    {
        Answer answer = await _service.PostAsync(Path, request);

        Assert.Equal(status, (int)answer.Status);
        Assert.Contains(words, answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatCanBeNamedIsListed() =>
        Assert.Equal(
            """
            {"labels":[{"name":"colors","labels":["a red flag","a blue flag"],"count":2}],
            "prompts":[{"name":"plain","labels":[],"count":0,"templates":["{}"]}],
            "classifiers":[{"name":"saved","labels":["a red flag","a blue flag"],"count":2}]}
            """.ReplaceLineEndings(""),
            (await _service.GetAsync("/v1/classifiers")).Text
        );

    private IReadOnlyList<Prediction> Predictions() =>
        ZeroShotClassifier
            .Create(RunningService.Model, PromptSet.FromTemplates(Colors, [new("{}")]))
            .Classify(RunningService.Model.EmbedImages([_service.At("red.png")]).Single().Vector!);

    private string Expected()
    {
        var predictions = Predictions()
            .Select(static each => new
            {
                label = each.Label,
                probability = each.Probability,
                cosine = each.Score,
            });
        return JsonSerializer.Serialize(new { results = new[] { new { predictions } }, model = "flags" });
    }
}
