using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;

namespace Caphr.Protocols.Tests.Rescue.BlockDevices;

/// <summary>What earlier lives leave on disks: made by the tool that makes it, or written by hand where that tool needs more than a disk.</summary>
internal static class DiskContents
{
    private const long MiB = RescueGround.MiB;

    /// <summary>Partitions of one size each, by their labels.</summary>
    public static async Task PartitionAsync(string device, params string[] labels)
    {
        List<string> arguments = ["--clear"];
        foreach (var label in labels)
            arguments.AddRange(["--new=0:0:+4M", $"--change-name=0:{label}", $"--typecode=0:{(label == "EFI" ? "ef00" : "8300")}"]);
        await Sshd.RunAsync("sgdisk", [.. arguments, device]);
    }

    /// <summary>A disk that ran Talos: its labels, and file systems on STATE and EPHEMERAL.</summary>
    public static async Task OldTalosAsync(LoopDisk disk)
    {
        await PartitionAsync(disk.Path, "EFI", "BIOS", "BOOT", "META", "STATE", "EPHEMERAL");
        await Ext4Async(await disk.PartitionAsync(5));
        await Ext4Async(await disk.PartitionAsync(6));
    }

    public static Task Ext4Async(string device) => Sshd.RunAsync("mkfs.ext4", ["-q", "-F", device]);

    /// <summary>Without a word to the machine's own LVM, of which tests know nothing.</summary>
    public static Task LvmAsync(string device) => Sshd.RunAsync(
        "pvcreate", ["--quiet", "--yes", "-ff", "--config", $$"""devices { filter = [ "a|^{{device}}$|", "r|.*|" ] use_devicesfile = 0 scan_lvs = 0 } global { locking_type = 0 } activation { udev_sync = 0 udev_rules = 0 monitoring = 0 } backup { backup = 0 archive = 0 }""", device]);

    /// <summary>
    /// The superblock of a Linux RAID, version 1.2, which stands 4 KiB behind the beginning (as in linux/raid/md_p.h). Making it by mdadm
    /// would need a kernel with that driver.
    /// </summary>
    public static void Md(LoopDisk disk, long offset = 0)
    {
        var block = new byte[256 + 2 * 2];
        void Put32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(block.AsSpan(at), value);
        void Put64(int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(block.AsSpan(at), value);
        Put32(0, 0xa92b4efc);
        Put32(4, 1);
        Guid.Parse("00112233-4455-6677-8899-aabbccddeeff").ToByteArray().CopyTo(block, 16);
        Encoding.ASCII.GetBytes("rescue:0").CopyTo(block, 32);
        Put32(72, 1);
        Put64(80, 32 * 1024);
        Put32(92, 2);
        Put64(128, 2048);
        Put64(136, 32 * 1024);
        Put64(144, 8);
        Put32(220, 2);
        Put32(216, Checksum(block));
        disk.Write(offset + 4096, block);
    }

    /// <summary>Ceph BlueStore's label, as far as anything that looks for it reads.</summary>
    public static void BlueStore(LoopDisk disk, long offset = 0) => disk.Write(offset, "bluestore block device\n2f1c6a2e-7a4b-4a52-8f0f-6d1d3f6f7b11\n"u8);

    /// <summary>A Talos image: a table with the labels it has before its first boot, and noise that no packer can shrink.</summary>
    public static async Task<byte[]> TalosImageAsync()
    {
        var file = Path.GetTempFileName();
        try
        {
            var image = new byte[24 * MiB];
            new Random(1).NextBytes(image.AsSpan((int)MiB, (int)(21 * MiB)));
            await File.WriteAllBytesAsync(file, image);
            await PartitionAsync(file, "EFI", "BIOS", "BOOT", "META", "STATE");
            return await File.ReadAllBytesAsync(file);
        }
        finally
        {
            File.Delete(file);
        }
    }

    public static async Task<byte[]> PackAsync(byte[] image, string[] packer)
    {
        using var process = Process.Start(new ProcessStartInfo(packer[0], packer[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        using var packed = new MemoryStream();
        await Task.WhenAll(FeedAsync(), process.StandardOutput.BaseStream.CopyToAsync(packed));
        return packed.ToArray();

        async Task FeedAsync()
        {
            await process.StandardInput.BaseStream.WriteAsync(image);
            process.StandardInput.Close();
        }
    }

    /// <summary>The sum of the block's words, with its own place counted as nothing.</summary>
    private static uint Checksum(byte[] block)
    {
        ulong sum = 0;
        for (var at = 0; at < block.Length; at += 4)
            if (at != 216) sum += BinaryPrimitives.ReadUInt32LittleEndian(block.AsSpan(at));
        return unchecked((uint)((sum & 0xffffffff) + (sum >> 32)));
    }
}
