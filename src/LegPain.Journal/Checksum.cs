using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace LegPain.Journal;

/// <summary>CRC-32C over a record and where it belongs, so that neither bytes nor rows can be swapped unseen.</summary>
internal static class Checksum
{
    public static uint Of(string stream, JournalRecord record)
    {
        var crc = Add(~0u, Encoding.UTF8.GetBytes(stream));
        crc = BitOperations.Crc32C(crc, (ulong)record.Sequence);
        crc = BitOperations.Crc32C(crc, (ulong)record.RecordedAt.UtcTicks);
        crc = Add(crc, Encoding.UTF8.GetBytes(record.RequestId));
        crc = Add(crc, record.RequestHash.Span);
        return ~Add(crc, record.Payload.Span);
    }

    public static uint Of(string stream, JournalSnapshot snapshot)
    {
        var crc = Add(~0u, Encoding.UTF8.GetBytes(stream));
        crc = BitOperations.Crc32C(crc, (ulong)snapshot.Sequence);
        return ~Add(crc, snapshot.Payload.Span);
    }

    private static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }
}
