using Grpc.Core;
using Grpc.Health.V1;
using Grpc.Net.Client;
using LegPain.Protocol.Knowledge.V1;
using LegPain.Protocol.Triage.V1;

namespace LegPain.Client;

/// <summary>One server: its services, and whether calls go to it.</summary>
internal sealed class Endpoint : IDisposable
{
    private readonly GrpcChannel _channel;
    private readonly bool _ownsChannel;
    private readonly Health.HealthClient _health;
    private int _isLeftOut;
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

    public bool IsInUse => Volatile.Read(ref _isLeftOut) == 0;

    /// <summary>Gets how often calls and questions of health have failed since the last call that did not.</summary>
    public int FailuresInARow => Volatile.Read(ref _failuresInARow);

    /// <summary>Returns whether this call is what leaves the server out; false when it is left out already.</summary>
    public bool TryLeaveOut()
    {
        if (Interlocked.Exchange(ref _isLeftOut, 1) == 1)
        {
            return false;
        }

        Interlocked.Increment(ref _failuresInARow);
        return true;
    }

    public void TakeBack() => Volatile.Write(ref _isLeftOut, 0);

    /// <summary>Hears that a call was answered.</summary>
    public void Answered()
    {
        if (FailuresInARow > 0 && IsInUse)
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
}
