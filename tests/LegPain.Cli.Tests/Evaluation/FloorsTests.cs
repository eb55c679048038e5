using LegPain.Cli.Evaluation;
using LegPain.Engine.Vocabulary;
using LegPain.Knowledge;

namespace LegPain.Cli.Tests.Evaluation;

public sealed class FloorsTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Write_OfARun_CountsWhatIsBetterWhenGreater()
    {
        // Each figure has a count of its own, so that none can stand for another.
        var report = new EvaluationReport("hand-made", KnowledgePack.BuiltIn.Knowledge,
        [
            .. Of(1, rank: 0, Urgency.Immediate, Urgency.SelfCare),
            .. Of(2, rank: 6, Urgency.Immediate, Urgency.Soon, Urgency.Soon),
            .. Of(4, rank: 5, Urgency.Immediate, Urgency.SameDay),
            .. Of(8, rank: 3, Urgency.Soon, Urgency.SameDay, Urgency.SameDay),
            .. Of(16, rank: 1, Urgency.Soon, Urgency.Soon),
            .. Of(32, rank: 1, Urgency.SelfCare, Urgency.Immediate, Urgency.SameDay),
            .. Of(64, rank: 1, Urgency.SelfCare, Urgency.Immediate),
        ]);

        Floors.Write(_path, report);

        Assert.Equal(
            [
                new("understood", 0, 127), new("goldKnown", 0, 126), new("top1", 0, 112), new("top3", 0, 120),
                new("top5", 0, 124), new("urgencyExact", 0, 16), new("urgencyAcceptable", 0, 26),
                new("neverBelowGold", 0, 120), new("atMostOneBelowGold", 0, 124),
                new("neverBelowAcceptable", 0, 122), new("notHazardous", 0, 6), new("notOverByTwo", 0, 31),
                new("notOverAcceptableByTwo", 0, 63),
            ],
            Floors.Check(_path, report).Select(check => check with { Floor = check.Floor - check.Achieved }));
    }

    private static IEnumerable<Outcome> Of(
        int count, int rank, Urgency gold, Urgency answered, params Urgency[] acceptable) =>
        Enumerable.Repeat(Outcomes.Of(rank, gold, answered, acceptable: acceptable), count);
}
