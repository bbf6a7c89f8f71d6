namespace Cupola.Checkpoints;

/// <summary>The naming scheme of a checkpoint's parameters.</summary>
internal enum CheckpointLayout
{
    /// <summary>Hugging Face transformers' CLIPModel.</summary>
    Transformers,

    /// <summary>open_clip's: OpenAI's names, with a configuration beside the file.</summary>
    OpenClip,

    /// <summary>OpenAI's archive, without configuration; the architecture follows from the shapes.</summary>
    OpenAi,
}
