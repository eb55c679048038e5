using LegPain.Robustness;
using LegPain.Robustness.Nemeses;
using LegPain.Robustness.Workload;
using LegPain.Tests;
using Xunit;

namespace LegPain.Cluster.Tests;

/// <summary>
/// The short form of the robustness suite: some nemeses for some seconds each. <c>tests/robustness all</c> is the long
/// form.
/// </summary>
public sealed class ShortRuns
{
    private const int Seed = 4;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(3);
    private static readonly LoadShape Load = new(Patients: 12, Clients: 12, Repeating: 4, Watches: 12);

    [Theory]
    [InlineData("sqlite-kill", 1)]
    [InlineData("sqlite-power-cut", 1)]
    [InlineData("sqlite-slow-fsync", 1)]
    [InlineData("sqlite-disconnect-storm", 3)]
    [InlineData("cluster-kill", 1)]
    [InlineData("cluster-postgres-kill", 1)]
    public async Task Nemesis_ForSomeSeconds_BreaksNothing(string name, int atLeast)
    {
        var nemesis = Nemesis.All.Single(one => one.Name == name);
        if (nemesis.Obstacle() is { } obstacle)
        {
            Assert.Skip($"{name}: {obstacle}.");
        }

        var run = await Run.RunAsync(nemesis, Length, Seed, atLeast, Load)
            .WaitAsync(Patience.Max * 3, TestContext.Current.CancellationToken);

        TestContext.Current.TestOutputHelper?.WriteLine(Report.Text(run));
        Assert.True(run.Verdict.Violations.Count == 0, $"{Report.Text(run)}\nhistories and logs: {run.Folder.Path}");
        Assert.Empty(run.Shortfalls);
        run.Folder.Delete();
    }
}
