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

    /// <summary>transformers' SiglipModel.</summary>
    TransformersSiglip,

    /// <summary>open_clip's SigLIP models, whose image tower has timm's names.</summary>
    OpenClipSiglip,
}
