namespace Caphr.Protocols.Kubernetes.Resources;

/// <summary>Shapes that Kubernetes gives to names, labels and sizes.</summary>
internal static class Patterns
{
    public const string DnsLabel = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";

    public const string DnsLabelOrEmpty = "^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$";

    public const string DnsName = @"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$";

    public const string Uid = "^[0-9A-Za-z]([-0-9A-Za-z]*[0-9A-Za-z])?$";

    public const string LabelKey = @"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$";

    public const string LabelValue = "^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$";

    public const string DiskSize = @"^[0-9]+(\.[0-9]+)?([kKMGTPE]i?B?)?$";

    public const string DiskSizeOrEmpty = @"^([0-9]+(\.[0-9]+)?([kKMGTPE]i?B?)?)?$";

    /// <summary>Whatever names a disk: a serial number may hold spaces inside, but not around it.</summary>
    public const string DiskHint = @"^(\S(.*\S)?)?$";

    /// <summary>A whole word, or its beginning with a star behind it.</summary>
    public const string Beginning = @"^[^*\s][^*]*\*?$";
}
