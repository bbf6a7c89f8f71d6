namespace Cupola;

/// <summary>How far the download of a model is.</summary>
/// <param name="File">The file that is being fetched.</param>
/// <param name="BytesDone">Bytes of all files that are here.</param>
/// <param name="BytesTotal">Bytes of all files that were missing at the start.</param>
public sealed record HubProgress(string File, long BytesDone, long BytesTotal);
