// What a program that references the packages looks like; eng/try-packages builds it against them.
using Cupola;

using ClipEmbedder clip = await ClipEmbedder.LoadAsync(BuiltInModels.Flags);
ZeroShotClassifier classifier = clip.CreateClassifier(PromptSet.Read(args[1]));
await foreach (ClassifiedImage answer in classifier.ClassifyAsync([args[0]]))
{
    Console.WriteLine(answer.Error ?? answer.Best!.Label);
}
