using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace PushGateway.Core.Tests.Wire;

/// <summary>Measures the memory that an object of the gateway keeps: every array that its fields lead to, through types of the gateway and collections.</summary>
internal static class RetainedMemory
{
    public static long BytesOf(object root)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var rest = new Stack<object>([root]);
        var bytes = 0L;
        while (rest.TryPop(out var item))
        {
            if (!seen.Add(item))
            {
                continue;
            }

            bytes += item is Array array ? array.LongLength * SizeOf(array.GetType().GetElementType()!) : 0;
            foreach (var next in NextOf(item))
            {
                rest.Push(next);
            }
        }

        return bytes;
    }

    private static int SizeOf(Type element) =>
        (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(element).Invoke(null, null)!;

    private static IEnumerable<object> NextOf(object item)
    {
        var type = item.GetType();
        var isList = type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>);
        if (isList || type.FullName!.StartsWith("PushGateway.", StringComparison.Ordinal))
        {
            return FieldsOf(type).Select(field => field.GetValue(item)).OfType<object>().Where(value => !value.GetType().IsValueType);
        }

        return item is IEnumerable items and not (Array or string) ? items.Cast<object>() : [];
    }

    private static IEnumerable<FieldInfo> FieldsOf(Type? type) => type is null
        ? []
        : type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).Concat(FieldsOf(type.BaseType));
}
