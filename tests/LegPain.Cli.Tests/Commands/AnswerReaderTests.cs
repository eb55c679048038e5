using LegPain.Cli.Commands;
using LegPain.Protocol.Knowledge.V1;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Cli.Tests.Commands;

public sealed class AnswerReaderTests
{
    private static readonly Finding Fever = new()
    {
        Id = "fever",
        Kind = FindingKind.Boolean,
        AnsweredBy = AnsweredBy.Patient,
    };

    private static readonly Finding Intensity = new()
    {
        Id = "pain-intensity",
        Kind = FindingKind.Number,
        Minimum = 0,
        Maximum = 10,
        Unit = "points",
        AnsweredBy = AnsweredBy.Measurement,
    };

    private static readonly Finding Distance = new(Intensity)
    {
        Id = "claudication-distance",
        Minimum = 1,
        AbsentNumber = 10,
    };

    private static readonly Finding Swelling = Options("leg-swelling", FindingKind.Choice);
    private static readonly Finding Quality = Options("pain-quality", FindingKind.Choices);

    [Theory]
    [InlineData("y", Presence.Present)]
    [InlineData(" Yes ", Presence.Present)]
    [InlineData("n", Presence.Absent)]
    [InlineData("?", Presence.Unknown)]
    public void Read_OfAYesOrNo_IsItsPresence(string line, Presence presence) =>
        Assert.Equal(presence, AnswerReader.Read(Fever, line).Observation!.Presence);

    [Fact]
    public void Read_OfANumber_TakesACommaToo() =>
        Assert.Equal(7.5, AnswerReader.Read(Intensity, "7,5").Observation!.Number);

    [Theory]
    [InlineData("2")]
    [InlineData("b-option")]
    [InlineData("Label B")]
    public void Read_OfAChoice_TakesItsNumberIdOrLabel(string line) =>
        Assert.Equal("b-option", AnswerReader.Read(Swelling, line).Observation!.Option);

    [Fact]
    public void Read_OfSeveral_TakesNumbersWithCommas() =>
        Assert.Equal(["a-option", "b-option"], AnswerReader.Read(Quality, "1, 2").Observation!.Options.Options);

    [Fact]
    public void Read_OfNoneOfSeveral_IsAbsent() =>
        Assert.Equal(Presence.Absent, AnswerReader.Read(Quality, "n").Observation!.Presence);

    [Fact]
    public void Read_OfNoNumber_IsAbsentWhereANumberStandsForNone()
    {
        Assert.Equal(Presence.Absent, AnswerReader.Read(Distance, "n").Observation!.Presence);
        Assert.False(AnswerReader.Read(Distance, "n").Observation!.HasNumber);
        Assert.Contains("n (none)", AnswerReader.Hint(Distance), StringComparison.Ordinal);
        Assert.Contains("n (none)", AnswerReader.Read(Distance, "0").Problem, StringComparison.Ordinal);
        Assert.NotNull(AnswerReader.Read(Intensity, "n").Problem);
    }

    [Fact]
    public void Read_OfANotSure_SaysWhyItIsNotKnown() =>
        Assert.Equal(UnknownReason.NotSure, AnswerReader.Read(Intensity, "?").Observation!.UnknownReason);

    [Fact]
    public void Read_OfWhatIsNoAnswer_SaysWhatWouldBe()
    {
        Assert.NotNull(AnswerReader.Read(Fever, "maybe").Problem);
        Assert.NotNull(AnswerReader.Read(Fever, "").Problem);
        Assert.NotNull(AnswerReader.Read(Intensity, "11").Problem);
        Assert.NotNull(AnswerReader.Read(Intensity, "NaN").Problem);
        Assert.NotNull(AnswerReader.Read(Swelling, "3").Problem);
        Assert.NotNull(AnswerReader.Read(Swelling, "0").Problem);
        Assert.NotNull(AnswerReader.Read(Quality, "1,9").Problem);
        Assert.NotNull(AnswerReader.Read(Quality, ",").Problem);
    }

    private static Finding Options(string id, FindingKind kind) => new()
    {
        Id = id,
        Kind = kind,
        AnsweredBy = AnsweredBy.Patient,
        Options =
        {
            new FindingOption { Id = "a-option", Label = "Label A" },
            new FindingOption { Id = "b-option", Label = "Label B" },
        },
    };
}
