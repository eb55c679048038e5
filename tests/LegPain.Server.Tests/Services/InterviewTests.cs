using Grpc.Core;
using LegPain.Grains;
using LegPain.Protocol.Triage.V1;
using LegPain.Server.Tests.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static LegPain.Server.Tests.Infrastructure.Requests;

namespace LegPain.Server.Tests.Services;

/// <summary>What is asked next, and the interview, through real calls.</summary>
public sealed class InterviewTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task SuggestQuestions_OfObservationsOfNobody_AsksForTheMostUrgentOpenFlags()
    {
        var request = new SuggestQuestionsRequest { Subject = new() { Observations = { Number("age", 54) } } };

        var answer = await _server.Triage.SuggestQuestionsAsync(request, Soon);

        Assert.Equal(InquiryState.Asking, answer.State);
        Assert.Equal(5, answer.Questions.Count);
        Assert.All(answer.Questions, question =>
        {
            Assert.Equal(QuestionReason.OpenRedFlag, question.Reason);
            Assert.NotEmpty(question.Question);
            Assert.True(question.ExpectedGain > 0);
        });
        Assert.Equal((Urgency.SelfCare, Urgency.Immediate), (answer.Disposition.Lowest, answer.Disposition.Highest));
        Assert.Equal(0, answer.Revision);
    }

    [Fact]
    public async Task SuggestQuestions_OfAPatient_LeavesOutWhatWasNotKnown()
    {
        var first = (await SuggestAsync("p-known", "r1", Present("fever"))).Questions[0].Finding;

        var then = await SuggestAsync("p-known", "r2", Unknown(first));

        Assert.DoesNotContain(then.Questions, question => question.Finding == first);
        Assert.Equal(2, then.Revision);
    }

    [Fact]
    public async Task SuggestQuestions_InAnEmergency_AsksNothing()
    {
        var request = new SuggestQuestionsRequest
        {
            Subject = new() { Observations = { Number("systolic-bp", 80), Number("age", 50) } },
        };

        var answer = await _server.Triage.SuggestQuestionsAsync(request, Soon);

        Assert.Equal(InquiryState.Emergency, answer.State);
        Assert.Empty(answer.Questions);
    }

    [Fact]
    public async Task SuggestQuestions_WithWrongFields_NamesThemAll()
    {
        var request = new SuggestQuestionsRequest { Respondent = (Respondent)9, MaxQuestions = 51 };

        var refusal = await Assert.ThrowsAsync<RpcException>(
            async () => await _server.Triage.SuggestQuestionsAsync(request, Soon));

        Assert.Equal(["subject", "respondent", "max_questions"],
            Refused.From(refusal).Fields.Select(wrong => wrong.Field));
    }

    [Fact]
    public async Task Interview_OfANewPatient_StoresEachAnswerBeforeTheNextQuestion()
    {
        using var call = _server.Triage.Interview(Soon);
        var turn = await SayAsync(call, new() { Start = new() { Patient = "p-new" } });
        Assert.Equal(0, turn.Assessment.Revision);

        for (var answer = 1; answer <= 3; answer++)
        {
            Assert.Equal(InquiryState.Asking, turn.State);
            turn = await SayAsync(call, Answer($"a{answer}", Unknown(turn.Question.Finding)));

            Assert.Equal(answer, turn.Assessment.Revision);
            var events = await _server.Triage.ListEventsAsync(new() { Patient = "p-new" }, Soon);
            Assert.Equal(answer, events.Events[^1].Revision);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Interview_ThatFindsAnEmergency_Ends()
    {
        using var call = _server.Triage.Interview(Soon);
        await SayAsync(call, new() { Start = new() { Patient = "p-now", View = AssessmentView.Full } });

        var turn = await SayAsync(call, Answer("a1", Number("age", 50), Number("systolic-bp", 80)));

        Assert.Equal(InquiryState.Emergency, turn.State);
        Assert.Null(turn.Question);
        Assert.Equal(AssessmentStatus.Complete, turn.Assessment.Status);
        Assert.NotEmpty(turn.Assessment.NotExcluded);
        Assert.False(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Interview_BegunAgain_StoresARepeatedAnswerOnce()
    {
        var answer = Answer("a1", Present("fever"));
        using (var lost = _server.Triage.Interview(Soon))
        {
            await SayAsync(lost, new() { Start = new() { Patient = "p-again" } });
            await SayAsync(lost, answer);
        }

        using var call = _server.Triage.Interview(Soon);
        var start = await SayAsync(call, new() { Start = new() { Patient = "p-again" } });
        var turn = await SayAsync(call, answer);

        Assert.Equal((1, 1), (start.Assessment.Revision, turn.Assessment.Revision));
    }

    [Fact]
    public async Task Interview_BegunAgainAfterAnotherReport_GoesOnFromThat()
    {
        var answer = Answer("a1", Present("fever"));
        using (var lost = _server.Triage.Interview(Soon))
        {
            await SayAsync(lost, new() { Start = new() { Patient = "p-both" } });
            await SayAsync(lost, answer);
        }

        await _server.Triage.ReportObservationsAsync(
            Report("p-both", "r1", Number("age", 50), Number("systolic-bp", 80)), Soon);
        await _server.Triage.CloseEpisodeAsync(new() { Patient = "p-both", RequestId = "c1" }, Soon);
        await _server.Triage.ReportObservationsAsync(Report("p-both", "r2", Present("smoker")), Soon);
        using var call = _server.Triage.Interview(Soon);
        var start = await SayAsync(call, new() { Start = new() { Patient = "p-both" } });
        var turn = await SayAsync(call, answer);

        Assert.Equal((4, 4), (start.Assessment.Revision, turn.Assessment.Revision));
        Assert.Equal(start.Question, turn.Question);
    }

    /// <remarks>The patient is read and written through Orleans, which has a time limit of its own.</remarks>
    [Fact]
    public async Task Interview_WhenThePatientDoesNotRespond_IsNotBlamedOnTheClient()
    {
        await using var server = await TestServer.StartAsync(configure: builder =>
            builder.Services.AddSingleton<IOutgoingGrainCallFilter, LateSubmit>());
        using var call = server.Triage.Interview(Soon);
        await SayAsync(call, new() { Start = new() { Patient = "p-late" } });

        var refusal = await Assert.ThrowsAsync<RpcException>(() => SayAsync(call, Answer("a1", Present("fever"))));

        Assert.Equal(StatusCode.Unavailable, refusal.StatusCode);
    }

    [Fact]
    public async Task Interview_WithoutAnAnswerForLong_Ends()
    {
        await using var server = await TestServer.StartAsync(configure: builder =>
            builder.Services.AddSingleton<TimeProvider, HastyClock>());
        using var call = server.Triage.Interview(Soon);
        await SayAsync(call, new() { Start = new() { Patient = "p-slow" } });

        var end = await Assert.ThrowsAsync<RpcException>(
            () => call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));

        Assert.Equal(
            (StatusCode.DeadlineExceeded, "No answer came for 15 minutes: start again."),
            (end.StatusCode, end.Status.Detail));
    }

    [Fact]
    public async Task Interview_AfterAClosedEmergency_AsksAboutTheNextEpisode()
    {
        await _server.Triage.ReportObservationsAsync(
            Report("p-next", "r1", Number("age", 50), Number("systolic-bp", 80)), Soon);
        await _server.Triage.CloseEpisodeAsync(new() { Patient = "p-next", RequestId = "c1" }, Soon);
        using var call = _server.Triage.Interview(Soon);

        var first = await SayAsync(call, new() { Start = new() { Patient = "p-next" } });
        var suggested = await _server.Triage.SuggestQuestionsAsync(
            new() { Subject = new() { Patient = "p-next" } }, Soon);
        var earlier = await _server.Triage.SuggestQuestionsAsync(
            new() { Subject = new() { Patient = "p-next", Revision = 2 } }, Soon);
        var second = await SayAsync(call, Answer("a1", Unknown(first.Question.Finding)));

        Assert.Equal((InquiryState.Asking, 2, false),
            (first.State, first.Assessment.Revision, first.Assessment.Episode.Open));
        Assert.Equal(first.Question, suggested.Questions[0]);
        Assert.NotEqual("age", first.Question.Finding);
        Assert.Equal(InquiryState.Emergency, earlier.State);
        Assert.Equal((InquiryState.Asking, 2, true),
            (second.State, second.Assessment.Episode.Number, second.Assessment.Episode.Open));
    }

    [Theory]
    [InlineData(true, "start")]
    [InlineData(false, "answer")]
    public async Task Interview_OutOfTurn_IsRefused(bool answersFirst, string field)
    {
        using var call = _server.Triage.Interview(Soon);
        var start = new InterviewRequest { Start = new() { Patient = "p-order" } };
        if (!answersFirst)
        {
            await SayAsync(call, start);
        }

        var refusal = await Assert.ThrowsAsync<RpcException>(
            () => SayAsync(call, answersFirst ? Answer("a1", Present("fever")) : start));

        Assert.Contains(field,
            Refused.From(refusal).Fields.Select(wrong => wrong.Field));
    }

    [Fact]
    public async Task Interview_WithAWrongAnswer_IsRefusedAndStoresNothing()
    {
        using var call = _server.Triage.Interview(Soon);
        await SayAsync(call, new() { Start = new() { Patient = "p-wrong" } });

        var refusal = await Assert.ThrowsAsync<RpcException>(() => SayAsync(call, Answer("", Present("no-such"))));

        Assert.Equal(["answer.request_id", "answer.observations[0].finding"],
            Refused.From(refusal).Fields.Select(wrong => wrong.Field));
        var missing = await Assert.ThrowsAsync<RpcException>(
            async () => await _server.Triage.GetAssessmentAsync(new() { Patient = "p-wrong" }, Soon));
        Assert.Equal(StatusCode.NotFound, missing.StatusCode);
    }

    [Fact]
    public async Task Interview_WhenTheServerStops_IsToldToRepeatElsewhere()
    {
        using var call = _server.Triage.Interview(Soon);
        await SayAsync(call, new() { Start = new() { Patient = "p" } });

        var stopping = _server.StopAsync();
        var end = await Assert.ThrowsAsync<RpcException>(
            () => call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        await stopping;

        Assert.Equal(StatusCode.Unavailable, end.StatusCode);
    }

    [Fact]
    public async Task Interviews_PastTheLimit_AreRefusedUntilOneCloses()
    {
        await using var server = await TestServer.StartAsync(settings => settings.WatchesMax = 2);
        using var first = server.Triage.Interview(Soon);
        await SayAsync(first, new() { Start = new() { Patient = "p-1" } });
        var second = server.Triage.Interview(Soon);
        await SayAsync(second, new() { Start = new() { Patient = "p-2" } });

        using var refused = server.Triage.Interview(Soon);
        var refusal = Refused.From(await Assert.ThrowsAsync<RpcException>(
            () => refused.ResponseStream.MoveNext(TestContext.Current.CancellationToken)));
        second.Dispose();
        await LegPain.Tests.Patience.UntilAsync(async () =>
        {
            using var again = server.Triage.Interview(Soon);
            try
            {
                await SayAsync(again, new() { Start = new() { Patient = "p-3" } });
                return true;
            }
            catch (RpcException exception) when (exception.StatusCode == StatusCode.ResourceExhausted)
            {
                return false;
            }
        });

        Assert.Equal((StatusCode.ResourceExhausted, "TOO_MANY_WATCHES", true),
            (refusal.Code, refusal.Reason, refusal.HasRetryInfo));
    }

    private static Observation Unknown(string finding) => new() { Finding = finding, Presence = Presence.Unknown };

    private static InterviewRequest Answer(string requestId, params Observation[] observations) =>
        new() { Answer = new() { RequestId = requestId, Observations = { observations } } };

    private static async Task<InterviewResponse> SayAsync(
        AsyncDuplexStreamingCall<InterviewRequest, InterviewResponse> call, InterviewRequest request)
    {
        await call.RequestStream.WriteAsync(request, TestContext.Current.CancellationToken);
        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        return call.ResponseStream.Current;
    }

    private async Task<SuggestQuestionsResponse> SuggestAsync(
        string patient, string requestId, params Observation[] observations)
    {
        await _server.Triage.ReportObservationsAsync(Report(patient, requestId, observations), Soon);
        return await _server.Triage.SuggestQuestionsAsync(
            new() { Subject = new() { Patient = patient }, MaxQuestions = 50 }, Soon);
    }

    /// <summary>No command gets its response in time.</summary>
    private sealed class LateSubmit : IOutgoingGrainCallFilter
    {
        public Task Invoke(IOutgoingGrainCallContext context) =>
            context.MethodName == nameof(IPatientGrain.SubmitAsync) ? throw new TimeoutException() : context.Invoke();
    }

    /// <summary>A quarter of an hour passes in two seconds; all else takes its time.</summary>
    private sealed class HastyClock : TimeProvider
    {
        public override ITimer CreateTimer(
            TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(
                callback, state, dueTime == TimeSpan.FromMinutes(15) ? TimeSpan.FromSeconds(2) : dueTime, period);
    }
}
