namespace Cupola.Graphs;

internal sealed partial class GraphBuilder
{
    /// <summary>The same elements under another shape.</summary>
    public Value Reshape(Value value, TensorShape shape)
    {
        if (value.Shape.ElementCount != shape.ElementCount)
        {
            throw new InvalidOperationException($"Reshape of {value} to {shape}: {value.Shape.ElementCount} elements cannot be {shape.ElementCount}.");
        }

        // ONNX writes a shape in numbers: 0 repeats the input's extent, and one extent (-1) may be left for the run to work out.
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
                throw new InvalidOperationException($"Reshape of {value} to {shape}: more than one extent is unknown before the run.");
            }
        }

        return AddNode("Reshape", value.Type, shape, [value, Constant(sizes, sizes.Length)]);
    }

    /// <summary>Flat rows [a · b, width] under the first two extents of another value [a, b], both unknown before the run: [a, b, width].</summary>
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

    /// <summary>Axis i of the result is axis order[i] of the value.</summary>
    public Value Transpose(Value value, params long[] order)
    {
        if (!order.Order().SequenceEqual(Enumerable.Range(0, value.Shape.Rank).Select(axis => (long)axis)))
        {
            throw new InvalidOperationException($"Transpose of {value}: [{string.Join(", ", order)}] does not name every axis once.");
        }

        return AddNode("Transpose", value.Type, [.. order.Select(axis => value.Shape[(int)axis])], [value], ("perm", order));
    }

    /// <summary>The entries of one axis that the indices name; the indices' axes stand where that axis stood.</summary>
    public Value Gather(Value value, Value indices, int axis = 0)
    {
        RequireIndices("Gather", indices);
        TensorShape shape = [.. value.Shape.Take(axis), .. indices.Shape, .. value.Shape.Skip(axis + 1)];
        return AddNode("Gather", value.Type, shape, [value, indices], ("axis", (long)axis));
    }

    /// <summary>For each row of the first axis the entry of the second that the index names: [n, m, ...], [n] → [n, ...].</summary>
    public Value GatherRows(Value value, Value indices)
    {
        RequireIndices("GatherRows", indices);
        if (indices.Shape.Rank != 1 || indices.Shape[0] != value.Shape[0])
        {
            throw Mismatch("GatherRows", value, indices, "there is not one index a row");
        }

        Value pairs = AddNode("Unsqueeze", indices.Type, [indices.Shape[0], 1], [indices, Constant([1L], 1)]);
        return AddNode("GatherND", value.Type, [value.Shape[0], .. value.Shape.Skip(2)], [value, pairs], ("batch_dims", 1L));
    }

    /// <summary>One value behind the other along an axis.</summary>
    public Value Concat(Value first, Value second, int axis)
    {
        if (first.Shape.Rank != second.Shape.Rank || !Without(first.Shape, axis).Equals(Without(second.Shape, axis)))
        {
            throw Mismatch("Concat", first, second, $"they differ on another axis than {axis}");
        }

        Dimension one = first.Shape[axis], other = second.Shape[axis];
        if (!one.IsFixed || !other.IsFixed)
        {
            throw Mismatch("Concat", first, second, $"axis {axis} is unknown before the run");
        }

        return AddNode("Concat", first.Type, first.Shape.With(axis, one.Factor + other.Factor), [first, second], ("axis", (long)axis));
    }

    /// <summary>Entries start to end (excluded) of one axis.</summary>
    public Value Slice(Value value, int axis, long start, long end)
    {
        if (start < 0 || end <= start || (value.Shape[axis].IsFixed && end > value.Shape[axis].Factor))
        {
            throw new InvalidOperationException($"Slice of {value}: axis {axis} has no entries {start} to {end}.");
        }

        return AddNode("Slice", value.Type, value.Shape.With(axis, end - start), [value, Constant([start], 1), Constant([end], 1), Constant([(long)axis], 1)]);
    }

    /// <summary>As many leading entries of one axis as another value has on an axis of its own.</summary>
    public Value SliceLike(Value value, int axis, Value like, int likeAxis)
    {
        Value extents = AddNode("Shape", ElementType.Int64, [like.Shape.Rank], [like]);
        Value end = Gather(extents, Constant([(long)likeAxis], 1));
        return AddNode("Slice", value.Type, value.Shape.With(axis, like.Shape[likeAxis]), [value, Constant([0L], 1), end, Constant([(long)axis], 1)]);
    }

    /// <summary>A row [width] once for each of another value's first extent: [n, 1, width].</summary>
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
            throw new InvalidOperationException($"{operation}: {indices} holds {indices.Type}, not indices.");
        }
    }
}
