using System.Globalization;
using Microsoft.Extensions.Time.Testing;

namespace LegPain.Server.Tests.Simulation;

/// <summary>
/// Runs everything of a simulated cluster on one thread. What is ready runs in an order drawn from the seed, and time
/// passes when the schedule says so: the same seed gives the same history, to the last step.
/// </summary>
internal sealed class Schedule(int seed)
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan IdleStep = TimeSpan.FromMilliseconds(50);

    private readonly SortedList<int, Lane> _ready = [];
    private readonly List<string>? _trace = Environment.GetEnvironmentVariable("LEGPAIN_SEED") is null ? null : [];
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private int _lanes;
    private Exception? _fault;

    /// <summary>Gets the one source of chance.</summary>
    public Random Random { get; } = new(seed);

    public FakeTimeProvider Clock { get; } = new(Start);

    /// <summary>Gets how many steps have run: the time that the checks go by.</summary>
    public int Step { get; private set; }

    /// <summary>Gets what was noted, when one seed is replayed.</summary>
    public IReadOnlyList<string> Trace => _trace ?? [];

    /// <summary>Gets or sets what happens before each step.</summary>
    public Action? BeforeStep { get; set; }

    public bool Chance(int oneIn) => Random.Next(oneIn) == 0;

    public T Pick<T>(IReadOnlyList<T> among) => among[Random.Next(among.Count)];

    public void Note(string what) =>
        _trace?.Add(string.Create(CultureInfo.InvariantCulture, $"{Step,5} {Clock.GetUtcNow() - Start:c} {what}"));

    /// <summary>Opens a lane: its work runs in order, that of different lanes in any order.</summary>
    public Lane Open(SimulatedProcess? process) => new(this, ++_lanes, process);

    /// <summary>Starts something in a lane of its own. It must not fail; it ends silently with its process.</summary>
    public void Begin(SimulatedProcess? process, Func<Task> work) => BeginIn(Open(process), work);

    public void BeginIn(Lane lane, Func<Task> work) => lane.Post(_ => _ = GuardAsync(work), null);

    /// <summary>Runs until something is so.</summary>
    /// <returns>False when it is not so after that time.</returns>
    public bool Run(Func<bool> isDone, TimeSpan atMost)
    {
        var until = Clock.GetUtcNow() + atMost;
        while (!isDone())
        {
            if (Clock.GetUtcNow() > until)
            {
                return false;
            }

            Step++;
            BeforeStep?.Invoke();
            if (_ready.Count == 0)
            {
                Clock.Advance(IdleStep);
                continue;
            }

            if (Chance(100))
            {
                Clock.Advance(TimeSpan.FromMilliseconds(Random.Next(3000)));
            }

            _ready.Values[Random.Next(_ready.Count)].RunNext();
            if (_fault is { } fault)
            {
                throw new InvalidOperationException("Something of the simulation failed.", fault);
            }
        }

        return true;
    }

    private async Task GuardAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception exception)
        {
            _fault = exception;
        }
    }

    /// <summary>One line of work, as a synchronization context: every await in it comes back to it.</summary>
    internal sealed class Lane(Schedule schedule, int id, SimulatedProcess? process) : SynchronizationContext
    {
        private readonly Queue<(SendOrPostCallback Callback, object? State)> _work = [];

        public override void Post(SendOrPostCallback d, object? state)
        {
            if (Environment.CurrentManagedThreadId != schedule._thread)
            {
                schedule._fault = new InvalidOperationException("Something came from another thread.");
                return;
            }

            if (process is { IsDead: true })
            {
                return;
            }

            _work.Enqueue((d, state));
            schedule._ready.TryAdd(id, this);
        }

        public override SynchronizationContext CreateCopy() => this;

        public void RunNext()
        {
            if (process is { IsDead: true })
            {
                _work.Clear();
                schedule._ready.Remove(id);
                return;
            }

            var (callback, state) = _work.Dequeue();
            if (_work.Count == 0)
            {
                schedule._ready.Remove(id);
            }

            var before = Current;
            SetSynchronizationContext(this);
            callback(state);
            SetSynchronizationContext(before);
        }
    }
}

/// <summary>One run of a node. Once it is dead nothing of it runs any more, and who waits for it is told.</summary>
internal sealed class SimulatedProcess
{
    private readonly List<Action> _whenDead = [];

    public bool IsDead { get; private set; }

    /// <summary>Calls back when the process dies, or at once when it has.</summary>
    public void OnDeath(Action callback)
    {
        if (IsDead)
        {
            callback();
        }
        else
        {
            _whenDead.Add(callback);
        }
    }

    public void Kill()
    {
        IsDead = true;
        foreach (var callback in _whenDead)
        {
            callback();
        }
    }
}
