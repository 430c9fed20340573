using FsCheck;
using FsCheck.Fluent;

namespace PushGateway.Testing;

/// <summary>
/// Generators of numbers in the whole range. FsCheck's own numbers grow with the size of a test and have at most two digits, so a thousand
/// runs would use only about fifty seeds.
/// </summary>
public static class FullRange
{
    public static Arbitrary<int> Int32() => Unsized.Of<int>();

    public static Arbitrary<long> Int64() => Unsized.Of<long>();

    public static Arbitrary<ulong> UInt64() => Unsized.Of<ulong>();

    // A class of its own, because FsCheck takes every method of this one for a generator.
    private static class Unsized
    {
        public static Arbitrary<T> Of<T>()
            where T : struct =>
            ArbMap.Default.ArbFor<DoNotSize<T>>().Convert(static boxed => boxed.Item, static number => DoNotSize<T>.NewDoNotSize(number));
    }
}
