using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using LegPain.Engine.Vocabulary;
using LegPain.Grains;
using LegPain.Grains.Patient;

namespace LegPain.Server.Tests.Simulation;

/// <summary>
/// What clients do: report, amend, read, repeat after what they do not know the outcome of, twice at once, by any
/// node, and watch over every broken connection.
/// </summary>
internal sealed class SimulatedClients(SimulatedCluster cluster)
{
    private const int AttemptsMax = 8;

    private static readonly string[] Findings = ["fever", "rigors", "smoker", "diabetes"];
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(300);

    private readonly Schedule _schedule = cluster.Schedule;
    private readonly SimulatedHistory _history = cluster.History;
    private readonly List<PatientReading> _reported = [];
    private readonly List<long> _watched = [];
    private long _seen;
    private int _busy;

    /// <summary>Gets whether every client has done what it wanted.</summary>
    public bool AreDone => _busy == 0;

    /// <summary>Gets whether every watch has shown everything.</summary>
    public bool HaveSeenAll => _watched.All(revision => revision == _history.Store.Count);

    public void StartWriter(int number, int operations) => Begin(async () =>
    {
        for (var i = 0; i < operations; i++)
        {
            await (_schedule.Random.Next(8) switch
            {
                0 => ReadAsync(),
                1 => ReadEventsAsync(),
                2 when _reported.Count > 0 => ReadPastAsync(_schedule.Pick(_reported)),
                _ => WriteAsync(Command($"{number}.{i}")),
            });
        }
    });

    public void StartReader(int reads) => Begin(async () =>
    {
        for (var i = 0; i < reads; i++)
        {
            await ReadAsync();
        }
    });

    /// <summary>Reads from every node once all is over.</summary>
    public void StartLastReads()
    {
        foreach (var node in cluster.Nodes)
        {
            Begin(() => ReadAsync(node));
        }
    }

    public void StartWatch(int number)
    {
        _watched.Add(0);
        _schedule.Begin(null, async () =>
        {
            while (true)
            {
                await WatchOnceAsync(number, _schedule.Pick(cluster.Nodes));
                await Task.Delay(RetryAfter, _schedule.Clock, CancellationToken.None);
            }
        });
    }

    private void Begin(Func<Task> work)
    {
        _busy++;
        _schedule.Begin(null, async () =>
        {
            await work();
            _busy--;
        });
    }

    private PatientCommand Command(string request)
    {
        long? expected = _schedule.Chance(4) ? _seen : null;
        var target = _reported.Count > 0 ? _schedule.Pick(_reported).Revision : 0;
        return _schedule.Random.Next(10) switch
        {
            0 => new StartEpisode("tenant", request, [1], expected),
            1 => new CloseEpisode("tenant", request, [2], expected),
            2 or 3 when target > 0 => new AmendObservation("tenant", request, [3], expected, target, 0),
            _ => new ReportObservations("tenant", request, [4], expected,
                [new(
                    new(_schedule.Pick(Findings), _schedule.Chance(3) ? Presence.Absent : Presence.Present, null, [],
                        DateTimeOffset.MaxValue),
                    null, 1, 0)]),
        };
    }

    private async Task WriteAsync(PatientCommand command)
    {
        if (_schedule.Chance(8))
        {
            await Task.WhenAll(WriteUntilKnownAsync(command), WriteUntilKnownAsync(command));
        }
        else
        {
            await WriteUntilKnownAsync(command);
        }

        if (_schedule.Chance(5))
        {
            await WriteUntilKnownAsync(command);
        }
    }

    private async Task WriteUntilKnownAsync(PatientCommand command)
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            if (await AttemptAsync(command, _schedule.Pick(cluster.Nodes)) is CallEnd.Ok or CallEnd.No)
            {
                return;
            }

