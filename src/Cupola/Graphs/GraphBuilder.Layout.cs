using static System.FormattableString;

namespace Cupola.Graphs;

internal sealed partial class GraphBuilder
{
    /// <summary>The same elements in another shape.</summary>
    public Value Reshape(Value value, TensorShape shape)
    {
        if (value.Shape.ElementCount != shape.ElementCount)
        {
            throw new InvalidOperationException(
                $"Reshape of {value} to {shape}: {value.Shape.ElementCount} elements cannot be {shape.ElementCount}."
            );
        }

        // ONNX writes a shape as numbers: 0 repeats the input's extent, and one extent (-1) may be inferred in the run.
        var sizes = new long[shape.Rank];
        bool open = false;
        for (int index = 0; index < shape.Rank; index++)
        {
            Dimension dimension = shape[index];
            if (dimension.IsFixed)
            {
                sizes[index] = dimension.Factor;
            }
            else if (index < value.Shape.Rank && value.Shape[index] == dimension)
            {
                sizes[index] = 0;
            }
            else if (!open)
            {
                open = true;
                sizes[index] = -1;
            }
            else
            {
                throw new InvalidOperationException(
                    $"Reshape of {value} to {shape}: more than one extent is unknown before the run."
                );
            }
        }

        return AddNode("Reshape", value.Type, shape, [value, Constant(sizes, sizes.Length)]);
    }

    /// <summary>
    /// Flat rows [a · b, width] reshaped to the first two extents of another value [a, b], both unknown before the run: [a, b,
    /// width].
    /// </summary>
    public Value ReshapeLike(Value rows, Value like, long width)
    {
        TensorShape shape = [.. like.Shape, width];
        if (rows.Shape.ElementCount != shape.ElementCount)
        {
            throw Mismatch("ReshapeLike", rows, like, $"{rows.Shape.ElementCount} elements cannot be {shape.ElementCount}");
        }

        Value extents = AddNode("Shape", ElementType.Int64, [like.Shape.Rank], [like]);
        Value sizes = AddNode("Concat", ElementType.Int64, [shape.Rank], [extents, Constant([width], 1)], ("axis", 0L));
        return AddNode("Reshape", rows.Type, shape, [rows, sizes]);
    }

    /// <summary>The same elements in the shape of another value.</summary>
    public Value ReshapeAs(Value value, Value like)
    {
        if (value.Shape.ElementCount != like.Shape.ElementCount)
        {
            throw Mismatch("ReshapeAs", value, like, $"{value.Shape.ElementCount} elements cannot be {like.Shape.ElementCount}");
        }

        // A shape with one open extent is written as numbers, so that the other value need not be saved for its shape.
        return value.Shape.Equals(like.Shape) ? value
            : like.Shape.Count(static extent => !extent.IsFixed) <= 1 ? Reshape(value, like.Shape)
            : AddNode("Reshape", value.Type, like.Shape, [value, AddNode("Shape", ElementType.Int64, [like.Shape.Rank], [like])]);
    }

    /// <summary>Zeros of a value's shape.</summary>
    public Value ZerosLike(Value like) =>
        AddNode(
            "ConstantOfShape",
            ElementType.Float32,
            like.Shape,
            [AddNode("Shape", ElementType.Int64, [like.Shape.Rank], [like])]
        );

    /// <summary>
    /// Zeros of another value's shape, to whose first axis rows are added at their indices; several rows may have the same index.
    /// </summary>
    public Value ScatterAdd(Value rows, Value indices, Value like)
    {
        RequireIndices("ScatterAddRows", indices);
        TensorShape expected = [.. indices.Shape, .. like.Shape.Skip(1)];
        if (!rows.Shape.Equals(expected))
        {
            throw Mismatch("ScatterAddRows", rows, indices, $"the rows would be {expected}");
        }

        if (IsTrainable)
        {
            return AddNode(
                CustomDomain,
                "ScatterAddRows",
                rows.Type,
                like.Shape,
                [rows, indices.Type == ElementType.Int32 ? indices : Cast(indices, ElementType.Int32), like]
            );
        }

        Value wide = indices.Type == ElementType.Int64 ? indices : Cast(indices, ElementType.Int64);
        Value pairs = AddNode("Unsqueeze", ElementType.Int64, [.. indices.Shape, 1], [wide, Constant([-1L], 1)]);
        return AddNode("ScatterND", rows.Type, like.Shape, [ZerosLike(like), pairs, rows], ("reduction", "add"));
    }

    /// <summary>
    /// Scatters each row of the first axis to its index on a new second axis, zeros elsewhere: [n, ...], [n] → [n, m, ...].
    /// </summary>
    public Value ScatterRows(Value rows, Value indices, Value like)
    {
        RequireIndices("SpreadRows", indices);
        Value width = Gather(AddNode("Shape", ElementType.Int64, [like.Shape.Rank], [like]), Constant([1L], 1));
        Value chosen = AddNode(
            "OneHot",
            ElementType.Float32,
            [indices.Shape[0], like.Shape[1]],
            [indices, width, Constant([0f, 1f], 2)],
            ("axis", -1L)
        );
        long[] after = [.. Enumerable.Range(2, like.Shape.Rank - 2).Select(static axis => (long)axis)];
        Value mask = AddNode(
            "Unsqueeze",
            ElementType.Float32,
            [.. chosen.Shape, .. after.Select(static _ => (Dimension)1)],
            [chosen, Constant(after, after.Length)]
        );
        return Multiply(
            mask,
            AddNode("Unsqueeze", rows.Type, [rows.Shape[0], 1, .. rows.Shape.Skip(1)], [rows, Constant([1L], 1)])
        );
    }

