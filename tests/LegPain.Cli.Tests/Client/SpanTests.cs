using System.Diagnostics;
using Google.Rpc;
using LegPain.Client;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Cli.Tests.Client;

[Collection(Spans.Collection)]
public sealed class SpanTests
{
    [Fact]
    public async Task Call_WithARepeat_IsOneSpan_AndTheParentOfBothAttempts()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Refusals.Enqueue(
            ScriptedServer.Refusal(Code.Unavailable, "UNAVAILABLE", TimeSpan.FromMilliseconds(1)));
        using var spans = new Spans();

        await ReportAsync(server);

        var span = Assert.Single(spans.Ended, span => span.Events.Any(IsAt(server)));
        Assert.Equal("legpain.triage.v1.TriageService/ReportObservations", span.OperationName);
        Assert.Equal((ActivityKind.Client, ActivityStatusCode.Unset), (span.Kind, span.Status));
        Assert.Equal([span.Id, span.Id], server.Parents);
        Assert.Equal(
            [14, 0],
            span.Events.Select(attempt => attempt.Tags.ToDictionary()["rpc.grpc.status_code"]));
        Assert.Equal(0, span.GetTagItem("rpc.grpc.status_code"));
    }

    [Fact]
    public async Task FailedCall_IsAnError_AndSaysNothingPersonal()
    {
        await using var server = await ScriptedServer.StartAsync();
        server.Refusals.Enqueue(ScriptedServer.Refusal(Code.Aborted, "REVISION_CONFLICT"));
        using var spans = new Spans();

        await Assert.ThrowsAsync<LegPainException>(() => ReportAsync(server));

        var span = Assert.Single(spans.Ended, span => span.Events.Any(IsAt(server)));
        Assert.Equal((ActivityStatusCode.Error, null), (span.Status, span.StatusDescription));
        Assert.Equal(
            ["rpc.grpc.status_code", "rpc.method", "rpc.service", "rpc.system"],
            span.TagObjects.Select(tag => tag.Key).Order());
        Assert.Equal(
            ["legpain.attempt", "legpain.reason", "rpc.grpc.status_code", "server.address"],
            span.Events.Single().Tags.Select(tag => tag.Key).Order());
    }

    /// <summary>
    /// A span that is not sampled is passed on all the same, so that the server does not sample either.
    /// </summary>
    [Fact]
    public async Task Call_ThatIsNotSampled_PassesItsTraceOnUnsampled()
    {
        await using var server = await ScriptedServer.StartAsync();
        using var spans = new Spans(ActivitySamplingResult.PropagationData);

        await ReportAsync(server);

        Assert.EndsWith("-00", Assert.Single(server.Parents), StringComparison.Ordinal);
    }

    /// <summary>
    /// Without a listener the current activity is the parent, and not one of the HTTP handler that nobody would see.
    /// </summary>
    [Fact]
    public async Task Call_WithNobodyListening_JoinsTheCurrentActivity()
    {
        await using var server = await ScriptedServer.StartAsync();
        using var current = new Activity("the caller's own").Start();

        await ReportAsync(server);

        Assert.Equal(current.Id, Assert.Single(server.Parents));
    }

    [Fact]
    public async Task Call_WithNobodyListeningAndNoActivity_LeavesTheTraceToTheServer()
    {
        await using var server = await ScriptedServer.StartAsync();

        await ReportAsync(server);

        Assert.Null(Assert.Single(server.Parents));
    }

    private static Func<ActivityEvent, bool> IsAt(ScriptedServer server) => attempt =>
        Equals(attempt.Tags.ToDictionary()["server.address"], server.Address.Authority);

    private static async Task ReportAsync(ScriptedServer server)
    {
        using var client = LegPainClient.Connect(server.Address, new LegPainClientOptions().Unhurried());
        await client.ReportObservationsAsync(
            "somebody", [new() { Finding = "fever", Presence = Presence.Present }],
            cancellationToken: TestContext.Current.CancellationToken);
    }
}
