namespace Cupola.Checkpoints;

/// <summary>Whose names the parameters of a checkpoint have.</summary>
internal enum CheckpointLayout
{
    /// <summary>Hugging Face transformers' CLIPModel.</summary>
    Transformers,

    /// <summary>open_clip's, which are OpenAI's names with a configuration beside the file.</summary>
    OpenClip,

    /// <summary>OpenAI's own archive: no configuration; the architecture follows from the shapes.</summary>
    OpenAi,
}
