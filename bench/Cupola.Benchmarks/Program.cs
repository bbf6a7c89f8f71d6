using System.Globalization;
using Cupola.Benchmarks;

return args switch
{
    ["make-model", string folder, .. string[] tokenizer] => RandomModel.Write(folder, tokenizer.FirstOrDefault()),
    ["images", string model] => ImageBenchmark.Run(model),
    ["texts", string model, string templates, string names, string cupl] => TextBenchmark.Run(model, templates, names, cupl),
    ["classes", string model, string cupl] => ClassVectorBenchmark.Run(model, cupl),
    ["resize", .. string[] pillow] => ResizeBenchmark.Run(pillow.FirstOrDefault()),
    ["start", string model, string image] => StartBenchmark.Run(model, image),
    ["int8", string model, .. string[] data] => PrecisionBenchmark.Run(
        model,
        data.ElementAtOrDefault(0),
        data.ElementAtOrDefault(1),
        data.ElementAtOrDefault(2),
        data.ElementAtOrDefault(3)
    ),
    ["search", .. string[] count] => SearchBenchmark.Run(
        count.Length == 0 ? 1_000_000 : int.Parse(count[0], CultureInfo.InvariantCulture),
        count.Contains("usearch"),
        count.FirstOrDefault(static each => each.EndsWith(".py", StringComparison.Ordinal))
    ),
    ["few-shot", string classes, string shots] => FewShotBenchmark.Run(
        int.Parse(classes, CultureInfo.InvariantCulture),
        int.Parse(shots, CultureInfo.InvariantCulture)
    ),
    ["pgvector", string address, string count, string dimension, string centers] => ApproximateSearch.Pgvector(
        address,
        int.Parse(count, CultureInfo.InvariantCulture),
        int.Parse(dimension, CultureInfo.InvariantCulture),
        int.Parse(centers, CultureInfo.InvariantCulture)
    ),
    ["serve", string model, string images, .. string[] seconds] => ServeBenchmark.Run(
        model,
        images,
        seconds.Length == 0 ? 120 : int.Parse(seconds[0], CultureInfo.InvariantCulture)
    ),
    ["serve-one", string model, string batch] => ServeBenchmark.Serve(model, int.Parse(batch, CultureInfo.InvariantCulture)),
    ["retrieval", string model, string images, .. string[] prompts] => RetrievalQuality.Run(
        model,
        images,
        prompts.FirstOrDefault()
    ),
    ["fits", string model, .. string[] folders] => RetrievalQuality.Fits(model, folders),
    ["maps", string model] => MapTimes.Run(model),
    ["maps", string model, string folder] => MapBenchmark.Run(model, folder),
    ["train", .. string[] torch] => TrainBenchmark.Run(torch.FirstOrDefault()),
    ["ranks", string model, string batch, string threads, string steps] => RankBenchmark.Run(
        model,
        int.Parse(batch, CultureInfo.InvariantCulture),
        int.Parse(threads, CultureInfo.InvariantCulture),
        int.Parse(steps, CultureInfo.InvariantCulture)
    ),
    ["train-memory"] => TrainMemoryBenchmark.Run(),
    ["train-memory", string batch, string kept] => TrainMemoryBenchmark.RunOne(
        int.Parse(batch, CultureInfo.InvariantCulture),
        long.Parse(kept, CultureInfo.InvariantCulture)
    ),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        Cupola's benchmarks; run them in Release on a machine that does nothing else.

          make-model FOLDER [TOKENIZER]        a ViT-B/32 with seeded random weights, and a tokenizer's files beside it
          images MODEL                         images a second, against the exported ONNX
          texts MODEL TEMPLATES NAMES CUPL     prompts a second: in trees, packed, and padded to 77
          classes MODEL CUPL                   a whole prompt file into class vectors, against padding to 77; peak memory
          resize [PILLOW_SCRIPT]               images a second of the exact resize, beside Pillow and libvips
          start MODEL IMAGE                  time from process start to answer, and peak memory
          int8 MODEL [IMAGES TEMPLATES NAMES CUPL]  int8 beside float32: images, texts, files to embeddings
          few-shot LABELS EXAMPLES             fit, choose and classify with so many examples a label
          search [COUNT [usearch] [NUMPY]]     the exact scan over a million vectors, beside the memory's bandwidth and others
          pgvector ADDRESS COUNT DIMENSION CENTERS  PostgreSQL with pgvector beside the exact scan: recall, times, plan
          retrieval MODEL IMAGES [PROMPTS]     recall and median rank of text to image, with intervals
          fits MODEL IMAGES…                   the errors of 'nothing fits' on classes that are indexed, and that are not
          serve MODEL IMAGES [SECONDS]         the service under load: one client, 32 without batches, 32 with
          maps MODEL                           time of maps beside an embedding, by the number of sentences
          maps MODEL FOLDER                    how often maps point where a sentence says, in flags' parts or mosaics
          train [TORCH_SCRIPT]                 pairs a second of a training step, small and base, beside PyTorch's
          ranks small|base BATCH THREADS STEPS  a training step that mpirun's ranks share: time, exchange, memory
          train-memory                         peak memory of a training step of 256, 4,096 and 32,768 pairs
        """
    );
    return 2;
}
