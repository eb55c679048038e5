using System.Collections.Concurrent;
using System.Globalization;
using LegPain.Engine.Vocabulary;
using LegPain.Grains.Patient;
using LegPain.Journal;
using LegPain.Journal.Memory;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace LegPain.Server.Tests.Simulation;

/// <summary>
/// The patient, its journal and its watches under every order of events that a seed can draw, with crashes in between.
/// </summary>
/// <remarks>
/// <c>LEGPAIN_HISTORIES</c> sets how many seeds are played, <c>LEGPAIN_SEED</c> plays one alone and prints it.
/// </remarks>
public sealed class SimulationTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int LongHistory = 97;

    private readonly List<JournalAppend> _before = [];

    public async ValueTask InitializeAsync()
    {
        var journal = new MemoryJournal
        {
            AfterAppend = append =>
            {
                _before.Add(append);
                return ValueTask.CompletedTask;
            },
        };
        var session = new PatientSession(
            SimulatedCluster.Patient, journal, SimulatedCluster.Knowledge, new Schedule(0).Clock, NullLogger.Instance);
        for (var i = 0; i < LongHistory; i++)
        {
            var reported = new Observation("fever", Presence.Present, null, [], DateTimeOffset.MaxValue);
            await session.SubmitAsync(
                new ReportObservations("tenant", $"before.{i}", [4], null, [new(reported, null, 1, 0)]),
                TestContext.Current.CancellationToken);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public void Histories_OfManySeeds_KeepEveryPromise()
    {
        if (int.TryParse(
            Environment.GetEnvironmentVariable("LEGPAIN_SEED"), CultureInfo.InvariantCulture, out var seed))
        {
            var one = Simulation.Play(SimulationPlan.Random(seed, _before));
            output.WriteLine(string.Join('\n', one.Trace));
            Judge([one]);
            return;
        }

        var histories = int.Parse(
            Environment.GetEnvironmentVariable("LEGPAIN_HISTORIES") ?? "2000", CultureInfo.InvariantCulture);
        Judge(PlayAll(Enumerable.Range(1, histories).Select(each => SimulationPlan.Random(each, _before))));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Histories_WithANodeKilledBeforeEveryStep_KeepEveryPromise(int nodes)
    {
        var plan = new SimulationPlan(7, nodes, 2, 2, 1);
        var steps = Simulation.Play(plan).Steps;

        Judge(PlayAll(
            from step in Enumerable.Range(1, steps)
            from node in Enumerable.Range(0, nodes)
            select plan with { Kills = [(step, node)] }));
    }

    [Fact]
    public void Histories_WithANodeKilledBeforeEveryTwoSteps_KeepEveryPromise()
    {
        var plan = new SimulationPlan(3, 1, 1, 1, 1);
        var steps = Simulation.Play(plan).Steps;

        Judge(PlayAll(
            from first in Enumerable.Range(1, steps)
            from second in Enumerable.Range(first + 1, steps)
            select plan with { Kills = [(first, 0), (second, 0)] }));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Histories_WithEveryCallOfTheJournalFailing_KeepEveryPromise(int nodes)
    {
        var plan = new SimulationPlan(7, nodes, 2, 3, 1);
        var calls = Simulation.Play(plan).JournalCalls;

        Judge(PlayAll(
            from call in Enumerable.Range(1, calls)
            from fault in plan.FaultsThatCanBe()
            select plan with { Fault = (call, fault) }));
    }

    [Fact]
    public void History_OfTheSameSeed_IsTheSame()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var (first, second) = (Play(seed), Play(seed));

            Assert.Equal(first.Steps, second.Steps);
            Assert.Equal(first.History.Store, second.History.Store);
            Assert.Equal(first.History.Writes, second.History.Writes);
            Assert.Equal(first.History.Watched, second.History.Watched);
        }

        SimulationResult Play(int seed) => Simulation.Play(SimulationPlan.Random(seed, _before));
    }

    private static List<SimulationResult> PlayAll(IEnumerable<SimulationPlan> plans)
    {
        // On threads of their own: for seconds they would leave none of the pool to the servers of other tests.
        var results = new ConcurrentBag<SimulationResult>();
        var waiting = new ConcurrentQueue<SimulationPlan>(plans);
        Task.WaitAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Factory.StartNew(
            () =>
            {
                while (waiting.TryDequeue(out var plan))
                {
                    results.Add(Simulation.Play(plan));
                }
            },
            TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray(),
            TestContext.Current.CancellationToken);
        return [.. results];
    }

    private void Judge(IReadOnlyCollection<SimulationResult> results)
    {
        var failed = results.Where(result => result.Violations.Count > 0).OrderBy(result => result.Plan.Seed).ToList();
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{results.Count} histories, {results.Sum(result => (long)result.Steps)} steps, "
            + $"{results.Sum(result => result.History.Writes.Count)} writes tried, "
            + $"{results.Sum(result => result.History.Store.Count)} stored, "
            + $"{results.Sum(result => result.History.Reads.Count)} reads, "
            + $"{results.Sum(result => result.History.Watched.Count)} revisions watched, {failed.Count} failed"));
        Assert.True(failed.Count == 0, string.Join('\n', failed.Take(5).Select(Show)));
    }

    private static string Show(SimulationResult result) =>
        $"LEGPAIN_SEED={result.Plan.Seed}, {result.Plan.Nodes} node(s), kills [{string.Join(' ', result.Plan.Kills)}], "
        + $"fault {result.Plan.Fault}:\n  {string.Join("\n  ", result.Violations.Take(5))}";
}
