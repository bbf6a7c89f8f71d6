using Cupola.Graphs;
using Cupola.Runtime;

namespace Cupola.Training;

/// <summary>
/// One tower while it learns: its forward pass, with or without what the backward pass needs, and the backward pass, which adds to the gradients of its
/// parameters. Runs may be made from several threads at once.
/// </summary>
internal sealed class TrainableTower : IDisposable
{
    private readonly LearnedParameters _parameters;
    private readonly TensorPool _pool;
    private readonly DifferentiatedGraph _graph;
    private readonly CompiledGraph _embed;
    private readonly CompiledGraph _forward;
    private readonly CompiledGraph _backward;
    private readonly IReadOnlyList<GradientTarget> _targets;

    private TrainableTower(Engine engine, LearnedParameters parameters, TensorPool pool, DifferentiatedGraph graph, Graph embed, IReadOnlyList<GradientTarget> targets)
    {
        _pool = pool;
        _parameters = parameters;
        _graph = graph;
        _targets = targets;
        var none = new Dictionary<string, Tensor>();
        Embedding = embed.Outputs[0];
        _embed = engine.Compile(embed, none);
        _forward = engine.Compile(graph.Forward, none);
        _backward = engine.Compile(graph.Backward, none);
    }

    /// <summary>What the tower gives.</summary>
    public Value Embedding { get; }

    /// <summary>Whether any of its parameters learns; of one that is frozen as a whole there is no backward pass.</summary>
    public bool Learns => _targets.Count > 0;

    /// <summary>Makes a tower ready.</summary>
    /// <param name="engine">What it runs on.</param>
    /// <param name="parameters">What it learns; lent until it is disposed.</param>
    /// <param name="pool">Where its runs take their memory; lent likewise.</param>
    /// <param name="describe">Describes it: its inputs, its embeddings, and values whose gradient stands for a parameter's.</param>
    public static TrainableTower Create(Engine engine, LearnedParameters parameters, TensorPool pool, Func<GraphBuilder, TowerDescription> describe)
    {
        GraphBuilder graph = new(OperatorSet.Trainable);
        TowerDescription tower = describe(graph);
        Graph embed = graph.Between(tower.Inputs, [tower.Embeddings]);
        HashSet<string> lookedUp = [.. tower.LookUps.Select(static lookUp => lookUp.Parameter)];
        List<GradientTarget> targets =
        [
            .. embed.Inputs.Where(input => parameters.Gradients.ContainsKey(input.Name) && !lookedUp.Contains(input.Name)).Select(static input => new GradientTarget(input, input.Name, Indices: null)),
            .. tower.LookUps.Where(lookUp => parameters.Gradients.ContainsKey(lookUp.Parameter)).Select(static lookUp => new GradientTarget(lookUp.Rows, lookUp.Parameter, lookUp.Indices)),
        ];
        DifferentiatedGraph differentiated = DifferentiatedGraph.Of(graph, tower.Inputs, tower.Embeddings, [.. targets.Select(static target => target.Source)]);
        return new(engine, parameters, pool, differentiated, embed, targets);
    }

    /// <summary>The embeddings alone.</summary>
    /// <param name="width">How the run uses the processor.</param>
    /// <param name="chunk">What it reads.</param>
    /// <returns>[rows, dimension]; the caller disposes it.</returns>
    public Tensor Embed(RunWidth width, BatchChunk chunk)
    {
        Tensor embeddings = Tensor.Allocate(ElementType.Float32, Embedding.Shape.Resolve(chunk.Symbols));
        Run(_embed, width, chunk.Inputs, [embeddings]);
        return embeddings;
    }

    /// <summary>The embeddings, and what the backward pass needs to have kept.</summary>
    /// <param name="width">How the run uses the processor.</param>
    /// <param name="chunk">What it reads; lent until the pass is disposed.</param>
    public ForwardPass Forward(RunWidth width, BatchChunk chunk)
    {
        TensorBlock outputs = _pool.Allocate([.. _graph.Forward.Outputs.Select(output => output.Shape.Resolve(chunk.Symbols))]);
        try
        {
            Run(_forward, width, chunk.Inputs, [.. outputs.Tensors]);
            return new(chunk, outputs);
        }
        catch
        {
            outputs.Dispose();
            throw;
        }
    }

