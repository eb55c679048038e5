using Google.Rpc;
using Grpc.Core;
using LegPain.Client;
using LegPain.Protocol.Triage.V1;
using LegPain.Tests;
using Microsoft.Extensions.Time.Testing;

namespace LegPain.Cli.Tests.Client;

public sealed class InterviewSessionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_WhoseConnectionBreaksBeforeTheTurn_IsSentAgainWithTheSameRequestId()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Mishaps.Enqueue(Break);
        using var client = Connect(server);
        using var session = await BeginAsync(client);

        var turn = await AnswerAsync(session);

        Assert.Equal((1, "fever"), (turn.Assessment.Revision, turn.Question.Finding));
        Assert.Same(turn, session.Turn);
        var told = server.Told.ToArray();
        Assert.Equal([true, false, true, false], told.Select(one => one.Start is not null));
        Assert.Equal(told[0], told[2]);
        Assert.Equal(told[1], told[3]);
    }

    [Fact]
    public async Task Answer_Refused_SaysWhichFields_AndTheInterviewGoesOn()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Mishaps.Enqueue(_ => throw ScriptedServer.Refusal(Code.InvalidArgument, "INVALID_REQUEST", null,
            new BadRequest
            {
                FieldViolations = { new BadRequest.Types.FieldViolation { Field = "a", Reason = "MISSING" } },
            }));
        using var client = Connect(server);
        using var session = await BeginAsync(client);

        var refusal = await Assert.ThrowsAsync<LegPainException>(() => AnswerAsync(session));
        var turn = await AnswerAsync(session);

        Assert.Equal(("INVALID_REQUEST", "a"), (refusal.Reason, Assert.Single(refusal.Fields).Field));
        Assert.Equal("fever", turn.Question.Finding);
        var answers = server.Told.Where(told => told.Answer is not null).Select(told => told.Answer.RequestId).ToList();
        Assert.Equal(2, answers.Distinct().Count());
        Assert.Equal(refusal.RequestId, answers[0]);
    }

    /// <summary>An interview that has ended takes no answer, so the answer is repeated as a report.</summary>
    [Fact]
    public async Task Answer_ThatEndsTheInterviewAndLosesItsTurn_IsReportedWithTheSameRequestId()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.AnswersMax = 1;
        server.Mishaps.Enqueue(Break);
        using var client = Connect(server);
        using var session = await BeginAsync(client);

        var turn = await AnswerAsync(session);

        Assert.Equal(InquiryState.Emergency, turn.State);
        var report = Assert.Single(server.Requests);
        var answer = Assert.Single(server.Told, told => told.Answer is not null).Answer;
        Assert.Equal(("p", answer.RequestId), (report.Patient, report.RequestId));
        Assert.Equal(answer.Observations, report.Observations);
    }

    [Fact]
    public async Task Answer_AfterAskingHasEnded_IsReported()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.AnswersMax = 0;
        using var client = Connect(server);
        using var session = await BeginAsync(client);

        await AnswerAsync(session);

        Assert.Single(server.Requests);
        Assert.DoesNotContain(server.Told, told => told.Answer is not null);
    }

    /// <summary>Somebody thought for longer than the server waits.</summary>
    [Fact]
    public async Task Answer_AfterTheServerGaveUpWaiting_IsSentToANewInterview()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Mishaps.Enqueue(_ => throw new RpcException(new(StatusCode.DeadlineExceeded, "No answer came.")));
        using var client = Connect(server);
        using var session = await BeginAsync(client);

        var turn = await AnswerAsync(session);

        Assert.Equal(1, turn.Assessment.Revision);
    }

    [Fact]
    public async Task Answer_RefusedForEver_EndsAfterTheLastAttempt()
    {
        await using var server = await ScriptedServer.StartAsync();
        Enumerable.Range(0, 9).ToList().ForEach(_ => server.Mishaps.Enqueue(Break));
        using var client = Connect(
            server, new LegPainClientOptions { AttemptsMax = 3, BackoffFirst = TimeSpan.Zero }.Unhurried());
        using var session = await BeginAsync(client);

        var failure = await Assert.ThrowsAsync<LegPainException>(() => AnswerAsync(session));

        Assert.True(failure.IsConnectionLost);
        Assert.Equal(3, server.Told.Count(told => told.Answer is not null));
    }

    [Fact]
    public async Task Answer_GivenAgainWithTheIdOfItsFailure_IsTheSameRequest()
    {
        await using var server = await ScriptedServer.StartAsync();
        Enumerable.Range(0, 3).ToList().ForEach(_ => server.Mishaps.Enqueue(Break));
        using var client = Connect(
            server, new LegPainClientOptions { AttemptsMax = 3, BackoffFirst = TimeSpan.Zero }.Unhurried());
        using var session = await BeginAsync(client);
        var failure = await Assert.ThrowsAsync<LegPainException>(() => AnswerAsync(session));

        await session.AnswerAsync([Fever], failure.RequestId, Token).InTime();

        Assert.Single(
            server.Told.Where(told => told.Answer is not null).Select(told => told.Answer.RequestId).Distinct());
    }

    /// <summary>The first time nothing was stored; the second time nobody here knows what the first did.</summary>
    [Fact]
    public async Task Answer_GivenAgainAndRefused_HasAnUnknownOutcome()
    {
        await using var server = await ScriptedServer.StartAsync();
        for (var i = 0; i < 2; i++)
        {
            server.Mishaps.Enqueue(_ => throw ScriptedServer.Refusal(Code.ResourceExhausted, "OVERLOADED"));
        }

        using var client = Connect(server);
        using var session = await BeginAsync(client);
        var first = await Assert.ThrowsAsync<LegPainException>(() => AnswerAsync(session));

        var second = await Assert.ThrowsAsync<LegPainException>(
            () => session.AnswerAsync([Fever], first.RequestId, Token).InTime());

        Assert.Equal((WriteOutcome.NotStored, WriteOutcome.Unknown), (first.Outcome, second.Outcome));
    }

    [Fact]
    public async Task Answer_AfterTheEnd_IsRefusedHere()
    {
        await using var server = await ScriptedServer.StartAsync();
        using var client = Connect(server);
        var session = await BeginAsync(client);
        session.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => AnswerAsync(session));
    }

    [Fact]
    public async Task Answer_BrokenOffByTheEnd_IsNotSentAgain()
    {
        await using var server = await ScriptedServer.StartAsync();
        var heard = new TaskCompletionSource();
        server.Mishaps.Enqueue(context => FallSilent(heard, context));
        using var client = Connect(server);
        var session = await BeginAsync(client);

        var answering = session.AnswerAsync([Fever], cancellationToken: Token);
        await heard.Task.InTime();
        session.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => answering.InTime());
    }

    [Fact]
    public async Task Answer_Canceled_IsNoRefusal_AndTheInterviewGoesOn()
    {
        await using var server = await ScriptedServer.StartAsync();
        var heard = new TaskCompletionSource();
        server.Mishaps.Enqueue(context => FallSilent(heard, context));
        using var client = Connect(server);
        using var session = await BeginAsync(client);
        using var stop = new CancellationTokenSource();

        var answering = session.AnswerAsync([Fever], cancellationToken: stop.Token);
        await heard.Task.InTime();
        await stop.CancelAsync();

        var canceled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answering.InTime());
        Assert.Equal(stop.Token, canceled.CancellationToken);
        Assert.Equal(2, (await AnswerAsync(session)).Assessment.Revision);
    }

    [Fact]
    public async Task Answer_CanceledBefore_IsNotSent()
    {
        await using var server = await ScriptedServer.StartAsync();
        using var client = Connect(server);
        using var session = await BeginAsync(client);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => session.AnswerAsync([Fever], cancellationToken: new CancellationToken(canceled: true)).InTime());

        Assert.Equal(1, (await AnswerAsync(session)).Assessment.Revision);
    }

    /// <summary>One deadline spans every attempt: 9 of its 10 seconds pass before the connection breaks.</summary>
    [Fact]
    public async Task Answer_ToASilentServer_EndsAtTheDeadline()
    {
        var clock = new FakeTimeProvider();
        var heard = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync();
        server.Mishaps.Enqueue(context =>
        {
            clock.Advance(TimeSpan.FromSeconds(9));
            return Break(context);
        });
        server.Mishaps.Enqueue(context => FallSilent(heard, context));
        using var client = Connect(
            server, new() { Deadline = TimeSpan.FromSeconds(10), Clock = clock, BackoffFirst = TimeSpan.Zero });
        using var session = await BeginAsync(client);

        var answering = session.AnswerAsync([Fever], cancellationToken: Token);
        await heard.Task.InTime();
        Assert.False(answering.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));

        var failure = await Assert.ThrowsAsync<LegPainException>(() => answering.InTime());
        Assert.Equal((StatusCode.DeadlineExceeded, string.Empty), (failure.Code, failure.Reason));
        Assert.NotNull(failure.RequestId);
        Assert.False(failure.IsConnectionLost);
    }

    [Fact]
    public async Task Begin_ToNoServer_IsAConnectionLost()
    {
        using var client = LegPainClient.Connect(
            new Uri("http://127.0.0.1:1"), new() { AttemptsMax = 2, BackoffFirst = TimeSpan.Zero });

        var failure = await Assert.ThrowsAsync<LegPainException>(() => BeginAsync(client));

        Assert.True(failure.IsConnectionLost);
        Assert.Null(failure.RequestId);
    }

    [Fact]
    public async Task Interview_AcrossARestartOfTheServer_StoresEveryAnswerOnce()
    {
        var folder = Directory.CreateTempSubdirectory("legpain-test-").FullName;
        try
        {
            var first = await RealServer.StartAsync(folder, port: 0);
            var address = new Uri(first.Urls.Single());
            using var client = LegPainClient.Connect(address, new()
            {
                Deadline = Patience.Max,
                AttemptsMax = int.MaxValue,
                BackoffMax = TimeSpan.FromMilliseconds(100),
            });
            using var session = await BeginAsync(client);
            await AnswerAsync(session);
            await first.StopAsync(Token);
            await first.DisposeAsync();

            var answering = session.AnswerAsync(
                [new() { Finding = "rigors", Presence = Presence.Present }], cancellationToken: Token);
            await using var second = await RealServer.StartAsync(folder, address.Port);
            var turn = await answering.InTime();
            var next = await session.AnswerAsync(
                [new() { Finding = turn.Question.Finding, Presence = Presence.Unknown }], cancellationToken: Token);

            Assert.Equal((2, 3), (turn.Assessment.Revision, next.Assessment.Revision));
            var events = await client.ListEventsAsync("p", cancellationToken: Token).ToListAsync(Token);
            Assert.Equal(
                ["fever", "rigors", turn.Question.Finding],
                events.Select(stored => Assert.Single(stored.ObservationsReported.Observations).Observation.Finding));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Observation Fever => new() { Finding = "fever", Presence = Presence.Present };

    private static LegPainClient Connect(ScriptedServer server, LegPainClientOptions? options = null) =>
        LegPainClient.Connect(server.Address, options
            ?? new LegPainClientOptions { BackoffFirst = TimeSpan.FromMilliseconds(5) }.Unhurried());

    private static Task<InterviewSession> BeginAsync(LegPainClient client) =>
        client.BeginInterviewAsync("p", cancellationToken: Token).InTime();

    private static Task<InterviewResponse> AnswerAsync(InterviewSession session) =>
        session.AnswerAsync([Fever], cancellationToken: Token).InTime();

    private static Task Break(ServerCallContext context)
    {
        context.GetHttpContext().Abort();
        return Task.CompletedTask;
    }

    private static Task FallSilent(TaskCompletionSource heard, ServerCallContext context)
    {
        heard.SetResult();
        return ScriptedServer.StaySilentAsync(context);
    }
}
