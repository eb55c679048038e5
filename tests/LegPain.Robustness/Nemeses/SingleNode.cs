using LegPain.Robustness.Checking;
using LegPain.Robustness.Harness;
using LegPain.Robustness.History;

namespace LegPain.Robustness.Nemeses;

/// <summary>What can happen to one server with SQLite.</summary>
internal static class SingleNode
{
    /// <summary>How much longer a slow flush takes.</summary>
    public static readonly TimeSpan SlowFlush = TimeSpan.FromMilliseconds(200);

    private const int DiskMegabytes = 192;

    private static readonly RigShape Plain = new();
    private static readonly RigShape WithDisk = new(DiskMegabytes: DiskMegabytes);

    /// <summary>Gets all of them.</summary>
    public static IReadOnlyList<Nemesis> All { get; } =
    [
        new("sqlite-calm", "nothing happens: what the load itself shows", Plain, CalmAsync),
        new("sqlite-kill", "kill -9 and a start", Plain, KillAsync) { FullCount = 10, Sign = Sign.Felt },
        new("sqlite-pause", "SIGSTOP for some seconds", Plain, PauseAsync) { Sign = Sign.Felt },
        new("sqlite-power-cut", "nothing unflushed reaches the disk; kill -9, mount, start", WithDisk, PowerCutAsync)
        {
            FullCount = 20, Sign = Sign.Felt,
        },
        new("sqlite-disk-full", "no room on the disk for some seconds", WithDisk, DiskFullAsync)
        {
            FullCount = 4, Sign = Sign.FullDisk,
        },
        new("sqlite-slow-fsync", "every flush takes 200 ms longer, and so must every acknowledgement", Plain,
            SlowFsyncAsync)
        {
            Traces = true, Sign = Sign.SlowFlush, Habits = new() { Deadline = TimeSpan.FromSeconds(15) },
        },
        new("sqlite-fsync-error", "a flush fails with EIO: nothing is acknowledged any more until a restart", Plain,
            FsyncErrorAsync)
        {
            Traces = true, Sign = Sign.FailedFlush, FullCount = 5,
        },
        new("sqlite-clock-jump", "the wall clock jumps by an hour or a day, either way",
            new(MovableClock: true), ClockJumpAsync)
        {
            Sign = Sign.MovedClock,
        },
        new("sqlite-disconnect-storm", "all clients lose all connections at once, again and again", Plain, StormAsync)
        {
            Sign = Sign.Cut, Habits = new() { Cut = 5 },
        },
        new("sqlite-retries", "requests sent twice at once, again, late, and with other content", Plain, CalmAsync)
        {
            Sign = Sign.Repeated, Habits = new() { Twice = 30, Again = 20, Reuse = 12, Cut = 10 },
        },
    ];

    /// <summary>Waits for the time to be over.</summary>
    public static async Task CalmAsync(Trouble trouble)
    {
        while (trouble.GoesOn)
        {
            await trouble.WaitAsync(1, 1);
            trouble.Tick();
        }
    }

    /// <summary>Cuts all clients off, over and over.</summary>
    public static async Task StormAsync(Trouble trouble)
    {
        while (trouble.GoesOn)
        {
            await trouble.WaitAsync(0.1, 1.2);
            trouble.Load.CutAll();
            trouble.Tick();
        }
    }

    /// <summary>Moves the clocks of nodes.</summary>
    public static async Task ClockJumpAsync(Trouble trouble)
    {
        TimeSpan[] jumps =
        [
            TimeSpan.FromHours(1), TimeSpan.FromHours(-1), TimeSpan.FromDays(1), TimeSpan.FromDays(-1), TimeSpan.Zero,
        ];
        while (trouble.GoesOn)
        {
            await trouble.WaitAsync(1, 3);
            var node = trouble.AnyNode();

            // The first goes forward: behind a patient's last record a clock is not seen.
            var jump = trouble.Count == 0 ? jumps[0] : jumps[trouble.Random.Next(jumps.Length)];
            trouble.Rig.MoveClock(node, jump);
            trouble.Note(new($"clock of node {node.Number} at {jump.TotalHours:+0;-0;0} h", trouble.Now, trouble.Now));
        }
    }

    private static async Task KillAsync(Trouble trouble)
    {
        while (trouble.GoesOn)
        {
            await trouble.WaitAsync(1, 4);
            var node = trouble.AnyNode();
            await trouble.HurtAsync("kill -9", 0, 0.5, node.KillAsync, node.StartAsync);
        }

        await trouble.WaitAsync(2, 2);
    }

    private static async Task PauseAsync(Trouble trouble)
    {
        while (trouble.GoesOn)
        {
            await trouble.WaitAsync(2, 4);
            var node = trouble.AnyNode();
            await trouble.HurtUntilHealedAsync("SIGSTOP", 2, 10, node.PauseAsync, node.ResumeAsync);
        }

        await trouble.WaitAsync(2, 2);
    }

    private static async Task PowerCutAsync(Trouble trouble)
    {
        var (node, disk) = (trouble.Rig.Nodes[0], trouble.Rig.Disk!);
        while (trouble.GoesOn)
        {
            await trouble.WaitAsync(1, 4);
            await trouble.HurtAsync("power cut", 0, 0, CutAsync, HealAsync);
        }

        await trouble.WaitAsync(2, 2);

        async Task CutAsync()
        {
            disk.CutPower();
            await node.KillAsync();
        }

        async Task HealAsync()
        {
            await disk.RestoreAsync();
            await node.StartAsync();
        }
    }

    private static async Task DiskFullAsync(Trouble trouble)
    {
        var disk = trouble.Rig.Disk!;
        while (trouble.GoesOn)
        {
            await trouble.WaitAsync(2, 4);
            await trouble.HurtUntilHealedAsync(
                "disk full", 4, 8, () => Task.Run(() => disk.Fill(trouble.Random.Next(64))),
                () => Task.Run(disk.Free));
        }

        await trouble.WaitAsync(3, 3);
    }

    private static async Task SlowFsyncAsync(Trouble trouble)
    {
        while (trouble.GoesOn)
        {
            await trouble.WaitAsync(1, 2);
            await using (await Tracer.SlowAsync(trouble.Rig.Folder, [trouble.AnyNode().ProcessId], SlowFlush))
            {
                await trouble.SlowAsync();
            }
        }
    }

    private static async Task FsyncErrorAsync(Trouble trouble)
    {
        while (trouble.GoesOn)
        {
            await trouble.WaitAsync(1, 3);
            var node = trouble.AnyNode();
            var which = trouble.Random.Next(1, 20) + (trouble.Random.Next(2) == 0 ? "+" : string.Empty);
            var at = trouble.Now;
            var tracer = await Tracer.FailAsync(trouble.Rig.Folder, [node.ProcessId], which);
            await using (tracer)
            {
                await trouble.WaitAsync(4, 6);
                await node.KillAsync();
            }

            trouble.Note(new Fault(
                $"fsync {which} failed", at, trouble.Now, trouble.Now, FailsForGood: true, Bit: tracer.Failed > 0));
            await node.StartAsync();
        }

        await trouble.WaitAsync(2, 2);
    }
}
