namespace PushGateway.Wire;

/// <summary>Encodings of a protobuf field. Groups (3 and 4) are deprecated and never valid here.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    LengthDelimited = 2,
    Fixed32 = 5,
}
