using System.Collections.Immutable;
using Cupola.Graphs;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace Cupola.Runtime;

/// <summary>How a run uses the processor.</summary>
internal enum SessionThreads
{
    /// <summary>
    /// One thread; the caller has other runs beside it on threads of its own, which is the fastest way through many.
    /// </summary>
    One,

    /// <summary>All threads for this one run, which is the fastest way to one answer.</summary>
    All,
}

/// <summary>
/// A graph that ONNX Runtime has made ready. Runs may be made from several threads at once; the same inputs give the same bits.
/// The engine rearranges the weights for its matrix products, once for both widths, for which it takes their memory again. Where
/// it is for one answer, that waits for the second run: products over weights as they lie add in another order.
/// </summary>
internal sealed class CompiledGraph : IDisposable
{
    private readonly Graph _graph;

    /// <summary>Parameters that stay where they are.</summary>
    private readonly List<(string Name, OrtValue Value)> _lent = [];

    /// <summary>
    /// Parameters of convolutions, whose numbers the engine wants while it makes the graph ready, to lay them out anew.
    /// </summary>
    private readonly Dictionary<string, ReadOnlyMemory<byte>> _given = [];

    private readonly PrePackedWeightsContainer _packedWeights = new();
    private readonly Lazy<InferenceSession> _narrow;
    private readonly Lazy<InferenceSession> _wide;
    private readonly Lazy<InferenceSession>? _first;
    private readonly string[] _inputNames;
    private readonly string[] _outputNames;
    private int _wideRuns;

    public CompiledGraph(Engine engine, Graph graph, IReadOnlyDictionary<string, Tensor> parameters)
    {
        _graph = graph;
        _inputNames = [.. graph.Inputs.Select(input => input.Name)];
        _outputNames = [.. graph.Outputs.Select(output => output.Name)];
        HashSet<string> rearranged =
        [
            .. graph
                .Nodes.Where(static node => node.Operator == "Conv")
                .SelectMany(static node => node.Inputs.Skip(1))
                .OfType<Value>()
                .Select(static value => value.Name),
        ];
        foreach (Value parameter in graph.Parameters)
        {
            Tensor tensor = Lent(parameter, parameters);
            if (rearranged.Contains(parameter.Name))
            {
                _given.Add(parameter.Name, tensor.AsSpan<byte>().ToArray());
            }
            else
            {
                _lent.Add((parameter.Name, View(tensor)));
            }
        }

        _narrow = new(() => Open(engine, SessionThreads.One, packsWeights: true));
        _wide = new(() => Open(engine, SessionThreads.All, packsWeights: true));
        _first =
            engine.IsForOneAnswer && !graph.Parameters.IsEmpty
                ? new(() => Open(engine, SessionThreads.All, packsWeights: false))
                : null;
    }

    /// <summary>What a run reads, in order.</summary>
    public ImmutableArray<Value> Inputs => _graph.Inputs;

    /// <summary>What a run gives, in order.</summary>
    public ImmutableArray<Value> Outputs => _graph.Outputs;

    /// <summary>Runs once: inputs in the graph's order, outputs written in place in the graph's order.</summary>
    public void Run(SessionThreads width, ReadOnlySpan<Tensor> inputs, ReadOnlySpan<Tensor> outputs)
    {
        Check("input", _graph.Inputs, inputs);
        Check("output", _graph.Outputs, outputs);
        var values = new List<OrtValue>(inputs.Length + outputs.Length);
        try
        {
            foreach (Tensor tensor in inputs)
            {
                values.Add(View(tensor));
            }

            foreach (Tensor tensor in outputs)
            {
                values.Add(View(tensor));
            }

            InferenceSession session = Session(width);
            using RunOptions options = new();
            session.Run(
                options,
                _inputNames,
                values.GetRange(0, inputs.Length),
                _outputNames,
                values.GetRange(inputs.Length, outputs.Length)
            );
        }
        catch (OnnxRuntimeException failure)
        {
            throw EngineFailure.Translate(failure, "work out a model's numbers");
        }
        finally
        {
            values.ForEach(static value => value.Dispose());
        }
    }

    public void Dispose()
    {
        foreach (Lazy<InferenceSession>? session in new[] { _narrow, _wide, _first })
        {
            if (session is { IsValueCreated: true })
            {
                session.Value.Dispose();
            }
        }

        _lent.ForEach(static parameter => parameter.Value.Dispose());
        _packedWeights.Dispose();
    }

    /// <summary>
    /// The very first run, if it is a wide one and may be the only one, does not wait for the weights to be rearranged. Where
    /// parameters are inputs, there is nothing to wait for.
    /// </summary>
    private InferenceSession Session(SessionThreads width) =>
        (
            width == SessionThreads.One ? _narrow
            : _first is not null && Interlocked.Increment(ref _wideRuns) == 1 ? _first
            : _wide
        ).Value;

    private InferenceSession Open(Engine engine, SessionThreads width, bool packsWeights)
    {
        using SessionOptions options = engine.SessionOptions(width, packsWeights);
        if (_graph.Nodes.Any(static node => node.Domain == GraphBuilder.CustomDomain))
        {
            CustomOperatorDomain.AddTo(options);
        }

        foreach ((string name, OrtValue value) in _lent)
        {
            options.AddInitializer(name, value);
        }

        // A lent parameter stands in the model for a file beside it, which must be there and is not read: it is empty, so
        // that an engine that did read it would fail and not go on with other numbers.
        string empty = Path.GetTempFileName();
        try
        {
            options.AddSessionConfigEntry("session.model_external_initializers_file_folder_path", Path.GetDirectoryName(empty)!);
            byte[] model = OnnxWriter.Write(_graph, Path.GetFileName(empty), _given);
            SessionOpening.MakeReady();
            return packsWeights ? new(model, options, _packedWeights) : new(model, options);
        }
        catch (OnnxRuntimeException failure)
        {
            throw EngineFailure.Translate(failure, "make a model ready");
        }
        finally
        {
            File.Delete(empty);
        }
    }

    private static Tensor Lent(Value parameter, IReadOnlyDictionary<string, Tensor> parameters)
    {
        if (!parameters.TryGetValue(parameter.Name, out Tensor? tensor))
        {
            throw new InvalidOperationException($"The graph's parameter {parameter} was not lent.");
        }

        if (tensor.Type != parameter.Type || !TensorShape.Create([.. tensor.Shape]).Equals(parameter.Shape))
        {
            throw new InvalidOperationException(
                $"The graph's parameter {parameter} was lent {tensor.Type} [{string.Join(", ", tensor.Shape)}]."
            );
        }

        return tensor;
    }

    private static OrtValue View(Tensor tensor) =>
        OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance,
            (TensorElementType)OnnxWriter.TypeNumber(tensor.Type),
            [.. tensor.Shape],
            tensor.Address,
            tensor.ByteCount
        );

    private static void Check(string kind, ImmutableArray<Value> expected, ReadOnlySpan<Tensor> given)
    {
        if (expected.Length != given.Length)
        {
            throw new ArgumentException($"The graph has {expected.Length} {kind}s, and {given.Length} were given.");
        }

        for (int index = 0; index < given.Length; index++)
        {
            if (given[index].Type != expected[index].Type || given[index].Shape.Count != expected[index].Shape.Rank)
            {
                throw new ArgumentException(
                    $"The graph's {kind} {expected[index]} was given {given[index].Type} ["
                        + $"{string.Join(", ", given[index].Shape)}]."
                );
            }
        }
    }
}
