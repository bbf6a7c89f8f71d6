using Cupola.Checkpoints;
using Cupola.Images;
using Cupola.Models;

namespace Cupola.Tests.Models;

/// <summary>Where transformers 4 and 5 keep what happens to images, and which of the two files counts.</summary>
public sealed class ProcessorConfigTests
{
    private const string Preprocessor =
        """{"size":{"shortest_edge":20},"crop_size":{"height":16,"width":16},"image_mean":[0.25,0.25,0.25]}""";

    /// <summary>As transformers 5 writes it: more keys than version 4, some of them null.</summary>
    private const string Nested = """
        {"image_processor":{"image_processor_type":"CLIPImageProcessorFast",
         "data_format":"channels_first","device":null,"do_pad":null,
         "do_resize":null,
         "size":{"shortest_edge":18,"longest_edge":null,"height":null,"width":null},
         "crop_size":{"height":16,"width":16,"shortest_edge":null},
         "resample":2,"rescale_factor":null,"image_mean":[0.5,0.5,0.5],"image_std":[0.5,0.5,0.5],
         "input_data_format":null,"return_tensors":null},
         "processor_class":"CLIPProcessor"}
        """;

    [Fact]
    public void WhatProcessorConfigNestsIsReadWithoutTheOtherFile()
    {
        (ImagePreprocessing preprocessing, string? source) = Read(Nested, preprocessor: null);

        Assert.Equal("processor_config.json", Path.GetFileName(source));
        Assert.Equal(
            (16, 18, ResizeMode.Shortest, Interpolation.Bilinear),
            (preprocessing.Size, preprocessing.ResizeSize, preprocessing.Mode, preprocessing.Interpolation)
        );
        Assert.Equal([0.5f, 0.5f, 0.5f], preprocessing.Mean);
        Assert.Equal([0.5f, 0.5f, 0.5f], preprocessing.StandardDeviation);
    }

    [Fact]
    public void WhatProcessorConfigNestsCountsBeforeTheOtherFile()
    {
        (ImagePreprocessing preprocessing, string? source) = Read(Nested, Preprocessor);

        Assert.Equal(("processor_config.json", 18), (Path.GetFileName(source), preprocessing.ResizeSize));
    }

    [Theory]
    [InlineData("""{"processor_class":"CLIPProcessor"}""")]
    [InlineData("""{"image_processor":null,"processor_class":"CLIPProcessor"}""")]
    [InlineData("{}")]
    public void AProcessorConfigThatNestsNothingLeavesItToTheOtherFile(string processor)
    {
        (ImagePreprocessing preprocessing, string? source) = Read(processor, Preprocessor);

        Assert.Equal(("preprocessor_config.json", 20), (Path.GetFileName(source), preprocessing.ResizeSize));
        Assert.Null(Read(processor, preprocessor: null).Source);
    }

    [Theory]
    [InlineData("""{"image_processor":"CLIPImageProcessor"}""", "image_processor cannot be read: it is not a JSON object")]
    [InlineData(
        """{"image_processor":{"do_normalize":false}}""",
        "processor_config.json: image_processor cannot be used: 'do_normalize' is off"
    )]
    [InlineData(
        """{"image_processor":{"size":{"shortest_edge":16},"crop_size":{"height":8,"width":8}}}""",
        "gives images of 8 pixels, and the model takes 16"
    )]
    [InlineData("""{"image_processor":""", "processor_config.json cannot be read: it is not JSON")]
    public void WhatItNestsIsRefusedAsInTheOtherFile(string processor, string sentence) =>
        Assert.Contains(
            sentence,
            Assert.Throws<InvalidDataException>(() => Read(processor, Preprocessor)).Message,
            StringComparison.Ordinal
        );

    private static (ImagePreprocessing Preprocessing, string? Source) Read(string processor, string? preprocessor)
    {
        string folder = TestFolder.New();
        File.WriteAllText(Path.Combine(folder, "processor_config.json"), processor);
        if (preprocessor is not null)
        {
            File.WriteAllText(Path.Combine(folder, "preprocessor_config.json"), preprocessor);
        }

        return ModelFolder.Find(folder).ReadPreprocessing(CheckpointLayout.Transformers, imageSize: 16);
    }
}
