namespace LegPain.Server.Admission;

/// <summary>Bounds the calls of this process that are being worked on, and keeps places for what goes last.</summary>
/// <remarks>
/// Nothing waits here: a call gets a place or is told no. Safe for concurrent use; never more places are taken than
/// there are.
/// </remarks>
/// <param name="callsMax">How many places there are; 4 or more, so that every class has one.</param>
internal sealed class AdmissionGate(int callsMax)
{
    private int _inFlight;

    /// <summary>Gets how many places are taken.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Returns how many places a class may fill together with all others.</summary>
    public int LimitOf(CallClass callClass) => callClass switch
    {
        CallClass.Rest => callsMax / 2,
        CallClass.Write => 3 * callsMax / 4,
        _ => callsMax,
    };

    /// <summary>Takes a place; dispose it to give it back.</summary>
    /// <returns>Null when the class has none left.</returns>
    public IDisposable? TryEnter(CallClass callClass)
    {
        var limit = LimitOf(callClass);
        for (var taken = InFlight; taken < limit;)
        {
            var found = Interlocked.CompareExchange(ref _inFlight, taken + 1, taken);
            if (found == taken)
            {
                AdmissionTelemetry.CountInFlight(1);
                return new Place(this);
            }

            taken = found;
        }

        return null;
    }

    private void Leave()
    {
        Interlocked.Decrement(ref _inFlight);
        AdmissionTelemetry.CountInFlight(-1);
    }

    private sealed class Place(AdmissionGate owner) : IDisposable
    {
        private int _isGivenBack;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isGivenBack, 1) == 0)
            {
                owner.Leave();
            }
        }
    }
}
