using System.Globalization;

namespace Caphr.Protocols.Tests.Rescue;

/// <summary>
/// What the agent looks at, laid out under the root that it is given: markers, identity, and one disk that is a file. The tools that only
/// know block devices are replaced by the smallest ones that know a file; bash, jq, curl, dd, wipefs and blkid are the real ones.
/// </summary>
internal static class FakeRescueRoot
{
    public const string Mac = "a8:a1:59:01:02:03";
    public const string SystemUuid = "11111111-2222-3333-4444-555555555555";
    public const string Serial = "S676NX0R100001";

    public static string DiskOf(Sshd sshd) => Path.Combine(sshd.Root, "disk");

    /// <summary>What tells the rescue system and the server, without any disk.</summary>
    public static void LayOutMarkers(string root)
    {
        Write(root, "proc/sys/kernel/hostname", "rescue\n");
        Write(root, "proc/sys/kernel/random/boot_id", "b007\n");
        Write(root, "proc/cmdline", "ro BOOTIF=01-A8-A1-59-01-02-03 quiet\n");
        Write(root, "etc/hetzner-build", "Build SHA1: 0\n");
        Write(root, "sys/class/net/eth0/address", Mac + "\n");
        Write(root, "sys/class/dmi/id/product_uuid", SystemUuid + "\n");
    }

    public static void LayOut(Sshd sshd, long diskBytes)
    {
        LayOutMarkers(sshd.Root);
        using (var disk = File.Create(DiskOf(sshd))) disk.SetLength(diskBytes);
        // As lsblk does: of a device that is named, only that one.
        Tool(sshd.Tools, "lsblk", $$"""jq --arg last "${!#}" '.blockdevices |= map(select(($last | startswith("/") | not) or .path == $last))' {{sshd.Root}}/lsblk.json""");
        Tool(sshd.Tools, "blockdev", """if [[ $1 == --getsize64 ]]; then stat -c %s "$2"; fi""");
        Describe(sshd, diskBytes, [Serial]);
    }

    /// <summary>The disk as lsblk would tell it: once for each serial number, to make it ambiguous or plain.</summary>
    public static void Describe(Sshd sshd, long diskBytes, IEnumerable<string> serials, string children = "")
    {
        var disks = serials.Select((serial, i) => string.Create(CultureInfo.InvariantCulture, $$"""
            {"name":"nvme{{i}}n1","path":"{{DiskOf(sshd)}}","type":"disk","wwn":"eui.01","serial":"{{serial}} ","model":"SAMSUNG MZ","size":{{diskBytes}},"rota":false,"partlabel":null,"mountpoint":null{{children}}}
            """));
        Write(sshd.Root, "lsblk.json", $$"""{"blockdevices":[{"name":"loop0","path":"/dev/loop0","type":"loop","wwn":null,"serial":null,"model":null,"size":1,"rota":false,"partlabel":null,"mountpoint":null},{{string.Join(',', disks)}}]}""");
    }

    public static void Remove(Sshd sshd, string path) => File.Delete(Path.Combine(sshd.Root, path));

    public static void Write(string root, string path, string text)
    {
        var file = Path.Combine(root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    /// <summary>A program that is found before the system's own.</summary>
    public static void Tool(string directory, string name, string script)
    {
        var file = Path.Combine(directory, name);
        File.WriteAllText(file, $"#!/bin/bash\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }
}
