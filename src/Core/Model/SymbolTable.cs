using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using PushGateway.Wire;

namespace PushGateway.Model;

/// <summary>
/// Interned UTF-8 strings. A symbol is the index of a string. Symbol 0 is always the empty string, as remote write 2.0 requires.
/// </summary>
/// <remarks>
/// Reusable through <see cref="Clear"/>: once the table has grown to its working size, interning allocates nothing. Hashes have a secret
/// seed per process, so a sender cannot choose colliding strings. Not thread-safe.
/// </remarks>
public sealed class SymbolTable
{
    private const int InitialBytes = 4096;
    private const int InitialSymbols = 64;

    // Clearing a slot of its own takes longer than clearing one of a run.
    private const int SlotsPerCleared = 32;

    private static readonly byte[] Secrets = RandomNumberGenerator.GetBytes(2 * sizeof(ulong));

    private readonly ulong _seed = BinaryPrimitives.ReadUInt64LittleEndian(Secrets);
    private readonly ulong _secret = BinaryPrimitives.ReadUInt64LittleEndian(Secrets.AsSpan(sizeof(ulong)));
    private byte[] _bytes = new byte[InitialBytes];
    private Symbol[] _symbols = new Symbol[InitialSymbols];
    private int[] _slots = new int[InitialSymbols * 2];
    private int _used;

    /// <summary>Creates a table that holds only the empty string.</summary>
    public SymbolTable() => Clear();

    /// <summary>Number of symbols, including the empty one.</summary>
    public int Count { get; private set; }

    /// <summary>Length of the longest symbol in bytes.</summary>
    public int LongestBytes { get; private set; }

    /// <summary>Bytes of the symbols.</summary>
    internal long UsedBytes => _used + ((long)Count * Unsafe.SizeOf<Symbol>());

    /// <summary>Bytes of memory that the table keeps.</summary>
    internal long RetainedBytes => _bytes.Length + ((long)_symbols.Length * Unsafe.SizeOf<Symbol>()) + ((long)_slots.Length * sizeof(int));

    /// <summary>
    /// The UTF-8 bytes of a symbol, valid until the next <see cref="Intern(ReadOnlySpan{byte})"/> or <see cref="Clear"/>.
    /// </summary>
    public ReadOnlySpan<byte> this[int symbol]
    {
        get
        {
            ref readonly var entry = ref _symbols.AsSpan(0, Count)[symbol];
            return _bytes.AsSpan(entry.Start, entry.Length);
        }
    }

    /// <summary>A hash of the symbol's bytes. Equal strings have equal hashes in every table of this process.</summary>
    internal uint HashOf(int symbol) => _symbols[symbol].Hash;

    /// <summary>Returns the symbol of <paramref name="utf8"/> and adds it when it is new. The bytes are copied.</summary>
    public int Intern(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            return 0;
        }

