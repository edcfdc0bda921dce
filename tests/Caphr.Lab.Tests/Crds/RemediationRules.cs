using static Caphr.Lab.Tests.Crds.Values;

namespace Caphr.Lab.Tests.Crds;

internal static class RemediationRules
{
    public const string Complete = """
        {
          "spec": { "strategy": { "type": "Reboot", "retryLimit": 3, "timeout": "300s" } },
          "status": {
            "phase": "Waiting", "retryCount": 1, "lastRemediated": "2026-03-01T12:00:00Z", "waitUntil": "2026-03-01T12:05:00Z", "hostRef": { "name": "node6" },
            "conditions": [{ "type": "Paused", "status": "False", "observedGeneration": 1, "lastTransitionTime": "2026-03-01T12:00:00Z", "reason": "NotPaused", "message": "" }]
          }
        }
        """;

    public static IReadOnlyList<RuleCase> All { get; } =
    [
        Required("spec"),
        Required("spec.strategy"),
        Sentence("spec", "3", "4", "a remediation under way keeps its strategy: delete it, and the MachineHealthCheck makes another from its template") with { At = "spec.strategy.retryLimit", IsTransition = true },
        new("spec.strategy.type", "enum", "\"Reboot\"", "\"Replace\"", "\"Reboot\""),
        new("spec.strategy.retryLimit", "minimum", "1", "0", "1"),
        new("spec.strategy.retryLimit", "maximum", "10", "11", "10"),
        new("spec.strategy.timeout", "maxLength", "\"10m\"", $"\"{new string('1', 32)}s\"", "32"),
        new("spec.strategy.timeout", "pattern", "\"1h30m\"", "\"five minutes\""),
        Sentence("spec.strategy.timeout", "\"1m\"", "\"59s\"", "timeout must be from 60s to 24h: a server needs minutes to come back, such as 600s"),
        new("status.phase", "enum", "\"Escalated\"", "\"Lost\"", "\"Running\", \"Waiting\", \"Succeeded\", \"Escalated\", \"Skipped\""),
        new("status.retryCount", "minimum", "0", "-1", "0"),
        Time("status.lastRemediated"),
        Time("status.waitUntil"),
        Required("status.hostRef.name"),
        .. Name("status.hostRef.name"),
        .. Conditions,
    ];
}
