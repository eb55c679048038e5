using LegPain.Knowledge;
using LegPain.Protocol.Triage.V1;
using LegPain.Server.Tests.Infrastructure;
using LegPain.Tests;
using Xunit;
using static LegPain.Server.Tests.Infrastructure.Requests;

namespace LegPain.Server.Tests;

/// <summary>Which packs stand side by side, and which keep a server from starting.</summary>
public sealed class KnowledgeLoadingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("legpain-packs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Server_WithAFolderInForce_AssessesWithItAndHasTheOthersOnDemand()
    {
        var (first, second) = (Pack("first", "one"), Pack("second", "two"));

        await using var server = await TestServer.StartAsync(settings =>
        {
            settings.Knowledge = first;
            settings.KnowledgeAlso = [second, first];
        });

        var loaded = (await server.Knowledge.ListKnowledgeVersionsAsync(new(), Soon)).Knowledge;
        var assessment = (await server.Triage.ReportObservationsAsync(
            Report("p", "a", Present(OtherPack.Sign)), Soon)).Assessment;
        var refused = await RefusalOf(server.Triage.GetAssessmentAsync(
            new() { Patient = "p", Knowledge = new() { Id = "legpain" } }, Soon));
        Assert.Equal(["one", "two"], loaded.Select(knowledge => knowledge.Version));
        Assert.Equal(("one", Urgency.SameDay), (assessment.Knowledge.Version, assessment.Disposition.Urgency));
        Assert.Equal([("knowledge.id", "AMBIGUOUS")], refused.Fields);
    }

    [Fact]
    public async Task Server_WithTwoContentsOfOneVersion_DoesNotStart()
    {
        var other = Pack("namesake", KnowledgePack.BuiltIn.Knowledge.Version);

        var exception = await Assert.ThrowsAsync<ServerSettingsException>(
            () => TestServer.StartAsync(settings => settings.KnowledgeAlso = [other]));

        Assert.Contains(other, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Server_WithFaultsInTwoPacks_NamesThoseOfBothWithTheirFolders()
    {
        var (first, second) = (Pack("first", "one"), Pack("second", "two"));
        File.AppendAllText(Path.Combine(first, "pack.yaml"), "\nsurprise: 1\n");
        File.AppendAllText(Path.Combine(second, "advice.yaml"), "\n- id: half\n");

        var exception = await Assert.ThrowsAsync<PackException>(
            () => TestServer.StartAsync(settings => (settings.Knowledge, settings.KnowledgeAlso) = (first, [second])));

        Assert.Contains(exception.Faults, fault => fault.File == Path.Combine(first, "pack.yaml"));
        Assert.Contains(exception.Faults, fault => fault.File == Path.Combine(second, "advice.yaml"));
    }

    [Fact]
    public void Settings_WithAFolderThatIsNotThere_AreRefused()
    {
        var settings = ServerSettings.FromCommandLine(
            ["--knowledgeAlso:0", _folder, "--knowledgeAlso:1", Path.Combine(_folder, "none")]);

        var exception = Assert.Throws<ServerSettingsException>(settings.Check);

        Assert.Equal(2, settings.KnowledgeAlso.Count);
        Assert.Contains(Path.Combine(_folder, "none"), exception.Message, StringComparison.Ordinal);
    }

    private string Pack(string name, string version)
    {
        var folder = Path.Combine(_folder, name);
        OtherPack.WriteTo(folder, version);
        return folder;
    }
}
