using System.Runtime.InteropServices;

namespace LegPain.Robustness.Harness;

/// <summary>A small ext4 disk in a file: it can run full, and its power can be cut. Needs root.</summary>
internal sealed class LoopDisk
{
    private const ulong Ext4Shutdown = 0x8004587d;
    private const int NoLogFlush = 2;

    private static readonly TimeSpan UnmountMax = TimeSpan.FromSeconds(10);

    private readonly string _image;
    private string _device = string.Empty;

    private LoopDisk(string image, string path) => (_image, Path) = (image, path);

    /// <summary>Gets where it is mounted.</summary>
    public string Path { get; }

    private string Filler => System.IO.Path.Combine(Path, "filler");

    /// <summary>Makes and mounts a disk.</summary>
    public static async Task<LoopDisk> MountAsync(RunFolder folder, int megabytes)
    {
        var disk = new LoopDisk(folder.Of("disk.img"), folder.Of("disk"));
        Directory.CreateDirectory(disk.Path);
        await using (var image = File.Create(disk._image))
        {
            image.SetLength(megabytes * 1024L * 1024L);
        }

        await Shell.RunAsync("mkfs.ext4", "-q", "-m", "0", disk._image);
        disk._device = await Shell.RunAsync("losetup", "-f", "--show", disk._image);
        await Shell.RunAsync("mount", disk._device, disk.Path);
        return disk;
    }

    /// <summary>
    /// Cuts the power: nothing that was not flushed reaches the disk any more. End the processes that use it before
    /// <see cref="RestoreAsync"/>.
    /// </summary>
    public void CutPower()
    {
        using var root = new DirectoryHandle(Path);
        var how = NoLogFlush;
        if (Ioctl(root.Descriptor, Ext4Shutdown, ref how) != 0)
        {
            throw new HarnessException($"The power of {Path} could not be cut: error {Marshal.GetLastPInvokeError()}.");
        }

        try
        {
            File.WriteAllBytes(System.IO.Path.Combine(Path, "probe"), []);
        }
        catch (IOException)
        {
            return;
        }

        throw new HarnessException($"The power of {Path} was cut, and it still takes files.");
    }

    /// <summary>Mounts what the power cut left, as a machine does that starts again.</summary>
    public async Task RestoreAsync()
    {
        // What a killed process had open is let go of some time after it has ended.
        var why = string.Empty;
        if (!await Wait.UntilAsync(UnmountsAsync, UnmountMax))
        {
            throw new HarnessException($"{Path} could not be unmounted: {why}");
        }

        await Shell.RunAsync("mount", _device, Path);

        async Task<bool> UnmountsAsync()
        {
            (var code, why) = await Shell.TryAsync("umount", Path);
            return code == 0;
        }
    }

    /// <summary>Takes all the room there is, but for some kilobytes.</summary>
    public void Fill(int leaveKilobytes)
    {
        using var stream = new FileStream(Filler, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        Span<byte> block = stackalloc byte[4096];
        try
        {
            while (stream.Length < 1L << 30)
            {
                stream.Write(block);
            }
        }
        catch (IOException)
        {
            // Full. Blocks are only spoken for until they are flushed.
            stream.SetLength(Math.Max(0, stream.Length - (leaveKilobytes * 1024L)));
            stream.Flush(flushToDisk: true);
        }
    }

    /// <summary>Makes room again.</summary>
    public void Free() => File.Delete(Filler);

    /// <summary>Unmounts and removes it.</summary>
    public async Task RemoveAsync()
    {
        await Shell.TryAsync("umount", "-l", Path);
        await Shell.TryAsync("losetup", "-d", _device);
        File.Delete(_image);
    }

    /// <summary>Unmounts every loop device whose image or mount is below a folder.</summary>
    public static async Task UnmountBelowAsync(string folder, List<string> removed)
    {
        foreach (var mount in File.ReadLines("/proc/mounts").Select(line => line.Split(' '))
            .Where(parts => parts[1].StartsWith(folder + '/', StringComparison.Ordinal)).ToList())
        {
            await Shell.TryAsync("umount", "-l", mount[1]);
            removed.Add($"mount {mount[1]}");
        }

        foreach (var image in Directory.GetFiles(folder, "disk.img", SearchOption.AllDirectories))
        {
            var (_, devices) = await Shell.TryAsync("losetup", "-j", image);
            foreach (var device in devices.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                await Shell.TryAsync("losetup", "-d", device.Split(':')[0]);
                removed.Add($"loop device {device}");
            }
        }
    }

    [DllImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Ioctl(int descriptor, ulong request, ref int argument);

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);

    /// <summary>A folder opened for reading, which FileStream does not do.</summary>
    private sealed class DirectoryHandle(string path) : IDisposable
    {
        public int Descriptor { get; } = Open([.. System.Text.Encoding.UTF8.GetBytes(path), 0], 0);

        public void Dispose() => _ = Close(Descriptor);
    }
}
