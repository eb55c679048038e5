using System.Globalization;
using System.Text;
using LegPain.Engine.Knowledge;
using LegPain.Engine.Vocabulary;
using LegPain.Grains.Patient;
using LegPain.Knowledge;

namespace LegPain.Grains.Tests.Patient;

/// <summary>Commands that the tests share, in the vocabulary of the built-in pack.</summary>
internal static class Reports
{
    public const string Tenant = "tenant";

    public static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    public static KnowledgeBase Pack { get; } = KnowledgePack.BuiltIn.Knowledge;

    /// <summary>Gets the built-in pack, in force, and another one.</summary>
    public static KnowledgeLibrary Library { get; } = new(Pack, KnowledgePack.Read(OtherPack.Files()).Knowledge);

    public static Observation Present(string finding, DateTimeOffset? at = null, double? number = null) =>
        new(finding, Presence.Present, number, [], at ?? DateTimeOffset.MaxValue);

    public static Observation Absent(string finding, DateTimeOffset? at = null) =>
        new(finding, Presence.Absent, null, [], at ?? DateTimeOffset.MaxValue);

    public static Observation Unknown(string finding) =>
        new(finding, Presence.Unknown, null, [], DateTimeOffset.MaxValue);

    /// <summary>The terms of a reading; what is supposed has no unit and no informant.</summary>
    public static ReadingTerms Terms(
        long? revision = null, DateTimeOffset? asOf = null, string? knowledge = null,
        params IEnumerable<Observation> supposed) =>
        new(revision, asOf, knowledge, [.. supposed.Select(o => new ReportedObservation(o, null, 0, 0))]);

    public static ReportObservations Report(string requestId, params IEnumerable<Observation> observations)
    {
        var reported = observations.Select(o => new ReportedObservation(o, null, 1, 0)).ToList();
        return new(Tenant, requestId, Hash(Describe.Of(reported)), null, reported);
    }

    public static AmendObservation Amend(string requestId, long revision, int index) =>
        new(Tenant, requestId, Hash($"amend {revision} {index}"), null, revision, index);

    public static StartEpisode StartsEpisode(string requestId) => new(Tenant, requestId, Hash("start"), null);

    public static CloseEpisode ClosesEpisode(string requestId) => new(Tenant, requestId, Hash("close"), null);

    public static string Request(long number) => "request-" + number.ToString(CultureInfo.InvariantCulture);

    private static byte[] Hash(string content) =>
        System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(content));
}
