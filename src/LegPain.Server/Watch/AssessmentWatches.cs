using System.Threading.Channels;
using LegPain.Grains;
using LegPain.Server.Telemetry;

namespace LegPain.Server.Watch;

/// <summary>
/// Hears from patients that they have changed, and wakes the watches of this process that wait for them. One observer
/// for all watches; a signal carries no data and may be lost.
/// </summary>
internal sealed class AssessmentWatches : IPatientObserver
{
    private readonly Dictionary<string, HashSet<Watch>> _byPatient = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly Lazy<IPatientObserver> _reference;
    private readonly OpenStreams _streams;
    private uint _opened;

    public AssessmentWatches(IGrainFactory grains, OpenStreams streams)
    {
        // Orleans holds the observer weakly: this object lives as long as the process, so the reference does too.
        _reference = new(() => grains.CreateObjectReference<IPatientObserver>(this));
        _streams = streams;
    }

    /// <summary>Gets what patients are told to signal to.</summary>
    public IPatientObserver Reference => _reference.Value;

    /// <summary>Opens a watch; dispose it to close it.</summary>
    /// <exception cref="Grpc.Core.RpcException">There are all the watches there may be.</exception>
    public Watch Open(string patientKey)
    {
        var watch = new Watch(this, patientKey, NextSpread(), _streams.Enter(StreamKind.Watch));
        lock (_lock)
        {
            if (!_byPatient.TryGetValue(patientKey, out var watches))
            {
                _byPatient.Add(patientKey, watches = []);
            }

            watches.Add(watch);
        }

        return watch;
    }

    /// <inheritdoc/>
    public void Changed(string patientKey, long revision)
    {
        lock (_lock)
        {
            foreach (var watch in Of(patientKey))
            {
                watch.Signal();
            }
        }
    }

    /// <summary>Makes the watches of a patient renew their lease now.</summary>
    public void Renew(string patientKey)
    {
        lock (_lock)
        {
            foreach (var watch in Of(patientKey))
            {
                watch.Renew();
            }
        }
    }

    /// <summary>
    /// Makes every watch renew its lease now: patients may have moved, and know nothing of those who listened.
    /// </summary>
    public void RenewAll()
    {
        lock (_lock)
        {
            foreach (var watch in _byPatient.Values.SelectMany(watches => watches))
            {
                watch.Renew();
            }
        }
    }

    private IReadOnlyCollection<Watch> Of(string patientKey) =>
        _byPatient.TryGetValue(patientKey, out var watches) ? watches : [];

    /// <summary>Returns values from a half to one that lie evenly, however many watches there are.</summary>
    private double NextSpread() => 0.5 + ((Interlocked.Increment(ref _opened) * 0.618_033_988_749_895) % 1 / 2);

    private bool Close(Watch watch)
    {
        watch.Place.Dispose();
        lock (_lock)
        {
            return _byPatient.TryGetValue(watch.PatientKey, out var watches)
                && watches.Remove(watch) && watches.Count == 0 && _byPatient.Remove(watch.PatientKey);
        }
    }

    /// <summary>One open watch. A slow reader holds up only its own: signals are merged into one.</summary>
    internal sealed class Watch(
        AssessmentWatches owner, string patientKey, double spread, IDisposable place) : IDisposable
    {
        private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        private bool _mustRenew;

        public string PatientKey { get; } = patientKey;

        public IDisposable Place { get; } = place;

        /// <summary>Gets what its waits are multiplied by, 0.5 to 1, so that not all ask at once.</summary>
        public double Spread { get; } = spread;

        /// <summary>Gets whether no other watch of this process waits for the patient; valid once disposed.</summary>
        public bool WasLast { get; private set; }

        public void Signal() => _signal.Writer.TryWrite(true);

        /// <summary>Says that the lease may be lost.</summary>
        public void Renew()
        {
            Volatile.Write(ref _mustRenew, true);
            Signal();
        }

        /// <summary>Returns whether the lease must be renewed now; asked again, it need not.</summary>
        public bool TakeRenewal() => Interlocked.Exchange(ref _mustRenew, false);

        /// <summary>Waits for a signal; returns false when the time is over first.</summary>
        public async ValueTask<bool> WaitAsync(TimeSpan atMost, TimeProvider clock, CancellationToken cancellationToken)
        {
            // Canceled, not abandoned: a read left waiting would take the next signal and tell nobody.
            using var over = new CancellationTokenSource(atMost, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
            try
            {
                await _signal.Reader.ReadAsync(either.Token);
                return true;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }

        public void Dispose() => WasLast = owner.Close(this);
    }
}
