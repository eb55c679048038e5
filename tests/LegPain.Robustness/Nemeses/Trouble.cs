using System.Diagnostics;
using LegPain.Robustness.Harness;
using LegPain.Robustness.History;
using LegPain.Robustness.Workload;

namespace LegPain.Robustness.Nemeses;

/// <summary>What a nemesis has in its hands while a run lasts. Everything it chooses comes from the seed.</summary>
/// <param name="rig">The servers.</param>
/// <param name="load">The clients.</param>
/// <param name="seed">The seed of every choice.</param>
/// <param name="length">How long the faults go on.</param>
/// <param name="atLeast">How many faults there are at least.</param>
/// <param name="recoveryMax">How long it may take to recover from one.</param>
internal sealed class Trouble(
    Rig rig, Load load, int seed, TimeSpan length, int atLeast, TimeSpan recoveryMax)
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

    /// <summary>Does harm, lets it last and heals it; recovery is counted from when the harm was done.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="secondsMin">The least time it lasts.</param>
    /// <param name="secondsMax">The longest.</param>
    /// <param name="harm">Does it.</param>
    /// <param name="heal">Undoes it.</param>
    /// <param name="node">The node that is harmed while others serve its patients; null when nobody can.</param>
    public async Task HurtAsync(
        string name, double secondsMin, double secondsMax, Func<Task> harm, Func<Task> heal, ServerNode? node = null)
    {
        var at = Now;
        await harm();
        var done = Now;
        await WaitAsync(secondsMin, secondsMax);
        var healing = Now;
        await heal();
        Note(new(
            name, at, Now, RecoveryFrom: done, Node: node?.Number, HealingFrom: node is null ? null : healing,
            RecoveryMax: (long)recoveryMax.TotalMicroseconds));
    }

    /// <summary>Does harm, lets it last and heals it; recovery is counted from when it was healed.</summary>
    /// <param name="name">What it is called.</param>
    /// <param name="secondsMin">The least time it lasts.</param>
    /// <param name="secondsMax">The longest.</param>
    /// <param name="harm">Does it.</param>
    /// <param name="heal">Undoes it.</param>
    /// <param name="bit">Whether it is seen to have taken effect, asked before it is healed.</param>
    public async Task HurtUntilHealedAsync(
        string name, double secondsMin, double secondsMax, Func<Task> harm, Func<Task> heal, Func<bool>? bit = null)
    {
        var at = Now;
        await harm();
        await WaitAsync(secondsMin, secondsMax);
        var hasBit = bit?.Invoke() ?? false;
        await heal();
        var healed = Now;
        Note(new(
            name, at, healed, RecoveryFrom: healed, RecoveryMax: (long)recoveryMax.TotalMicroseconds, Bit: hasBit));
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

    /// <summary>Counts a fault and writes it down.</summary>
    public void Note(Fault fault)
    {
        Count++;
        Remark(fault);
    }

    /// <summary>Writes down what came of a fault, which is none by itself.</summary>
    public void Remark(Fault fault)
    {
        load.History.Add(fault);
        Console.WriteLine($"  {fault.At / 1e6,7:0.00} s {fault.Name}, {(fault.Healed - fault.At) / 1e6:0.00} s");
    }
}
