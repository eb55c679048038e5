using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Google.Protobuf.WellKnownTypes;
using Grpc.Net.Client;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Client;

/// <summary>
/// Calls LegPain, one server or several: deadlines, safe repeats, watches that resume by themselves, refusals as one
/// type.
/// </summary>
/// <remarks>
/// <para>
/// Every call but a watch ends within <see cref="LegPainClientOptions.Deadline"/>. UNAVAILABLE, RESOURCE_EXHAUSTED with
/// a time to wait, a lost connection and an attempt that ran out of time are repeated, a write always with the request
/// id of its first attempt; nothing else is. What is left is thrown as <see cref="LegPainException"/>, whose
/// <see cref="LegPainException.Outcome"/> says whether a write is stored. Canceling throws
/// <see cref="OperationCanceledException"/>; a write that was already sent may be stored all the same.
/// </para>
/// <para>Safe to use from many threads at once.</para>
/// </remarks>
public sealed partial class LegPainClient : IDisposable
{
    private readonly LegPainClientOptions _options;
    private readonly EndpointPool _servers;
    private readonly CallRunner _calls;
    private readonly WatchLoop _watches;

    /// <summary>Makes a client on a channel that stays the caller's.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public LegPainClient(GrpcChannel channel, LegPainClientOptions? options = null)
        : this([new(channel, ownsChannel: false)], Checked(options))
    {
    }

    private LegPainClient(IEnumerable<Endpoint> servers, LegPainClientOptions options)
    {
        _options = options;
        _servers = new(servers, options);
        _calls = new(_servers, options);
        _watches = new(_servers, options);
    }

    /// <summary>Makes a client with a channel of its own. Connects with the first call, not here.</summary>
    /// <param name="server">Such as http://127.0.0.1:5080: HTTP/2 without TLS.</param>
    /// <param name="options">How to call; null for the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static LegPainClient Connect(Uri server, LegPainClientOptions? options = null) =>
        Connect([server], options);

    /// <summary>Makes a client of several servers that share their patients. Connects with the first calls.</summary>
    /// <remarks>
    /// Calls go to all of them in turn. One that is dead, hung or stopping is left out from its first failure until it
    /// says again that it is healthy; meanwhile the others take its calls, watches and interviews.
    /// </remarks>
    /// <param name="servers">One or more; a server that is named twice is called twice as often.</param>
    /// <param name="options">How to call; null for the defaults.</param>
    /// <exception cref="ArgumentException">There is no server in the list.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static LegPainClient Connect(IReadOnlyList<Uri> servers, LegPainClientOptions? options = null)
    {
        if (servers.Count == 0)
        {
            throw new ArgumentException("A client needs a server.", nameof(servers));
        }

        var terms = Checked(options);
        return new([.. servers.Select(server => new Endpoint(ChannelTo(server, terms), ownsChannel: true))], terms);
    }

    /// <summary>Records what was observed and returns the assessment that follows. Durable when it returns.</summary>
    public async Task<Assessment> ReportObservationsAsync(
        string patient, IEnumerable<Observation> observations, RequestOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        var terms = options ?? new();
        var requestId = WriteId.Of(terms.RequestId, _options);
        var request = new ReportObservationsRequest
        {
            RequestId = requestId.Text,
            Patient = patient,
            Observations = { observations },
            View = terms.View,
        };
        if (terms.ExpectedRevision is { } expected)
        {
            request.ExpectedRevision = expected;
        }

        return (await _calls.RunAsync(
            (server, call) => server.Triage.ReportObservationsAsync(request, call),
            requestId, cancellationToken)).Assessment;
    }

    /// <summary>
    /// Marks one observation as entered in error and returns the assessment without it. Durable when it returns.
    /// </summary>
    /// <param name="patient">The caller's id of the patient.</param>
    /// <param name="revision">The revision that recorded the observation.</param>
    /// <param name="index">Its index in that revision, from 0.</param>
    /// <param name="options">What else to ask for.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<Assessment> AmendObservationAsync(
        string patient, long revision, int index, RequestOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        var terms = options ?? new();
        var requestId = WriteId.Of(terms.RequestId, _options);
        var request = new AmendObservationRequest
        {
            RequestId = requestId.Text,
            Patient = patient,
            Revision = revision,
            Index = index,
            View = terms.View,
        };
        if (terms.ExpectedRevision is { } expected)
        {
            request.ExpectedRevision = expected;
        }

