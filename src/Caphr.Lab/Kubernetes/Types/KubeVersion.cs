using System.Globalization;
using System.Text.RegularExpressions;

namespace Caphr.Lab.Kubernetes.Types;

/// <summary>The order in which Kubernetes prefers versions: v2, v1, v1beta2, v1beta1, v1alpha1, then the rest by name.</summary>
internal sealed partial class KubeVersion : IComparer<string>
{
    public static readonly KubeVersion MostPreferredFirst = new();

    public int Compare(string? x, string? y)
    {
        var (one, other) = (Rank(x!), Rank(y!));
        return one == other ? string.CompareOrdinal(x, y) : other.CompareTo(one);
    }

    private static (int Stability, int Major, int Minor) Rank(string version)
    {
        if (Shape().Match(version) is not { Success: true } match) return (-1, 0, 0);
        var stability = match.Groups["stage"].Value switch { "" => 2, "beta" => 1, _ => 0 };
        return (stability, Number(match.Groups["major"]), Number(match.Groups["minor"]));
    }

    private static int Number(Group group) => group.Success ? int.Parse(group.Value, CultureInfo.InvariantCulture) : 0;

    [GeneratedRegex("^v(?<major>[1-9][0-9]{0,4})((?<stage>alpha|beta)(?<minor>[1-9][0-9]{0,4}))?$")]
    private static partial Regex Shape();
}
