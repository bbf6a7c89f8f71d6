namespace Cupola.Server.Search;

/// <summary>The thumbnails that were made last, within a bound.</summary>
internal sealed class ThumbnailCache
{
    private const long Capacity = 48 << 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<(long, string), LinkedListNode<((long, string) Key, byte[] Jpeg)>> _known = [];
    private readonly LinkedList<((long, string) Key, byte[] Jpeg)> _order = [];
    private long _bytes;

    /// <summary>A thumbnail by the image's number and its version; null where it is not there.</summary>
    public byte[]? Find(long id, string version)
    {
        lock (_gate)
        {
            if (!_known.TryGetValue((id, version), out LinkedListNode<((long, string) Key, byte[] Jpeg)>? node))
            {
                return null;
            }

            _order.Remove(node);
            _order.AddFirst(node);
            return node.Value.Jpeg;
        }
    }

    /// <summary>Keeps a thumbnail, and gives it back.</summary>
    public byte[] Add(long id, string version, byte[] jpeg)
    {
        lock (_gate)
        {
            if (_known.TryAdd((id, version), new(((id, version), jpeg))))
            {
                _order.AddFirst(_known[(id, version)]);
                _bytes += jpeg.Length;
            }

            while (_bytes > Capacity && _order.Last is { } last)
            {
                _order.RemoveLast();
                _known.Remove(last.Value.Key);
                _bytes -= last.Value.Jpeg.Length;
            }
        }

        return jpeg;
    }
}
