using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Caphr.Lab.StandIns.Objects;
using Caphr.Protocols.Kubernetes;

namespace Caphr.Lab.StandIns;

/// <summary>
/// What makes two Machines different: their template without what can be changed on a Machine that runs (its labels, annotations and the
/// limits of its deletion).
/// </summary>
internal static class Revision
{
    public static string Of(MachineTemplate template)
    {
        var lasting = JsonSerializer.SerializeToUtf8Bytes(template.Spec with { Deletion = null }, KubernetesJson.Options);
        return BitConverter.ToUInt32(SHA256.HashData(lasting)).ToString(CultureInfo.InvariantCulture);
    }

    public static bool IsOf(MachineSet set, MachineDeployment deployment) => Of(set) == Of(deployment.Spec.Template);

    public static string? Of(MachineSet set) => set.Metadata.Labels.GetValueOrDefault(CoreNames.TemplateHashLabel);

    public static int Number(MachineSet set) =>
        int.TryParse(set.Metadata.Annotations.GetValueOrDefault(CoreNames.RevisionAnnotation), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