    /// <summary>Zeros of another value's shape, with a value from a start of one axis on: the opposite of a slice.</summary>
    public Value PadAs(Value value, Value like, int axis, long start)
    {
        int rank = like.Shape.Rank;
        var before = new long[2 * rank];
        before[axis] = start;
        Value pads;
        if (value.Shape[axis].IsFixed && like.Shape[axis].IsFixed)
        {
            before[rank + axis] = like.Shape[axis].Factor - start - value.Shape[axis].Factor;
            pads = Constant(before, 2 * rank);
        }
        else
        {
            var after = new long[2 * rank];
            after[rank + axis] = 1;
            before[rank + axis] = -start;
            Value ExtentOf(Value of) => Gather(AddNode("Shape", ElementType.Int64, [rank], [of]), Constant([(long)axis], 1));
            pads = Add(
                Multiply(Subtract(ExtentOf(like), ExtentOf(value)), Constant(after, 2 * rank)),
                Constant(before, 2 * rank)
            );
        }

        return AddNode("Pad", value.Type, like.Shape, [value, pads]);
    }

    /// <summary>Axis i of the result is axis order[i] of the value.</summary>
    public Value Transpose(Value value, params long[] order)
    {
        if (!order.Order().SequenceEqual(Enumerable.Range(0, value.Shape.Rank).Select(axis => (long)axis)))
        {
            throw new InvalidOperationException(
                $"Transpose of {value}: [{string.Join(", ", order)}] does not name every axis once."
            );
        }

        return AddNode("Transpose", value.Type, [.. order.Select(axis => value.Shape[(int)axis])], [value], ("perm", order));
    }

    /// <summary>The entries of one axis at the given indices; the indices' axes replace that axis.</summary>
    public Value Gather(Value value, Value indices, int axis = 0)
    {
        RequireIndices("Gather", indices);
        TensorShape shape = [.. value.Shape.Take(axis), .. indices.Shape, .. value.Shape.Skip(axis + 1)];
        return AddNode("Gather", value.Type, shape, [value, indices], ("axis", (long)axis));
    }

    /// <summary>For each row of the first axis the entry of the second at its index: [n, m, ...], [n] → [n, ...].</summary>
    public Value GatherRows(Value value, Value indices)
    {
        RequireIndices("GatherRows", indices);
        if (indices.Shape.Rank != 1 || indices.Shape[0] != value.Shape[0])
        {
            throw Mismatch("GatherRows", value, indices, "there is not one index per row");
        }

        Value pairs = AddNode("Unsqueeze", indices.Type, [indices.Shape[0], 1], [indices, Constant([1L], 1)]);
        return AddNode("GatherND", value.Type, [value.Shape[0], .. value.Shape.Skip(2)], [value, pairs], ("batch_dims", 1L));
    }

    /// <summary>Two values concatenated along an axis.</summary>
    public Value Concat(Value first, Value second, int axis)
    {
        if (first.Shape.Rank != second.Shape.Rank || !Without(first.Shape, axis).Equals(Without(second.Shape, axis)))
        {
            throw Mismatch("Concat", first, second, Invariant($"they differ on another axis than {axis}"));
        }

        Dimension one = first.Shape[axis],
            other = second.Shape[axis];
        if (!one.IsFixed || !other.IsFixed)
        {
            throw Mismatch("Concat", first, second, Invariant($"axis {axis} is unknown before the run"));
        }

        return AddNode(
            "Concat",
            first.Type,
            first.Shape.With(axis, one.Factor + other.Factor),
            [first, second],
            ("axis", (long)axis)
        );
    }

    /// <summary>Entries start to end (exclusive) of one axis.</summary>
    public Value Slice(Value value, int axis, long start, long end)
    {
        if (start < 0 || end <= start || (value.Shape[axis].IsFixed && end > value.Shape[axis].Factor))
        {
            throw new InvalidOperationException(Invariant($"Slice of {value}: axis {axis} has no entries {start} to {end}."));
        }

        return AddNode(
            "Slice",
            value.Type,
            value.Shape.With(axis, end - start),
            [value, Constant([start], 1), Constant([end], 1), Constant([(long)axis], 1)]
        );
    }

    /// <summary>As many leading entries of one axis as another value has on one of its axes.</summary>
    public Value SliceLike(Value value, int axis, Value like, int likeAxis)
    {
        Value extents = AddNode("Shape", ElementType.Int64, [like.Shape.Rank], [like]);
        Value end = Gather(extents, Constant([(long)likeAxis], 1));
        return AddNode(
            "Slice",
            value.Type,
            value.Shape.With(axis, like.Shape[likeAxis]),
            [value, Constant([0L], 1), end, Constant([(long)axis], 1)]
        );
    }

    /// <summary>A row [width] repeated for the first extent of another value: [n, 1, width].</summary>
    public Value RepeatRow(Value row, Value like)
    {
        Value extents = AddNode("Shape", ElementType.Int64, [like.Shape.Rank], [like]);
        Value rows = Gather(extents, Constant([0L], 1));
        Value shape = AddNode("Concat", ElementType.Int64, [3], [rows, Constant([1L, row.Shape[0].Factor], 2)], ("axis", 0L));
        return AddNode("Expand", row.Type, [like.Shape[0], 1, row.Shape[0]], [row, shape]);
    }

    private static void RequireIndices(string operation, Value indices)
    {
        if (indices.Type is not (ElementType.Int64 or ElementType.Int32))
        {
            throw new InvalidOperationException($"{operation}: {indices} has the type {indices.Type}, not that of indices.");
        }
    }
}
