namespace Cupola.Training.Run;

/// <summary>The type that a trained model's weights are stored in.</summary>
public enum WeightsType
{
    /// <summary>All that was learned.</summary>
    Float32,

    /// <summary>Half the file, with three digits of each number.</summary>
    Float16,
}
