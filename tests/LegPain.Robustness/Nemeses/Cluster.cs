using LegPain.Robustness.Checking;
using LegPain.Robustness.Harness;
using LegPain.Robustness.Workload;

namespace LegPain.Robustness.Nemeses;

/// <summary>What can happen to several servers with PostgreSQL.</summary>
internal static class Cluster
{
    private const int Nodes = 3;

    /// <summary>Longer than it takes to declare a silent node dead, so that recovery is seen.</summary>
    private const double SilenceSeconds = 35;

    private const double PauseSeconds = 60;

    private const double DeadSeconds = 15;

    private static readonly TimeSpan ServesMax = TimeSpan.FromSeconds(30);

    /// <summary>A node that was declared dead reads so in the table within ten seconds, and ends.</summary>
    private static readonly TimeSpan LearnsMax = TimeSpan.FromSeconds(12);

    private static readonly TimeSpan KilledMax = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SilentMax = TimeSpan.FromSeconds(30);

    /// <summary>Within what a node that is asked to stop must be gone.</summary>
    private static readonly TimeSpan GoneMax = TimeSpan.FromSeconds(10);

    private static readonly RigShape Plain = new(Nodes, Postgres: true);
    private static readonly RigShape InNetworks = new(Nodes, Postgres: true, Namespaces: true);
    private static readonly RigShape WithDisk = new(Nodes, Postgres: true, DiskMegabytes: 512);

    private static readonly Habits Slower = new() { PauseMax = TimeSpan.FromMilliseconds(200) };

    /// <summary>Gets all of them.</summary>
    public static IReadOnlyList<Nemesis> All { get; } =
    [
        Of("calm", "nothing happens: what the load itself shows", Plain, SingleNode.CalmAsync),
        Of("kill", "kill -9 of a node, which stays dead for a while", Plain, KillAsync) with
        {
            FullLength = TimeSpan.FromMinutes(3), FullCount = 5, RecoveryMax = KilledMax, Sign = Sign.Felt,
        },
        Of("rolling-restart", "SIGTERM to one node after the other, each started again", Plain, RollingRestartAsync)
            with
        {
            Sign = Sign.Felt,
        },
        Of("pause", "SIGSTOP of a node for a minute, and on after the others declared it dead", Plain, PauseAsync) with
        {
            FullLength = TimeSpan.FromMinutes(4), FullCount = 3, RecoveryMax = SilentMax, Sign = Sign.Felt,
        },
        Of("partition", "a node is cut off from the other nodes and from PostgreSQL", InNetworks,
            trouble => PartitionAsync(trouble, withPostgres: true)) with
        {
            FullLength = TimeSpan.FromMinutes(3), FullCount = 3, RecoveryMax = SilentMax, Sign = Sign.Felt,
        },
        Of("partition-peers", "a node is cut off from the other nodes, and all still reach PostgreSQL", InNetworks,
            trouble => PartitionAsync(trouble, withPostgres: false)) with
        {
            FullLength = TimeSpan.FromMinutes(3), FullCount = 3, RecoveryMax = SilentMax, Sign = Sign.Felt,
        },
        Of("partition-one-way", "a node's messages to the others are lost, or theirs to it", InNetworks,
            OneWayAsync) with
        {
            FullLength = TimeSpan.FromMinutes(3), FullCount = 3, RecoveryMax = SilentMax, Sign = Sign.Felt,
        },
        Of("without-postgres", "a node is cut off from PostgreSQL only", InNetworks, WithoutPostgresAsync) with
        {
            FullLength = TimeSpan.FromMinutes(4), FullCount = 3, RecoveryMax = SilentMax, Sign = Sign.Felt,
        },
        Of("postgres-kill", "every process of PostgreSQL is killed, and it is started again", Plain,
            trouble => PostgresAsync(trouble, "PostgreSQL killed", trouble.Rig.Postgres!.KillAsync)) with
        {
            FullCount = 5, Sign = Sign.Felt,
        },
        Of("postgres-immediate", "PostgreSQL is stopped without a checkpoint, and started again", Plain,
            trouble => PostgresAsync(
                trouble, "PostgreSQL stopped", () => trouble.Rig.Postgres!.StopAsync(atOnce: true))) with
        {
            FullCount = 5, Sign = Sign.Felt,
        },
        Of("postgres-disk-full", "no room on PostgreSQL's disk for some seconds", WithDisk, DiskFullAsync) with
        {
            FullCount = 3, Sign = Sign.FullDisk,
        },
        Of("postgres-power-cut", "nothing unflushed reaches PostgreSQL's disk; kill, mount, start", WithDisk,
            PowerCutAsync) with
        {
            FullCount = 20, Sign = Sign.Felt,
        },
        Of("postgres-slow-fsync", "every flush takes 200 ms longer, and so must every acknowledgement", Plain,
            SlowFsyncAsync) with
        {
            Traces = true,
            Sign = Sign.SlowFlush,
            Habits = Slower with { Deadline = TimeSpan.FromSeconds(15) },
        },
        Of("postgres-fsync-error", "a flush of PostgreSQL fails with EIO", Plain, FsyncErrorAsync) with
        {
            Traces = true, Sign = Sign.FailedFlush, FullCount = 5,
        },
        Of("clock-jump", "the wall clock of a node jumps by an hour or a day, either way",
            Plain with { MovableClock = true }, SingleNode.ClockJumpAsync) with
        {
            Sign = Sign.MovedClock,
        },
        Of("disconnect-storm", "all clients lose all connections at once, again and again", Plain,
            SingleNode.StormAsync) with
        {
            Sign = Sign.Cut, Habits = Slower with { Cut = 5 },
        },
        Of("retries", "requests sent twice at once, again, late and with other content, to other nodes", Plain,
            SingleNode.CalmAsync) with
        {
            Sign = Sign.Repeated, Habits = Slower with { Twice = 30, Again = 20, Reuse = 12, Cut = 10 },
        },
        Of("everything", "kills, pauses, partitions and database restarts in any order", InNetworks, EverythingAsync)
            with
        {
            FullLength = TimeSpan.FromMinutes(5), Sign = Sign.Felt,
        },
    ];

