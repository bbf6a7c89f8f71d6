namespace Cupola;

/// <summary>The progress of a model's download.</summary>
/// <param name="File">The file that is being downloaded.</param>
/// <param name="BytesDone">The downloaded bytes of all files.</param>
/// <param name="BytesTotal">The bytes of all files that were missing at the start.</param>
public sealed record HubProgress(string File, long BytesDone, long BytesTotal);