            await Task.Delay(RetryAfter, _schedule.Clock, CancellationToken.None);
        }
    }

    private async Task<CallEnd> AttemptAsync(PatientCommand command, SimulatedNode node)
    {
        var isOver = false;
        using var caller = new CancellationTokenSource();
        if (_schedule.Chance(12))
        {
            _schedule.Begin(null, async () =>
            {
                await Task.Delay(
                    TimeSpan.FromMilliseconds(_schedule.Random.Next(1, 100)), _schedule.Clock, CancellationToken.None);
                if (!isOver)
                {
                    Cancel(caller);
                }
            });
        }

        var invoked = _schedule.Step;
        _schedule.Note($"node {node.Number}: {command.GetType().Name} {command.RequestId}");
        var (reply, end, reason) = await EndOf(
            () => node.Gateway.SubmitAsync(command, caller.Token), reply => reply.Refusal);
        isOver = true;
        var reading = end == CallEnd.Ok ? reply!.Reading : null;
        _schedule.Note($"{command.RequestId} is {end} {reason} {reading?.Revision}");
        _history.Writes.Add(new(
            invoked, _schedule.Step, command.RequestId, command.ExpectedRevision,
            command is AmendObservation amend ? (amend.Revision, amend.Index) : null,
            end, reason, reading?.Revision ?? 0, Text(reading)));
        if (reading is not null)
        {
            _seen = Math.Max(_seen, reading.Revision);
            if (command is ReportObservations)
            {
                _reported.Add(reading);
            }
        }

        return end;
    }

    private Task ReadAsync() => ReadAsync(_schedule.Pick(cluster.Nodes));

    private async Task ReadAsync(SimulatedNode node)
    {
        var invoked = _schedule.Step;
        var (reply, end, reason) = await EndOf(
            () => node.Gateway.ReadAsync(null, null, CancellationToken.None), reply => reply.Refusal);
        var reading = end == CallEnd.Ok ? reply!.Reading : null;
        _schedule.Note($"node {node.Number}: a read is {end} {reason} {reading?.Revision}");
        _history.Reads.Add(new(
            invoked, _schedule.Step, null, end, reason, reading?.Revision ?? 0, "",
            reading?.AssessedAt < reading?.RecordedAt, []));
    }

    private async Task ReadPastAsync(PatientReading past)
    {
        var (invoked, node) = (_schedule.Step, _schedule.Pick(cluster.Nodes));
        var (reply, end, reason) = await EndOf(
            () => node.Gateway.ReadAsync(past.Revision, past.RecordedAt, CancellationToken.None),
            reply => reply.Refusal);
        var reading = end == CallEnd.Ok ? reply!.Reading : null;
        _history.Reads.Add(new(
            invoked, _schedule.Step, past.Revision, end, reason, reading?.Revision ?? 0, Text(reading), false, []));
    }

    private async Task ReadEventsAsync()
    {
        var (invoked, node) = (_schedule.Step, _schedule.Pick(cluster.Nodes));
        var (page, end, reason) = await EndOf(
            () => node.Gateway.ReadEventsAsync(0, 1000, CancellationToken.None), page => page.Refusal);
        _history.Reads.Add(new(
            invoked, _schedule.Step, null, end, reason, end == CallEnd.Ok ? page!.Events.Count : 0, "", false,
            end == CallEnd.Ok ? [.. page!.Events.Select(recorded => recorded.RequestId)] : []));
    }

    private static async Task<(T? Reply, CallEnd End, string Reason)> EndOf<T>(
        Func<ValueTask<T>> call, Func<T, Refusal?> refusalOf)
        where T : class
    {
        try
        {
            var reply = await call();
            return refusalOf(reply)?.Reason switch
            {
                null => (reply, CallEnd.Ok, ""),
                RefusalReason.OutcomeUnknown => (reply, CallEnd.Unknown, ""),
                RefusalReason.Unavailable or RefusalReason.JournalBusy or RefusalReason.StorageFull =>
                    (reply, CallEnd.NotNow, ""),
                { } reason => (reply, CallEnd.No, reason.ToString()),
            };
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            return (null, CallEnd.Unknown, "");
        }
    }

    /// <summary>Watches over one connection until it breaks: with its node, or because the client goes.</summary>
    private async Task WatchOnceAsync(int number, SimulatedNode node)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var stop = new CancellationTokenSource();
        var process = node.Process;
        process.OnDeath(() => closed.TrySetResult());
        var received = _schedule.Open(null);
        var (stream, after, token) = (node.Gateway.Stream, _watched[number], stop.Token);
        _schedule.Begin(process, async () =>
        {
            try
            {
                await foreach (var item in stream.FollowAsync(SimulatedCluster.Patient, after, token))
                {
                    received.Post(_ => Receive(item), null);
                }
            }
            catch (OperationCanceledException)
            {
                closed.TrySetResult();
            }
        });
        if (_schedule.Chance(2))
        {
            await Task.Delay(
                TimeSpan.FromMilliseconds(_schedule.Random.Next(20_000)), _schedule.Clock, CancellationToken.None);
            closed.TrySetResult();
            Cancel(stop);
        }

        await closed.Task;

        void Receive(Watch.WatchItem item)
        {
            if (closed.Task.IsCompleted)
            {
                return;
            }

            _schedule.Note($"watch {number} on node {node.Number} shows {item.Revision}");
            if (item.Reading is { } reading)
            {
                _watched[number] = reading.Revision;
                _history.Watched.Add(new(_schedule.Step, number, reading.Revision, Text(reading)));
            }
        }
    }

    /// <summary>Cancels here and now: the asynchronous form would take another thread.</summary>
    private static void Cancel(CancellationTokenSource source) => source.Cancel();

    private static string Text(PatientReading? reading)
    {
        if (reading is null)
        {
            return "";
        }

        var assessment = reading.Assessment.ToData();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(assessment.Answers));
        hash.AppendData(MemoryMarshal.AsBytes(assessment.RedFlags));
        hash.AppendData(MemoryMarshal.AsBytes(assessment.Ranking));
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{reading with { Assessment = null! }} {assessment.Disposition} "
            + $"{Convert.ToHexString(hash.GetHashAndReset())}");
    }
}
