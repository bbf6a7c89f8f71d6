using Cupola.Collectives;
using Cupola.Graphs;
using Cupola.Models;
using Cupola.Runtime;

namespace Cupola.Training.Optimization;

/// <summary>
/// One tower while it learns: its forward pass, with or without what the backward pass needs, and the backward pass, which adds
/// to the gradients of its parameters. Runs may be made from several threads at once.
/// </summary>
internal sealed class TrainableTower : IDisposable
{
    /// <summary>
    /// Numbers of a weight whose gradient is added where it stands: for fewer, micro-batches would wait for each other
    /// longer than the passes over memory take that are saved.
    /// </summary>
    private const int LargeSum = 1 << 18;

    private readonly TrainableParameters _parameters;
    private readonly int _threads;
    private readonly TensorPool _pool;
    private readonly StepTimes _times;
    private readonly DifferentiatedGraph _graph;
    private readonly CompiledGraph _embed;
    private readonly CompiledGraph _forward;
    private readonly CompiledGraph _backward;
    private readonly IReadOnlyList<GradientTarget> _targets;
    private readonly GradientSet _gradients;
    private readonly Stack<GradientSet> _otherGradients = [];

    private TrainableTower(
        Engine engine,
        TrainableParameters parameters,
        TensorPool pool,
        StepTimes times,
        DifferentiatedGraph graph,
        Graph embed,
        IReadOnlyList<GradientTarget> targets,
        IReadOnlyList<string> statistics
    )
    {
        Statistics = statistics;
        Dimension = (int)embed.Outputs[0].Shape[^1].Factor;
        _threads = engine.Threads;
        _pool = pool;
        _times = times;
        _parameters = parameters;
        _graph = graph;
        _targets = targets;
        _gradients = GradientSet.Of(
            parameters.Gradients.Where(gradient => targets.Any(target => target.Parameter == gradient.Key))
        );
        var none = new Dictionary<string, Tensor>();
        _embed = engine.Compile(embed, none);
        _forward = engine.Compile(graph.Forward, none);
        _backward = engine.Compile(graph.Backward, none);
    }

    /// <summary>Numbers an embedding.</summary>
    public int Dimension { get; }

    /// <summary>
    /// The running statistics that follow the tower's images, in the order in which a run gives what they follow.
    /// </summary>
    public IReadOnlyList<string> Statistics { get; }

    /// <summary>Whether any of its parameters learns; of one that is frozen as a whole there is no backward pass.</summary>
    public bool Learns => _targets.Count > 0;

    /// <summary>Makes a tower ready.</summary>
    /// <param name="engine">What it runs on.</param>
    /// <param name="parameters">What it learns; lent until it is disposed.</param>
    /// <param name="pool">Where its runs take their memory; lent likewise.</param>
    /// <param name="times">Where its runs and sums are timed.</param>
    /// <param name="describe">Describes it.</param>
    public static TrainableTower Create(
        Engine engine,
        TrainableParameters parameters,
        TensorPool pool,
        StepTimes times,
        Func<GraphBuilder, TowerDescription> describe
    )
    {
        GraphBuilder graph = new(OperatorSet.Trainable);
        TowerDescription tower = describe(graph);
        TowerOutputs outputs = tower.Outputs;
        Value[] statistics = [.. outputs.Statistics.Select(static statistic => statistic.Value)];
        Graph embed = graph.Subgraph(tower.Inputs, [outputs.Embedding, .. statistics]);
        HashSet<string> lookedUp = [.. outputs.LookUps.Select(static lookUp => lookUp.Table.Name)];
        List<GradientTarget> targets =
        [
            .. embed
                .Inputs.Where(input => parameters.Gradients.ContainsKey(input.Name) && !lookedUp.Contains(input.Name))
                .Select(static input => new GradientTarget(input, input.Name, Indices: null)),
            .. outputs
                .LookUps.Where(lookUp => parameters.Gradients.ContainsKey(lookUp.Table.Name))
                .Select(static lookUp => new GradientTarget(lookUp.Rows, lookUp.Table.Name, lookUp.Indices)),
        ];
        DifferentiatedGraph differentiated = DifferentiatedGraph.Create(
            graph,
            tower.Inputs,
            outputs.Embedding,
            statistics,
            [.. targets.Select(static target => target.Source)]
        );
        HashSet<string> sums =
        [
            .. differentiated
                .Backward.Nodes.Where(static node => node.Operator is nameof(ProductOverRows) or nameof(LinearGradient))
                .Select(static node => node.Output.Name),
        ];
        return new(
            engine,
            parameters,
            pool,
            times,
            differentiated,
            embed,
            [
                .. targets.Zip(differentiated.Backward.Outputs, (target, output) =>
                    target with
                    {
                        IsSum =
                            target.Indices is null && sums.Contains(output.Name) && IsLarge(parameters.Values[target.Parameter]),
                    }
                ),
            ],
            [.. outputs.Statistics.Select(static statistic => statistic.Running.Name)]
        );
    }

    private static bool IsLarge(Tensor parameter) => parameter.ElementCount >= LargeSum;

    /// <summary>The embeddings and statistics alone.</summary>
    /// <param name="microBatch">What it reads.</param>
    public ForwardPass Embed(MicroBatch microBatch) => Run(_embed, microBatch);

    /// <summary>The embeddings and statistics, and what the backward pass needs to have saved.</summary>
    /// <inheritdoc cref="Embed"/>
    public ForwardPass Forward(MicroBatch microBatch) => Run(_forward, microBatch);

