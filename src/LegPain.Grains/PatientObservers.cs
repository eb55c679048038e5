namespace LegPain.Grains;

/// <summary>Who is told when a patient changes, each for as long as its lease lasts.</summary>
internal sealed class PatientObservers(TimeProvider clock)
{
    private Dictionary<IPatientObserver, DateTimeOffset>? _until;

    /// <summary>Adds an observer, or renews its lease.</summary>
    public void Add(IPatientObserver observer) => (_until ??= [])[observer] = clock.GetUtcNow() + WatchLease.Duration;

    public void Remove(IPatientObserver observer) => _until?.Remove(observer);

    /// <summary>Tells those whose lease lasts, one way, and forgets the others.</summary>
    public void Signal(string patient, long revision)
    {
        if (_until is null)
        {
            return;
        }

        var now = clock.GetUtcNow();
        foreach (var (observer, until) in _until)
        {
            if (until > now)
            {
                observer.Changed(patient, revision);
            }
        }

        foreach (var observer in _until.Where(pair => pair.Value <= now).Select(pair => pair.Key).ToList())
        {
            _until.Remove(observer);
        }
    }
}
