using System.Diagnostics;
using LegPain.Robustness.Harness;
using LegPain.Robustness.History;
using LegPain.Robustness.Workload;

namespace LegPain.Robustness.Nemeses;

/// <summary>What a nemesis has in its hands while a run lasts. Everything it chooses comes from the seed.</summary>
internal sealed class Trouble(Rig rig, Load load, int seed, TimeSpan length, int atLeast)
{
    private const double SlowSeconds = 8;

    private readonly long _started = Stopwatch.GetTimestamp();

    /// <summary>Gets the servers.</summary>
    public Rig Rig => rig;

    /// <summary>Gets the clients.</summary>
    public Load Load => load;

    /// <summary>Gets what choices are made with.</summary>
    public Random Random { get; } = new(seed);

    /// <summary>Gets how many faults there were.</summary>
    public int Count { get; private set; }

    /// <summary>Gets the time of the run.</summary>
    public long Now => load.Clock.Now;

    /// <summary>Gets how long the faults go on.</summary>
    public TimeSpan Length => length;

    /// <summary>Gets whether there is time for another fault, or there were too few.</summary>
    public bool GoesOn => Stopwatch.GetElapsedTime(_started) < length || Count < atLeast;

    /// <summary>Waits for a while between two times.</summary>
    public Task WaitAsync(double secondsMin, double secondsMax) => Task.Delay(
        TimeSpan.FromSeconds(secondsMin + ((secondsMax - secondsMin) * Random.NextDouble())),
        TimeProvider.System, CancellationToken.None);

    /// <summary>Returns one of the nodes.</summary>
    public ServerNode AnyNode() => rig.Nodes[Random.Next(rig.Nodes.Count)];

    /// <summary>Does harm, lets it last and heals it; recovery is counted from when it began.</summary>
    public async Task HurtAsync(string name, double secondsMin, double secondsMax, Func<Task> harm, Func<Task> heal)
    {
        var at = Now;
        await harm();
        await WaitAsync(secondsMin, secondsMax);
        await heal();
        Note(new(name, at, Now, RecoveryFrom: at));
    }

    /// <summary>Does harm, lets it last and heals it; recovery is counted from when it was healed.</summary>
    public async Task HurtUntilHealedAsync(
        string name, double secondsMin, double secondsMax, Func<Task> harm, Func<Task> heal)
    {
        var at = Now;
        await harm();
        await WaitAsync(secondsMin, secondsMax);
        await heal();
        Note(new(name, at, Now, RecoveryFrom: Now));
    }

    /// <summary>Lets slow flushes last: meanwhile no acknowledgement may be faster than one.</summary>
    public async Task SlowAsync()
    {
        var at = Now;
        var seconds = Math.Min(SlowSeconds, length.TotalSeconds);
        await WaitAsync(seconds, seconds);
        Note(new("slow fsync", at, Now, AckMin: (long)SingleNode.SlowFlush.TotalMicroseconds));
    }

    /// <summary>Counts a fault that is not worth a line.</summary>
    public void Tick() => Count++;

    /// <summary>Writes a fault down.</summary>
    public void Note(Fault fault)
    {
        Count++;
        load.History.Add(fault);
        Console.WriteLine($"  {fault.At / 1e6,7:0.00} s {fault.Name}, {(fault.Healed - fault.At) / 1e6:0.00} s");
    }
}
