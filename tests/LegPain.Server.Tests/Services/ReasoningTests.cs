using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using LegPain.Protocol.Triage.V1;
using LegPain.Server.Tests.Infrastructure;
using LegPain.Tests;
using Xunit;
using static LegPain.Server.Tests.Infrastructure.Requests;

namespace LegPain.Server.Tests.Services;

/// <summary>Comparisons, explanations and assessments under another pack, against a server that has two.</summary>
public sealed class ReasoningTests : IAsyncLifetime
{
    private static readonly KnowledgeVersion Other = new() { Version = OtherPack.Version };

    private readonly string _folder = Directory.CreateTempSubdirectory("legpain-pack-").FullName;
    private TestServer _server = null!;

    private TriageService.TriageServiceClient Triage => _server.Triage;

    public async ValueTask InitializeAsync()
    {
        OtherPack.WriteTo(_folder);
        _server = await TestServer.StartAsync(settings => settings.KnowledgeAlso = [_folder]);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task ListKnowledgeVersions_HasTheOneInForceFirst()
    {
        var loaded = (await _server.Knowledge.ListKnowledgeVersionsAsync(new(), Soon)).Knowledge;

        var inForce = await _server.Knowledge.GetKnowledgeAsync(new(), Soon);
        Assert.Equal([inForce.Version, OtherPack.Version], loaded.Select(knowledge => knowledge.Version));
        Assert.Equal([true, false], loaded.Select(knowledge => knowledge.InForce));
        Assert.NotEqual(loaded[0].Hash, loaded[1].Hash);
    }

    [Fact]
    public async Task GetAssessment_UnderAnotherPack_IsWhatThatPackSaysInItsOwnWords()
    {
        await Triage.ReportObservationsAsync(Report("p", "a", Present(OtherPack.Sign)), Soon);
        await Triage.ReportObservationsAsync(Report("p", "b", Present("loc-calf")), Soon);

        var plain = (await Triage.GetAssessmentAsync(new() { Patient = "p", Revision = 1 }, Soon)).Assessment;
        var other = (await Triage.GetAssessmentAsync(
            new() { Patient = "p", Revision = 1, Knowledge = Other }, Soon)).Assessment;
        var same = (await Triage.GetAssessmentAsync(
            new() { Patient = "p", Revision = 1, Knowledge = plain.Knowledge }, Soon)).Assessment;

        Assert.Equal(plain, same);
        Assert.Equal((1, OtherPack.Version), (other.Revision, other.Knowledge.Version));
        Assert.Equal(plain.AssessedAt, other.AssessedAt);
        Assert.Equal(Urgency.SameDay, other.Disposition.Urgency);
        Assert.Equal([OtherPack.RedFlag], other.RedFlags.Select(flag => flag.Id));
        Assert.NotEmpty(other.RedFlags[0].Title);
    }

    [Fact]
    public async Task CompareAssessment_OfWhatIsSupposed_ShowsWhatItWouldChangeAndStoresNothing()
    {
        await Triage.ReportObservationsAsync(Report("p", "a", Present("loc-calf"), Present("fever")), Soon);

        var response = await Triage.CompareAssessmentAsync(
            new()
            {
                Subject = new() { Patient = "p" },
                Alternative = new()
                {
                    Observations =
                    {
                        Present("dark-urine"), new Observation { Finding = "fever", Presence = Presence.Unknown },
                    },
                },
            },
            Soon);

        Assert.Equal((1, 1), (response.Before.Revision, response.After.Revision));
        Assert.Equal(response.Before.AssessedAt, response.After.AssessedAt);
        Assert.Equal(Urgency.SameDay, response.After.Disposition.Urgency);
        var flag = Assert.Single(response.Difference.RedFlags, flag => flag.Id == "dark-urine");
        Assert.Equal((RedFlagState.Open, RedFlagState.Raised), (flag.Before, flag.After));
        Assert.Equal(["dark-urine"], flag.Findings);
        Assert.Equal(["dark-urine"], flag.Grounds);
        Assert.Contains("fever", response.Difference.QuestionsAdded.Select(question => question.Finding));
        Assert.Contains("dark-urine", response.Difference.QuestionsRemoved);
        Assert.NotEmpty(response.Difference.Causes);
        Assert.Single((await Triage.ListEventsAsync(new() { Patient = "p" }, Soon)).Events);
    }

    [Fact]
    public async Task CompareAssessment_OfTwoPacks_ShowsRulesAndCausesThatDiffer()
    {
        await Triage.ReportObservationsAsync(
            Report("p", "a", Present(OtherPack.Sign), Option("leg-swelling", "one-calf")), Soon);

        var response = await Triage.CompareAssessmentAsync(
            new() { Subject = new() { Patient = "p" }, Alternative = new() { Knowledge = Other } }, Soon);

        Assert.NotEqual(response.Before.Knowledge.Hash, response.After.Knowledge.Hash);
        Assert.Equal([OtherPack.RedFlag], response.Difference.RedFlags.Select(flag => flag.Id));
        Assert.Empty(response.Difference.RedFlags[0].Findings);
        Assert.Equal([OtherPack.Sign], response.Difference.RedFlags[0].Grounds);
        var cause = Assert.Single(response.Difference.Causes, cause => cause.Id == OtherPack.Cause);
        Assert.True(cause.After.PriorLogOdds < cause.Before.PriorLogOdds);
        Assert.True(cause.After.Probability < cause.Before.Probability);
        Assert.Empty(cause.Contributions);
    }

    [Fact]
    public async Task CompareAssessment_OfTwoRevisions_ShowsWhatCameBetween()
    {
        await Triage.ReportObservationsAsync(Report("p", "a", Present("loc-calf")), Soon);
        await Triage.ReportObservationsAsync(Report("p", "b", Present("dark-urine")), Soon);

        var response = await Triage.CompareAssessmentAsync(
            new() { Subject = new() { Patient = "p", Revision = 1 }, Alternative = new() { Revision = 2 } }, Soon);

        Assert.Equal((1, 2), (response.Before.Revision, response.After.Revision));
        Assert.Contains("dark-urine", response.Difference.RedFlags.Select(flag => flag.Id));
    }

    [Fact]
    public async Task CompareAssessment_OfNobody_NeedsNoPatient()
    {
        var response = await Triage.CompareAssessmentAsync(
            new()
            {
                Subject = new() { Observations = { Present("loc-calf") } },
                Alternative = new() { Observations = { Present(OtherPack.Sign) }, Knowledge = Other },
            },
            Soon);

        Assert.Equal((0, 0), (response.Before.Revision, response.After.Revision));
        Assert.Equal(OtherPack.Version, response.After.Knowledge.Version);
        Assert.True(response.Before.Disposition.Urgency < response.After.Disposition.Urgency);
    }

    [Fact]
    public async Task ExplainCause_OfAPatient_AddsUpToWhatTheAssessmentSays()
    {
        await Triage.ReportObservationsAsync(
            Report(
                "p", "a", Option("leg-swelling", "one-calf"), Number("calf-difference-cm", 4), Number("age", 70),
                Present("cancer-active"), Present("loc-calf"), Present("homans-positive")),
            Soon);

        var explained = (await Triage.ExplainCauseAsync(
            new() { Subject = new() { Patient = "p" }, Cause = "deep-vein-thrombosis" }, Soon)).Explanation;

        var assessment = (await Triage.GetAssessmentAsync(
            new() { Patient = "p", AsOf = explained.AssessedAt, View = AssessmentView.Full }, Soon)).Assessment;
        var ranked = assessment.Causes.Single(cause => cause.Id == explained.Id);
        var sum = explained.Prior.LogOdds + explained.Factors.Sum(factor => factor.Weight);
        Assert.Equal(ranked.PriorLogOdds, sum, 1e-6);
        sum += explained.Votes.Sum(vote => vote.Contribution.Weight);
        Assert.Equal(ranked.LogOdds, sum, 1e-6);
        Assert.Equal(ranked.LogOdds, explained.Votes[^1].RunningLogOdds, 1e-6);
        Assert.Equal(ranked.Probability, explained.Votes[^1].RunningShare, 2e-6);
        Assert.Equal(ranked.Probability, explained.Standing.Probability);
        Assert.Equal(ranked.LogOdds, explained.Standing.LogOdds);
        Assert.Equal(
            ranked.Contributions,
            explained.Votes.Select(vote => vote.Contribution)
                .Concat(explained.LeftOut.Select(left => left.Contribution))
                .OrderBy(contribution => ranked.Contributions.IndexOf(contribution)));
        Assert.NotEmpty(explained.LeftOut);
        Assert.All(explained.LeftOut, left =>
            Assert.Equal(ContributionStatus.Counted, left.Instead.Status));
        Assert.All(explained.Votes, vote => Assert.NotEmpty(vote.Basis));
        Assert.InRange(explained.Levers.Count, 1, 10);
        var cited = explained.Votes.SelectMany(vote => vote.Contribution.Sources).Concat(explained.Prior.Sources);
        Assert.Empty(cited.Except(explained.Sources.Select(source => source.Key)));
        Assert.All(explained.Sources, source => Assert.NotEmpty(source.Grade));
    }

    [Fact]
    public async Task ExplainCause_Lever_MovesTheCauseAsCompareAssessmentShows()
    {
        var subject = new AssessmentSubject { Observations = { Present("loc-calf") } };
        var explained = (await Triage.ExplainCauseAsync(
            new() { Subject = subject, Cause = "deep-vein-thrombosis" }, Soon)).Explanation;
        var lever = explained.Levers.Select(lever => lever.Raises).MaxBy(answer => answer?.Weight ?? 0)!;

        var compared = await Triage.CompareAssessmentAsync(
            new() { Subject = subject, Alternative = new() { Observations = { lever.Observation } } }, Soon);

        var cause = Assert.Single(compared.Difference.Causes, cause => cause.Id == explained.Id);
        Assert.Equal(lever.Probability, cause.After.Probability, 1e-6);
        Assert.Equal(lever.Weight, cause.After.LogOdds - cause.Before.LogOdds, 1e-6);
    }

    [Fact]
    public async Task ExplainCause_ThatAFactorOfZeroCloses_IsClosed()
    {
        var explained = (await Triage.ExplainCauseAsync(
            new() { Subject = new() { Observations = { Number("age", 70) } }, Cause = "arthritis-juvenile" },
            Soon)).Explanation;

        Assert.True(explained.Closed);
        Assert.Null(explained.Standing);
        var factor = Assert.Single(explained.Factors, factor => factor.Modifier.Factor == 0);
        Assert.False(factor.HasWeight);
        Assert.Empty(explained.Votes);
    }

    [Fact]
    public async Task ExplainCause_UnderAnotherPack_StartsFromItsPrior()
    {
        var request = new ExplainCauseRequest
        {
            Subject = new() { Observations = { Present("loc-calf") } },
            Cause = OtherPack.Cause,
        };
        var before = (await Triage.ExplainCauseAsync(request, Soon)).Explanation;
        request.Subject.Knowledge = Other;

        var after = (await Triage.ExplainCauseAsync(request, Soon)).Explanation;

        Assert.Equal(0.001, after.Prior.Share);
        Assert.True(before.Prior.Share > after.Prior.Share);
        Assert.Equal(OtherPack.Version, after.Knowledge.Version);
    }

    [Fact]
    public async Task Reasoning_AboutWhatIsNotThere_IsNotFound()
    {
        await Triage.ReportObservationsAsync(Report("p", "a", Present("fever")), Soon);
        var nobody = new AssessmentSubject { Observations = { Present("fever") } };
        var unknown = new KnowledgeVersion { Version = "no-such-version" };
        var wrong = new KnowledgeVersion { Version = OtherPack.Version, Hash = new('0', 64) };

        foreach (var knowledge in new[] { unknown, wrong })
        {
            Assert.Equal(
                (StatusCode.NotFound, "KNOWLEDGE_NOT_LOADED"),
                Of(await RefusalOf(Triage.GetAssessmentAsync(new() { Patient = "p", Knowledge = knowledge }, Soon))));
            Assert.Equal((StatusCode.NotFound, "KNOWLEDGE_NOT_LOADED"), Of(await RefusalOf(
                Triage.CompareAssessmentAsync(
                    new() { Subject = nobody, Alternative = new() { Knowledge = knowledge } }, Soon))));
        }

        Assert.Equal((StatusCode.NotFound, "KNOWLEDGE_NOT_FOUND"), Of(await RefusalOf(
            Triage.ExplainCauseAsync(new() { Subject = nobody, Cause = "no-such-cause" }, Soon))));
        Assert.Equal((StatusCode.NotFound, "PATIENT_NOT_FOUND"), Of(await RefusalOf(
            Triage.ExplainCauseAsync(new() { Subject = new() { Patient = "q" }, Cause = OtherPack.Cause }, Soon))));
        Assert.Equal((StatusCode.NotFound, "REVISION_NOT_FOUND"), Of(await RefusalOf(
            Triage.CompareAssessmentAsync(
                new() { Subject = new() { Patient = "p" }, Alternative = new() { Revision = 2 } }, Soon))));
    }

    [Fact]
    public async Task Reasoning_WithManyFaults_NamesAllAtOnce()
    {
        var comparison = await RefusalOf(Triage.CompareAssessmentAsync(
            new()
            {
                Subject = new()
                {
                    Patient = "p",
                    Revision = 1,
                    Observations = { Number("pain-intensity", 99), Present("") },
                    Knowledge = new(),
                },
                Alternative = new()
                {
                    Revision = 0,
                    AsOf = new Timestamp { Seconds = long.MaxValue },
                    Observations = { Present("fever"), Option("leg-swelling", "three-calves") },
                },
            },
            Soon));
        var explanation = await RefusalOf(Triage.ExplainCauseAsync(new() { Subject = new() }, Soon));

        Assert.Equal(
            [
                ("alternative.as_of", "OUT_OF_RANGE"), ("alternative.observations[1].value", "UNKNOWN_OPTION"),
                ("alternative.revision", "CONFLICT"), ("alternative.revision", "OUT_OF_RANGE"),
                ("subject.knowledge.version", "MISSING"), ("subject.observations", "CONFLICT"),
                ("subject.observations[0].value", "OUT_OF_RANGE"), ("subject.observations[1].finding", "MISSING"),
                ("subject.revision", "CONFLICT"),
            ],
            comparison.Fields.Order());
        Assert.Equal([("cause", "MISSING"), ("subject.patient", "MISSING")], explanation.Fields.Order());
        Assert.Equal(
            [("alternative", "MISSING"), ("subject", "MISSING")],
            (await RefusalOf(Triage.CompareAssessmentAsync(new(), Soon))).Fields.Order());
    }

    [Fact]
    public async Task CompareAssessment_OfWhatIsNotPossibleAtThatAge_NamesTheField()
    {
        await Triage.ReportObservationsAsync(Report("p", "a", Number("age", 40)), Soon);
        var early = Present("fever");
        early.ObservedAt = Timestamp.FromDateTime(LongAgo);

        var refused = await RefusalOf(Triage.CompareAssessmentAsync(
            new() { Subject = new() { Patient = "p" }, Alternative = new() { Observations = { early } } }, Soon));

        Assert.Equal([("alternative.observations[0].observed_at", "BEFORE_BIRTH")], refused.Fields);
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public async Task Alternative_OfObservationsAtTheLimitAndPastIt_IsAnsweredOrRefused(int count, bool accepted)
    {
        var compare = Triage.CompareAssessmentAsync(
            new()
            {
                Subject = new() { Observations = { Present("loc-calf") } },
                Alternative = new() { Observations = { Enumerable.Repeat(Present("fever"), count) } },
            },
            Soon);

        if (accepted)
        {
            Assert.NotNull((await compare).Difference);
        }
        else
        {
            Assert.Equal([("alternative.observations", "TOO_MANY")], (await RefusalOf(compare)).Fields);
        }
    }

    private static (StatusCode Code, string Reason) Of(Refused refused) => (refused.Code, refused.Reason);
}
