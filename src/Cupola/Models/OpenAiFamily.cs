using Cupola.Checkpoints;
using Cupola.Images;

namespace Cupola.Models;

/// <summary>OpenAI's own archives, which nothing describes: the architecture follows from the shapes of the parameters.</summary>
internal sealed class OpenAiFamily : ModelFamily
{
    public override CheckpointLayout Layout => CheckpointLayout.OpenAi;

    public override (ClipConfig Config, string Source) ReadConfig(string folder, Checkpoint checkpoint) =>
        checkpoint.IsKnown ? (OpenAiConfig.Infer(checkpoint), checkpoint.File.FilePath) : throw checkpoint.UnknownNames();

    /// <inheritdoc/>
    public override (ImagePreprocessing Preprocessing, string? Source) ReadPreprocessing(string folder, int imageSize) =>
        Find(CheckpointLayout.OpenClip).ReadPreprocessing(folder, imageSize);
}
