namespace Cupola.Collectives;

/// <summary>Finds out who takes part.</summary>
internal static class Collective
{
    /// <summary>
    /// All ranks where mpirun or the like started several, else this process alone; then nothing of MPI is loaded.
    /// </summary>
    /// <exception cref="PlatformNotSupportedException">There is no MPI library that can be used.</exception>
    /// <exception cref="InvalidDataException">The environment makes no sense, or the library is not the launcher's.</exception>
    public static ICollective Open() => Launcher.Find() is { Ranks: > 1 } launcher ? Mpi.Join(launcher) : new Alone();
}