    private static Nemesis Of(string name, string says, RigShape shape, Func<Trouble, Task> disturbAsync) =>
        new($"cluster-{name}", says, shape, disturbAsync) { Habits = Slower };

    private static async Task KillAsync(Trouble trouble)
    {
        while (trouble.GoesOn)
        {
            await trouble.WaitAsync(3, 6);
            var dead = Math.Min(DeadSeconds, trouble.Length.TotalSeconds);
            await KillOneAsync(trouble, dead, dead);
        }

        await trouble.WaitAsync(2, 2);
    }

    private static async Task RollingRestartAsync(Trouble trouble)
    {
        while (trouble.GoesOn)
        {
            foreach (var node in trouble.Rig.Nodes)
            {
                await trouble.WaitAsync(3, 5);
                var at = trouble.Now;
                var took = await node.StopAsync();
                var broke = took > GoneMax
                    ? $"node {node.Number} was gone only after {took.TotalSeconds:0.0} s (load of the machine {Load()})"
                    : null;
                await node.StartAsync();
                trouble.Note(new(
                    $"node {node.Number} restarted, gone within {took.TotalSeconds:0.0} s", at, trouble.Now, at,
                    ServesRepeating: true, Node: node.Number, HealingFrom: at + (long)took.TotalMicroseconds,
                    Broke: broke));
            }
        }

        await trouble.WaitAsync(2, 2);
    }

    private static async Task PauseAsync(Trouble trouble)
    {
        while (trouble.GoesOn)
        {
            await trouble.WaitAsync(3, 6);
            await PauseOneAsync(trouble, Math.Min(PauseSeconds, trouble.Length.TotalSeconds));
        }

        await trouble.WaitAsync(2, 2);
    }

