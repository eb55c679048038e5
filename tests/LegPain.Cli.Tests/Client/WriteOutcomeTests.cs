using Google.Rpc;
using Grpc.Core;
using LegPain.Client;
using LegPain.Protocol.Triage.V1;
using LegPain.Tests;

namespace LegPain.Cli.Tests.Client;

public sealed class WriteOutcomeTests
{
    [Theory]
    [InlineData(Code.InvalidArgument, "INVALID_REQUEST", WriteOutcome.NotStored)]
    [InlineData(Code.Aborted, "REVISION_CONFLICT", WriteOutcome.NotStored)]
    [InlineData(Code.ResourceExhausted, "PATIENT_FULL", WriteOutcome.NotStored)]
    [InlineData(Code.Unavailable, "OUTCOME_UNKNOWN", WriteOutcome.Unknown)]
    [InlineData(Code.Unavailable, "UNAVAILABLE", WriteOutcome.Unknown)]
    [InlineData(Code.Internal, "INTERNAL", WriteOutcome.Unknown)]
    public async Task Write_ThatFailsAtOnce_HasTheOutcomeOfItsRefusal(Code code, string reason, WriteOutcome expected)
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Refusals.Enqueue(ScriptedServer.Refusal(code, reason));

        Assert.Equal(expected, (await FailAsync(server, attemptsMax: 1)).Outcome);
    }

    /// <summary>The first attempt may still be under way when the second is refused.</summary>
    [Theory]
    [InlineData(Code.FailedPrecondition, "NO_EPISODE", WriteOutcome.Unknown)]
    [InlineData(Code.ResourceExhausted, "PATIENT_FULL", WriteOutcome.Unknown)]
    [InlineData(Code.Aborted, "REVISION_CONFLICT", WriteOutcome.NotStored)]
    [InlineData(Code.AlreadyExists, "REQUEST_ID_REUSED", WriteOutcome.NotStored)]
    public async Task Write_RefusedAfterAnAttemptThatIsOpen_IsKnownOnlyWhenTheRefusalSettlesIt(
        Code code, string reason, WriteOutcome expected)
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Refusals.Enqueue(new RpcException(new(StatusCode.Unavailable, "bare")));
        server.Refusals.Enqueue(ScriptedServer.Refusal(code, reason));

        Assert.Equal(expected, (await FailAsync(server, attemptsMax: 2)).Outcome);
    }

    /// <summary>An earlier call with the id may have stored it: that is why the caller has an id.</summary>
    [Theory]
    [InlineData(Code.ResourceExhausted, "OVERLOADED", WriteOutcome.Unknown)]
    [InlineData(Code.ResourceExhausted, "JOURNAL_BUSY", WriteOutcome.Unknown)]
    [InlineData(Code.InvalidArgument, "INVALID_REQUEST", WriteOutcome.Unknown)]
    [InlineData(Code.Aborted, "REVISION_CONFLICT", WriteOutcome.NotStored)]
    [InlineData(Code.AlreadyExists, "REQUEST_ID_REUSED", WriteOutcome.NotStored)]
    public async Task Write_WithAnIdOfTheCaller_IsKnownOnlyWhenTheRefusalSettlesItForTheId(
        Code code, string reason, WriteOutcome expected)
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Refusals.Enqueue(ScriptedServer.Refusal(code, reason));

        var failure = await FailAsync(server, attemptsMax: 1, requestId: "mine");

        Assert.Equal((expected, "mine"), (failure.Outcome, failure.RequestId));
    }

    [Fact]
    public async Task Read_HasNoOutcome()
    {
        using var client = LegPainClient.Connect(new Uri("http://127.0.0.1:1"), new() { AttemptsMax = 1 });

        var failure = await Assert.ThrowsAsync<LegPainException>(
            () => client.GetAssessmentAsync("p", cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal((WriteOutcome.NoWrite, null), (failure.Outcome, failure.RequestId));
    }

    private static async Task<LegPainException> FailAsync(
        ScriptedServer server, int attemptsMax, string? requestId = null)
    {
        using var client = LegPainClient.Connect(
            server.Address,
            new LegPainClientOptions
            {
                AttemptsMax = attemptsMax,
                BackoffFirst = TimeSpan.FromMilliseconds(1),
            }.Unhurried());
        return await Assert.ThrowsAsync<LegPainException>(() => client.ReportObservationsAsync(
            "p", [new() { Finding = "fever", Presence = Presence.Present }], new() { RequestId = requestId },
            TestContext.Current.CancellationToken).InTime());
    }
}
