using Cupola.Checkpoints;
using Cupola.Models;
using Cupola.Tests.Checkpoints;
using Tensor = Cupola.Runtime.Tensor;

namespace Cupola.Tests.Models;

/// <summary>
/// OpenAI's layout from a file to the reference's answers: a bare archive with nothing beside it, whose architecture is inferred
/// from its shapes. The archives are made here from the parity models, whose parameters have OpenAI's names in open_clip's
/// layout.
/// </summary>
public sealed class OpenAiArchiveTests
{
    [Theory]
    [InlineData("vit", true)]
    [InlineData("vit", false)]
    [InlineData("resnet", true)]
    [InlineData("resnet", false)]
    public void ABareArchiveGivesTheReferencesEmbeddings(string name, bool isScript)
    {
        using ParityModel parity = ParityModel.OpenFile(name, Archive(name, isScript));

        float[] images = parity.Expected("image_embeds"),
            texts = parity.Expected("text_embeds"),
            pooled = parity.Expected("text_pooled");
        using Tensor pixels = parity.PixelValues([
            .. Enumerable.Range(0, images.Length / parity.Model.Config.EmbeddingDimension),
        ]);
        TextFeatures features = parity.Model.Text.Encode(parity.InputIds());

        ForwardParityTests.AssertClose(images, parity.Model.Image.Encode(pixels), images);
        ForwardParityTests.AssertClose(texts, features.Embeddings, texts);
        ForwardParityTests.AssertClose(pooled, features.Pooled, pooled);
    }

    [Theory]
    [InlineData("vit")]
    [InlineData("resnet")]
    public void TheEmbedderLoadsOpenAisArchiveAndSaysWhatItAssumed(string name)
    {
        using ClipEmbedder archive = ClipEmbedder.Load(Archive(name, isScript: true)),
            folder = ClipEmbedder.Load(SharedFolder.Need("parity", name, "open_clip"));
        byte[] pixels = new byte[3 * folder.Preprocessing.ByteCount];
        new Random(6).NextBytes(pixels);

        Assert.Equal(CheckpointLayout.OpenAi, archive.Layout);
        Assert.Contains("QuickGELU was assumed", Assert.Single(archive.Config.Assumptions), StringComparison.Ordinal);
        Assert.Equal(folder.Fingerprint, archive.Fingerprint);
        Assert.Equal(folder.EmbedPixels(pixels, 3).Values, archive.EmbedPixels(pixels, 3).Values);
    }

    private static string Archive(string name, bool isScript)
    {
        string path = TestFolder.NewFile($"{name}.pt");
        using TensorFile weights = TensorFile.Open(SharedFolder.Need("parity", name, "open_clip", "open_clip_model.safetensors"));
        if (isScript)
        {
            TorchArchiveWriter.WriteScript(path, weights.Tensors.Values);
        }
        else
        {
            TorchArchiveWriter.WriteStateDictionary(path, weights.Tensors.Values);
        }

        return path;
    }
}
