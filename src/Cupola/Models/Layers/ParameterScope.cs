using static System.FormattableString;

namespace Cupola.Models.Layers;

/// <summary>
/// Where a layer stands while a model is declared: its path, tower and depth. Layers declare their parameters in it, and what was
/// declared is all that is known of a model's parameters. As candle's VarBuilder and flax's modules do.
/// </summary>
internal sealed class ParameterScope
{
    private readonly OrderedDictionary<string, Parameter> _declared;
    private readonly string _path;
    private readonly TowerKind _tower;
    private readonly int _depth;

    private ParameterScope(OrderedDictionary<string, Parameter> declared, string path, TowerKind tower, int depth) =>
        (_declared, _path, _tower, _depth) = (declared, path, tower, depth);

    /// <summary>The scope of a whole model.</summary>
    public ParameterScope()
        : this(new(StringComparer.Ordinal), "", TowerKind.Both, 0) { }

    /// <summary>What was declared so far, in any part of the model.</summary>
    public IReadOnlyList<Parameter> Declared => _declared.Values;

    /// <summary>A tower's part of it.</summary>
    public ParameterScope In(TowerKind tower, string name) => new(_declared, Join(name), tower, 0);

    /// <summary>A layer's part of it.</summary>
    public ParameterScope At(string name) => new(_declared, Join(name), _tower, _depth);

    /// <summary>The part of one of several layers that are alike.</summary>
    public ParameterScope At(int index) => At(Invariant($"{index}"));

    /// <summary>The same path, so many layers behind the tower's input.</summary>
    public ParameterScope AtDepth(int depth) => new(_declared, _path, _tower, depth);

    /// <summary>Declares a parameter.</summary>
    /// <exception cref="InvalidOperationException">One of that name is there.</exception>
    public Parameter Parameter(string name, IReadOnlyList<long> shape, Initialization initialization, ParameterKind kind)
    {
        Parameter parameter = new(Join(name), shape, kind, initialization, _tower, _depth);
        if (!_declared.TryAdd(parameter.Name, parameter))
        {
            throw new InvalidOperationException($"The parameter {parameter.Name} was declared twice.");
        }

        return parameter;
    }

    private string Join(string name) => _path.Length == 0 ? name : $"{_path}.{name}";
}
