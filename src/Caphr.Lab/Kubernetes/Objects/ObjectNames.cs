using System.Text.RegularExpressions;

namespace Caphr.Lab.Kubernetes.Objects;

/// <summary>What names, namespaces, labels, finalizers and annotations may look like.</summary>
internal static partial class ObjectNames
{
    private const string SubdomainRule = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    /// <param name="document">The object.</param>
    /// <param name="isSegment">Its name need only be fit for a path, as those of roles are: <c>system:discovery</c>.</param>
    public static IEnumerable<FieldProblem> Check(System.Text.Json.Nodes.JsonObject document, bool isSegment)
    {
        var name = document.Name();
        if (isSegment && (name is "" or "." or ".." || name.Contains('/', StringComparison.Ordinal) || name.Contains('%', StringComparison.Ordinal)))
            yield return FieldProblem.Invalid("metadata.name", name, "may not be '.' or '..' or contain '/' or '%'");
        if (!isSegment && (name.Length > 253 || !Subdomain().IsMatch(name))) yield return FieldProblem.Invalid("metadata.name", name, SubdomainRule);
        foreach (var (key, value) in document.MembersAt("metadata", "labels"))
        {
            if (!IsQualified(key)) yield return FieldProblem.Invalid("metadata.labels", key, "name part must consist of alphanumeric characters, '-', '_' or '.'");
            if (value.AsText() is not { } text || text.Length > 63 || !LabelValue().IsMatch(text))
            {
                yield return FieldProblem.Invalid("metadata.labels", value, "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character");
            }
        }

        foreach (var (key, value) in document.MembersAt("metadata", "annotations"))
        {
            if (!IsQualified(key)) yield return FieldProblem.Invalid("metadata.annotations", key, "name part must consist of alphanumeric characters, '-', '_' or '.'");
            if (value.AsText() is null) yield return FieldProblem.Invalid("metadata.annotations", value, "must be a string");
        }

        foreach (var (index, owner) in document.ItemsAt("metadata", "ownerReferences").Index())
        {
            foreach (var field in (string[])["apiVersion", "kind", "name", "uid"])
            {
                if (string.IsNullOrEmpty(owner.TextAt(field))) yield return FieldProblem.Required($"metadata.ownerReferences[{index}].{field}", "must not be empty");
            }
        }

        if (document.ItemsAt("metadata", "ownerReferences").Count(owner => owner.FlagAt("controller")) > 1)
        {
            yield return FieldProblem.Invalid("metadata.ownerReferences", document.At("metadata", "ownerReferences"), "Only one reference can have Controller set to true.");
        }
    }

    /// <summary>A name, with or without the domain of who gave it.</summary>
    public static bool IsQualified(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return QualifiedName().IsMatch(key[(slash + 1)..]) && (slash < 0 || Subdomain().IsMatch(key[..slash]));
    }

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z")]
    private static partial Regex Subdomain();

    /// <summary>What may be a key of a ConfigMap or Secret, which becomes the name of a file.</summary>
    public static bool IsKey(string key) => key.Length is > 0 and <= 253 && key is not ("." or "..") && !key.StartsWith("..", StringComparison.Ordinal) && Key().IsMatch(key);

    /// <summary>A single label of DNS, as namespaces are.</summary>
    public static bool IsLabel(string name) => name.Length <= 63 && !name.Contains('.', StringComparison.Ordinal) && Subdomain().IsMatch(name);

    [GeneratedRegex(@"^[-._a-zA-Z0-9]+\z")]
    private static partial Regex Key();

    [GeneratedRegex(@"^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?\z")]
    private static partial Regex LabelValue();

    [GeneratedRegex(@"^([A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]\z")]
    private static partial Regex QualifiedName();
}
