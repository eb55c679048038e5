using Grpc.Core;
using LegPain.Client;
using LegPain.Robustness.History;

namespace LegPain.Robustness.Workload;

/// <summary>How often a client does what, in parts of a hundred, and how fast.</summary>
internal sealed record Habits
{
    /// <summary>Gets how often a request is sent to two nodes at once.</summary>
    public int Twice { get; init; } = 8;

    /// <summary>Gets how often a request that was acknowledged is sent again.</summary>
    public int Again { get; init; } = 4;

    /// <summary>Gets how often an acknowledged request id is used for other content.</summary>
    public int Reuse { get; init; } = 3;

    /// <summary>Gets how often a client cuts its connection while it waits for an answer.</summary>
    public int Cut { get; init; } = 1;

    /// <summary>Gets how long a client waits between two requests at most.</summary>
    public TimeSpan PauseMax { get; init; } = TimeSpan.FromMilliseconds(60);

    /// <summary>Gets how long an attempt may take.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(2);
}

/// <summary>
/// One client with a patient of its own, which it writes to most: one request at a time, to any node, every attempt a
/// line of the history.
/// </summary>
internal sealed class LoadClient : IDisposable
{
    private const int AttemptsMax = 4;
    private const int AcknowledgedMax = 50;

    /// <summary>Outlasts the death of a node, as LegPainClientOptions.Deadline says.</summary>
    private static readonly TimeSpan RepeatingDeadline = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan RepeatEvery = TimeSpan.FromMilliseconds(200);

    /// <summary>A request that is sent directly after a cut may still be given the dead connection.</summary>
    private static readonly TimeSpan CutNoticed = TimeSpan.FromMilliseconds(100);

    private readonly int _number;
    private readonly Load _load;
    private readonly Random _random;
    private readonly string _home;
    private readonly List<NodeChannel> _channels;
    private readonly LegPainClient? _repeating;
    private readonly Queue<Write> _unknown = [];
    private readonly List<(Write Write, long Revision)> _acknowledged = [];
    private long _known;
    private int _requests;

    /// <summary>Makes a client.</summary>
    /// <param name="number">Its number in the run.</param>
    /// <param name="load">The load it is part of.</param>
    /// <param name="repeats">
    /// Whether it sends by the client library, which repeats; otherwise every attempt is bare.
    /// </param>
    public LoadClient(int number, Load load, bool repeats)
    {
        (_number, _load) = (number, load);
        _random = new(load.SeedOf(number));
        _home = load.Patients[number % load.Patients.Count];
        _channels = [.. load.Nodes.Select(node => new NodeChannel(node.Number, node.Address))];
        _repeating = repeats
            ? LegPainClient.Connect(
                [.. load.Nodes.Select(node => node.Address)],
                new() { Deadline = RepeatingDeadline, AttemptTimeout = load.Habits.Deadline })
            : null;
    }

