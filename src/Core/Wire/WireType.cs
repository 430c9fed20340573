namespace PushGateway.Wire;

/// <summary>How a protobuf field is laid out. Groups (3 and 4) are deprecated and never valid here.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    LengthDelimited = 2,
    Fixed32 = 5,
}
