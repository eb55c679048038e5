using System.Net;
using System.Net.Sockets;

namespace LegPain.Tests;

/// <summary>Ports of this machine for servers that cannot be told to take any.</summary>
internal static class Ports
{
    // Below those that the system hands out by itself, so that no connection takes one before its server does. Each
    // process begins elsewhere, and none is given twice.
    private const int First = 26_000;
    private const uint Count = 6_000;

    private static int _last = Environment.ProcessId * 61;

    /// <summary>Returns a port of 127.0.0.1 that nobody uses.</summary>
    public static int Free()
    {
        while (true)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _last) % Count);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: the next one.
            }
        }
    }
}
