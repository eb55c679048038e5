using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using LegPain.Protocol.Triage.V1;
using LegPain.Server.Tests.Infrastructure;
using Xunit;
using static LegPain.Server.Tests.Infrastructure.Requests;

namespace LegPain.Server.Tests.Services;

/// <summary>
/// Each refusal once, as documented in errors.proto, and each limit at it and past it. Nothing is stored by any.
/// </summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private TriageService.TriageServiceClient Triage => _server.Triage;

    public static TheoryData<Observation, string, string> BadObservations => new()
    {
        { Present(""), "finding", "MISSING" },
        { new() { Finding = "fever" }, "presence", "MISSING" },
        { Present("no-such-finding"), "finding", "UNKNOWN_FINDING" },
        { Present("pain-intensity"), "value", "MISSING" },
        { Number("pain-intensity", 11), "value", "OUT_OF_RANGE" },
        { Number("pain-intensity", double.NaN), "number", "OUT_OF_RANGE" },
        { Number("fever", 1), "value", "WRONG_KIND" },
        { Option("pain-intensity", "much"), "value", "WRONG_KIND" },
        { Option("leg-swelling", "three-calves"), "value", "UNKNOWN_OPTION" },
        { Absent("pain-intensity"), "presence", "CANNOT_BE_ABSENT" },
        { new() { Finding = "temperature", Presence = Presence.Present, Number = 38, Unit = "F" },
            "unit", "WRONG_UNIT" },
        { At("fever", LongToCome), "observed_at", "IN_FUTURE" },
        { At("fever", Lately, Lately.AddMinutes(1)), "started_at", "STARTED_AFTER_OBSERVED" },
        { At("fever", LongAgo), "observed_at", "BEFORE_BIRTH" },
        { new() { Finding = "fever", Presence = Presence.Present, ObservedAt = new() { Seconds = long.MaxValue } },
            "observed_at", "OUT_OF_RANGE" },
    };

    [Theory]
    [MemberData(nameof(BadObservations))]
    public async Task ReportObservations_OfABadObservation_NamesTheField(Observation bad, string field, string reason)
    {
        var refused = await RefusalOf(Triage.ReportObservationsAsync(Report("p", "r1", Number("age", 40), bad), Soon));

        Assert.Equal((StatusCode.InvalidArgument, "INVALID_REQUEST"), (refused.Code, refused.Reason));
        Assert.Contains(($"observations[1].{field}", reason), refused.Fields);
        await AssertNothingStored("p");
    }

    [Fact]
    public async Task ReportObservations_WithManyFaults_NamesAllAtOnce()
    {
        var request = Report("", "two words", Present("zzz"), Number("age", 500), Present("fever"), Absent("fever"));
        request.ExpectedRevision = -1;
        var at = Timestamp.FromDateTime(Lately);
        request.Observations[2].ObservedAt = at;
        request.Observations[3].ObservedAt = at;

        var refused = await RefusalOf(Triage.ReportObservationsAsync(request, Soon));

        Assert.Equal(
            [
                ("expected_revision", "OUT_OF_RANGE"), ("observations[0].finding", "UNKNOWN_FINDING"),
                ("observations[1].value", "OUT_OF_RANGE"), ("observations[3].finding", "CONTRADICTION"),
                ("patient", "MISSING"), ("request_id", "MALFORMED"),
            ],
            refused.Fields.Order());
    }

    [Theory]
    [InlineData(64, 128, 100, true)]
    [InlineData(65, 128, 100, false)]
    [InlineData(64, 129, 100, false)]
    [InlineData(64, 128, 101, false)]
    [InlineData(64, 128, 0, false)]
    public async Task Limits_HoldAtThemAndNotPastThem(int requestId, int patient, int observations, bool accepted)
    {
        var request = Report(new('p', patient), new('r', requestId),
            [.. Enumerable.Range(0, observations).Select(_ => Present("fever"))]);

        if (accepted)
        {
            Assert.Equal(1, (await Triage.ReportObservationsAsync(request, Soon)).Assessment.Revision);
        }
        else
        {
            Assert.Equal("INVALID_REQUEST", (await RefusalOf(Triage.ReportObservationsAsync(request, Soon))).Reason);
        }
    }

    [Theory]
    [InlineData(1000, "PATIENT_NOT_FOUND")]
    [InlineData(1001, "INVALID_REQUEST")]
    [InlineData(-1, "INVALID_REQUEST")]
    public async Task ListEvents_OfAPageAtTheLimitAndPastIt_IsReadOrRefused(int pageSize, string reason) =>
        Assert.Equal(
            reason,
            (await RefusalOf(Triage.ListEventsAsync(new() { Patient = "p", PageSize = pageSize }, Soon))).Reason);

    [Theory]
    [InlineData(200, true)]
    [InlineData(201, false)]
    public async Task SearchFindings_OfAQueryAtTheLimitAndPastIt_IsAnsweredOrRefused(int characters, bool accepted)
    {
        var search = _server.Knowledge.SearchFindingsAsync(new() { Query = new('x', characters) }, Soon);

        if (accepted)
        {
            Assert.Empty((await search).Findings);
        }
        else
        {
            Assert.Equal([("query", "MALFORMED")], (await RefusalOf(search)).Fields);
        }
    }

    [Fact]
    public async Task Options_NamedTwice_AreRefused()
    {
        var twice = new Observation
        {
            Finding = "pain-quality",
            Presence = Presence.Present,
            Options = new() { Options = { "aching", "aching" } },
        };

        var refused = await RefusalOf(Triage.AssessAsync(new() { Observations = { twice } }, Soon));

        Assert.Equal([("observations[0].options", "TOO_MANY")], refused.Fields);
    }

    [Fact]
    public async Task Request_OfMoreThan64KiB_IsRefused()
    {
        var refused = await RefusalOf(
            Triage.AssessAsync(new() { Observations = { Present(new('x', ServerHost.RequestBytesMax)) } }, Soon));

        Assert.Equal(StatusCode.ResourceExhausted, refused.Code);
    }

    [Fact]
    public async Task UnknownPatient_IsNotFound()
    {
        Assert.Equal(
            (StatusCode.NotFound, "PATIENT_NOT_FOUND"),
            Of(await RefusalOf(Triage.GetAssessmentAsync(new() { Patient = "p" }, Soon))));
        Assert.Equal(
            (StatusCode.NotFound, "PATIENT_NOT_FOUND"),
            Of(await RefusalOf(Triage.ListEventsAsync(new() { Patient = "p" }, Soon))));
        Assert.Equal((StatusCode.NotFound, "PATIENT_NOT_FOUND"), Of(await RefusalOf(
            Triage.AmendObservationAsync(new() { Patient = "p", RequestId = "a", Revision = 1 }, Soon))));
    }

    [Fact]
    public async Task Revisions_ThatAreNotThere_AreNotFoundOrConflict()
    {
        await Triage.ReportObservationsAsync(Report("p", "r1", Present("fever")), Soon);
        var late = Report("p", "r2", Present("fever"));
        late.ExpectedRevision = 0;

        var notFound = await RefusalOf(Triage.GetAssessmentAsync(new() { Patient = "p", Revision = 2 }, Soon));
        var conflict = await RefusalOf(Triage.ReportObservationsAsync(late, Soon));

        Assert.Equal(
            (StatusCode.NotFound, "REVISION_NOT_FOUND", "1"),
            (notFound.Code, notFound.Reason, notFound.Metadata["current_revision"]));
        Assert.Equal(
            (StatusCode.Aborted, "REVISION_CONFLICT", "1"),
            (conflict.Code, conflict.Reason, conflict.Metadata["current_revision"]));
    }

    [Fact]
    public async Task RequestId_WithOtherContent_IsRefused()
    {
        await Triage.ReportObservationsAsync(Report("p", "r1", Present("fever")), Soon);

        var refused = await RefusalOf(Triage.ReportObservationsAsync(Report("p", "r1", Absent("fever")), Soon));

        Assert.Equal((StatusCode.AlreadyExists, "REQUEST_ID_REUSED"), Of(refused));
    }

    [Fact]
    public async Task Amendments_ThatCannotBe_AreRefused()
    {
        await Triage.ReportObservationsAsync(Report("p", "r1", Present("fever")), Soon);
        await Triage.AmendObservationAsync(new() { Patient = "p", RequestId = "a1", Revision = 1 }, Soon);

        var again = await RefusalOf(
            Triage.AmendObservationAsync(new() { Patient = "p", RequestId = "a2", Revision = 1 }, Soon));
        var missing = await RefusalOf(Triage.AmendObservationAsync(
            new() { Patient = "p", RequestId = "a3", Revision = 1, Index = 1 }, Soon));

        Assert.Equal((StatusCode.FailedPrecondition, "ALREADY_AMENDED"), Of(again));
        Assert.Equal((StatusCode.NotFound, "OBSERVATION_NOT_FOUND"), Of(missing));
    }

    [Fact]
    public async Task Episodes_OutOfOrder_AreRefused()
    {
        var none = await RefusalOf(Triage.CloseEpisodeAsync(new() { Patient = "p", RequestId = "c1" }, Soon));
        await Triage.StartEpisodeAsync(new() { Patient = "p", RequestId = "s1" }, Soon);
        var open = await RefusalOf(Triage.StartEpisodeAsync(new() { Patient = "p", RequestId = "s2" }, Soon));

        Assert.Equal((StatusCode.FailedPrecondition, "NO_EPISODE"), Of(none));
        Assert.Equal((StatusCode.FailedPrecondition, "EPISODE_OPEN"), Of(open));
    }

    [Fact]
    public async Task Observations_Past10000_AreRefused()
    {
        for (var i = 0; i < 100; i++)
        {
            await Triage.ReportObservationsAsync(
                Report("p", $"r{i}", [.. Enumerable.Range(0, 100).Select(_ => Number("pain-intensity", i % 10))]),
                Soon);
        }

        var refused = await RefusalOf(Triage.ReportObservationsAsync(Report("p", "last", Present("fever")), Soon));

        Assert.Equal((StatusCode.ResourceExhausted, "PATIENT_FULL"), Of(refused));
        Assert.False(refused.HasRetryInfo);
    }

    private static (StatusCode, string) Of(Refused refused) => (refused.Code, refused.Reason);

    private static Observation At(string finding, DateTime observed, DateTime? started = null) => new()
    {
        Finding = finding,
        Presence = Presence.Present,
        ObservedAt = Timestamp.FromDateTime(observed),
        StartedAt = started is { } at ? Timestamp.FromDateTime(at) : null,
    };

    private async Task AssertNothingStored(string patient) =>
        Assert.Equal(
            "PATIENT_NOT_FOUND",
            (await RefusalOf(Triage.GetAssessmentAsync(new() { Patient = patient }, Soon))).Reason);
}
