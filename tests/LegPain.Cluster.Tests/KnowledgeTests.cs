using LegPain.Cluster.Tests.Infrastructure;
using LegPain.Knowledge;
using LegPain.Protocol.Triage.V1;
using LegPain.Tests;
using Xunit;
using static LegPain.Cluster.Tests.Infrastructure.Requests;

namespace LegPain.Cluster.Tests;

/// <summary>Nodes of one cluster with different knowledge, as in a roll-out.</summary>
public sealed class KnowledgeTests
{
    private static readonly string Old = KnowledgePack.BuiltIn.Knowledge.Version;

    [Fact]
    public async Task Node_WhoseKnowledgeTheOthersHaveNotLoaded_DoesNotStart()
    {
        await using var cluster = await TestCluster.StartAsync("agree");
        OtherPack.WriteTo(cluster.PathOf("other"));
        await cluster.AddAndStartAsync(1);

        var stranger = cluster.Add("--knowledge", cluster.PathOf("other"));
        stranger.Node.Launch();
        await Patience.UntilAsync(() => !stranger.Node.IsRunning);

        var said = stranger.Node.LogTail();
        Assert.Contains("knowledge-also lacks what the silo", said, StringComparison.Ordinal);
        Assert.Contains("has not loaded what is to be in force here", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silo_WhoseKnowledgeAGatewayHasNotLoaded_DoesNotStart()
    {
        await using var cluster = await TestCluster.StartAsync("agree-gateway");
        OtherPack.WriteTo(cluster.PathOf("other"));
        var port = Ports.Free().ToString(System.Globalization.CultureInfo.InvariantCulture);
        await cluster.AddAndStartAsync(1, "--gatewayPort", port, "--knowledgeAlso:0", cluster.PathOf("other"));
        await cluster.AddAndStartAsync(1, "--role", "Gateway");

        var stranger = cluster.Add("--knowledge", cluster.PathOf("other"));
        stranger.Node.Launch();
        await Patience.UntilAsync(() => !stranger.Node.IsRunning);

        Assert.Contains("the gateway at", stranger.Node.LogTail(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_WithDifferentKnowledge_LabelEveryAnswerWithWhatItWasMadeWith()
    {
        const int patients = 12;
        await using var cluster = await TestCluster.StartAsync("mixed");
        var (other, old) = (cluster.PathOf("other"), cluster.PathOf("old"));
        OtherPack.WriteTo(other);
        foreach (var file in PackFile.BuiltIn())
        {
            var path = Path.Combine(old, file.Path);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllTextAsync(path, file.Content, TestContext.Current.CancellationToken);
        }

        var before = (await cluster.AddAndStartAsync(2, "--knowledgeAlso:0", other)).ToList();
        var after = cluster.Add("--knowledge", other, "--knowledgeAlso:0", old);
        await after.Node.StartAsync();
        List<Member> nodes = [.. before, after];

        var seen = new HashSet<string>();
        for (var round = 0; round < 4; round++)
        {
            foreach (var number in Enumerable.Range(0, patients))
            {
                var patient = $"p{number}";
                var node = nodes[(round + number) % nodes.Count];
                var written = await ReportUntilStoredAsync(
                    () => node.Triage, Report(patient, $"r{round}", OtherPack.Sign));
                seen.Add(Checked(written));
                foreach (var reader in nodes)
                {
                    var read = await reader.Triage.GetAssessmentAsync(new() { Patient = patient }, Soon);
                    seen.Add(Checked(read.Assessment));
                }
            }

            if (before.Count > 0)
            {
                await before[0].Node.StopAsync();
                nodes.Remove(before[0]);
                before.RemoveAt(0);
            }
        }

        Assert.Equal([Old, OtherPack.Version], seen.Order(StringComparer.Ordinal));
    }

    /// <summary>Checks that an assessment is what the knowledge it names makes of it; returns the version.</summary>
    private static string Checked(Assessment assessment)
    {
        var raised = assessment.RedFlags.Any(
            flag => flag.Id == OtherPack.RedFlag && flag.State == RedFlagState.Raised);
        Assert.Equal(assessment.Knowledge.Version == OtherPack.Version, raised);
        return assessment.Knowledge.Version;
    }
}
