using Google.Rpc;
using Grpc.Core;
using LegPain.Client;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Cli.Tests.Client;

public sealed class LegPainClientTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(30);

    [Fact]
    public async Task Report_AfterRefusalsThatPass_IsRepeatedWithTheSameRequestId()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Refusals.Enqueue(ScriptedServer.Refusal(Code.Unavailable, "OUTCOME_UNKNOWN", Soon));
        server.Refusals.Enqueue(ScriptedServer.Refusal(Code.ResourceExhausted, "JOURNAL_BUSY", Soon));
        server.Refusals.Enqueue(new RpcException(new(StatusCode.Unavailable, "bare")));
        using var client = Connect(server.Address);

        var assessment = await ReportAsync(client);

        Assert.Equal(1, assessment.Revision);
        Assert.Equal(4, server.Requests.Count);
        Assert.Single(server.Requests.Select(request => request.RequestId).Distinct());
        Assert.Single(server.Requests.Distinct());
    }

    [Fact]
    public async Task Report_WithAnIdOfTheCaller_SendsThatOne()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Refusals.Enqueue(ScriptedServer.Refusal(Code.Unavailable, "UNAVAILABLE", Soon));
        using var client = Connect(server.Address);

        await ReportAsync(client, new() { RequestId = "mine" });

        Assert.Equal(["mine", "mine"], server.Requests.Select(request => request.RequestId));
    }

    [Fact]
    public async Task Report_RefusedForEver_EndsAfterTheLastAttempt()
    {
        await using var server = await ScriptedServer.StartAsync();
        Enumerable.Range(0, 9)
            .ToList().ForEach(
                _ => server.Refusals.Enqueue(ScriptedServer.Refusal(Code.Unavailable, "UNAVAILABLE", Soon)));
        using var client = Connect(server.Address);

        var exception = await Assert.ThrowsAsync<LegPainException>(
            () => ReportAsync(client, new() { RequestId = "mine" }));

        Assert.Equal(4, server.Requests.Count);
        Assert.True(exception.IsRetryable);
        Assert.Equal(("UNAVAILABLE", "mine", Soon), (exception.Reason, exception.RequestId, exception.RetryAfter));
        Assert.False(exception.IsConnectionLost);
    }

    [Theory]
    [InlineData(Code.InvalidArgument)]
    [InlineData(Code.NotFound)]
    [InlineData(Code.Aborted)]
    [InlineData(Code.AlreadyExists)]
    [InlineData(Code.FailedPrecondition)]
    [InlineData(Code.ResourceExhausted)]
    [InlineData(Code.DataLoss)]
    [InlineData(Code.Internal)]
    public async Task Report_RefusedForGood_IsNotRepeated(Code code)
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Refusals.Enqueue(ScriptedServer.Refusal(code, "SOME_REASON"));
        using var client = Connect(server.Address);

        var exception = await Assert.ThrowsAsync<LegPainException>(() => ReportAsync(client));

        Assert.Single(server.Requests);
        Assert.False(exception.IsRetryable);
        Assert.Equal(("SOME_REASON", (StatusCode)(int)code), (exception.Reason, exception.Code));
        Assert.Equal("4", exception.Metadata["current_revision"]);
    }

    [Fact]
    public async Task Report_WithWrongFields_CarriesThemAll()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Refusals.Enqueue(ScriptedServer.Refusal(Code.InvalidArgument, "INVALID_REQUEST", null, new BadRequest
        {
            FieldViolations =
            {
                new BadRequest.Types.FieldViolation { Field = "a", Reason = "MISSING", Description = "An a." },
                new BadRequest.Types.FieldViolation { Field = "b", Reason = "MALFORMED", Description = "A b." },
            },
        }));
        using var client = Connect(server.Address);

        var exception = await Assert.ThrowsAsync<LegPainException>(() => ReportAsync(client));

        Assert.Equal(
            [new FieldFault("a", "MISSING", "An a."), new FieldFault("b", "MALFORMED", "A b.")], exception.Fields);
    }

    [Fact]
    public async Task Report_ThatWouldHaveToWaitPastTheDeadline_EndsAtOnce()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Refusals.Enqueue(
            ScriptedServer.Refusal(Code.ResourceExhausted, "STORAGE_FULL", TimeSpan.FromSeconds(30)));
        using var client = Connect(server.Address);

        var exception = await Assert.ThrowsAsync<LegPainException>(() => ReportAsync(client));

        Assert.Single(server.Requests);
        Assert.True(exception.IsRetryable);
    }

    [Fact]
    public async Task Report_SendsItsDeadlineAndLanguage()
    {
        await using var server = await ScriptedServer.StartAsync();
        using var client = LegPainClient.Connect(server.Address, new() { Language = "fr" });

        await ReportAsync(client);

        Assert.InRange(server.TimeLeft, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10));
        Assert.Equal("fr", server.Language);
    }

    [Fact]
    public async Task Report_WithoutAServer_IsAConnectionLost()
    {
        using var client = Connect(new("http://127.0.0.1:1"));

        var exception = await Assert.ThrowsAsync<LegPainException>(() => ReportAsync(client));

        Assert.True(exception.IsConnectionLost);
        Assert.Equal((StatusCode.Unavailable, string.Empty), (exception.Code, exception.Reason));
    }

    [Fact]
    public async Task Report_Canceled_IsNoRefusal()
    {
        await using var server = await ScriptedServer.StartAsync();
        using var client = Connect(server.Address);
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => client.ReportObservationsAsync("p", [new() { Finding = "fever" }], cancellationToken: stop.Token));
    }

    private static LegPainClient Connect(Uri address) =>
        LegPainClient.Connect(address, new() { BackoffFirst = TimeSpan.FromMilliseconds(5), Jitter = () => 0.5 });

    private static Task<Assessment> ReportAsync(LegPainClient client, RequestOptions? options = null) =>
        client.ReportObservationsAsync(
            "p", [new() { Finding = "fever", Presence = Presence.Present }], options,
            TestContext.Current.CancellationToken);
}
