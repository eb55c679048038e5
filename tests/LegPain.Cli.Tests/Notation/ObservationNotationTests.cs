using LegPain.Cli.Notation;
using LegPain.Protocol.Knowledge.V1;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Cli.Tests.Notation;

public sealed class ObservationNotationTests
{
    private static readonly Finding Fever = new() { Id = "fever", Kind = FindingKind.Boolean };

    private static readonly Finding Intensity =
        new() { Id = "pain-intensity", Kind = FindingKind.Number, Minimum = 0, Maximum = 10, Unit = "points" };

    private static readonly Finding Swelling = new()
    {
        Id = "leg-swelling",
        Kind = FindingKind.Choice,
        Options = { new FindingOption { Id = "none" }, new FindingOption { Id = "one-calf" } },
    };

    private static readonly Finding Quality = new()
    {
        Id = "pain-quality",
        Kind = FindingKind.Choices,
        Options = { new FindingOption { Id = "aching" }, new FindingOption { Id = "sharp" } },
    };

    [Theory]
    [InlineData("fever", Presence.Present)]
    [InlineData("no:fever", Presence.Absent)]
    [InlineData("unknown:fever", Presence.Unknown)]
    public void ToObservation_OfAYesOrNo_SaysItsPresence(string token, Presence presence)
    {
        var observation = Made(token, Fever);

        Assert.Equal(
            new Observation { Finding = "fever", Presence = presence, Informant = Informant.Patient }, observation);
    }

    [Fact]
    public void ToObservation_OfANumber_HasTheNumber() =>
        Assert.Equal(7.5, Made("pain-intensity=7.5", Intensity).Number);

    [Fact]
    public void ToObservation_OfAChoice_HasTheOption() =>
        Assert.Equal("one-calf", Made("leg-swelling=one-calf", Swelling).Option);

    [Fact]
    public void ToObservation_OfSeveralOptions_HasThemAll() =>
        Assert.Equal(["aching", "sharp"], Made("pain-quality=aching,sharp", Quality).Options.Options);

    [Theory]
    [InlineData("no:leg-swelling", Presence.Absent)]
    [InlineData("unknown:pain-intensity", Presence.Unknown)]
    public void ToObservation_OfWhatIsNotPresent_NeedsNoValue(string token, Presence presence)
    {
        var observation = Made(token, token.Contains("swelling", StringComparison.Ordinal) ? Swelling : Intensity);

        Assert.Equal(presence, observation.Presence);
        Assert.Equal(Observation.ValueOneofCase.None, observation.ValueCase);
    }

    [Theory]
    [InlineData("fever@2026-11-20T10:00Z", "2026-11-20T10:00:00+00:00")]
    [InlineData("no:fever@2026-11-20T10:00:30Z", "2026-11-20T10:00:30+00:00")]
    [InlineData("fever@2026-11-20T10:00+01:00", "2026-11-20T09:00:00+00:00")]
    [InlineData("fever@2026-11-20T10:00:30.5-05:00", "2026-11-20T15:00:30.5+00:00")]
    public void ToObservation_WithATime_WasObservedThen(string token, string expected)
    {
        var observation = Made(token, Fever);

        Assert.Equal(
            DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture),
            observation.ObservedAt.ToDateTimeOffset());
    }

    [Theory]
    [InlineData("")]
    [InlineData("no:")]
    [InlineData("=7")]
    [InlineData("Fever")]
    [InlineData("leg swelling")]
    [InlineData("maybe:fever")]
    [InlineData("no:fever=1")]
    [InlineData("unknown:pain-intensity=3")]
    [InlineData("pain-intensity=")]
    [InlineData("pain-quality=aching,,sharp")]
    [InlineData("pain-quality=aching, sharp")]
    [InlineData("fever@")]
    [InlineData("fever@yesterday")]
    [InlineData("fever@2026-11-20")]
    [InlineData("fever@2026-11-20T10:00")]
    [InlineData("@2026-11-20T10:00Z")]
    public void ParseAll_OfWhatIsNoNotation_IsASyntaxFault(string token)
    {
        var exception = Assert.Throws<NotationException>(() => ObservationNotation.ParseAll([token]));

        Assert.True(exception.IsSyntax);
        Assert.Equal(token, Assert.Single(exception.Faults).Token);
    }

    [Fact]
    public void ParseAll_WithSeveralFaults_NamesAll()
    {
        var exception = Assert.Throws<NotationException>(() => ObservationNotation.ParseAll(["no:", "fever", "Fever"]));

        Assert.Equal(["no:", "Fever"], exception.Faults.Select(fault => fault.Token));
    }

    [Fact]
    public void ToObservation_WithAValueThatDoesNotFit_SaysWhatWould()
    {
        Assert.Contains("takes no value", Fault("fever=1", Fever), StringComparison.Ordinal);
        Assert.Contains("from 0 to 10 points", Fault("pain-intensity=much", Intensity), StringComparison.Ordinal);
        Assert.Contains("from 0 to 10 points", Fault("pain-intensity=NaN", Intensity), StringComparison.Ordinal);
        Assert.Contains("from 0 to 10 points", Fault("pain-intensity", Intensity), StringComparison.Ordinal);
        Assert.Contains("one of: none, one-calf", Fault("leg-swelling", Swelling), StringComparison.Ordinal);
        Assert.Contains(
            "one of: none, one-calf", Fault("leg-swelling=none,one-calf", Swelling), StringComparison.Ordinal);
        Assert.Contains("any of: aching, sharp", Fault("pain-quality", Quality), StringComparison.Ordinal);
        Assert.Contains(
            "newer", Fault("fever", new() { Id = "fever", Kind = (FindingKind)99 }), StringComparison.Ordinal);
    }

    private static Observation Made(string token, Finding finding)
    {
        var (observation, fault) = ObservationNotation.ParseAll([token]).Single().ToObservation(
            finding, Informant.Patient);
        Assert.Null(fault);
        return observation!;
    }

    private static string Fault(string token, Finding finding)
    {
        var (observation, fault) = ObservationNotation.ParseAll([token]).Single().ToObservation(
            finding, Informant.Patient);
        Assert.Null(observation);
        return fault!;
    }
}