    /// <summary>The memory that <see cref="Forward"/> takes for a micro-batch until its pass is disposed.</summary>
    public long ForwardBytes(MicroBatch microBatch) =>
        _forward.Outputs.Sum(output => Tensor.Bytes(output.Type, output.Shape.Resolve(microBatch.Symbols)));

    /// <summary>Begins the sums of a step's gradients.</summary>
    public GradientSums BeginSums(MicroBatchGroups groups, ICollective ranks) =>
        new(groups, _gradients, _otherGradients, ranks, _threads);

    /// <summary>What a pass makes of the gradient of its embeddings.</summary>
    /// <param name="pass">The forward pass.</param>
    /// <param name="seed">The gradient of its embeddings, [rows, dimension].</param>
    /// <param name="place">
    /// Where its gradients are added. A parameter may have more numbers than a micro-batch has activations.
    /// </param>
    /// <returns>Adds what is not added yet, and must be called; the pass may be disposed before.</returns>
    public Action Backward(ForwardPass pass, Tensor seed, GradientPlace place)
    {
        bool isFirst = place.Turn == 0;
        var given = new Dictionary<string, Tensor>(pass.Inputs, StringComparer.Ordinal) { ["seed"] = seed };
        foreach ((Value saved, Tensor tensor) in _graph.Saved.Zip(pass.Saved))
        {
            given.Add(saved.Name, tensor);
        }

        bool IsInPlace(GradientTarget target) => target.IsSum || (isFirst && target.Indices is null);
        TensorBlock gradients = _pool.Allocate([
            .. _graph
                .Backward.Outputs.Zip(_targets)
                .Select(output => IsInPlace(output.Second) ? [0] : output.First.Shape.Resolve(pass.Part.Symbols)),
        ]);
        try
        {
            Tensor[] outputs =
            [
                .. gradients
                    .Tensors.Zip(_targets)
                    .Select(output => IsInPlace(output.Second) ? place.Set.Tensors[output.Second.Parameter] : output.First),
            ];
            place.Sums.Run(place.Turn, () => Run(_backward, given, outputs));
        }
        catch
        {
            gradients.Dispose();
            throw;
        }

        Dictionary<string, int[]> indices = _targets
            .Select(static target => target.Indices)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal)
            .ToDictionary(static name => name, name => pass.Inputs[name].AsSpan<int>().ToArray(), StringComparer.Ordinal);
        return () =>
            _times.InSums(() =>
            {
                foreach (
                    (GradientTarget target, Tensor gradient) in _targets
                        .Zip(gradients.Tensors)
                        .Where(output => !IsInPlace(output.First))
                )
                {
                    if (target.Indices is null)
                    {
                        place.Set.Add(target.Parameter, gradient.AsSpan<float>());
                    }
                    else
                    {
                        place.Set.AddRows(target.Parameter, gradient.AsSpan<float>(), indices[target.Indices], isFirst);
                    }
                }

                gradients.Dispose();
            });
    }

    public void Dispose()
    {
        _embed.Dispose();
        _forward.Dispose();
        _backward.Dispose();
        foreach (GradientSet gradients in _otherGradients)
        {
            gradients.Dispose();
        }
    }

    private ForwardPass Run(CompiledGraph graph, MicroBatch microBatch)
    {
        TensorBlock outputs = _pool.Allocate([.. graph.Outputs.Select(output => output.Shape.Resolve(microBatch.Symbols))]);
        ForwardPass? pass = null;
        try
        {
            pass = new(microBatch.Read(), outputs, microBatch, Statistics.Count);
            Run(graph, pass.Inputs, [.. outputs.Tensors]);
            return pass;
        }
        catch
        {
            ((IDisposable?)pass ?? outputs).Dispose();
            throw;
        }
    }

    /// <summary>
    /// One run has one thread, whatever others do: with several, the order of sums would depend on how many there are.
    /// </summary>
    private void Run(CompiledGraph graph, IReadOnlyDictionary<string, Tensor> given, Tensor[] outputs)
    {
        Tensor[] inputs =
        [
            .. graph.Inputs.Select(input =>
                given.TryGetValue(input.Name, out Tensor? tensor) ? tensor : _parameters.Values[input.Name]
            ),
        ];
        _times.InRun(() => graph.Run(SessionThreads.One, inputs, outputs));
    }

    /// <summary>Where a gradient goes: to a parameter, or to the rows of a parameter that were looked up.</summary>
    /// <param name="Source">What the tower is differentiated by.</param>
    /// <param name="Parameter">The parameter.</param>
    /// <param name="Indices">The input that says which rows were looked up.</param>
    private sealed record GradientTarget(Value Source, string Parameter, string? Indices)
    {
        /// <summary>Whether the graph adds it where it stands.</summary>
        public bool IsSum { get; init; }
    }
}

/// <summary>What a run of a tower gave.</summary>
/// <param name="Inputs">What it read; its own.</param>
/// <param name="Outputs">The embeddings, statistics, and what was saved for the backward pass; its own.</param>
/// <param name="Part">Of which micro-batch.</param>
/// <param name="StatisticCount">How many outputs are statistics.</param>
internal sealed record ForwardPass(
    IReadOnlyDictionary<string, Tensor> Inputs,
    TensorBlock Outputs,
    MicroBatch Part,
    int StatisticCount
) : IDisposable
{
    public Tensor Embeddings => Outputs.Tensors[0];

    public IEnumerable<Tensor> Statistics => Outputs.Tensors.Skip(1).Take(StatisticCount);

    public IEnumerable<Tensor> Saved => Outputs.Tensors.Skip(1 + StatisticCount);

    public void Dispose()
    {
        Outputs.Dispose();
        foreach (Tensor input in Inputs.Values)
        {
            input.Dispose();
        }
    }
}
