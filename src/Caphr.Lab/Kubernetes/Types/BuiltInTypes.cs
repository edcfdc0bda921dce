using Caphr.Lab.Kubernetes.Printing;
using Caphr.Lab.Kubernetes.Security;

namespace Caphr.Lab.Kubernetes.Types;

/// <summary>
/// The kinds that are there before any CRD. They are kept as data: nothing schedules a Pod, balances a Service or runs a StatefulSet, which
/// are only here because kubectl asks for them or because an installation consists of them. Roles and bindings are heeded.
/// </summary>
internal static class BuiltInTypes
{
    public const string DefinitionGroup = "apiextensions.k8s.io";

    public static readonly GroupResource Namespaces = new("", "namespaces");
    public static readonly GroupResource Definitions = new(DefinitionGroup, "customresourcedefinitions");

    private static readonly ScalePaths s_scale = new(["spec", "replicas"], ["status", "replicas"], Selector: null);

    private static readonly string[] s_eventFields =
    [
        "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
        "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
    ];

    public static readonly IReadOnlyList<ResourceType> All =
    [
        Type("", "v1", "Namespace", "namespaces", BuiltInColumns.Namespace, "ns") with { Namespaced = false, HasStatus = true, SelectableFields = Fields("status.phase") },
        Type("", "v1", "Secret", "secrets", BuiltInColumns.Secret)
            with { SelectableFields = Fields("type"), Fields = ["data", "stringData", "type", "immutable"] },
        Type("", "v1", "ConfigMap", "configmaps", BuiltInColumns.ConfigMap, "cm") with { Fields = ["data", "binaryData", "immutable"] },
        Type("", "v1", "Event", "events", BuiltInColumns.Event, "ev") with { SelectableFields = Fields(s_eventFields) },
        Type("", "v1", "ServiceAccount", "serviceaccounts", BuiltInColumns.ServiceAccount, "sa")
            with { Fields = ["secrets", "imagePullSecrets", "automountServiceAccountToken"] },
        Type("", "v1", "Service", "services", BuiltInColumns.NameAndAge, "svc") with { HasStatus = true },
        Type("", "v1", "Pod", "pods", BuiltInColumns.NameAndAge, "po") with { HasStatus = true, SelectableFields = Fields("spec.nodeName", "status.phase") },
        Type("", "v1", "Node", "nodes", BuiltInColumns.Node, "no") with { Namespaced = false, HasStatus = true, SelectableFields = Fields("spec.unschedulable") },
        Type("apps", "v1", "StatefulSet", "statefulsets", BuiltInColumns.NameAndAge, "sts") with { HasStatus = true, Scale = s_scale, Categories = ["all"] },
        Type("apps", "v1", "Deployment", "deployments", BuiltInColumns.NameAndAge, "deploy") with { HasStatus = true, Scale = s_scale, Categories = ["all"] },
        Type("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", BuiltInColumns.NameAndAge, "pdb") with { HasStatus = true },
        Type("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", BuiltInColumns.NameAndAge, "netpol"),
        Type(RoleAuthorizer.Group, "v1", "Role", "roles", BuiltInColumns.NameAndAge) with { Fields = ["rules"] },
        Type(RoleAuthorizer.Group, "v1", "RoleBinding", "rolebindings", BuiltInColumns.NameAndAge) with { Fields = ["roleRef", "subjects"] },
        Type(RoleAuthorizer.Group, "v1", "ClusterRole", "clusterroles", BuiltInColumns.NameAndAge) with { Namespaced = false, Fields = ["rules", "aggregationRule"] },
        Type(RoleAuthorizer.Group, "v1", "ClusterRoleBinding", "clusterrolebindings", BuiltInColumns.NameAndAge) with { Namespaced = false, Fields = ["roleRef", "subjects"] },
        Type("coordination.k8s.io", "v1", "Lease", "leases", BuiltInColumns.Lease) with { Fields = ["spec"] },
        Type("admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicy", "validatingadmissionpolicies", BuiltInColumns.AdmissionPolicy)
            with { Namespaced = false, HasStatus = true },
        Type("admissionregistration.k8s.io", "v1", "ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings", BuiltInColumns.AdmissionPolicyBinding)
            with { Namespaced = false },
        Type(DefinitionGroup, "v1", "CustomResourceDefinition", "customresourcedefinitions", BuiltInColumns.Definition, "crd", "crds")
            with { Namespaced = false, HasStatus = true, Categories = ["api-extensions"] },
        Question("authentication.k8s.io", "SelfSubjectReview", "selfsubjectreviews"),
        Question("authentication.k8s.io", "TokenReview", "tokenreviews"),
        Question("authorization.k8s.io", "SelfSubjectAccessReview", "selfsubjectaccessreviews"),
        Question("authorization.k8s.io", "SubjectAccessReview", "subjectaccessreviews"),
    ];

    /// <summary>Asked by creating it, answered at once, and never kept.</summary>
    private static ResourceType Question(string group, string kind, string plural) =>
        Type(group, "v1", kind, plural, BuiltInColumns.NameAndAge) with { Namespaced = false, Verbs = ["create"] };

    private static ResourceType Type(string group, string version, string kind, string plural, IReadOnlyList<PrinterColumn> columns, params string[] shortNames) =>
        new()
        {
            Group = group,
            Version = version,
            Kind = kind,
            Plural = plural,
            Singular = kind.ToLowerInvariant(),
            ListKind = kind + "List",
            Columns = columns,
            ShortNames = shortNames,
        };

    private static HashSet<string> Fields(params string[] fields) => new(fields, StringComparer.Ordinal);
}
