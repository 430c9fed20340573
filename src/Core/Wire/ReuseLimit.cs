using System.Runtime.CompilerServices;

namespace PushGateway.Wire;

/// <summary>
/// The rule for memory that is kept for the next push: no buffer of an object that is pooled, or kept by a thread, stays larger than
/// <see cref="MaxBytes"/>. What one giant push has grown beyond it is given back when the push is done.
/// </summary>
internal static class ReuseLimit
{
    /// <summary>Largest buffer that is kept. A request of the default size to a target fits.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Whether a buffer of so many items is kept.</summary>
    public static bool Allows<T>(int items) => (long)items * Unsafe.SizeOf<T>() <= MaxBytes;

    /// <summary>Replaces an array that is too large by an empty one of <paramref name="initial"/> items.</summary>
    public static void Trim<T>(ref T[] array, int initial = 0)
    {
        if (!Allows<T>(array.Length))
        {
            array = new T[initial];
        }
    }

    /// <summary>Empties a list, and gives its memory back when that is too large.</summary>
    public static void Trim<T>(List<T> list)
    {
        list.Clear();
        if (!Allows<T>(list.Capacity))
        {
            list.Capacity = 0;
        }
    }
}
