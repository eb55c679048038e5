using CsCheck;
using LegPain.Server.Admission;
using Xunit;

namespace LegPain.Server.Tests.Admission;

/// <summary>The laws of the places: never more than there are, the classes in order, each given back once.</summary>
public sealed class AdmissionGateTests
{
    private static readonly Gen<int> CallsMax = Gen.Int[4, 64];
    private static readonly Gen<CallClass> Classes = Gen.Enum<CallClass>();

    [Fact]
    public void Limits_AreInTheOrderOfTheClassesAndNoneIsNothing() => Gen.Int[4, 100_000].Sample(max =>
    {
        var gate = new AdmissionGate(max);

        Assert.InRange(gate.LimitOf(CallClass.Rest), 1, gate.LimitOf(CallClass.Write) - 1);
        Assert.InRange(gate.LimitOf(CallClass.Write), 1, gate.LimitOf(CallClass.Urgent) - 1);
        Assert.Equal(max, gate.LimitOf(CallClass.Urgent));
    });

    /// <summary>A step enters as a class, or gives back a place that was taken, perhaps for the second time.</summary>
    [Fact]
    public void Places_OverAnyHistory_AreThoseOfTheModel() =>
        Gen.Select(CallsMax, Gen.Select(Gen.Bool, Classes, Gen.Int[0, 1000]).Array[0, 300]).Sample((max, steps) =>
        {
            var gate = new AdmissionGate(max);
            var taken = new List<IDisposable>();
            var held = new HashSet<IDisposable>();
            foreach (var (enters, callClass, chosen) in steps)
            {
                if (enters)
                {
                    var place = gate.TryEnter(callClass);
                    Assert.Equal(held.Count < gate.LimitOf(callClass), place is not null);
                    if (place is not null)
                    {
                        taken.Add(place);
                        held.Add(place);
                    }
                }
                else if (taken.Count > 0)
                {
                    var place = taken[chosen % taken.Count];
                    place.Dispose();
                    held.Remove(place);
                }

                Assert.Equal(held.Count, gate.InFlight);
            }
        });

    [Fact]
    public void Place_AdmittedToAClass_IsAdmittedToEveryLaterOne() =>
        Gen.Select(CallsMax, Classes, Gen.Int[0, 64]).Sample((max, callClass, taken) =>
        {
            var gate = new AdmissionGate(max);
            for (var i = 0; i < taken; i++)
            {
                gate.TryEnter(CallClass.Urgent);
            }

            if (gate.TryEnter(callClass) is { } place)
            {
                place.Dispose();
                Assert.All(
                    Enum.GetValues<CallClass>().Where(later => later > callClass),
                    later => Assert.NotNull(gate.TryEnter(later)));
            }
        });

    [Fact]
    public async Task Places_TakenByManyAtOnce_AreNeverMoreThanThereAre()
    {
        const int Max = 16;
        var gate = new AdmissionGate(Max);
        var (inside, most) = (0, 0);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            var held = new Queue<IDisposable>();
            for (var i = 0; i < 20_000; i++)
            {
                if (gate.TryEnter(CallClass.Urgent) is { } place)
                {
                    held.Enqueue(place);
                    InterlockedMax(ref most, Interlocked.Increment(ref inside));
                }
                else if (held.TryDequeue(out var oldest))
                {
                    Interlocked.Decrement(ref inside);
                    oldest.Dispose();
                }
            }

            while (held.TryDequeue(out var place))
            {
                Interlocked.Decrement(ref inside);
                place.Dispose();
            }
        })));

        Assert.Equal(Max, most);
        Assert.Equal(0, gate.InFlight);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        for (var seen = Volatile.Read(ref most); seen < value;)
        {
            seen = Interlocked.CompareExchange(ref most, value, seen) is var found && found == seen ? value : found;
        }
    }
}