    private static async Task PartitionAsync(Trouble trouble, bool withPostgres)
    {
        while (trouble.GoesOn)
        {
            await trouble.WaitAsync(3, 6);
            await PartitionOneAsync(trouble, withPostgres);
        }

        await trouble.WaitAsync(2, 2);
    }

    private static async Task OneWayAsync(Trouble trouble)
    {
        while (trouble.GoesOn)
        {
            await trouble.WaitAsync(3, 6);
            var (node, outward) = (trouble.AnyNode(), trouble.Random.Next(2) == 0);
            await HurtAndReviveAsync(
                trouble, node, $"node {node.Number} {(outward ? "is not heard" : "hears nothing")}", SilenceSeconds,
                async () =>
                {
                    foreach (var peer in Peers(trouble, node))
                    {
                        var (from, to) = outward ? (node, peer) : (peer, node);
                        await trouble.Rig.Network!.CutAsync(Rig.HostOf(from), Rig.HostOf(to));
                    }
                },
                trouble.Rig.Network!.HealAsync);
        }

        await trouble.WaitAsync(2, 2);
    }

    private static async Task WithoutPostgresAsync(Trouble trouble)
    {
        while (trouble.GoesOn)
        {
            await trouble.WaitAsync(3, 6);
            var node = trouble.AnyNode();
            await HurtAndReviveAsync(
                trouble, node, $"node {node.Number} without PostgreSQL", PauseSeconds,
                () => trouble.Rig.CutFromPostgresAsync(node), trouble.Rig.Network!.HealAsync);
        }

        await trouble.WaitAsync(2, 2);
    }

    private static async Task PostgresAsync(Trouble trouble, string name, Func<Task> harm)
    {
        while (trouble.GoesOn)
        {
            await trouble.WaitAsync(3, 6);
            await trouble.HurtUntilHealedAsync(name, 0, 3, harm, trouble.Rig.Postgres!.StartAsync);
        }

        await ReviveAsync(trouble);
        await trouble.WaitAsync(3, 3);
    }

    private static async Task DiskFullAsync(Trouble trouble)
    {
        var disk = trouble.Rig.Disk!;
        while (trouble.GoesOn)
        {
            await trouble.WaitAsync(3, 5);
            await trouble.HurtUntilHealedAsync(
                "disk full", 5, 10, () => Task.Run(() => disk.Fill(trouble.Random.Next(256))), HealAsync,
                bit: () => trouble.Rig.Postgres!.ProcessIds.Count == 0);
        }

        await ReviveAsync(trouble);
        await trouble.WaitAsync(3, 3);

        async Task HealAsync()
        {
            disk.Free();
            await trouble.Rig.Postgres!.StartAsync();
        }
    }

    private static async Task PowerCutAsync(Trouble trouble)
    {
        var (postgres, disk) = (trouble.Rig.Postgres!, trouble.Rig.Disk!);
        while (trouble.GoesOn)
        {
            await trouble.WaitAsync(1, 4);
            await trouble.HurtUntilHealedAsync("power cut", 0, 0, CutAsync, HealAsync);
        }

        await ReviveAsync(trouble);
        await trouble.WaitAsync(3, 3);

        async Task CutAsync()
        {
            disk.CutPower();
            await postgres.KillAsync();
        }

        async Task HealAsync()
        {
            await disk.RestoreAsync();
            await postgres.StartAsync();
        }
    }

    private static async Task SlowFsyncAsync(Trouble trouble)
    {
        while (trouble.GoesOn)
        {
            await trouble.WaitAsync(1, 2);
            await using (await Tracer.SlowAsync(
                trouble.Rig.Folder, trouble.Rig.Postgres!.ProcessIds, SingleNode.SlowFlush))
            {
                await trouble.SlowAsync();
            }
        }
    }

