using System.Linq.Expressions;
using System.Numerics.Tensors;
using Microsoft.Extensions.VectorData;

namespace Cupola.Tests.Retrieval;

/// <summary>Somebody else's store of vectors, as a program may have one: records in memory.</summary>
internal sealed class MemoryCollection : VectorStoreCollection<long, IndexedImage>
{
    private readonly SortedDictionary<long, IndexedImage> _records = [];
    private bool _exists;

    public override string Name => "memory";

    public int Count => _records.Count;

    public override Task<bool> CollectionExistsAsync(CancellationToken cancellationToken = default) => Task.FromResult(_exists);

    public override Task EnsureCollectionExistsAsync(CancellationToken cancellationToken = default)
    {
        _exists = true;
        return Task.CompletedTask;
    }

    public override Task EnsureCollectionDeletedAsync(CancellationToken cancellationToken = default)
    {
        _records.Clear();
        return Task.CompletedTask;
    }

    public override Task<IndexedImage?> GetAsync(
        long key,
        RecordRetrievalOptions? options = null,
        CancellationToken cancellationToken = default
    ) => Task.FromResult(_records.GetValueOrDefault(key));

    public override IAsyncEnumerable<IndexedImage> GetAsync(
        Expression<Func<IndexedImage, bool>> filter,
        int top,
        FilteredRecordRetrievalOptions<IndexedImage>? options = null,
        CancellationToken cancellationToken = default
    ) => _records.Values.Where(filter.Compile()).Take(top).ToAsyncEnumerable();

    public override Task DeleteAsync(long key, CancellationToken cancellationToken = default)
    {
        _records.Remove(key);
        return Task.CompletedTask;
    }

    public override Task UpsertAsync(IndexedImage record, CancellationToken cancellationToken = default) =>
        UpsertAsync([record], cancellationToken);

    public override Task UpsertAsync(IEnumerable<IndexedImage> records, CancellationToken cancellationToken = default)
    {
        Assert.True(_exists);
        foreach (IndexedImage record in records)
        {
            _records[record.Number] = record;
        }

        return Task.CompletedTask;
    }

    public override IAsyncEnumerable<VectorSearchResult<IndexedImage>> SearchAsync<TInput>(
        TInput searchValue,
        int top,
        VectorSearchOptions<IndexedImage>? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ReadOnlyMemory<float> vector = (ReadOnlyMemory<float>)(object)searchValue;
        return _records
            .Values.Select(record => new VectorSearchResult<IndexedImage>(
                record,
                TensorPrimitives.Dot(record.Vector.Span, vector.Span)
            ))
            .OrderByDescending(static found => found.Score)
            .Take(top)
            .ToAsyncEnumerable();
    }

    public override object? GetService(Type serviceType, object? serviceKey = null) => null;
}
