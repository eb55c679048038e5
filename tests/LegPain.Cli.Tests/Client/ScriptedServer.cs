using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Grpc.Health.V1;
using LegPain.Protocol.Triage.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace LegPain.Cli.Tests.Client;

/// <summary>A gRPC server on a real socket that refuses as it is told, and then answers.</summary>
internal sealed class ScriptedServer : TriageService.TriageServiceBase, IAsyncDisposable
{
    private WebApplication? _app;

    /// <summary>Gets the refusals to come; when there are none left, calls succeed.</summary>
    public ConcurrentQueue<RpcException> Refusals { get; } = new();

    /// <summary>Gets or sets what refuses every report for as long as it returns something.</summary>
    public Func<RpcException?> Refuses { get; set; } = () => null;

    /// <summary>Gets or sets how many of the next reports are received and never answered.</summary>
    public int SilentReports { get; set; }

    /// <summary>Gets the trace contexts that reports came with; null where there was none.</summary>
    public ConcurrentQueue<string?> Parents { get; } = new();

    /// <summary>Gets every request received.</summary>
    public ConcurrentQueue<ReportObservationsRequest> Requests { get; } = new();

    /// <summary>Gets the revisions that watches asked to go on from.</summary>
    public ConcurrentQueue<long> WatchedFrom { get; } = new();

    /// <summary>Gets what each watch sends before it is cut.</summary>
    public ConcurrentQueue<long[]> Watches { get; } = new();

    /// <summary>
    /// Gets or sets a value indicating whether each watch sends the one revision after the asked one, then nothing:
    /// a script that a watch cut off early cannot use up.
    /// </summary>
    public bool SendsOneThenNothing { get; set; }

    /// <summary>Gets everything that interviews were told.</summary>
    public ConcurrentQueue<InterviewRequest> Told { get; } = new();

    /// <summary>Gets what befalls the next answers of interviews, once each is stored and before its turn.</summary>
    public ConcurrentQueue<Func<ServerCallContext, Task>> Mishaps { get; } = new();

    /// <summary>Gets or sets with how many answers an interview ends.</summary>
    public int AnswersMax { get; set; } = int.MaxValue;

    /// <summary>Gets or sets what the server says of its health; null for a server without a health service.</summary>
    public HealthCheckResponse.Types.ServingStatus? Health { get; set; }

    /// <summary>Gets the deadline of the last report.</summary>
    public DateTime Deadline { get; private set; }

    public string? Language { get; private set; }

    public Uri Address => new(_app!.Urls.Single());

    public static async Task<ScriptedServer> StartAsync()
    {
        var server = new ScriptedServer();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(server);
        server._app = builder.Build();
        server._app.MapGrpcService<ScriptedServer>();
        server._app.MapGrpcService<HealthService>();
        await server._app.StartAsync();
        return server;
    }

    public static RpcException Refusal(Code code, string reason, TimeSpan? retryAfter = null, params IMessage[] details)
    {
        var status = new Google.Rpc.Status { Code = (int)code, Message = "Refused by the test." };
        status.Details.Add(
            Any.Pack(new ErrorInfo { Domain = "legpain", Reason = reason, Metadata = { ["current_revision"] = "4" } }));
        if (retryAfter is { } wait)
        {
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(wait) }));
        }

        status.Details.AddRange(details.Select(detail => Any.Pack(detail)));
        return status.ToRpcException();
    }

    /// <summary>Says nothing until the client is gone.</summary>
    public static async Task StaySilentAsync(ServerCallContext context)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var left = context.CancellationToken.Register(() => gone.TrySetCanceled(context.CancellationToken));
        await gone.Task;
    }

    public override async Task<ReportObservationsResponse> ReportObservations(
        ReportObservationsRequest request, ServerCallContext context)
    {
        Requests.Enqueue(request);
        Deadline = context.Deadline;
        Language = context.RequestHeaders.GetValue("accept-language");
        Parents.Enqueue(context.RequestHeaders.GetValue("traceparent"));
        if (SilentReports > 0)
        {
            SilentReports--;
            await StaySilentAsync(context);
        }

        if (Refuses() is { } always)
        {
            throw always;
        }

        return Refusals.TryDequeue(out var refusal)
            ? throw refusal : new() { Assessment = new() { Revision = 1 } };
    }

    public override async Task WatchAssessment(
        WatchAssessmentRequest request, IServerStreamWriter<WatchAssessmentResponse> responseStream,
        ServerCallContext context)
    {
        WatchedFrom.Enqueue(request.AfterRevision);
        if (SendsOneThenNothing)
        {
            await responseStream.WriteAsync(
                new() { Assessment = new() { Revision = request.AfterRevision + 1 } }, context.CancellationToken);
        }
        else if (Watches.TryDequeue(out var revisions))
        {
            foreach (var revision in revisions)
            {
                await responseStream.WriteAsync(
                    revision < 0
                        ? new() { Progress = new() { Revision = -revision } }
                        : new() { Assessment = new() { Revision = revision } },
                    context.CancellationToken);
            }
        }

        if (Refusals.TryDequeue(out var refusal))
        {
            throw refusal;
        }

        await StaySilentAsync(context);
    }

    public override async Task Interview(
        IAsyncStreamReader<InterviewRequest> requestStream, IServerStreamWriter<InterviewResponse> responseStream,
        ServerCallContext context)
    {
        InterviewResponse turn;
        do
        {
            if (!await requestStream.MoveNext(context.CancellationToken))
            {
                return;
            }

            Told.Enqueue(requestStream.Current);
            if (requestStream.Current.Answer is not null && Mishaps.TryDequeue(out var befall))
            {
                await befall(context);
            }

            turn = Turn();
            await responseStream.WriteAsync(turn, context.CancellationToken);
        }
        while (turn.Question is not null);
    }

    public async ValueTask DisposeAsync()
    {
        await _app!.StopAsync(new CancellationToken(canceled: true));
        await _app.DisposeAsync();
    }

    /// <summary>The turn after every answer so far, each counted once.</summary>
    private InterviewResponse Turn()
    {
        var answers = Told.Where(told => told.Answer is not null).Select(told => told.Answer.RequestId)
            .Distinct(StringComparer.Ordinal).Count();
        var turn = new InterviewResponse
        {
            State = answers < AnswersMax ? InquiryState.Asking : InquiryState.Emergency,
            Assessment = new() { Revision = answers },
        };
        if (turn.State == InquiryState.Asking)
        {
            turn.Question = new() { Finding = "fever" };
        }

        return turn;
    }

    private sealed class HealthService(ScriptedServer server) : Grpc.Health.V1.Health.HealthBase
    {
        public override Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context) =>
            server.Health is { } health
                ? Task.FromResult(new HealthCheckResponse { Status = health })
                : throw new RpcException(new(StatusCode.Unimplemented, "No health service."));
    }
}
