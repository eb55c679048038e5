using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using LegPain.Protocol.Knowledge.V1;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Client;

/// <summary>Whether calls go to a server. A higher one is preferred.</summary>
internal enum EndpointState
{
    /// <summary>It has failed, and has not said since that it is healthy.</summary>
    LeftOut,

    /// <summary>A call to it failed through it or through its patient: it is being asked which.</summary>
    InDoubt,

    /// <summary>Nothing is known against it.</summary>
    InUse,
}

/// <summary>One server: its services, and whether calls go to it.</summary>
internal sealed class Endpoint : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly bool _ownsChannel;
    private readonly Health.HealthClient _health;
    private int _state = (int)EndpointState.InUse;
    private int _failuresInARow;

    public Endpoint(GrpcChannel channel, bool ownsChannel)
    {
        _channel = channel;
        _ownsChannel = ownsChannel;
        _health = new(channel);
        Triage = new(channel);
        Knowledge = new(channel);
    }

    public TriageService.TriageServiceClient Triage { get; }

    public KnowledgeService.KnowledgeServiceClient Knowledge { get; }

    /// <summary>Gets the host and port.</summary>
    public string Name => _channel.Target;

    public EndpointState State => (EndpointState)Volatile.Read(ref _state);

    /// <summary>Gets how often calls and questions of health have failed since the last call that did not.</summary>
    public int FailuresInARow => Volatile.Read(ref _failuresInARow);

    /// <summary>Returns whether this call is what puts the server in doubt; false when it was not in use.</summary>
    public bool TryDoubt() => TryChange(EndpointState.InUse, EndpointState.InDoubt);

    /// <summary>Returns whether the server is in use again; false when it was left out meanwhile.</summary>
    public bool TryTrust() => TryChange(EndpointState.InDoubt, EndpointState.InUse);

    /// <summary>Leaves the server out after a failure, and returns what it was before.</summary>
    public EndpointState Fail()
    {
        var before = LeaveOut();
        if (before != EndpointState.LeftOut)
        {
            Interlocked.Increment(ref _failuresInARow);
        }

        return before;
    }

    /// <summary>Leaves the server out, and returns what it was before.</summary>
    public EndpointState LeaveOut() => (EndpointState)Interlocked.Exchange(ref _state, (int)EndpointState.LeftOut);

    public void TakeBack() => Volatile.Write(ref _state, (int)EndpointState.InUse);

    /// <summary>Hears that a call was answered.</summary>
    public void Answered()
    {
        if (FailuresInARow > 0 && State == EndpointState.InUse)
        {
            Volatile.Write(ref _failuresInARow, 0);
        }
    }

    /// <summary>Asks for the health of the server; counts it as a failure when there is no good answer.</summary>
    public async Task<bool> AnswersAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(atMost);
        try
        {
            var health = await _health.CheckAsync(new(), new CallOptions(cancellationToken: late.Token));
            if (health.Status == HealthCheckResponse.Types.ServingStatus.Serving)
            {
                return true;
            }
        }
        catch (RpcException exception) when (exception.StatusCode == StatusCode.Unimplemented)
        {
            // It answers, and has no health to tell.
            return true;
        }
        catch (RpcException)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        Interlocked.Increment(ref _failuresInARow);
        return false;
    }

    public void Dispose()
    {
        if (_ownsChannel)
        {
            _channel.Dispose();
        }
    }

    private bool TryChange(EndpointState from, EndpointState to) =>
        Interlocked.CompareExchange(ref _state, (int)to, (int)from) == (int)from;
}
