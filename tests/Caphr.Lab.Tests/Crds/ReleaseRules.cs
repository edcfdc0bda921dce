using static Caphr.Lab.Tests.Crds.Values;

namespace Caphr.Lab.Tests.Crds;

internal static class ReleaseRules
{
    public const string Complete = """
        {
          "spec": {
            "hostRef": { "name": "node6" },
            "machineRef": { "name": "storage-1", "namespace": "default", "uid": "6f1c" },
            "approvedAction": "WipeAndReinstall", "expiresAt": "2026-03-01T18:00:00Z", "approvedBy": "ops@example.org", "reason": "disk replaced"
          },
          "status": {
            "usedAt": "2026-03-01T12:00:00Z",
            "conditions": [{ "type": "Valid", "status": "True", "observedGeneration": 1, "lastTransitionTime": "2026-03-01T12:00:00Z", "reason": "Valid", "message": "" }]
          }
        }
        """;

    public static IReadOnlyList<RuleCase> All { get; } =
    [
        Required("spec"),
        .. Required("spec", "hostRef", "machineRef", "approvedAction", "expiresAt"),
        Sentence("spec", "\"2026-03-01T18:00:00Z\"", "\"2036-03-01T18:00:00Z\"", "a release cannot change: delete it, which withdraws it, and create another") with { At = "spec.expiresAt", IsTransition = true },
        Required("spec.hostRef.name"),
        .. Name("spec.hostRef.name"),
        .. Required("spec.machineRef", "name", "namespace", "uid"),
        .. Name("spec.machineRef.name"),
        .. Namespace("spec.machineRef.namespace"),
        .. Uid("spec.machineRef.uid"),
        new("spec.approvedAction", "enum", "\"WipeAndReinstall\"", "\"Reboot\"", "\"WipeAndReinstall\""),
        Time("spec.expiresAt"),
        MaxLength("spec.approvedBy", 253),
        MaxLength("spec.reason", 1024),
        Time("status.usedAt"),
        .. Conditions,
    ];
}
