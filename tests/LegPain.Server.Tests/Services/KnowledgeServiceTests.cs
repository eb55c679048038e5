using Grpc.Core;
using Grpc.Health.V1;
using LegPain.Protocol.Knowledge.V1;
using LegPain.Protocol.Triage.V1;
using LegPain.Server.Tests.Infrastructure;
using Xunit;
using static LegPain.Server.Tests.Infrastructure.Requests;

namespace LegPain.Server.Tests.Services;

public sealed class KnowledgeServiceTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task GetKnowledge_NamesVersionHashAndLanguages()
    {
        var knowledge = await _server.Knowledge.GetKnowledgeAsync(new(), Soon);

        Assert.Equal("legpain", knowledge.Id);
        Assert.Matches("^[0-9a-f]{64}$", knowledge.Hash);
        Assert.Equal(["en", "fr"], knowledge.Languages.Order());
    }

    [Fact]
    public async Task ListFindings_PageByPage_HasEveryFindingOnce()
    {
        var ids = new List<string>();
        var token = string.Empty;
        do
        {
            var page = await _server.Knowledge.ListFindingsAsync(new() { PageSize = 50, PageToken = token }, Soon);
            ids.AddRange(page.Findings.Select(finding => finding.Id));
            token = page.NextPageToken;
        }
        while (token.Length > 0);

        Assert.Equal(306, ids.Distinct().Count());
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public async Task Lists_HaveEverything()
    {
        Assert.Equal(73, (await _server.Knowledge.ListCausesAsync(new() { PageSize = 1000 }, Soon)).Causes.Count);
        Assert.Equal(100, (await _server.Knowledge.ListRedFlagsAsync(new() { PageSize = 1000 }, Soon)).RedFlags.Count);
        Assert.Equal(22, (await _server.Knowledge.ListScoresAsync(new(), Soon)).Scores.Count);
        Assert.Equal(287, (await _server.Knowledge.ListSourcesAsync(new() { PageSize = 1000 }, Soon)).Sources.Count);
    }

    [Fact]
    public async Task Get_ById_HasTheDetails()
    {
        var finding = (await _server.Knowledge.GetFindingAsync(new() { Id = "leg-swelling" }, Soon)).Finding;
        var cause = (await _server.Knowledge.GetCauseAsync(new() { Id = "deep-vein-thrombosis" }, Soon)).Cause;
        var rule = (await _server.Knowledge.GetRedFlagAsync(new() { Id = "cauda-equina" }, Soon)).RedFlag;

        Assert.Equal((FindingKind.Choice, "none", 5), (finding.Kind, finding.AbsentOption, finding.Options.Count));
        Assert.True(cause.MustNotMiss && cause.Evidence.Count > 20);
        Assert.Equal("immediate", rule.Urgency);
    }

    [Theory]
    [InlineData("calf swelling", "en", "leg-swelling")]
    [InlineData("Mollet GONFLÉ", "fr", "leg-swelling")]
    [InlineData("fever", "en", "fever")]
    public async Task SearchFindings_ByWords_PutsTheRightOneFirst(
        string query, string language, string expected)
    {
        var found = await _server.Knowledge.SearchFindingsAsync(
            new() { Query = query, PageSize = 5 }, Soon.WithHeaders(new Metadata { { "accept-language", language } }));

        Assert.Equal(expected, found.Findings[0].Id);
    }

    [Theory]
    [InlineData("en", "for three weeks my left calf is swollen, no fever, pain 7/10")]
    [InlineData("fr", "Depuis trois semaines mon mollet gauche est gonflé, pas de fièvre, douleur 7/10")]
    public async Task ParseText_OfASentence_ProposesMentionsWithTheirWords(string language, string text)
    {
        var parsed = await _server.Knowledge.ParseTextAsync(
            new() { Text = text }, Soon.WithHeaders(new Metadata { { "accept-language", language } }));

        var mentions = parsed.Mentions.ToDictionary(mention => mention.Finding);
        Assert.Equal(
            ["symptom-duration", "pain-side", "leg-swelling", "fever", "pain-intensity"],
            parsed.Mentions.Select(mention => mention.Finding));
        Assert.Equal((21, "days"), (mentions["symptom-duration"].Number, mentions["symptom-duration"].Unit));
        Assert.Equal(("one-calf", 21), (mentions["leg-swelling"].Option, mentions["leg-swelling"].BeganDaysAgo));
        Assert.Equal(Presence.Absent, mentions["fever"].Presence);
        Assert.Equal("7/10", text.Substring(mentions["pain-intensity"].Start, mentions["pain-intensity"].Length));
        Assert.Equal(["dvt-suspected", "one-sided-swelling-unexplained"], parsed.RedFlags);
    }

    [Fact]
    public async Task ParseText_OfSeveralQualities_SendsThemAsASet()
    {
        var parsed = await _server.Knowledge.ParseTextAsync(new() { Text = "a sharp, throbbing pain" }, Soon);

        Assert.Equal(["sharp", "throbbing"], Assert.Single(parsed.Mentions).Options.Options);
    }

    [Fact]
    public async Task ParseText_AtAndPastItsLimit_IsReadAndRefused()
    {
        var atLimit = await _server.Knowledge.ParseTextAsync(new() { Text = new string('a', 2000) }, Soon);

        Assert.Empty(atLimit.Mentions);
        Assert.Equal([("text", "MALFORMED")],
            (await RefusalOf(_server.Knowledge.ParseTextAsync(new() { Text = new string('a', 2001) }, Soon))).Fields);
        Assert.Equal([("text", "MISSING")],
            (await RefusalOf(_server.Knowledge.ParseTextAsync(new() { Text = " " }, Soon))).Fields);
    }

    [Fact]
    public async Task BadRequests_AreRefused()
    {
        Assert.Equal(
            "KNOWLEDGE_NOT_FOUND",
            (await RefusalOf(_server.Knowledge.GetFindingAsync(new() { Id = "zzz" }, Soon))).Reason);
        Assert.Equal(
            "KNOWLEDGE_NOT_FOUND",
            (await RefusalOf(_server.Knowledge.GetCauseAsync(new() { Id = "zzz" }, Soon))).Reason);
        Assert.Equal([("id", "MISSING")], (await RefusalOf(_server.Knowledge.GetRedFlagAsync(new(), Soon))).Fields);
        Assert.Equal([("page_size", "OUT_OF_RANGE"), ("page_token", "MALFORMED")],
            (await RefusalOf(
                _server.Knowledge.ListCausesAsync(new() { PageSize = 1001, PageToken = "x" }, Soon))).Fields);
        Assert.Equal(
            [("query", "MISSING")], (await RefusalOf(_server.Knowledge.SearchFindingsAsync(new(), Soon))).Fields);
    }

    [Fact]
    public async Task Health_IsServing()
    {
        var health = new Health.HealthClient(_server.Channel);

        var answer = await health.CheckAsync(new(), Soon);

        Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, answer.Status);
    }
}
