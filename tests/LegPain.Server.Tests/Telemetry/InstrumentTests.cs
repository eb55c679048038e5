using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using LegPain.Server.Tests.Infrastructure;
using Xunit;
using static LegPain.Server.Tests.Infrastructure.Requests;

namespace LegPain.Server.Tests.Telemetry;

/// <summary>Every instrument of ours: named, with a unit and a meaning, and with few series.</summary>
public sealed partial class InstrumentTests
{
    /// <summary>A knowledge pack has some tens of red flags, and no other tag has more values.</summary>
    private const int ValuesMax = 60;

    private static readonly HashSet<string> Tags = ["kind", "outcome", "urgency", "rule", "reason", "class", "check"];

    [Fact]
    public async Task EveryInstrument_HasNameUnitMeaningAndBoundedTags()
    {
        var instruments =
            new ConcurrentDictionary<Instrument, ConcurrentDictionary<(string Tag, string Value), bool>>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, meters) =>
        {
            if (instrument.Meter.Name.StartsWith("LegPain.", StringComparison.Ordinal))
            {
                instruments.TryAdd(instrument, []);
                meters.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((instrument, _, tags, _) => Keep(instrument, tags));
        listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => Keep(instrument, tags));
        listener.SetMeasurementEventCallback<double>((instrument, _, tags, _) => Keep(instrument, tags));
        listener.Start();

        await using (var server = await TestServer.StartAsync())
        {
            for (var number = 0; number < 200; number++)
            {
                await server.Triage.ReportObservationsAsync(
                    Report($"p{number}", $"r{number}", Number("pain-intensity", number % 11), Present("fever")), Soon);
                await RefusalOf(server.Triage.ReportObservationsAsync(
                    Report($"p{number}", $"x{number}", Present($"unknown-{number}")), Soon));
            }

            using var watch = server.Triage.WatchAssessment(new() { Patient = "p1" }, Soon);
            await watch.ResponseStream.MoveNext(TestContext.Current.CancellationToken);
            listener.RecordObservableInstruments();
        }

        Assert.InRange(instruments.Count, 12, 100);
        Assert.All(instruments, found =>
        {
            var (instrument, values) = found;
            Assert.Matches(Name(), instrument.Name);
            Assert.False(string.IsNullOrEmpty(instrument.Unit), $"{instrument.Name} has no unit.");
            Assert.EndsWith(".", instrument.Description, StringComparison.Ordinal);
            Assert.Empty(values.Keys.Select(value => value.Tag).Except(Tags));
            Assert.InRange(values.Count, 0, ValuesMax);
        });

        void Keep(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var (tag, value) in tags)
            {
                instruments.GetOrAdd(instrument, _ => [])[(tag, $"{value}")] = true;
            }
        }
    }

    [GeneratedRegex(@"^legpain\.(server|cluster|patient|journal|admission)\.[a-z_.]+$")]
    private static partial Regex Name();
}