        return (await _calls.RunAsync(
            (server, call) => server.Triage.AmendObservationAsync(request, call),
            requestId, cancellationToken)).Assessment;
    }

    /// <summary>Starts an episode: history is kept, symptoms are not. Durable when it returns.</summary>
    public async Task<Assessment> StartEpisodeAsync(
        string patient, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        var terms = options ?? new();
        var requestId = WriteId.Of(terms.RequestId, _options);
        var request = new StartEpisodeRequest { RequestId = requestId.Text, Patient = patient, View = terms.View };
        if (terms.ExpectedRevision is { } expected)
        {
            request.ExpectedRevision = expected;
        }

        return (await _calls.RunAsync(
            (server, call) => server.Triage.StartEpisodeAsync(request, call),
            requestId, cancellationToken)).Assessment;
    }

    /// <summary>Closes the open episode. Durable when it returns.</summary>
    public async Task<Assessment> CloseEpisodeAsync(
        string patient, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        var terms = options ?? new();
        var requestId = WriteId.Of(terms.RequestId, _options);
        var request = new CloseEpisodeRequest { RequestId = requestId.Text, Patient = patient, View = terms.View };
        if (terms.ExpectedRevision is { } expected)
        {
            request.ExpectedRevision = expected;
        }

        return (await _calls.RunAsync(
            (server, call) => server.Triage.CloseEpisodeAsync(request, call),
            requestId, cancellationToken)).Assessment;
    }

    /// <summary>Returns the assessment of a patient.</summary>
    /// <param name="patient">The caller's id of the patient.</param>
    /// <param name="revision">The revision; null for the newest.</param>
    /// <param name="asOf">
    /// The moment to assess for; null for now, or for the time of recording of an earlier revision.
    /// </param>
    /// <param name="view">How much of the assessment to return.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    public async Task<Assessment> GetAssessmentAsync(
        string patient, long? revision = null, DateTimeOffset? asOf = null, AssessmentView view = AssessmentView.Basic,
        CancellationToken cancellationToken = default)
    {
        var request = new GetAssessmentRequest { Patient = patient, AsOf = asOf?.ToTimestamp(), View = view };
        if (revision is { } at)
        {
            request.Revision = at;
        }

        return (await _calls.RunAsync(
            (server, call) => server.Triage.GetAssessmentAsync(request, call),
            requestId: null, cancellationToken)).Assessment;
    }

    /// <summary>
    /// Lists the events of a patient in the order of their revisions, reading a page when the one before is used up.
    /// </summary>
    /// <param name="patient">The caller's id of the patient.</param>
    /// <param name="afterRevision">Events after this revision; 0 for all.</param>
    /// <param name="pageSize">The most events a call returns, 1 to 1000; 0 for the server's own.</param>
    /// <param name="cancellationToken">Stops the calls.</param>
    public async IAsyncEnumerable<Event> ListEventsAsync(
        string patient, long afterRevision = 0, int pageSize = 0,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = new ListEventsRequest { Patient = patient, AfterRevision = afterRevision, PageSize = pageSize };
        while (true)
        {
            var page = await _calls.RunAsync(
                (server, call) => server.Triage.ListEventsAsync(request, call), requestId: null, cancellationToken);
            foreach (var item in page.Events)
            {
                yield return item;
            }

            if (!page.More)
            {
                yield break;
            }

            request = request.Clone();
            request.AfterRevision = page.Events[^1].Revision;
        }
    }

    /// <summary>Assesses observations without storing anything.</summary>
    public async Task<Assessment> AssessAsync(
        IEnumerable<Observation> observations, DateTimeOffset? asOf = null, AssessmentView view = AssessmentView.Basic,
        CancellationToken cancellationToken = default)
    {
        var request = new AssessRequest { Observations = { observations }, AsOf = asOf?.ToTimestamp(), View = view };
        return (await _calls.RunAsync(
            (server, call) => server.Triage.AssessAsync(request, call), requestId: null, cancellationToken)).Assessment;
    }

    /// <summary>Watches a patient: every assessment after a revision, in order, each once, until canceled.</summary>
    /// <remarks>
    /// Goes on by itself from its last revision whenever the connection is lost or the server dies, hangs or stops, on
    /// another server when there is one, for as long as it takes; <see cref="LegPainClientOptions.WatchInterrupted"/>
    /// hears of it. Ends only by cancellation (<see cref="OperationCanceledException"/>), by a refusal that no repeat
    /// can change, by a server that leaves out a revision, or when a full server has refused it
    /// <see cref="LegPainClientOptions.AttemptsMax"/> times in a row.
    /// </remarks>
    /// <param name="patient">The caller's id of the patient; may have no event yet.</param>
    /// <param name="afterRevision">The last revision the caller has; 0 for all.</param>
    /// <param name="view">How much of each assessment to send.</param>
    /// <param name="cancellationToken">Ends the watch.</param>
    /// <exception cref="LegPainException">
    /// The server refuses, such as with REVISION_NOT_FOUND, or left out a revision
    /// (<see cref="LegPainException.WatchGap"/>).
    /// </exception>
    public IAsyncEnumerable<Assessment> WatchAsync(
        string patient, long afterRevision = 0, AssessmentView view = AssessmentView.Basic,
        CancellationToken cancellationToken = default) =>
        _watches.RunAsync(patient, afterRevision, view, cancellationToken);

    /// <summary>Closes the channels, if they are the client's own, and with them every call and watch.</summary>
    public void Dispose() => _servers.Dispose();

    private static LegPainClientOptions Checked(LegPainClientOptions? options)
    {
        options ??= new();
        options.Check();
        return options;
    }

    private static GrpcChannel ChannelTo(Uri server, LegPainClientOptions options) =>
        GrpcChannel.ForAddress(server, new()
        {
            HttpHandler = new SocketsHttpHandler
            {
                EnableMultipleHttp2Connections = true,
                KeepAlivePingDelay = options.KeepAlive,
                KeepAlivePingTimeout = options.KeepAlive,
                ConnectTimeout = options.AttemptTimeout,
                UseProxy = false,

                // Calls carry the context of their own span. The handler would put a span of its own between the two
                // that nobody exports, and the server's would hang in the air.
                ActivityHeadersPropagator = null,

                // With a way to connect of its own, the handler connects for each call that needs it. Without one, the
                // channel refuses calls for up to 2 minutes after it failed to connect, though the server may be back.
                ConnectCallback = ConnectAsync,
            },
            DisposeHttpClient = true,
        });

    private static async ValueTask<Stream> ConnectAsync(
        SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