        var hash = Hash(utf8);
        var symbol = Locate(utf8, hash, out var slot);
        return symbol != 0 ? symbol : Add(utf8, hash, slot);
    }

    /// <summary>Returns the symbol here of a symbol of another table, and adds it when it is new.</summary>
    internal int Intern(SymbolTable other, int symbol)
    {
        ref readonly var entry = ref other._symbols.AsSpan(0, other.Count)[symbol];
        if (entry.Length == 0)
        {
            return 0;
        }

        // Both tables have the same seed.
        var utf8 = other._bytes.AsSpan(entry.Start, entry.Length);
        var known = Locate(utf8, entry.Hash, out var slot);
        return known != 0 ? known : Add(utf8, entry.Hash, slot);
    }

    /// <summary>Returns the symbol of <paramref name="utf8"/>, or -1 when it is not in the table.</summary>
    public int Find(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            return 0;
        }

        var symbol = Locate(utf8, Hash(utf8), out _);
        return symbol != 0 ? symbol : -1;
    }

    /// <summary>Interns the UTF-8 form of <paramref name="text"/>.</summary>
    public int Intern(string text) => Intern(Encoding.UTF8.GetBytes(text));

    /// <summary>The symbol as a string. Allocates.</summary>
    public string GetString(int symbol) => Encoding.UTF8.GetString(this[symbol]);

    /// <summary>Removes every symbol except the empty one and keeps the memory. After few symbols, this takes little time in a large table.</summary>
    public void Clear()
    {
        if (Count > _slots.Length / SlotsPerCleared)
        {
            Array.Clear(_slots);
        }
        else
        {
            ClearUsedSlots();
        }

        _symbols[0] = default;
        Count = 1;
        LongestBytes = 0;
        _used = 0;
    }

    /// <summary>Removes every symbol except the empty one, and gives memory back that has grown beyond <see cref="ReuseLimit"/>.</summary>
    public void Trim()
    {
        if (ReuseLimit.Allows<int>(_slots.Length))
        {
            Clear();
        }
        else
        {
            _slots = new int[InitialSymbols * 2];
            _symbols = new Symbol[InitialSymbols];
            (Count, LongestBytes, _used) = (1, 0, 0);
        }

        ReuseLimit.Trim(ref _bytes, InitialBytes);
    }

    // A symbol stands at its hash or behind it. Slots before it may be free by now.
    private void ClearUsedSlots()
    {
        var mask = _slots.Length - 1;
        for (var symbol = 1; symbol < Count; symbol++)
        {
            var slot = (int)_symbols[symbol].Hash & mask;
            while (_slots[slot] != symbol)
            {
                slot = (slot + 1) & mask;
            }

            _slots[slot] = 0;
        }
    }

    // Each multiplication mixes sixteen bytes. Both factors depend on a secret, so a sender cannot make one of them zero.
    private uint Hash(ReadOnlySpan<byte> utf8)
    {
        var hash = _seed + (ulong)utf8.Length;
        while (utf8.Length > 2 * sizeof(ulong))
        {
            hash = Mix(BinaryPrimitives.ReadUInt64LittleEndian(utf8) ^ _secret, BinaryPrimitives.ReadUInt64LittleEndian(utf8[sizeof(ulong)..]) ^ hash);
            utf8 = utf8[(2 * sizeof(ulong))..];
        }

        ulong first = 0;
        ulong last = 0;
        if (utf8.Length >= sizeof(ulong))
        {
            first = BinaryPrimitives.ReadUInt64LittleEndian(utf8);
            last = BinaryPrimitives.ReadUInt64LittleEndian(utf8[^sizeof(ulong)..]);
        }
        else if (utf8.Length >= sizeof(uint))
        {
            first = BinaryPrimitives.ReadUInt32LittleEndian(utf8);
            last = BinaryPrimitives.ReadUInt32LittleEndian(utf8[^sizeof(uint)..]);
        }
        else if (!utf8.IsEmpty)
        {
            first = utf8[0] | ((ulong)utf8[utf8.Length / 2] << 8) | ((ulong)utf8[^1] << 16);
        }

        hash = Mix(first ^ _secret, last ^ hash);
        return (uint)(hash ^ (hash >> 32));
    }

    internal static ulong Mix(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }

    // Returns 0 when the text is not in the table; the slot is then the free one where it belongs.
    private int Locate(ReadOnlySpan<byte> utf8, uint hash, out int slot)
    {
        var mask = _slots.Length - 1;
        for (slot = (int)hash & mask; ; slot = (slot + 1) & mask)
        {
            var symbol = _slots[slot];
            if (symbol == 0)
            {
                return 0;
            }

            ref readonly var entry = ref _symbols[symbol];
            if (entry.Hash == hash && _bytes.AsSpan(entry.Start, entry.Length).SequenceEqual(utf8))
            {
                return symbol;
            }
        }
    }

    private int Add(ReadOnlySpan<byte> utf8, uint hash, int slot)
    {
        if (_used + utf8.Length > _bytes.Length)
        {
            Array.Resize(ref _bytes, checked((int)BitOperations.RoundUpToPowerOf2((uint)(_used + utf8.Length))));
        }

        if (Count == _symbols.Length)
        {
            Array.Resize(ref _symbols, _symbols.Length * 2);
        }

        var symbol = Count++;
        utf8.CopyTo(_bytes.AsSpan(_used));
        _symbols[symbol] = new Symbol(_used, utf8.Length, hash);
        _used += utf8.Length;
        LongestBytes = Math.Max(LongestBytes, utf8.Length);
        _slots[slot] = symbol;
        if (Count * 2 > _slots.Length)
        {
            Rehash();
        }

        return symbol;
    }

    private void Rehash()
    {
        _slots = new int[_slots.Length * 2];
        var mask = _slots.Length - 1;
        for (var symbol = 1; symbol < Count; symbol++)
        {
            var slot = (int)_symbols[symbol].Hash & mask;
            while (_slots[slot] != 0)
            {
                slot = (slot + 1) & mask;
            }

            _slots[slot] = symbol;
        }
    }

    private readonly record struct Symbol(int Start, int Length, uint Hash);
}