    /// <summary>Writes and reads until told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await DoOneAsync();
            var pause = _load.Habits.PauseMax * _random.NextDouble();
            await Task.Delay(pause, TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>
    /// Repeats every second request whose outcome is not known until it is. The others are left to be found or not.
    /// </summary>
    public async Task ResolveAsync(CancellationToken stop)
    {
        for (var number = 0; _unknown.TryDequeue(out var write); number++)
        {
            while (number % 2 == 0 && !stop.IsCancellationRequested
                && (await AttemptAsync(write, Any())).Outcome == Outcome.Unknown)
            {
                await Task.Delay(RepeatEvery, TimeProvider.System, CancellationToken.None);
            }
        }
    }

    /// <summary>
    /// Reads the newest revision of a patient from a node: 0 when there is none, null when the node does not say.
    /// </summary>
    public async Task<long?> ReadAsync(string patient, int node)
    {
        var operation = await ReadAsync(_channels[node], patient);
        return operation.Outcome == Outcome.Ok ? operation.Revision
            : operation.Reason == "PATIENT_NOT_FOUND" ? 0
            : null;
    }

    /// <summary>Cuts all its connections.</summary>
    public void Cut() => _channels.ForEach(channel => channel.Cut());

    public void Dispose()
    {
        _channels.ForEach(channel => channel.Dispose());
        _repeating?.Dispose();
    }

    private async Task DoOneAsync()
    {
        var patient = Chance(70) ? _home : _load.Patients[_random.Next(_load.Patients.Count)];
        var habits = _load.Habits;
        var choice = _random.Next(100);
        if ((choice -= 12) < 0)
        {
            await ReadAsync(Any(), patient);
        }
        else if ((choice -= 4) < 0)
        {
            await ListAsync(Any(), patient);
        }
        else if (_unknown.Count > 0 && (choice -= 20) < 0)
        {
            // Late, after newer requests, and mostly at another node.
            await WriteAsync(_unknown.Dequeue());
        }
        else if (_acknowledged.Count > 0 && (choice -= habits.Again) < 0)
        {
            await AttemptAsync(Earlier().Write, Any());
        }
        else if (_acknowledged.Count > 0 && (choice -= habits.Reuse) < 0)
        {
            var write = Earlier().Write;
            await AttemptAsync(
                write with { Kind = Kind.Report, Observations = Write.Unique(_load.NextNumber()), Expected = null },
                Any());
        }
        else
        {
            await WriteAsync(NewWrite(patient));
        }
    }

    private Write NewWrite(string patient)
    {
        var write = new Write
        {
            Kind = Kind.Report,
            Patient = patient,
            RequestId = $"c{_number}-{++_requests}",
            Observations = Write.Unique(_load.NextNumber()),
        };
        var choice = _random.Next(100);
        if (choice < 4)
        {
            return write with { Kind = choice < 2 ? Kind.Close : Kind.Start, Observations = [] };
        }

        if (choice < 8 && _acknowledged.FindIndex(one => one.Write.Kind == Kind.Report) is >= 0 and var found)
        {
            var (amended, revision) = _acknowledged[found];
            _acknowledged.RemoveAt(found);
            return write with { Kind = Kind.Amend, Patient = amended.Patient, Amends = revision, Observations = [] };
        }

        return choice < 16 && patient == _home ? write with { Expected = _known } : write;
    }

    /// <summary>Sends a request, perhaps twice at once; when nobody says what became of it, perhaps again.</summary>
    private async Task WriteAsync(Write write)
    {
        if (_repeating is not null)
        {
            Keep(write, await RepeatingAsync(write));
            return;
        }

        if (Chance(_load.Habits.Twice))
        {
            var both = await Task.WhenAll(AttemptAsync(write, Any()), AttemptAsync(write, Any()));
            Keep(write, both.MinBy(one => one.Outcome switch { Outcome.Ok => 0, Outcome.Unknown => 1, _ => 2 })!);
            return;
        }

        for (var attempt = 1; ; attempt++)
        {
            var operation = await AttemptAsync(write, Any());
            if (operation.Outcome != Outcome.Unknown || attempt == AttemptsMax || Chance(50))
            {
                Keep(write, operation);
                return;
            }
        }
    }

    private void Keep(Write write, Operation operation)
    {
        if (operation.Outcome == Outcome.Unknown)
        {
            _unknown.Enqueue(write);
        }
        else if (operation is { Outcome: Outcome.Ok, Revision: { } revision })
        {
            if (_acknowledged.Count == AcknowledgedMax)
            {
                _acknowledged.RemoveAt(0);
            }

            _acknowledged.Add((write, revision));
            _known = write.Patient == _home ? Math.Max(_known, revision) : _known;
        }
    }

    private async Task<Operation> AttemptAsync(Write write, NodeChannel channel)
    {
        var operation = Begin(write) with { Node = channel.Node };
        try
        {
            var sent = write.SendAsync(channel.Triage, Soon());
            if (Chance(_load.Habits.Cut))
            {
                await Task.Delay(
                    TimeSpan.FromMilliseconds(_random.Next(8)), TimeProvider.System, CancellationToken.None);
                channel.Cut();
            }

            return Answered(operation, await sent);
        }
        catch (RpcException exception)
        {
            var age = TimeSpan.FromMicroseconds(_load.Clock.Now - operation.Invoked);
            return Failed(operation with { Cut = channel.SinceCut < age + CutNoticed }, Answers.Of(exception));
        }
    }

    private async Task<Operation> RepeatingAsync(Write write)
    {
        var operation = Begin(write);
        try
        {
            return Answered(operation, await write.SendAsync(_repeating!));
        }
        catch (LegPainException exception)
        {
            return Failed(operation, Answers.Of(exception));
        }
    }

    private async Task<Operation> ReadAsync(NodeChannel channel, string patient)
    {
        var operation = Begin(Kind.Read, patient) with { Node = channel.Node };
        try
        {
            return Answered(
                operation, (await channel.Triage.GetAssessmentAsync(new() { Patient = patient }, Soon())).Assessment);
        }
        catch (RpcException exception)
        {
            return Failed(operation, Answers.Of(exception));
        }
    }

    private async Task ListAsync(NodeChannel channel, string patient)
    {
        var after = patient == _home ? Math.Max(0, _known - _random.Next(50)) : 0;
        var operation = Begin(Kind.List, patient) with { Node = channel.Node, After = after };
        try
        {
            var page = await channel.Triage.ListEventsAsync(
                new() { Patient = patient, AfterRevision = after, PageSize = 1 + _random.Next(100) }, Soon());
            _load.History.Add(operation with
            {
                Returned = _load.Clock.Now,
                Outcome = Outcome.Ok,
                Revision = page.More ? null : page.Events.LastOrDefault()?.Revision ?? after,
                Listed =
                [
                    .. page.Events.Select(one => new ListedEvent(
                        one.Revision, one.RequestId, one.RecordedAt.ToDateTime().Ticks)),
                ],
            });
        }
        catch (RpcException exception)
        {
            Failed(operation, Answers.Of(exception));
        }
    }

    private Operation Begin(Write write) => Begin(write.Kind, write.Patient) with
    {
        RequestId = write.RequestId,
        Content = write.Content,
        Expected = write.Expected,
    };

    private Operation Begin(Kind kind, string patient) => new()
    {
        Client = _number,
        Kind = kind,
        Patient = patient,
        Invoked = _load.Clock.Now,
        Returned = 0,
        Outcome = Outcome.Unknown,
    };

    private Operation Answered(Operation operation, Protocol.Triage.V1.Assessment assessment) => Done(operation with
    {
        Outcome = Outcome.Ok,
        Revision = assessment.Revision,
        RecordedAt = assessment.RecordedAt.ToDateTime().Ticks,
    });

    private Operation Failed(Operation operation, (Outcome Outcome, string Reason) answer) =>
        Done(operation with { Outcome = answer.Outcome, Reason = answer.Reason });

    private Operation Done(Operation operation)
    {
        var done = operation with { Returned = _load.Clock.Now };
        _load.History.Add(done);
        return done;
    }

    private (Write Write, long Revision) Earlier() => _acknowledged[_random.Next(_acknowledged.Count)];

    private NodeChannel Any() => _channels[_random.Next(_channels.Count)];

    private bool Chance(int percent) => _random.Next(100) < percent;

    private CallOptions Soon() => new(deadline: TimeProvider.System.GetUtcNow().UtcDateTime + _load.Habits.Deadline);
}
