using Grpc.Core;
using LegPain.Protocol.Triage.V1;
using LegPain.Robustness.History;

namespace LegPain.Robustness.Workload;

/// <summary>
/// One watch of one patient that breaks its connection over and over, in several ways, and goes on at any node from the
/// last revision it was shown.
/// </summary>
internal sealed class Watcher : IDisposable
{
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(20);

    private readonly int _number;
    private readonly Load _load;
    private readonly Random _random;
    private readonly List<NodeChannel> _channels;
    private int _connection;
    private long _last;
    private volatile bool _isCalm;

    /// <summary>Makes a watch.</summary>
    public Watcher(int number, Load load)
    {
        (_number, _load) = (number, load);
        _random = new(load.SeedOf(100_000 + number));
        Patient = load.Patients[number % load.Patients.Count];
        _channels = [.. load.Nodes.Select(node => new NodeChannel(node.Number, node.Address))];
    }

    /// <summary>Gets whom it watches.</summary>
    public string Patient { get; }

    /// <summary>Gets the last revision it was shown.</summary>
    public long Last => Volatile.Read(ref _last);

    /// <summary>Watches until told to stop.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var channel = _channels[_random.Next(_channels.Count)];
            using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
            if (!await WatchAsync(channel, end))
            {
                await Task.Delay(
                    TimeSpan.FromMilliseconds(20 + _random.Next(100)), TimeProvider.System, CancellationToken.None);
            }
        }
    }

    /// <summary>From now on it breaks nothing by itself.</summary>
    public void CalmDown() => _isCalm = true;

    /// <summary>Cuts all its connections.</summary>
    public void Cut() => _channels.ForEach(channel => channel.Cut());

    public void Dispose() => _channels.ForEach(channel => channel.Dispose());

    /// <summary>Watches over one connection; returns whether it was broken from this side.</summary>
    private async Task<bool> WatchAsync(NodeChannel channel, CancellationTokenSource end)
    {
        _connection++;
        Add(Sight.Opened, _last);
        var (messages, time) = (1 + _random.Next(12), TimeSpan.FromMilliseconds(_random.Next(20, 400)));
        end.CancelAfter(_isCalm ? SilenceMax : time);
        try
        {
            using var call = channel.Triage.WatchAssessment(
                new() { Patient = Patient, AfterRevision = _last }, cancellationToken: end.Token);
            while (await call.ResponseStream.MoveNext(end.Token))
            {
                Show(call.ResponseStream.Current);
                if (_isCalm)
                {
                    end.CancelAfter(SilenceMax);
                }
                else if (--messages == 0)
                {
                    Break(channel, end);
                }
            }
        }
        catch (RpcException exception)
        {
            // However it ended, the next connection goes on.
            if (Answers.Of(exception).Reason == "REVISION_NOT_FOUND")
            {
                Add(Sight.Refused, _last);
            }
        }
        catch (OperationCanceledException)
        {
            // Broken from this side.
        }

        return end.IsCancellationRequested || messages <= 0;
    }

    private void Break(NodeChannel channel, CancellationTokenSource end)
    {
        if (_random.Next(2) == 0)
        {
            channel.Cut();
        }
        else
        {
            end.Cancel();
        }
    }

    private void Show(WatchAssessmentResponse message)
    {
        if (message.Assessment is { } assessment)
        {
            Add(Sight.Assessment, assessment.Revision, assessment.RecordedAt.ToDateTime().Ticks);
            Volatile.Write(ref _last, Math.Max(_last, assessment.Revision));
        }
        else
        {
            Add(Sight.Progress, message.Progress.Revision);
        }
    }

    private void Add(Sight sight, long revision, long recordedAt = 0) =>
        _load.History.Add(new WatchLine(_number, _connection, _load.Clock.Now, Patient, sight, revision, recordedAt));
}