    /// <summary>PostgreSQL holds a failed flush of its log for a crash, and recovers by itself.</summary>
    private static async Task FsyncErrorAsync(Trouble trouble)
    {
        var postgres = trouble.Rig.Postgres!;
        while (trouble.GoesOn)
        {
            await trouble.WaitAsync(3, 5);
            var at = trouble.Now;
            var tracer = await Tracer.FailAsync(
                trouble.Rig.Folder, postgres.ProcessIds, $"{trouble.Random.Next(1, 20)}");
            await using (tracer)
            {
                await trouble.WaitAsync(2, 4);
            }

            await postgres.StartAsync();
            trouble.Note(new("fsync failed", at, trouble.Now, trouble.Now, Bit: tracer.Failed > 0));
        }

        await ReviveAsync(trouble);
        await trouble.WaitAsync(3, 3);
    }

    private static async Task EverythingAsync(Trouble trouble)
    {
        var postgres = trouble.Rig.Postgres!;
        while (trouble.GoesOn)
        {
            await trouble.WaitAsync(2, 8);
            await (trouble.Random.Next(5) switch
            {
                0 => KillOneAsync(trouble, 0, 15),
                1 => PauseOneAsync(trouble, trouble.Random.Next(2, 40)),
                2 => PartitionOneAsync(trouble, withPostgres: true),
                3 => PartitionOneAsync(trouble, withPostgres: false),
                _ => trouble.HurtUntilHealedAsync("PostgreSQL killed", 0, 3, postgres.KillAsync, postgres.StartAsync),
            });
        }

        await ReviveAsync(trouble);
        await trouble.WaitAsync(2, 2);
    }

    private static Task KillOneAsync(Trouble trouble, double secondsMin, double secondsMax)
    {
        var node = trouble.AnyNode();
        return trouble.HurtAsync(
            $"kill -9 of node {node.Number}", secondsMin, secondsMax, node.KillAsync, node.StartAsync, node);
    }

    private static Task PauseOneAsync(Trouble trouble, double seconds)
    {
        var node = trouble.AnyNode();
        return HurtAndReviveAsync(
            trouble, node, $"SIGSTOP of node {node.Number}", seconds, node.PauseAsync, node.ResumeAsync);
    }

    private static Task PartitionOneAsync(Trouble trouble, bool withPostgres)
    {
        var node = trouble.AnyNode();
        return HurtAndReviveAsync(
            trouble, node, $"node {node.Number} cut off{(withPostgres ? " with PostgreSQL" : string.Empty)}",
            SilenceSeconds,
            async () =>
            {
                foreach (var peer in Peers(trouble, node))
                {
                    await trouble.Rig.Network!.CutBothAsync(Rig.HostOf(node), Rig.HostOf(peer));
                }

                if (withPostgres)
                {
                    await trouble.Rig.CutFromPostgresAsync(node);
                }
            },
            trouble.Rig.Network!.HealAsync);
    }

    private static async Task HurtAndReviveAsync(
        Trouble trouble, ServerNode node, string name, double seconds, Func<Task> harm, Func<Task> heal)
    {
        await trouble.HurtAsync(name, seconds, seconds, harm, heal, node);
        await node.EndsWithinAsync(LearnsMax);
        await ReviveAsync(trouble);
    }

    /// <summary>
    /// Waits until every node serves, as an operator does: one that has ended, because the others declared it dead, is
    /// started again; so is one that serves nothing, but that it must not.
    /// </summary>
    private static Task ReviveAsync(Trouble trouble) =>
        Task.WhenAll(trouble.Rig.Nodes.Select(node => ReviveAsync(trouble, node)));

    private static async Task ReviveAsync(Trouble trouble, ServerNode node)
    {
        var at = trouble.Now;
        if (!await node.ServesWithinAsync(ServesMax))
        {
            var broke = node.IsRunning
                ? $"node {node.Number} ran and served nothing for {ServesMax.TotalSeconds} s after the healing"
                : null;
            await node.KillAsync();
            await node.StartAsync();
            trouble.Remark(new(
                $"node {node.Number} {(broke is null ? "had ended" : "served nothing")} and was started again", at,
                trouble.Now, Broke: broke));
        }
    }

    private static string Load() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    private static IEnumerable<ServerNode> Peers(Trouble trouble, ServerNode node) =>
        trouble.Rig.Nodes.Where(other => other != node);
}
