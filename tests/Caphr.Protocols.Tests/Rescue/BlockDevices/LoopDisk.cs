using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace Caphr.Protocols.Tests.Rescue.BlockDevices;

/// <summary>
/// A real block device over a sparse file. The kernel takes it back when the last descriptor of it closes, so that not even a test run that
/// was killed leaves one behind.
/// </summary>
internal sealed class LoopDisk : IDisposable
{
    private readonly SafeFileHandle _held;

    private LoopDisk(string path, SafeFileHandle held)
    {
        Path = path;
        _held = held;
    }

    public string Path { get; }

    public static async Task<LoopDisk> AttachAsync(string file, long bytes)
    {
        Assert.True(
            Environment.IsPrivilegedProcess && File.Exists("/dev/loop-control"),
            "These tests hold the agent against real block devices: they need root and the kernel's loop devices (/dev/loop-control).");
        using (var backing = File.Create(file)) backing.SetLength(bytes);
        var path = (await Sshd.RunAsync("losetup", ["--find", "--show", "--partscan", file])).Trim();
        var held = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        // Detaching what is open means: as soon as it is closed.
        await Sshd.RunAsync("losetup", ["--detach", path]);
        return new LoopDisk(path, held);
    }

    /// <summary>The device of a partition, which the kernel is told of here: not every kernel reads every kind of table.</summary>
    public async Task<string> PartitionAsync(int number)
    {
        await Sshd.RunAsync("partx", ["--update", Path]);
        return $"{Path}p{number}";
    }

    /// <summary>As a kernel that does not read this kind of table.</summary>
    public Task ForgetPartitionsAsync() => Sshd.RunAsync("bash", ["-c", "partx --delete \"$1\" 2>/dev/null || true", "-", Path]);

    /// <summary>What is on the disk: the kernel remembers the disk and its partitions apart, so what it remembers of the disk is dropped first.</summary>
    public byte[] Read(long offset, int count)
    {
        using (var flush = Process.Start("blockdev", ["--flushbufs", Path])) flush.WaitForExit();
        var bytes = new byte[count];
        var read = 0;
        while (read < count && RandomAccess.Read(_held, bytes.AsSpan(read), offset + read) is var more and > 0) read += more;
        Assert.Equal(count, read);
        return bytes;
    }

    public void Write(long offset, ReadOnlySpan<byte> bytes)
    {
        RandomAccess.Write(_held, bytes, offset);
        RandomAccess.FlushToDisk(_held);
    }

    public void Dispose() => _held.Dispose();
}
