namespace Cupola.Runtime;

/// <summary>
/// How many cores there are, hyper-threads not counted: two threads of one core share its arithmetic units, and matrix products
/// gain nothing from the second.
/// </summary>
internal static class PhysicalCores
{
    public static int Count { get; } =
        Math.Max(1, Math.Min(Environment.ProcessorCount, Distinct() ?? Environment.ProcessorCount));

    /// <summary>Linux lists each core's hyper-threads; elsewhere the number is not known.</summary>
    private static int? Distinct()
    {
        try
        {
            string[] siblings =
            [
                .. Directory
                    .EnumerateDirectories("/sys/devices/system/cpu", "cpu*")
                    .Select(folder => Path.Combine(folder, "topology", "thread_siblings_list"))
                    .Where(File.Exists)
                    .Select(File.ReadAllText)
                    .Distinct(StringComparer.Ordinal),
            ];
            return siblings.Length == 0 ? null : siblings.Length;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
