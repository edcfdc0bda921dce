using Caphr.Lab.Kubernetes.Http;
using Caphr.Lab.Kubernetes.Objects;
using Caphr.Lab.Kubernetes.Types;
using Microsoft.AspNetCore.Http;

namespace Caphr.Lab.Kubernetes.Security;

/// <summary>What somebody asks to be allowed: a verb on a resource, or on a path that is no resource.</summary>
internal abstract record AccessRequest(string Verb)
{
    /// <summary>What follows "User "jane" cannot" in a refusal.</summary>
    public abstract string Words { get; }

    public abstract Refusal Refuse(LabUser user);

    public static AccessRequest Of(HttpContext context, RequestTarget? target)
    {
        var method = context.Request.Method;
        if (target is null) return new ToPath(method.ToLowerInvariant(), context.Request.Path.Value ?? "/");
        var verb = (method, target.Name) switch
        {
            ("GET" or "HEAD", null) => context.Request.Flag("watch") ? "watch" : "list",
            ("GET" or "HEAD", _) => "get",
            ("POST", _) => "create",
            ("PUT", _) => "update",
            ("PATCH", _) => "patch",
            ("DELETE", null) => "deletecollection",
            ("DELETE", _) => "delete",
            _ => method.ToLowerInvariant(),
        };
        // One object that is listed or watched by its name may be allowed to those who may see that one only.
        var name = target.Name ?? NameAskedFor(context.Request.Query["fieldSelector"].ToString());
        return new ToResource(verb, target.Group, target.Plural, target.Subresource ?? "", target.Namespace ?? "", name ?? "");
    }

    private static string? NameAskedFor(string fieldSelector) => fieldSelector.Split(',')
        .Select(term => term.Split("==", 2) is [var field, var value] ? (field, value) : term.Split('=', 2) is [var one, var other] ? (one, other) : default)
        .FirstOrDefault(term => term.Item1 == "metadata.name").Item2;

    public sealed record ToResource(string Verb, string Group, string Plural, string Subresource, string Namespace, string Name) : AccessRequest(Verb)
    {
        public string Resource => Subresource.Length == 0 ? Plural : $"{Plural}/{Subresource}";

        public override string Words =>
            $"{Verb} resource \"{Resource}\" in API group \"{Group}\" {(Namespace.Length == 0 ? "at the cluster scope" : $"in the namespace \"{Namespace}\"")}";

        public override Refusal Refuse(LabUser user)
        {
            var resource = new GroupResource(Group, Plural);
            return new Refusal(RefusalReason.Forbidden, $"{resource}{(Name.Length == 0 ? "" : $" \"{Name}\"")} is forbidden: User \"{user.Name}\" cannot {Words}")
            {
                Resource = resource,
                Name = Name.Length == 0 ? null : Name,
            };
        }
    }

    public sealed record ToPath(string Verb, string Path) : AccessRequest(Verb)
    {
        public override string Words => $"{Verb} path \"{Path}\"";

        public override Refusal Refuse(LabUser user) => new(RefusalReason.Forbidden, $"forbidden: User \"{user.Name}\" cannot {Words}");
    }
}
