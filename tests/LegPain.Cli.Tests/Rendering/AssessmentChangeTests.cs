using LegPain.Cli.Rendering;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Cli.Tests.Rendering;

public sealed class AssessmentChangeTests
{
    [Fact]
    public void Between_TheSameAssessment_IsEmpty()
    {
        var assessment = Make(Urgency.Soon, raised: ["a"], cleared: [], ("x", 0.5));

        Assert.True(AssessmentChange.Between(assessment, assessment).IsEmpty);
    }

    [Fact]
    public void Between_ARaisedAndAClearedFlag_NamesBoth()
    {
        var change = AssessmentChange.Between(
            Make(Urgency.Soon, raised: ["a", "b"], cleared: []), Make(Urgency.SameDay, raised: ["c"], cleared: ["a"]));

        Assert.Equal(Urgency.Soon, change.UrgencyBefore);
        Assert.Equal(["c"], change.Raised.Select(flag => flag.Id));
        Assert.Equal([("a", true), ("b", false)], change.Fallen.Select(fallen => (fallen.Flag.Id, fallen.Cleared)));
    }

    [Fact]
    public void Between_CausesThatMove_TellsThoseThatMatter()
    {
        var change = AssessmentChange.Between(
            Make(Urgency.Soon, [], [], ("up", 0.1), ("still", 0.50), ("gone", 0.2)),
            Make(Urgency.Soon, [], [], ("up", 0.6), ("still", 0.51), ("new", 0.3), ("tiny", 0.001)));

        Assert.Equal(["up"], change.Causes.Select(shift => shift.Name));
        Assert.Equal(["new"], change.NewCauses.Select(cause => cause.Id));
        Assert.Equal(["gone"], change.LostCauses.Select(cause => cause.Id));
    }

    private static Assessment Make(
        Urgency urgency, string[] raised, string[] cleared, params (string Id, double Probability)[] causes) =>
        new()
        {
            Disposition = new() { Urgency = urgency },
            RedFlags = { raised.Select(id => new RedFlag { Id = id, Title = id, State = RedFlagState.Raised }) },
            ClearedRedFlags = { cleared },
            Causes =
            {
                causes.Select(cause =>
                    new RankedCause { Id = cause.Id, Name = cause.Id, Probability = cause.Probability }),
            },
        };
}
