using System.Runtime.InteropServices;
using Cupola.Checkpoints;

namespace Cupola.Tests.Checkpoints;

/// <summary>A model that cannot be loaded leaves nothing behind: none of its files stays mapped or open.</summary>
public sealed class FailedLoadTests
{
    /// <summary>A tensor whose copy must be given back too: it lies there the other way round.</summary>
    private static readonly (string, IReadOnlyList<long>, Action<Stream>) Projection = ("text_projection", [2, 3], Floats(6));

    public static TheoryData<string, string> Faults =>
        new()
        {
            { "no configuration", "has no configuration" },
            { "another model's configuration", "does not hold the model" },
            { "a cut safetensors file", "cannot be read" },
            { "a cut archive", "cannot be read" },
            { "a SigLIP model", "is a SigLIP without the attention pool" },
            { "a query without key and value", "is not a query, a key and a value" },
            { "a shard that is missing", "There is no file" },
            { "a tensor in the wrong shard", "but it is not" },
        };

    [Theory]
    [MemberData(nameof(Faults))]
    public void AModelThatCannotBeLoadedIsNotHeld(string fault, string sentence)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "What a process has mapped and open is asked of Linux.");
        string folder = TestFolder.New();
        Make(fault, folder);

        Exception exception = Assert.ThrowsAny<Exception>(() => ClipEmbedder.Load(folder));

        Assert.Contains(sentence, exception.Message, StringComparison.Ordinal);
        Assert.Empty(Held(folder));
    }

    [Fact]
    public void AModelThatIsLoadedIsHeldUntilItIsDisposed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "What a process has mapped and open is asked of Linux.");
        string folder = TestFolder.New();
        Copy("vit", folder, "open_clip_model.safetensors");
        Copy("vit", folder, "open_clip_config.json");

        using (ClipEmbedder.Load(folder))
        {
            Assert.NotEmpty(Held(folder));
        }

        Assert.Empty(Held(folder));
    }

    private static void Make(string fault, string folder)
    {
        string weights = Path.Combine(folder, "model.safetensors");
        switch (fault)
        {
            case "no configuration":
                Copy("vit", folder, "open_clip_model.safetensors");
                break;
            case "another model's configuration":
                Copy("vit", folder, "open_clip_model.safetensors");
                Copy("resnet", folder, "open_clip_config.json");
                break;
            case "a cut safetensors file":
                Copy("vit", folder, "open_clip_model.safetensors");
                using (FileStream file = File.OpenWrite(Path.Combine(folder, "open_clip_model.safetensors")))
                {
                    file.SetLength(file.Length - 1);
                }

                break;
            case "a cut archive":
                byte[] archive = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "torch", "zip.pt"));
                File.WriteAllBytes(Path.Combine(folder, "model.pt"), archive[..^30]);
                break;
            case "a SigLIP model":
                SafetensorsFile.Write(weights, [Projection, ("logit_bias", [], Floats(1))]);
                break;
            case "a query without key and value":
                SafetensorsFile.Write(weights, [Projection, ("transformer.resblocks.0.attn.in_proj_weight", [4, 1], Floats(4))]);
                break;
            default:
                SafetensorsFile.Write(Path.Combine(folder, "first.safetensors"), [Projection]);
                string other = fault == "a shard that is missing" ? "second.safetensors" : "first.safetensors";
                File.WriteAllText(
                    weights + ".index.json",
                    $$$"""{"weight_map":{"text_projection":"first.safetensors","logit_scale":"{{{other}}}"}}"""
                );
                break;
        }
    }

    private static Action<Stream> Floats(int count) => stream => stream.Write(MemoryMarshal.AsBytes<float>(new float[count]));

    private static void Copy(string model, string folder, string name) =>
        File.Copy(SharedFolder.Need("parity", model, "open_clip", name), Path.Combine(folder, name));

    /// <summary>The files below a folder that this process has mapped or open.</summary>
    private static string[] Held(string folder) =>
        [
            .. File.ReadLines("/proc/self/maps").Where(line => line.Contains(folder, StringComparison.Ordinal)),
            .. Directory
                .EnumerateFiles("/proc/self/fd")
                .Select(static link => new FileInfo(link).LinkTarget)
                .OfType<string>()
                .Where(target => target.StartsWith(folder, StringComparison.Ordinal)),
        ];
}
