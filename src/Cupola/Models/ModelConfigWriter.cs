using System.Text.Json;
using Cupola.Files;
using Cupola.Images;

namespace Cupola.Models;

/// <summary>Writes an architecture and its preprocessing as the configurations that transformers and open_clip read.</summary>
internal static class ModelConfigWriter
{
    private static readonly string[] Architectures = ["CLIPModel"];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>transformers' config.json of a CLIPModel and its preprocessor_config.json.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="config">The architecture; its image tower is a vision transformer.</param>
    /// <param name="preprocessing">What happens to images.</param>
    /// <param name="startId">The start token.</param>
    /// <param name="endId">The end token, at which the answer is read.</param>
    public static void WriteTransformers(
        string folder,
        ClipConfig config,
        ImagePreprocessing preprocessing,
        int startId,
        int endId
    )
    {
        Write(folder, "config.json", Transformers(config, startId, endId));
        Write(
            folder,
            "preprocessor_config.json",
            Preprocessor(preprocessing)
                ?? throw new InvalidDataException(
                    "transformers' layout cannot say that the longer side of an image counts, as this model's preprocessing does."
                )
        );
    }

    /// <summary>
    /// What config.json says of a CLIPModel. Of a residual network, which transformers does not have, it says the sizes.
    /// </summary>
    public static Dictionary<string, object> Transformers(ClipConfig config, int startId, int endId) =>
        new()
        {
            ["architectures"] = Architectures,
            ["model_type"] = "clip",
            ["projection_dim"] = config.EmbeddingDimension,
            ["logit_scale_init_value"] = 2.6592,
            ["text_config"] = new
            {
                model_type = "clip_text_model",
                vocab_size = config.Text.VocabularySize,
                max_position_embeddings = config.Text.ContextLength,
                hidden_size = config.Text.Transformer.Width,
                intermediate_size = config.Text.Transformer.MlpWidth,
                num_hidden_layers = config.Text.Transformer.Layers,
                num_attention_heads = config.Text.Transformer.Heads,
                hidden_act = Name(config.Text.Transformer.Activation),
                layer_norm_eps = (double)(decimal)config.Text.Transformer.LayerNormEpsilon,
                projection_dim = config.EmbeddingDimension,
                bos_token_id = startId,
                eos_token_id = endId,
                pad_token_id = endId,
            },
            ["vision_config"] = config.Image switch
            {
                VisionTransformerConfig vision => new
                {
                    model_type = "clip_vision_model",
                    image_size = vision.ImageSize,
                    patch_size = vision.PatchSize,
                    num_channels = 3,
                    hidden_size = vision.Transformer.Width,
                    intermediate_size = vision.Transformer.MlpWidth,
                    num_hidden_layers = vision.Transformer.Layers,
                    num_attention_heads = vision.Transformer.Heads,
                    hidden_act = Name(vision.Transformer.Activation),
                    layer_norm_eps = (double)(decimal)vision.Transformer.LayerNormEpsilon,
                    projection_dim = config.EmbeddingDimension,
                },
                ResNetConfig network => new
                {
                    model_type = "clip_modified_resnet",
                    image_size = network.ImageSize,
                    num_channels = 3,
                    layers = network.Layers,
                    width = network.Width,
                    heads = network.Heads,
                    projection_dim = config.EmbeddingDimension,
                },
                _ => throw new InvalidOperationException($"There are no words for {config.Image.GetType().Name}."),
            },
        };

    /// <summary>
    /// What preprocessor_config.json says; nothing where the longer side of an image counts, for which it has no words.
    /// </summary>
    public static object? Preprocessor(ImagePreprocessing preprocessing)
    {
        object square = new { height = preprocessing.ResizeSize, width = preprocessing.ResizeSize };
        return preprocessing.Mode == ResizeMode.Longest
            ? null
            : new
            {
                image_processor_type = "CLIPImageProcessor",
                do_convert_rgb = true,
                do_resize = true,
                size = preprocessing.Mode == ResizeMode.Squash ? square : new { shortest_edge = preprocessing.ResizeSize },
                resample = (int)preprocessing.Interpolation,
                do_center_crop = true,
                crop_size = new { height = preprocessing.Size, width = preprocessing.Size },
                do_rescale = true,
                rescale_factor = 1 / 255.0,
                do_normalize = true,
                image_mean = preprocessing.Mean,
                image_std = preprocessing.StandardDeviation,
            };
    }

    /// <summary>open_clip_config.json.</summary>
    /// <exception cref="InvalidDataException">open_clip has no words for this architecture.</exception>
    public static void WriteOpenClip(string folder, ClipConfig config, ImagePreprocessing preprocessing)
    {
        var network = (ResNetConfig)config.Image;
        TransformerConfig text = config.Text.Transformer;
        if (text.Activation == Activation.GeluTanh)
        {
            throw new InvalidDataException(
                "open_clip's layout cannot say that the text tower uses the tanh approximation of GELU."
            );
        }

        Write(
            folder,
            "open_clip_config.json",
            new
            {
                model_cfg = new
                {
                    embed_dim = config.EmbeddingDimension,
                    quick_gelu = text.Activation == Activation.QuickGelu,
                    vision_cfg = new
                    {
                        image_size = network.ImageSize,
                        layers = network.Layers,
                        width = network.Width,
                        head_width = network.Width * 32 / network.Heads,
                    },
                    text_cfg = new
                    {
                        context_length = config.Text.ContextLength,
                        vocab_size = config.Text.VocabularySize,
                        width = text.Width,
                        heads = text.Heads,
                        layers = text.Layers,
                        mlp_ratio = (double)text.MlpWidth / text.Width,
                    },
                },
                preprocess_cfg = new
                {
                    size = preprocessing.Size,
                    mean = preprocessing.Mean,
                    std = preprocessing.StandardDeviation,
                    interpolation = preprocessing.Interpolation == Interpolation.Bilinear ? "bilinear" : "bicubic",
                    resize_mode = preprocessing.Mode switch
                    {
                        ResizeMode.Squash => "squash",
                        ResizeMode.Longest => "longest",
                        _ => "shortest",
                    },
                    fill_color = preprocessing.FillColor,
                },
            }
        );
    }

    /// <summary>What transformers calls an activation.</summary>
    public static string Name(Activation activation) =>
        activation switch
        {
            Activation.QuickGelu => "quick_gelu",
            Activation.Gelu => "gelu",
            _ => "gelu_pytorch_tanh",
        };

    /// <summary>Writes one of a folder's files, whole or not at all.</summary>
    public static void Write<T>(string folder, string name, T config) =>
        AtomicFile.Write(Path.Combine(folder, name), stream => JsonSerializer.Serialize(stream, config, Indented));
}
