using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;

namespace LegPain.Benchmarks;

/// <summary>gRPC by hand over HTTP/2: what a load generator beside the server can afford.</summary>
internal static class RawGrpc
{
    /// <summary>The status of a call that succeeded.</summary>
    public const string Ok = "0";

    /// <summary>The status RESOURCE_EXHAUSTED.</summary>
    public const string Exhausted = "8";

    /// <summary>Makes a client with one connection.</summary>
    public static HttpClient Client(Uri address) =>
        new(new SocketsHttpHandler { EnableMultipleHttp2Connections = false })
        {
            BaseAddress = address,
        };

    /// <summary>Frames a message.</summary>
    public static ByteArrayContent Content(byte[] message)
    {
        var framed = new byte[5 + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), message.Length);
        message.CopyTo(framed, 5);
        return new(framed) { Headers = { ContentType = new("application/grpc") } };
    }

    /// <summary>Makes one unary call and returns its status; the answer is read and dropped.</summary>
    public static async Task<string> CallAsync(HttpClient client, string path, ByteArrayContent content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        using var response = await client.SendAsync(request);
        await response.Content.CopyToAsync(Stream.Null);

        // A refusal has no message: its status may come with the headers.
        return response.TrailingHeaders.TryGetValues("grpc-status", out var status)
            || response.Headers.TryGetValues("grpc-status", out status) ? status.Single() : "none";
    }
}