    /// <summary>What a pass makes of the gradient of its embeddings.</summary>
    /// <param name="width">How the run uses the processor.</param>
    /// <param name="pass">The forward pass.</param>
    /// <param name="seed">The gradient of its embeddings, [rows, dimension].</param>
    /// <param name="isFirst">
    /// Whether it is the first of the tower's passes to be added: its gradients are written in the place of those of the step before. A parameter may have more numbers than a chunk has activations.
    /// </param>
    /// <returns>Adds it to the parameters' gradients, and must be called; the pass may be disposed before, its chunk may not.</returns>
    public Action Backward(RunWidth width, ForwardPass pass, Tensor seed, bool isFirst)
    {
        var given = new Dictionary<string, Tensor>(pass.Chunk.Inputs, StringComparer.Ordinal) { ["seed"] = seed };
        foreach ((Value kept, Tensor tensor) in _graph.Kept.Zip(pass.Kept))
        {
            given.Add(kept.Name, tensor);
        }

        bool IsInPlace(GradientTarget target) => isFirst && target.Indices is null;
        TensorBlock gradients = _pool.Allocate([.. _graph.Backward.Outputs.Zip(_targets).Select(output => IsInPlace(output.Second) ? [0] : output.First.Shape.Resolve(pass.Chunk.Symbols))]);
        try
        {
            Run(_backward, width, given, [.. gradients.Tensors.Zip(_targets).Select(output => IsInPlace(output.Second) ? _parameters.Gradients[output.Second.Parameter] : output.First)]);
        }
        catch
        {
            gradients.Dispose();
            throw;
        }

        return () =>
        {
            foreach ((GradientTarget target, Tensor gradient) in _targets.Zip(gradients.Tensors).Where(output => !IsInPlace(output.First)))
            {
                target.Add(_parameters, gradient, pass.Chunk.Inputs, isFirst);
            }

            gradients.Dispose();
        };
    }

    public void Dispose()
    {
        _embed.Dispose();
        _forward.Dispose();
        _backward.Dispose();
    }

    private void Run(CompiledGraph graph, RunWidth width, IReadOnlyDictionary<string, Tensor> given, ReadOnlySpan<Tensor> outputs)
    {
        Tensor[] inputs = [.. graph.Inputs.Select(input => given.TryGetValue(input.Name, out Tensor? tensor) ? tensor : _parameters.Values[input.Name])];
        graph.Run(width, inputs, outputs);
    }

    /// <summary>Where a gradient goes: to a parameter, or to the rows of a parameter that were looked up.</summary>
    private sealed record GradientTarget(Value Source, string Parameter, string? Indices)
    {
        public void Add(LearnedParameters parameters, Tensor gradient, IReadOnlyDictionary<string, Tensor> inputs, bool isFirst)
        {
            if (Indices is null)
            {
                parameters.AddGradient(Parameter, gradient.AsSpan<float>());
                return;
            }

            Span<float> table = parameters.Gradients[Parameter].AsSpan<float>();
            if (isFirst)
            {
                table.Clear();
            }

            ReadOnlySpan<float> rows = gradient.AsSpan<float>();
            ReadOnlySpan<int> indices = inputs[Indices].AsSpan<int>();
            int width = rows.Length / indices.Length;
            for (int row = 0; row < indices.Length; row++)
            {
                Span<float> sum = table.Slice(indices[row] * width, width);
                System.Numerics.Tensors.TensorPrimitives.Add(sum, rows.Slice(row * width, width), sum);
            }
        }
    }
}

/// <summary>A tower as a graph.</summary>
/// <param name="Inputs">What each run brings.</param>
/// <param name="Embeddings">What it gives, [rows, dimension].</param>
/// <param name="LookUps">
/// Tables of which a run reads few rows: the gradient of the rows is worked out, and added to the table's where the rows stand, because a gradient of the
/// whole table would be nearly all zeros.
/// </param>
internal sealed record TowerDescription(IReadOnlyList<Value> Inputs, Value Embeddings, IReadOnlyList<LookUp> LookUps);

/// <summary>Rows of a table that indices name.</summary>
/// <param name="Rows">The rows in the graph.</param>
/// <param name="Parameter">The table's name.</param>
/// <param name="Indices">The name of the input that holds the indices (int32).</param>
internal sealed record LookUp(Value Rows, string Parameter, string Indices);

/// <summary>What a forward pass left for the backward pass.</summary>
/// <param name="Chunk">What it read; not its own.</param>
/// <param name="Outputs">The embeddings and what was kept; its own.</param>
internal sealed record ForwardPass(BatchChunk Chunk, TensorBlock Outputs) : IDisposable
{
    public Tensor Embeddings => Outputs.Tensors[0];

    public IEnumerable<Tensor> Kept => Outputs.Tensors.Skip(1);

    /// <summary>What it takes.</summary>
    public long ByteCount => Outputs.ByteCount;

    public void Dispose() => Outputs.Dispose();
}
