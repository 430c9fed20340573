using FsCheck;
using FsCheck.Fluent;

namespace PushGateway.Testing;

/// <summary>Numbers of the whole range for properties. FsCheck's own grow with its size, to two digits: a thousand seeds would be some fifty.</summary>
public static class FullRange
{
    public static Arbitrary<int> Int32() => Unsized.Of<int>();

    public static Arbitrary<long> Int64() => Unsized.Of<long>();

    public static Arbitrary<ulong> UInt64() => Unsized.Of<ulong>();

    // Apart, since FsCheck takes every method for a generator.
    private static class Unsized
    {
        public static Arbitrary<T> Of<T>()
            where T : struct =>
            ArbMap.Default.ArbFor<DoNotSize<T>>().Convert(static boxed => boxed.Item, static number => DoNotSize<T>.NewDoNotSize(number));
    }
}
