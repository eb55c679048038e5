using LegPain.Grains.Tests.Patient;
using LegPain.Journal;
using LegPain.Journal.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Configuration;
using Orleans.TestingHost;
using Xunit;

[assembly: AssemblyFixture(typeof(LegPain.Grains.Tests.Cluster.PatientCluster))]

namespace LegPain.Grains.Tests.Cluster;

/// <summary>Two silos over one journal in memory. The tests share it, each with a patient of its own.</summary>
public sealed class PatientCluster : IAsyncLifetime
{
    private readonly FaultyJournal _faulty;
    private InProcessTestCluster _cluster = null!;

    public PatientCluster()
        : this(new MemoryJournal())
    {
    }

    internal PatientCluster(IJournal journal)
    {
        Journal = journal as MemoryJournal ?? new();
        _faulty = new(journal);
    }

    /// <summary>Gets the journal, for its hooks and to write behind a patient's back.</summary>
    public MemoryJournal Journal { get; }

    /// <summary>Gets the patients' clock. Orleans has the system's: one that stands still would hang it.</summary>
    public FakeTimeProvider Clock { get; } = new(Reports.Start);

    public IReadOnlyList<InProcessSiloHandle> Silos => [.. _cluster.Silos];

    public IClusterClient Client => _cluster.Client;

    internal FaultyJournal Faulty => _faulty;

    public async ValueTask InitializeAsync()
    {
        var builder = new InProcessTestClusterBuilder(2);
        builder.ConfigureHost(host =>
        {
            host.Services.AddSingleton(Reports.Library);
            host.Services.AddSingleton<IJournal>(_faulty);
            host.Services.AddSingleton<TimeProvider>(Clock);
            host.Services.UseTimeProviderForBackgroundAreas(TimeProvider.System);
        });

        // A canceled call ends when the silo has heard of it, so a test knows that it has.
        builder.ConfigureClient(client => client.Services.Configure<ClientMessagingOptions>(
            options => options.WaitForCancellationAcknowledgement = true));
        _cluster = builder.Build();
        await _cluster.DeployAsync().InTime();
    }

    public async ValueTask DisposeAsync() => await _cluster.DisposeAsync().InTime();

    public IPatientGrain Patient(string key) => _cluster.Client.GetGrain<IPatientGrain>(key);

    /// <summary>Ends the patient's activation, so that the next call replays.</summary>
    public Task DeactivateAsync(string key) => _cluster.DeactivateAsync(Patient(key)).InTime();
}
