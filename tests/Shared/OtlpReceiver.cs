using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LegPain.Tests;

/// <summary>One span as it came over the wire.</summary>
internal sealed record ExportedSpan(
    string Instance, string TraceId, string SpanId, string ParentId, string Name,
    IReadOnlyDictionary<string, string> Tags, IReadOnlyList<string> LinkedSpanIds)
{
    /// <summary>Gets whether the span begins its trace.</summary>
    public bool IsRoot => ParentId.Length == 0;
}

/// <summary>
/// What an operator's collector is: the three services of OTLP over gRPC on a real socket. Keeps all it is sent.
/// </summary>
/// <remarks>
/// The messages are read by their field numbers (opentelemetry-proto 1.x, which are frozen): the .NET packages ship no
/// generated types, and what is searched for secrets is the raw bytes, which no schema can leave anything out of.
/// </remarks>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<(string Signal, byte[] Message)> _requests = [];
    private readonly WebApplication _app;

    private OtlpReceiver()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddSingleton(this);
        builder.Services.AddGrpc(options => options.MaxReceiveMessageSize = null);
        _app = builder.Build();
        _app.MapGrpcService<Service>();
    }

    /// <summary>Gets where to export to.</summary>
    public Uri Address => new(_app.Urls.Single());

    /// <summary>Gets every span that came.</summary>
    public IReadOnlyList<ExportedSpan> Spans =>
    [
        .. from request in Messages("trace")
           from resource in request.Messages(1)
           let instance = InstanceOf(resource)
           from scope in resource.Messages(2)
           from span in scope.Messages(2)
           select new ExportedSpan(
               instance, span.Hex(1), span.Hex(2), span.Hex(4), span.Text(5), Attributes(span, 9),
               [.. span.Messages(13).Select(link => link.Hex(2))]),
    ];

    /// <summary>Gets the names of every metric that came.</summary>
    public IReadOnlySet<string> MetricNames =>
        (from request in Messages("metrics")
         from resource in request.Messages(1)
         from scope in resource.Messages(2)
         from metric in scope.Messages(2)
         select metric.Text(1)).ToHashSet();

    /// <summary>Gets the body, the trace id and the attributes of every log record that came.</summary>
    public IReadOnlyList<(string Body, string TraceId, IReadOnlyDictionary<string, string> Tags)> Logs =>
    [
        .. from request in Messages("logs")
           from resource in request.Messages(1)
           from scope in resource.Messages(2)
           from record in scope.Messages(2)
           select (record.Messages(5).Select(body => body.Text(1)).FirstOrDefault(string.Empty), record.Hex(9),
               Attributes(record, 6)),
    ];

    public static async Task<OtlpReceiver> StartAsync()
    {
        var receiver = new OtlpReceiver();
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>Returns which of some texts are anywhere in what came, with the signal that has each.</summary>
    public IReadOnlyList<string> Find(params string[] secrets) =>
    [
        .. (from request in _requests
            let text = Encoding.UTF8.GetString(request.Message)
            from secret in secrets
            where text.Contains(secret, StringComparison.Ordinal)
            select $"{request.Signal}: {secret}").Distinct(),
    ];

    /// <summary>Returns the spans whose parent did not come, of the traces that are asked about.</summary>
    public IReadOnlyList<ExportedSpan> Orphans(Func<ExportedSpan, bool>? of = null)
    {
        var spans = Spans.Where(of ?? (_ => true)).ToList();
        var known = spans.Select(span => (span.TraceId, span.SpanId)).ToHashSet();
        return [.. spans.Where(span => !span.IsRoot && !known.Contains((span.TraceId, span.ParentId)))];
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private IEnumerable<Message> Messages(string signal) =>
        _requests.Where(request => request.Signal == signal).Select(request => new Message(request.Message));

    /// <summary>Returns which process sent it.</summary>
    private static string InstanceOf(Message resource) =>
        Attributes(resource.Messages(1).Single(), 1).GetValueOrDefault("service.instance.id", string.Empty);

    private static Dictionary<string, string> Attributes(Message message, int field) => message.Messages(field)
        .GroupBy(attribute => attribute.Text(1))
        .ToDictionary(group => group.Key, group => group.First().Messages(2).FirstOrDefault()?.Value ?? string.Empty);

    /// <summary>Binds the one method of all three services, as generated code would.</summary>
    [BindServiceMethod(typeof(ServiceBase), nameof(Bind))]
    internal abstract class ServiceBase
    {
        private static readonly Marshaller<byte[]> Bytes = Marshallers.Create(bytes => bytes, bytes => bytes);

        public static void Bind(ServiceBinderBase binder, ServiceBase? service)
        {
            foreach (var (signal, name) in new[] { ("trace", "Trace"), ("metrics", "Metrics"), ("logs", "Logs") })
            {
                binder.AddMethod(
                    new Method<byte[], byte[]>(
                        MethodType.Unary, $"opentelemetry.proto.collector.{signal}.v1.{name}Service", nameof(Export),
                        Bytes, Bytes),
                    service is null ? (UnaryServerMethod<byte[], byte[]>?)null : service.Export);
            }
        }

        public abstract Task<byte[]> Export(byte[] request, ServerCallContext context);
    }

    /// <summary>Keeps what is exported.</summary>
    internal sealed class Service(OtlpReceiver owner) : ServiceBase
    {
        public override Task<byte[]> Export(byte[] request, ServerCallContext context)
        {
            owner._requests.Enqueue((context.Method.Split('.')[3], request));
            return Task.FromResult<byte[]>([]);
        }
    }

    /// <summary>A protobuf message, read by field number.</summary>
    private sealed class Message
    {
        private readonly List<(int Field, ByteString Bytes)> _nested = [];
        private readonly List<(int Field, ulong Number)> _numbers = [];

        public Message(byte[] bytes)
            : this(new CodedInputStream(bytes))
        {
        }

        private Message(CodedInputStream input)
        {
            while (input.ReadTag() is var tag and not 0)
            {
                var field = WireFormat.GetTagFieldNumber(tag);
                switch (WireFormat.GetTagWireType(tag))
                {
                    case WireFormat.WireType.LengthDelimited:
                        _nested.Add((field, input.ReadBytes()));
                        break;
                    case WireFormat.WireType.Varint:
                        _numbers.Add((field, input.ReadUInt64()));
                        break;
                    case WireFormat.WireType.Fixed64:
                        _numbers.Add((field, input.ReadFixed64()));
                        break;
                    default:
                        _numbers.Add((field, input.ReadFixed32()));
                        break;
                }
            }
        }

        /// <summary>Gets the value of an AnyValue as text: string, bool, int or double; a list as its bytes.</summary>
        public string Value => _nested.Count > 0 ? _nested[0].Bytes.ToStringUtf8()
            : _numbers.Count == 0 ? string.Empty
            : _numbers[0].Field == 4 ? $"{BitConverter.UInt64BitsToDouble(_numbers[0].Number)}"
            : $"{_numbers[0].Number}";

        public IEnumerable<Message> Messages(int field) =>
            Nested(field).Select(bytes => new Message(bytes.CreateCodedInput()));

        public string Text(int field) => Bytes(field).ToStringUtf8();

        public string Hex(int field) => Convert.ToHexStringLower(Bytes(field).Span);

        private ByteString Bytes(int field) => Nested(field).FirstOrDefault(ByteString.Empty);

        private IEnumerable<ByteString> Nested(int field) =>
            _nested.Where(nested => nested.Field == field).Select(nested => nested.Bytes);
    }
}
