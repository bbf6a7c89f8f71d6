// What a program that references the packages looks like; eng/try-packages builds it against them.
using Cupola;

using ClipEmbedder embedder = ClipEmbedder.Load(BuiltInModels.Flags);
ZeroShotClassifier classifier = ZeroShotClassifier.Create(embedder, PromptSet.Read(args[1]));
EmbeddedImage image = embedder.EmbedImages([args[0]]).Single();
Console.WriteLine(image.Error ?? classifier.Classify(image.Embedding!)[0].Label);
