namespace Caphr.Protocols.Tests.Rescue;

internal static class Descriptors
{
    /// <summary>Of this process, for sockets from or to a port: other tests run beside, so only a test's own port counts.</summary>
    public static int OfPort(int port)
    {
        var ending = $":{port:X4}";
        var inodes = File.ReadLines("/proc/self/net/tcp").Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields[1].EndsWith(ending, StringComparison.Ordinal) || fields[2].EndsWith(ending, StringComparison.Ordinal)).Select(fields => $"socket:[{fields[9]}]").ToHashSet();
        return new DirectoryInfo("/proc/self/fd").EnumerateFileSystemInfos().Count(entry => entry.LinkTarget is { } target && inodes.Contains(target));
    }
}
