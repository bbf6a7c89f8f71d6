#:project ../src/Cupola/Cupola.csproj

// Two frogs, told apart by their names alone and by what a language model says of them.
//
//   dotnet run -c Release samples/tree-frog.cs MODEL IMAGE PROMPTS
//
// MODEL is a model's folder, PROMPTS a file of sentences for "tree frog" and "tailed frog": CuPL's for ImageNet, which hold
// thirty of each, or one that
// `cupola prompts write` wrote. On a photo of a tree frog, with OpenAI's ViT-B/32 and CuPL's sentences, the article that this
// example is from saw
//
//   by name                        tree frog 0.3164   tailed frog 0.6836
//   by 60 sentences, PooledMean    tree frog 0.6512   tailed frog 0.3488
using Cupola;

if (args is not [string model, string photo, string sentences])
{
    Console.Error.WriteLine("Name a model's folder, an image, and a file of prompts.");
    return 2;
}

string[] labels = ["tree frog", "tailed frog"];
using ClipEmbedder embedder = ClipEmbedder.Load(model);
EmbeddedImage image = embedder.EmbedImages([photo]).Single();
if (image.Embedding is not { } embedding)
{
    Console.Error.WriteLine(image.Error);
    return 1;
}

Print("by name", PromptSet.FromTemplates(labels, [new("a photo of a {}")]), ClassEnsemble.EmbeddingMean);
PromptSet described = PromptSet.Read(sentences).Select(labels).Prompts;
foreach (ClassEnsemble ensemble in Enum.GetValues<ClassEnsemble>())
{
    Print($"by {described.PromptCount} sentences, {ensemble}", described, ensemble);
}

return 0;

void Print(string how, PromptSet prompts, ClassEnsemble ensemble)
{
    ZeroShotClassifier classifier = ZeroShotClassifier.Create(embedder, prompts, ensemble);
    Dictionary<string, float> probability = classifier
        .Classify(embedding.Span)
        .ToDictionary(prediction => prediction.Label, prediction => prediction.Probability);
    Console.WriteLine($"{how, -32} {string.Join("   ", labels.Select(label => $"{label} {probability[label]:0.0000}"))}");
}
