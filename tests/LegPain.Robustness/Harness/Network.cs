using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;

namespace LegPain.Robustness.Harness;

/// <summary>
/// A network of its own for every node, joined by a bridge, on addresses that exist nowhere else. Needs root.
/// </summary>
/// <remarks>
/// A cut is silent, as on a real network: what is sent goes to a hardware address that nobody has. Each direction is
/// cut by itself.
/// </remarks>
internal sealed class Network
{
    private const string Nowhere = "02:00:00:00:be:ef";
    private const string Device = "eth0";

    private readonly string _prefix;
    private readonly int _subnet;
    private readonly List<int> _hosts = [];

    private Network(string prefix, int subnet) => (_prefix, _subnet) = (prefix, subnet);

    /// <summary>Gets the address of the harness and its clients.</summary>
    public IPAddress Outside => AddressOf(1);

    private string Bridge => _prefix;

    /// <summary>Makes the bridge.</summary>
    public static async Task<Network> CreateAsync(RunFolder folder)
    {
        var taken = NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(device => device.GetIPProperties().UnicastAddresses)
            .Select(address => address.Address.GetAddressBytes())
            .Where(bytes => bytes is [10, 77, ..]).Select(bytes => (int)bytes[2]).ToHashSet();
        var subnet = Enumerable.Range(0, 254).Select(step => 1 + ((Environment.ProcessId + step) % 254))
            .First(candidate => !taken.Contains(candidate));
        var network = new Network(folder.NetworkPrefix, subnet);
        await Shell.RunAsync("ip", "link", "add", network.Bridge, "type", "bridge");
        await Shell.RunAsync("ip", "addr", "add", $"{network.Outside}/24", "dev", network.Bridge);
        await Shell.RunAsync("ip", "link", "set", network.Bridge, "up");
        return network;
    }

    /// <summary>Returns the address of a host, 2 to 254.</summary>
    public IPAddress AddressOf(int host) => new([10, 77, (byte)_subnet, (byte)host]);

    /// <summary>Makes the network of one host.</summary>
    public async Task AddAsync(int host)
    {
        _hosts.Add(host);
        var (space, link) = (Space(host), Link(host));
        await Shell.RunAsync("ip", "netns", "add", space);
        await Shell.RunAsync("ip", "link", "add", link, "type", "veth", "peer", "name", Device, "netns", space);
        await Shell.RunAsync("ip", "link", "set", link, "master", Bridge, "up");
        await InAsync(host, "addr", "add", $"{AddressOf(host)}/24", "dev", Device);
        await InAsync(host, "link", "set", Device, "up");
        await InAsync(host, "link", "set", "lo", "up");
    }

    /// <summary>Returns what a command must begin with to run inside a host's network.</summary>
    public string[] Inside(int host) => ["ip", "netns", "exec", Space(host)];

    /// <summary>Drops what one host sends to another; what the other sends still arrives.</summary>
    public Task CutAsync(int from, int to) =>
        InAsync(from, "neigh", "replace", $"{AddressOf(to)}", "lladdr", Nowhere, "nud", "permanent", "dev", Device);

    /// <summary>Drops what either of two hosts sends to the other.</summary>
    public async Task CutBothAsync(int one, int other)
    {
        await CutAsync(one, other);
        await CutAsync(other, one);
    }

    /// <summary>Ends every cut.</summary>
    public async Task HealAsync()
    {
        foreach (var host in _hosts)
        {
            await InAsync(host, "neigh", "flush", "nud", "permanent", "dev", Device);
        }
    }

    /// <summary>Removes it all.</summary>
    public async Task RemoveAsync()
    {
        foreach (var host in _hosts)
        {
            await Shell.TryAsync("ip", "netns", "del", Space(host));
        }

        await Shell.TryAsync("ip", "link", "del", Bridge);
    }

    /// <summary>Removes the networks of processes that are no more.</summary>
    public static async Task RemoveLeftoversAsync(Predicate<string> isGone, List<string> removed)
    {
        var (_, spaces) = await Shell.TryAsync("ip", "netns", "list");
        var (_, links) = await Shell.TryAsync("ip", "-o", "link", "show", "type", "bridge");
        var named = spaces.Split('\n').Select(line => (Kind: "netns", Name: line.Split(' ')[0]))
            .Concat(links.Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => (Kind: "link", Name: line.Split(' ')[1].TrimEnd(':'))));
        foreach (var (kind, name) in named.Where(one =>
            one.Name.StartsWith(RunFolder.ShortPrefix, StringComparison.Ordinal)
            && isGone(one.Name[RunFolder.ShortPrefix.Length..].Split('-')[0])))
        {
            await Shell.TryAsync("ip", kind, "del", name);
            removed.Add($"{kind} {name}");
        }
    }

    private string Space(int host) => string.Create(CultureInfo.InvariantCulture, $"{_prefix}-{host}");

    private string Link(int host) => string.Create(CultureInfo.InvariantCulture, $"{_prefix}h{host}");

    private Task<string> InAsync(int host, params string[] arguments) =>
        Shell.RunAsync("ip", ["-n", Space(host), .. arguments]);
}
